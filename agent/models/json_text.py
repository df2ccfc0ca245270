"""JSON objects in the text of a model."""

import json
from itertools import islice
from re import finditer
from typing import Any

_TRIES = 20  # enough for any sane answer; keeps a text full of braces cheap


def first_object(text: str, key: str) -> dict[str, Any] | None:
    """The first JSON object in `text` that has `key`, with a code fence or other words around it or not."""
    decoder = json.JSONDecoder()
    for brace in islice(finditer(r"\{", text), _TRIES):
        try:
            value, _ = decoder.raw_decode(text, brace.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) and key in value:
            return value
    return None
