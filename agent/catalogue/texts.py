"""The kinds of text that a catalogue is made of."""

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from agent.catalogue.templates import checked_help_url, checked_host, checked_target_url
from agent.language.clean import DECEIVING

_DECEIVING = re.escape("".join(sorted(DECEIVING)))
_CONTROL = re.compile(rf"[\x00-\x1f\x7f-\x9f\u2028\u2029{_DECEIVING}]")
_CONTROL_IN_PROSE = re.compile(rf"[\x00-\x08\x0b-\x1f\x7f-\x9f{_DECEIVING}]")
_NOT_IN_IDS = re.compile(r"[<>|{}\s]")  # what separates ids in lists, prompts and URL templates
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
ANY = "*"
"""In the place of a language: all others."""
_CODE_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def _one_line(text: str) -> str:
    if match := _CONTROL.search(text):
        raise ValueError(f"has a control character ({match.group()!a}): keep it to one line of plain text")
    return text


def _prose(text: str) -> str:
    if match := _CONTROL_IN_PROSE.search(text):
        raise ValueError(f"has a control character ({match.group()!a}): take it out")
    return text


def _identifier(text: str) -> str:
    # "." and ".." would change the path of a URL in which they stand.
    if not any(character.isalnum() for character in text):
        raise ValueError(f'"{text}" is no id: it needs a letter or a digit')
    if odd := _NOT_IN_IDS.search(text):
        raise ValueError(
            f'"{text}" is no id: {odd.group()!r} cannot stand in it; use letters, digits, - and _'
        )
    if len(text.encode()) > 200:
        raise ValueError("is too long: an id has at most 200 bytes in UTF-8")
    return text


def _language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text):
        raise ValueError(f'"{text}" is no language code: write en, de or pt-BR')
    return text


def _notice_language(text: str) -> str:
    return text if text == ANY else _language(text)


def code_name(text: str) -> str:
    """`text` as it is, if it can be a code name. Raises `ValueError` with what would be right."""
    if not _CODE_NAME.fullmatch(text):
        raise ValueError(f'"{text}" is no code name: at most 64 letters, digits, _ and -')
    return text


def _line(limit: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=limit)


Text = Annotated[str, _line(200), AfterValidator(_one_line)]
Name = Annotated[str, _line(100), AfterValidator(_one_line)]
Example = Annotated[str, _line(1000), AfterValidator(_one_line)]
QueueId = Annotated[Text, AfterValidator(_identifier)]
Language = Annotated[Text, AfterValidator(_language)]
CodeName = Annotated[str, _line(64), AfterValidator(code_name)]
Host = Annotated[str, _line(260), AfterValidator(_one_line), AfterValidator(checked_host)]
TargetUrl = Annotated[str, _line(2000), AfterValidator(_one_line), AfterValidator(checked_target_url)]
HelpUrl = Annotated[str, _line(2000), AfterValidator(_one_line), AfterValidator(checked_help_url)]
Notice = Annotated[str, _line(2000), AfterValidator(_prose)]
NoticeLanguage = Annotated[Text, AfterValidator(_notice_language)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000), AfterValidator(_prose)]
