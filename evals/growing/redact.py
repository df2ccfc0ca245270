"""What is surely personal, taken out of a text: a first pass, and no more. A person still has to read what is left.

Taken out are what the host knows of the person (name, e-mail, id, attributes), every e-mail address, and long groups of
digits with the letters in front of them, such as telephone and ticket numbers.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator

from agent.language.understand import language_of
from agent.records.user import User
from agent.redaction.base import Redactor
from evals.case import Case

_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"']+@[^\s@<>()\[\],;:\"']+\.[^\W\d_]{2,}")
_NUMBER = re.compile(r"(?<!\w)\+?\(?\d(?:[ ()./-]{0,2}\d){5,}(?!\w)|\b[^\W\d_]{0,10}[-_#]?\d{5,}\w*")
_REFERENCE = re.compile(r"\b[0-9a-f]{32}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
_LEAST = 2  # letters of a name that is looked for by itself

NAME, EMAIL, NUMBER, OTHER = "[name]", "[e-mail]", "[number]", "[…]"


def redactor(user: User, public: Collection[str] = ()) -> Callable[[str], str]:
    """A function that takes out what is known of `user`, but for the values in `public`, and what looks personal."""
    names = [user.name or "", *re.split(r"[\s,.]+", user.name or "")]
    local = (user.email or "").partition("@")[0]
    names += re.split(r"[._+-]+", local) if user.email else []
    other = [user.id or "", local, *(value for value in _values(user) if value not in public)]
    patterns = [(_any_of(other), OTHER), (_any_of(names), NAME)]

    def redact(text: str) -> str:
        text = unicodedata.normalize("NFC", text)
        text = _EMAIL.sub(EMAIL, text)
        for pattern, mark in patterns:
            text = pattern.sub(mark, text) if pattern else text
        return _NUMBER.sub(NUMBER, _REFERENCE.sub(OTHER, text))

    return redact


def without_secrets(case: Case, secrets: Redactor) -> Case:
    """`case` without what `secrets` takes out of its texts: what HANDOFF_REDACT names is to be in no case, either."""

    def redact(text: str) -> str:
        return secrets.redact(text, language_of(text) or "en")

    person = {
        "facts": {key: redact(fact) for key, fact in case.user.facts.items()},
        "acts": tuple(act.model_copy(update={"do": redact(act.do)}) for act in case.user.acts),
    }
    return case.model_copy(
        update={"opening": redact(case.opening), "user": case.user.model_copy(update=person)}
    )


def _values(user: User) -> Iterator[str]:
    for value in user.attributes.values():
        yield from [value] if isinstance(value, str) else value


def _any_of(words: list[str]) -> re.Pattern[str] | None:
    """Any of `words` as a word of its own, longer ones first, in any case, with the s of a genitive."""
    found = {unicodedata.normalize("NFC", " ".join(word.split())) for word in words}
    listed = sorted((word for word in found if len(word) >= _LEAST), key=lambda word: (-len(word), word))
    if not listed:
        return None
    either = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in listed)
    return re.compile(rf"(?<!\w)(?:{either})(?:['’]?s)?(?!\w)", re.IGNORECASE)
