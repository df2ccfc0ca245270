"""HANDOFF_REDACT: which kinds of secret are taken out."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from agent.errors import SettingsError

PLAIN_KINDS = ("passwords", "cards", "tokens", "ibans")
EXAMPLE = "passwords,cards,tokens,ibans,ids:us+de"


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds, of `PLAIN_KINDS`, and the countries whose national ids are looked for."""

    plain: frozenset[str] = frozenset()
    countries: tuple[str, ...] = ()


@cache
def patterns() -> Any:
    """`agent/data/redact.yaml`, read once."""
    import yaml

    text = (files("agent") / "data" / "redact.yaml").read_text("utf-8")
    # The base loader reads every scalar as text: Norway's "no" is no boolean.
    return yaml.load(text, getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506  # makes only text


def parse_kinds(value: str) -> Kinds:
    """The kinds in `value`, like "passwords,cards,ids:us+de". Raises `SettingsError` for one that does not exist."""
    plain: set[str] = set()
    countries: list[str] = []
    for part in filter(None, (part.strip().lower() for part in value.split(","))):
        kind, colon, listed = part.partition(":")
        if kind == "ids" and colon:
            countries += [_country(code.strip()) for code in listed.split("+")]
        elif part in PLAIN_KINDS:
            plain.add(part)
        else:
            what = "ids without a country" if kind == "ids" else f"{part[:40]!r}"
            raise SettingsError(
                f"HANDOFF_REDACT names {what}: the kinds are {', '.join(PLAIN_KINDS)} and ids:COUNTRY+COUNTRY, "
                f"for example {EXAMPLE}."
            )
    return Kinds(frozenset(plain), tuple(dict.fromkeys(countries)))


def _country(code: str) -> str:
    known = patterns()["ids"]
    if code not in known:
        raise SettingsError(
            f"HANDOFF_REDACT names ids of {code[:20]!r}: the countries are {', '.join(sorted(known))}."
        )
    return code
