"""The locale files: fixed texts and recognised phrases of every language that ships."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Literal

Intent = Literal["yes", "agree", "no", "wrong_team", "cancel", "skip", "edit", "nobody", "thanks"]
DEFAULT_LANGUAGE = "en"
_IGNORED = re.compile(r"[.,!;:\s]+")
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Locale:
    """One language: texts by key, phrases by intent, and word lists."""

    language: str
    texts: dict[str, str]
    weekdays: tuple[str, ...]
    phrases: dict[str, frozenset[str]]
    human: frozenset[str]
    greeting: tuple[str, ...]
    filler: frozenset[str]
    opening: frozenset[str]
    joining: frozenset[str]
    denying: frozenset[str]
    smalltalk: frozenset[str]
    first: frozenset[str]
    second: frozenset[str]
    claims: tuple[str, ...]

    def __call__(self, key: str, **values: str) -> str:
        """The fixed text `key`, with its placeholders filled."""
        return self.texts[key].format(**values)

    def moment(self, at: datetime, now: datetime) -> str:
        """A near date as people say it ("Monday 08:00"), with the date beyond a week."""
        days = (at.date() - now.astimezone(at.tzinfo).date()).days
        day = self.weekdays[at.weekday()] if days else self.texts["today"]
        return f"{day} {at:%Y-%m-%d %H:%M}" if days >= 7 else f"{day} {at:%H:%M}"


def folded(text: str) -> str:
    """`text` as phrases are compared: folded, without commas and full stops; what doubts ("?", "…") stays."""
    text = text.replace("\u037e", "?").replace("...", "?").replace("…", "?")
    visible = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    if not visible.isascii():
        visible = "".join(c for c in visible if unicodedata.category(c) != "Cf")
    return _IGNORED.sub(" ", visible).strip()


def words_of(text: str) -> list[str]:
    """The words of `text`, folded."""
    return WORD.findall(unicodedata.normalize("NFKC", text).casefold().replace("’", "'"))


@cache
def locales() -> dict[str, Locale]:
    """Every shipped locale by its language; read once."""
    folder = files("agent") / "data" / "locales"
    paths = sorted((path for path in folder.iterdir() if path.name.endswith(".yaml")), key=lambda p: p.name)
    return {name: _load(name, path.read_text("utf-8")) for path in paths if (name := path.name[:-5])}


def _load(language: str, text: str) -> Locale:
    import yaml

    # The base loader reads every scalar as text: a phrase "yes" is no boolean.
    data = yaml.load(text, getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506  # makes only text
    return Locale(
        language=language,
        texts=data["texts"],
        weekdays=tuple(data["weekdays"]),
        phrases={intent: frozenset(map(folded, listed)) for intent, listed in data["phrases"].items()},
        human=frozenset(data["words"]["human"]),
        greeting=tuple(data["words"]["greeting"]),
        filler=frozenset(data["words"]["filler"]),
        opening=frozenset(data["words"]["opening"]),
        joining=frozenset(data["words"]["joining"]),
        denying=frozenset(data["words"]["denying"]),
        smalltalk=frozenset(data["words"]["smalltalk"]),
        first=frozenset(data["words"]["first"]),
        second=frozenset(data["words"]["second"]),
        claims=tuple(data["claims"]),
    )


def locale_for(language: str | None) -> Locale:
    """The locale of `de`, `de-AT`, `de_DE` …; the default where the language does not ship."""
    short = (language or "").replace("_", "-").split("-")[0].lower()
    return locales().get(short) or locales()[DEFAULT_LANGUAGE]
