"""What went wrong with a call, in the package's own errors.

What they say is for an operator: the status, what to check, and the server's own words only where these repeat
neither the key nor anything of the conversation.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from agent.errors import ModelError, ModelRejected, ModelUnavailable
from agent.language.clean import one_line
from agent.models.completion import UnreadableError

_SECRET = re.compile(r"\b(sk-|Bearer\s)\S+", re.IGNORECASE)
_WINDOW = 16  # characters in a row that a server's message may not share with the conversation


class Transient(ModelUnavailable):
    """May work at once when tried again; `after` seconds if the server asked for a pause."""

    def __init__(self, text: str, after: float | None = None) -> None:
        super().__init__(text)
        self.after = after


def failure(error: Exception, model: str, private: Sequence[str]) -> ModelError:
    """`error`, which a call raised, as a `ModelError`; no text of `private` appears in its message."""
    import openai

    match error:
        case ModelError():
            return error
        case openai.APIStatusError():
            return _refusal(error, model, private)
        case openai.APITimeoutError() | TimeoutError():
            return Transient("the model server did not answer in time")
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
        return Transient(f"the model server answered {status}", _retry_after(error.response.headers))
    said = _harmless(text, private)
    hint = " (a model without tools takes HANDOFF_DECISIONS=json)" if "tool" in text.lower() else ""
    text = f"the server refused the request ({status})" + (f": {said}" if said else "") + hint
    return ModelRejected(text, of_this_request=True)


def _harmless(text: str, private: Sequence[str]) -> str:
    text = _SECRET.sub("…", one_line(text, 300))
    known = "\n".join(private).casefold()
    seen = text.casefold()
    windows = (seen[i : i + _WINDOW] for i in range(max(1, len(seen) - _WINDOW + 1)))
    shares = any(len(window) == _WINDOW and window in known for window in windows)
    short = (entry.casefold() for entry in private if 3 < len(entry) < _WINDOW)
    return "" if shares or any(entry in seen for entry in short) else text


def _retry_after(headers: Any) -> float | None:
    """The pause that the server asks for: seconds, or a date."""
    value = headers.get("retry-after", "")
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
