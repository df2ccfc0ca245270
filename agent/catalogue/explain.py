"""What a schema error means, in the words of the file."""

from difflib import get_close_matches
from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from agent.catalogue.beyondtrust import BeyondTrust
from agent.catalogue.hours import Hours
from agent.catalogue.reader import Lines, Path
from agent.catalogue.schema import NO_KEYS, TARGETS, Catalogue, Link, Queue
from agent.errors import Mistake


class _Place(NamedTuple):
    """How a place in the file is called, and what it is made of if it has keys of its own."""

    name: str
    model: type[BaseModel] | None = None


def explain(error: ValidationError, lines: Lines) -> list[Mistake]:
    """Every error with its line."""
    errors = error.errors(include_url=False)
    # A list all of whose items are wrong is not too short, whatever pydantic counts.
    errors = [e for e in errors if e["type"] != "too_short" or not e["input"]]
    return [_mistake(e, lines) for e in errors]


def _mistake(error: ErrorDetails, lines: Lines) -> Mistake:
    loc = error["loc"]
    if error["type"] == "union_tag_invalid":  # the target's kind
        *others, last = (f'"{kind}"' for kind in TARGETS)
        given = _shown(error["input"]["kind"])
        return Mistake(lines.at((*loc, "kind")), f'"kind" must be {", ".join(others)} or {last}, not {given}')
    return Mistake(lines.at(loc), _text(error, lines.known(loc)))


def unknown_key(path: Path, kind: str = "") -> str:
    """Say that the key at the end of `path` does not exist, and which ones do; `kind` is the target's."""
    key, place = str(path[-1]), _place(path[:-1], kind)
    allowed = tuple(name for name in place.model.model_fields if name not in NO_KEYS) if place.model else ()
    near = _nearest(key, allowed)
    guess = f'did you mean "{near}"? ' if near else ""
    return f'unknown key "{key}" in {place.name}: {guess}The keys are {", ".join(allowed)}'


def _place(path: Path, kind: str = "") -> _Place:
    match path:
        case ():
            return _Place("the catalogue", Catalogue)
        case ("target",):
            return _Place('"target"', TARGETS.get(kind))
        case ("calendars", str(name)):
            return _Place(f'calendar "{name}"', Hours)
        case ("other_help", int(index)):
            return _Place(f"link {index + 1} of other_help", Link)
        case ("after_hours",):
            return _Place('"after_hours"', Link)
        case ("queues", int(index)):
            return _Place(f"queue {index + 1}", Queue)
        case ("queues", int(), "hours"):
            return _Place('"hours"', Hours)
        case ("queues", int(), "beyondtrust"):
            return _Place('"beyondtrust"', BeyondTrust)
        case (*_, str(key), int(index)):
            return _Place(f'item {index + 1} of "{key}"')
    return _Place(f'"{path[-1]}"')


def _text(error: ErrorDetails, path: Path) -> str:
    place, given, limits = _place(path), error["input"], error.get("ctx", {})
    match error["type"]:
        case "missing":
            return f'{place.name} needs the key "{error["loc"][-1]}"'
        case "extra_forbidden":
            return unknown_key(path, str(error["loc"][1]) if len(error["loc"]) > 1 else "")
        case "value_error":
            reason = str(limits["error"])
            return reason if error["loc"][-1] == "[key]" else f"{place.name}: {reason}"
        case "literal_error":
            expected = str(limits["expected"]).replace("'", '"')
            return f"{place.name} must be {expected}, not {_shown(given)}"
        case "string_too_long":
            return f"{place.name} is too long ({len(given)} characters): at most {limits['max_length']:,}"
        case "too_long":
            return f"{place.name} has too many entries: at most {limits['max_length']}"
    if given in ("", [], {}) or not str(given).strip():
        return f"{place.name} is empty: fill it in, or take it away where it is optional"
    wanted = {
        "string_type": "text",
        "tuple_type": "a list, such as [one, two]",
        "dict_type": 'keys with values ("key: value")',
        "model_type": 'keys with values ("key: value")',
        "int_parsing": "a whole number",
        "int_type": "a whole number",
        "bool_parsing": "true or false",
        "bool_type": "true or false",
        "int_parsing_size": "a smaller whole number",
        "greater_than_equal": f"a whole number from {limits.get('ge')} on",
        "less_than_equal": f"a whole number up to {limits.get('le')}",
        "less_than": "a smaller whole number",
    }.get(error["type"])
    if wanted:
        return f"{place.name} must be {wanted}, not {_shown(given)}"
    return f"{place.name}: {error['msg']}"


def _shown(given: Any) -> str:
    if isinstance(given, list):
        return "a list"
    if isinstance(given, dict):
        return "keys with values"
    text = str(given)
    return f'"{text}"' if len(text) <= 60 else f'"{text[:57]}..."'


@cache
def _nearest(key: str, allowed: tuple[str, ...]) -> str | None:
    return next(iter(get_close_matches(key.lower(), allowed, n=1)), None)
