"""What went wrong with a call, in the package's own errors.

What they say is for an operator: the status, what to check, and the server's own words only where these repeat
neither the key nor anything of the conversation.
"""

from collections.abc import Sequence
from typing import Any

from agent.errors import ModelError, ModelRejected, ModelUnavailable
from agent.language.servers import harmless, retry_after
from agent.models.completion import UnreadableError


class Transient(ModelUnavailable):
    """May work at once when tried again; `after` seconds if the server asked for a pause."""

    def __init__(self, text: str, after: float | None = None, *, code: str = "") -> None:
        super().__init__(text)
        self.after = after
        self.code = code


def failure(error: Exception, model: str, private: Sequence[str]) -> ModelError:
    """`error`, which a call raised, as a `ModelError`; no text of `private` appears in its message."""
    import openai

    match error:
        case ModelError():
            return error
        case openai.APIStatusError():
            refusal = _refusal(error, model, private)
            refusal.code = str(error.status_code)
            return refusal
        case openai.APITimeoutError() | TimeoutError():
            return Transient("the model server did not answer in time", code="timeout")
        case openai.APIConnectionError():
            return Transient("the model server cannot be reached: check OPENAI_BASE_URL and the network")
        case openai.APIError() | UnreadableError() | ValueError():
            return Transient("what the model server sent is no chat completion, or it broke off")
        case openai.OpenAIError():
            return ModelRejected("there is no key for the model server: set OPENAI_API_KEY")
    return ModelUnavailable(f"the call to the model server failed with {type(error).__name__}")


def server_text(error: Any) -> str:
    """The server's own message in an `openai.APIStatusError`, empty if it has none."""
    body = error.body
    if isinstance(body, dict):
        body = next((body[key] for key in ("message", "detail", "error") if body.get(key)), "")
    return body if isinstance(body, str) and not body.lstrip().startswith("<") else ""


def _refusal(error: Any, model: str, private: Sequence[str]) -> ModelError:
    status, text = error.status_code, server_text(error)
    if status == 401:
        return ModelRejected("the server refused the key (401): check OPENAI_API_KEY")
    if status == 403:
        return ModelRejected("the server forbids this key to do that (403): check its rights to the model")
    if status == 404 and ("model" in text.lower() or "model" in str(error.code).lower()):
        return ModelRejected(f"the server has no model {model!r} (404): check HANDOFF_MODEL")
    if status == 404:
        return ModelRejected(
            f"no chat completions there (404): check OPENAI_BASE_URL and the model's name, {model!r}"
        )
    if status == 429 and "insufficient_quota" in (error.code, error.type):
        return ModelRejected("the account has no quota left (429, insufficient_quota): check its billing")
    if status in (408, 409, 429) or status >= 500:
        return Transient(f"the model server answered {status}", retry_after(error.response.headers))
    said = harmless(text, private)
    hint = " (a model without tools takes HANDOFF_DECISIONS=json)" if "tool" in text.lower() else ""
    text = f"the server refused the request ({status})" + (f": {said}" if said else "") + hint
    return ModelRejected(text, of_this_request=True)
