"""Whether a text names a person."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any


class Person:
    """A person by what they are called: ids, e-mail addresses, and full names (a first name alone is anybody's).

    An id that is a plain word ("nobody") is looked for as a whole value only: in a text it may be the word.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(dict.fromkeys(name.strip() for name in names if name and name.strip()))
        self._values = frozenset(name.casefold() for name in self.names if name.isalpha())
        named = (name for name in self.names if not name.isalpha())
        words = (r"\s+".join(map(re.escape, name.split())) for name in named)
        # Not in the middle of another word or address: "ada@acme.com" is not in "grada@acme.com".
        either = "|".join(words) or "(?!)"
        self._pattern = re.compile(rf"(?<![\w@.+-])(?:{either})(?![\w@+-])", re.IGNORECASE)

    def is_in(self, text: str) -> bool:
        """Whether `text`, a line of JSON or any other, names them."""
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            return self._pattern.search(text) is not None
        return any(self._pattern.search(part) or part.casefold() in self._values for part in _texts(data))


def _texts(data: Any) -> Iterator[str]:
    waiting = [data]
    while waiting:
        match waiting.pop():
            case str() as text:
                yield text
            case int() | float() as number:
                yield str(number)
            case dict() as found:
                waiting += [*found, *found.values()]
            case list() as found:
                waiting += found
