"""A conversation as text, and back: versioned, and signed where there is a key (promise 7)."""

import hmac
import json
from hashlib import sha256

from pydantic import ValidationError

from agent.errors import DocumentError
from agent.records.conversation import VERSION, Conversation
from agent.stores.base import RESERVED


def dump(conversation: Conversation, key: str | None = None) -> str:
    """The document as JSON; with `key` it carries an HMAC-SHA-256 over everything else in it."""
    if key is None:
        return conversation.model_dump_json(exclude={"signature"})
    signature = _sign(conversation.model_dump(mode="json", exclude={"signature"}), key)
    return conversation.model_copy(update={"signature": signature}).model_dump_json()


def load(text: str | bytes, key: str | None = None) -> Conversation:
    """The conversation in `text`.

    Raises `DocumentError` where it is no such document, of another version, or, with `key`, not signed by it.
    A document is trusted data: without a key anybody who can write it can change it.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise DocumentError(
            "the saved conversation is not JSON: it is damaged or no saved conversation"
        ) from None
    if not isinstance(data, dict) or "version" not in data:
        raise DocumentError("this is no saved conversation: it has no `version`")
    if type(data["version"]) is not int or data["version"] != VERSION:
        shown = str(data["version"])[:20]
        raise DocumentError(
            f"the saved conversation has version {shown}, and this program reads version {VERSION}: "
            "use the version of live-agent-handoff that saved it, or a newer one"
        )
    signature = data.pop("signature", None)
    if key is not None and not (
        isinstance(signature, str)
        and hmac.compare_digest(signature.encode("utf-8", "replace"), _sign(data, key).encode())
    ):
        raise DocumentError(
            "the saved conversation is not signed with this HANDOFF_STATE_KEY: it was changed, or saved without it"
        )
    try:
        conversation = Conversation.model_validate_json(json.dumps(data))
    except (ValidationError, ValueError) as error:
        raise DocumentError(f"the saved conversation is damaged{_first(error)}") from None
    if conversation.id.startswith(RESERVED):
        raise DocumentError("the saved conversation is damaged at `id`: no conversation has such a one")
    return conversation


def _first(error: Exception) -> str:
    """Where the first mistake is, without what stands there: that may be personal."""
    if not isinstance(error, ValidationError):
        return ""
    return " at `" + ".".join(str(part) for part in error.errors()[0]["loc"]) + "`"


def _sign(data: dict[str, object], key: str) -> str:
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hmac.new(key.encode(), canonical.encode(), sha256).hexdigest()
