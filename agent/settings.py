"""The environment's settings, read once and checked. No `.env` file is read."""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from agent.budget.allowance import Allowance
from agent.errors import SettingsError
from agent.redaction.kinds import Kinds, parse_kinds

EMBEDDED = "embedded"
SURE = 0.2
"""The confidence in its best queue from which the embedded model does not ask, unless what was said is vague."""
KEEP = timedelta(days=30)
"""How long a conversation is kept after its last turn."""
KEY_CHARS = 16
_HINT = (
    "No model is set, so the embedded one answers; it is no LLM. "
    "For an LLM, set HANDOFF_MODEL (or --model), and OPENAI_API_KEY or OPENAI_BASE_URL."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What operators choose.

    `timeout` is in seconds; `sure` is how sure of its queue the embedded model has to be, from 0 to 1, before it stops
    asking; `sentences` is the folder of a sentence model to compare texts by; `store` is where conversations are kept, as
    `choose_store` takes it; `redact` is what no model is to see; `log_text` whether people's words are logged; `hint`
    says, in one line, why the model is embedded.
    """

    model: str = EMBEDDED
    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = None
    decisions: Literal["tools", "json"] = "tools"
    timeout: float = 30.0
    sure: float = SURE
    sentences: Path | None = None
    state_key: str | None = field(default=None, repr=False)
    pseudonym_key: str | None = field(default=None, repr=False)
    keep: timedelta = KEEP
    allowance: Allowance = field(default_factory=Allowance)
    store: str | None = field(default=None, repr=False)
    redact: Kinds = field(default_factory=Kinds)
    log_text: bool = False
    hint: str | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ, *, model: str | None = None) -> Self:
        """Read OPENAI_API_KEY and OPENAI_BASE_URL, and of the HANDOFF_ ones MODEL and those that `from_file` names.

        `model` goes before HANDOFF_MODEL. An empty variable counts as not set, but for the model's name. Raises
        `SettingsError`, with one message, where something is wrong, missing or contradictory.
        """
        name = _model(environ, model)
        embedded = name in (None, EMBEDDED)
        return cls(
            model=name or EMBEDDED,
            api_key=None if embedded else _api_key(environ, name),
            base_url=None if embedded else _base_url(environ),
            decisions=_decisions(environ),
            timeout=_timeout(environ),
            sure=_sure(environ),
            sentences=_sentences(environ),
            state_key=_key(environ, "HANDOFF_STATE_KEY"),
            pseudonym_key=_key(environ, "HANDOFF_PSEUDONYM_KEY"),
            keep=_keep(environ),
            allowance=_allowance(environ),
            store=environ.get("HANDOFF_STORE", "").strip() or None,
            redact=parse_kinds(environ.get("HANDOFF_REDACT", "")),
            log_text=_log_text(environ),
            hint=_HINT if name is None else None,
        )


def log_format(environ: Mapping[str, str]) -> Literal["warnings", "json"]:
    """HANDOFF_LOG: warnings for people, or every event as JSON. Raises `SettingsError`."""
    value = environ.get("HANDOFF_LOG", "").strip() or "warnings"
    if value not in ("warnings", "json"):
        raise SettingsError(f"HANDOFF_LOG is {value!r}: it is warnings or json.")
    return value  # type: ignore[return-value]  # checked just now


def _log_text(environ: Mapping[str, str]) -> bool:
    value = environ.get("HANDOFF_LOG_TEXT", "").strip() or "0"
    if value not in ("0", "1"):
        raise SettingsError(f"HANDOFF_LOG_TEXT is {value!r}: it is 1 to log what people say, or 0.")
    return value == "1"


def _model(environ: Mapping[str, str], model: str | None) -> str | None:
    where, name = ("--model", model) if model is not None else ("HANDOFF_MODEL", environ.get("HANDOFF_MODEL"))
    if name is None:
        return None
    if not name.strip():
        raise SettingsError(f"{where} is empty: name a model, or say {EMBEDDED!r}, or leave it out.")
    return name.strip()


def _api_key(environ: Mapping[str, str], model: str | None) -> str | None:
    key = environ.get("OPENAI_API_KEY", "").strip()
    if not key:
        if _base_url(environ):
            return None
        raise SettingsError(
            f"The model {model!r} needs a server: set OPENAI_API_KEY for OpenAI, "
            f"or OPENAI_BASE_URL for another one, or choose {EMBEDDED!r}."
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise SettingsError("OPENAI_API_KEY has characters that no key has: copy it again, without quotes.")
    return key


def _base_url(environ: Mapping[str, str]) -> str | None:
    url = environ.get("OPENAI_BASE_URL", "").strip()
    if not url:
        return None
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        raise SettingsError(
            "OPENAI_BASE_URL is no http or https address: it looks like http://localhost:11434/v1."
        )
    return url


def _decisions(environ: Mapping[str, str]) -> Literal["tools", "json"]:
    match environ.get("HANDOFF_DECISIONS", "").strip():
        case "" | "tools":
            return "tools"
        case "json":
            return "json"
        case value:
            raise SettingsError(f"HANDOFF_DECISIONS is {value!r}: it can be 'tools' (the default) or 'json'.")


def _sure(environ: Mapping[str, str]) -> float:
    value = environ.get("HANDOFF_SURE", "").strip()
    sure = _number(value) if value else SURE
    if not 0 <= sure <= 1:
        raise SettingsError(f"HANDOFF_SURE is {value!r}: it is a number from 0 to 1, for example {SURE}.")
    return sure


def _sentences(environ: Mapping[str, str]) -> Path | None:
    value = environ.get("HANDOFF_SENTENCES", "").strip()
    if not value:
        return None
    folder = Path(value)
    missing = [name for name in ("model.onnx", "tokenizer.json") if not (folder / name).is_file()]
    if missing:
        what = f"has no {' and no '.join(missing)}" if folder.is_dir() else "is no folder"
        raise SettingsError(
            f"HANDOFF_SENTENCES is {value!r}, which {what}: it is the folder of a sentence model, "
            "with model.onnx and tokenizer.json."
        )
    for package in ("onnxruntime", "tokenizers"):
        if find_spec(package) is None:
            raise SettingsError(
                f"HANDOFF_SENTENCES needs the package {package}: pip install 'live-agent-handoff[sentences]'"
            )
    return folder


def _timeout(environ: Mapping[str, str]) -> float:
    value = environ.get("HANDOFF_TIMEOUT", "").strip() or "30"
    seconds = _number(value)
    if not 0 < seconds < math.inf:
        raise SettingsError(
            f"HANDOFF_TIMEOUT is {value!r}: it is a number of seconds above 0, for example 30."
        )
    return seconds


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return math.nan


def _key(environ: Mapping[str, str], name: str) -> str | None:
    key = environ.get(name) or None
    if key is not None and len(key.strip()) < KEY_CHARS:
        raise SettingsError(f"{name} is too short: it takes {KEY_CHARS} characters or more.")
    return key


def _allowance(environ: Mapping[str, str]) -> Allowance:
    value = environ.get("HANDOFF_BUDGET", "").strip()
    return Allowance.parse(value) if value else Allowance()


def _keep(environ: Mapping[str, str]) -> timedelta:
    value = environ.get("HANDOFF_KEEP_DAYS", "").strip()
    days = _number(value) if value else KEEP.days
    if not 0 < days <= 36_500:
        raise SettingsError(
            f"HANDOFF_KEEP_DAYS is {value!r}: it is a number of days above 0, for example 30."
        )
    return timedelta(days=days)
