"""Texts as YAML writes them."""

import json
import re

import yaml

_PLAIN = re.compile(r"[^\W\d_](?:[\w &/.()+-]*[\w)])?")


def scalar(text: str) -> str:
    """`text` (one line) without quotes where every reader of YAML takes it for this text, else in quotes."""
    return text if _PLAIN.fullmatch(text) and isinstance(yaml.safe_load(text), str) else quoted(text)


def quoted(text: str) -> str:
    """`text` in double quotes, which can hold everything."""
    return json.dumps(text, ensure_ascii=False)  # JSON's strings are YAML's, too


def restyled(text: str, style: str | None) -> str:
    """`text` (one line) in the quotes of `style`, YAML's indicator; a block's become double quotes."""
    match style:
        case "'":
            return "'" + text.replace("'", "''") + "'"
        case None:
            return scalar(text)
        case _:
            return quoted(text)
