"""Languages that the fixed texts and the embedded model do not know: recognised, so that it can be said."""

import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from agent.language.locale import locales, words_of

TELLING = 2
"""Words of a language that have to stand in a text, at least, and more of them than of any other language."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A language: its code, how it is recognised, and the sentence that asks for another one."""

    language: str
    words: frozenset[str]
    scripts: tuple[str, ...]
    says: str


def foreign_language(text: str) -> Foreign | None:
    """The language of `text`, where it is one of `agent/data/languages.yaml`; None where it is not, or does not tell."""
    return _by_script(text) or _by_words(text)


def _by_script(text: str) -> Foreign | None:
    letters = [character for character in text if character.isalpha()]
    names = Counter(unicodedata.name(letter, "").split(" ")[0].split("-")[0] for letter in letters)
    # Product names stay Latin in any script, and Japanese is written with Chinese signs among its own.
    own = names.total() - names["LATIN"]
    if own < TELLING or own * 4 < names.total():
        return None
    return next((lang for lang in _languages() if any(names[script] for script in lang.scripts)), None)


def _by_words(text: str) -> Foreign | None:
    words = set(words_of(text))
    known = {language.language: len(words & language.words) for language in _languages() if language.words}
    shipped = max(len(words & locale.filler) for locale in locales().values())
    best = max(known, key=lambda name: known[name])
    if known[best] < max(TELLING, shipped + 1) or list(known.values()).count(known[best]) > 1:
        return None
    return next(language for language in _languages() if language.language == best)


@cache
def _languages() -> tuple[Foreign, ...]:
    import yaml

    text = (files("agent") / "data" / "languages.yaml").read_text("utf-8")
    data = yaml.load(text, getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506  # makes only text
    return tuple(
        Foreign(name, frozenset(entry.get("words", ())), tuple(entry.get("script", ())), entry["says"])
        for name, entry in data.items()
    )
