"""What the models read, as text files: no prompt words stand in code.

A file of one text is read whole (`prompt("rules")`); a file of many lines ``key: text`` gives one of them
(`line("state", "candidates")`). Placeholders are ``{name}``. They are filled once and strictly: a value that has
braces in it is never expanded again.
"""

import re
from functools import cache
from importlib.resources import files

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class PromptError(LookupError):
    """A prompt file, a line of it or a placeholder that does not exist: a mistake in this package."""


def prompt(name: str, /, **values: str) -> str:
    """The text of `prompts/NAME.txt` with its placeholders filled.

    Raises `PromptError` where the file is missing, or `values` and the placeholders are not the same names.
    """
    return _filled(name, _text(name), values)


def line(name: str, key: str, /, **values: str) -> str:
    """The line that `key` names in `prompts/NAME.txt`, filled like `prompt`; raises `PromptError` likewise."""
    try:
        text = _lines(name)[key]
    except KeyError:
        raise PromptError(f"prompts/{name}.txt has no line {key!r}") from None
    return _filled(f"{name}:{key}", text, values)


@cache
def _text(name: str) -> str:
    try:
        return files(__name__).joinpath(f"{name}.txt").read_text("utf-8").strip()
    except FileNotFoundError:
        raise PromptError(f"there is no prompts/{name}.txt") from None


@cache
def _lines(name: str) -> dict[str, str]:
    lines: dict[str, str] = {}
    for number, text in enumerate(_text(name).splitlines(), 1):
        key, colon, value = text.partition(": ")
        if not colon or key in lines:
            raise PromptError(f"prompts/{name}.txt:{number}: not `key: text`, or the key is there twice")
        lines[key] = value.strip()
    return lines


def _filled(where: str, template: str, values: dict[str, str]) -> str:
    wanted = set(_PLACEHOLDER.findall(template))
    if wanted != values.keys():
        raise PromptError(f"{where} takes {sorted(wanted)}, not {sorted(values)}")
    return _PLACEHOLDER.sub(lambda match: values[match[1]], template)
