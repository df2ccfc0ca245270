"""The shipped redactor: what goes, what stays, and what it does to its own output."""

import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import SettingsError
from agent.language.locale import locales
from agent.redaction.kinds import parse_kinds
from agent.redaction.make import make_redactor

from .planted import Planted, anything, between, planted, shipped

REDACTOR = shipped()


@given(anything, between, planted, between, anything)
def test_a_secret_never_stays_whatever_stands_around_it(
    before: str, left: str, secret: Planted, right: str, after: str
) -> None:
    text = before + left + secret.text + right + after
    found = REDACTOR.redact(text, "en")
    assert secret.secret not in found or secret.secret in before + " " + after
    assert "removed]" in found


@given(st.lists(st.one_of(anything, planted.map(lambda p: p.text)), max_size=5).map(" ".join))
def test_its_own_output_stays_as_it_is(text: str) -> None:
    for language in locales():
        once = REDACTOR.redact(text, language)
        for other in locales():
            assert REDACTOR.redact(once, other) == once


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("my password is hunter2.", "my password is [password removed]."),
        ("card 4111 1111 1111 1111 declined", "card [card number removed] declined"),
        ("12 4111-1111-1111-1111 34", "12 [card number removed] 34"),
        ("4111111111111111", "[card number removed]"),
        ("IBAN DE89 3704 0044 0532 0130 00 is wrong", "IBAN [bank account removed] is wrong"),
        ("SSN 536-90-4399, tax 36 574 261 809", "SSN [id number removed], tax [id number removed]"),
        ("NINO AB 12 34 56 C", "NINO [id number removed]"),
        ("https://bob:hunter2@git.acme.com/x", "https://[access key removed]@git.acme.com/x"),
        ("the api key is 12345abcdef", "the api key is [access key removed]"),
        ("a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n", "a\n[access key removed]"),
        ("login bob, password Sommer2024! fails", "login bob, password [password removed] fails"),
        ("Authorization: Bearer abcdef12345", "Authorization: Bearer [access key removed]"),
        ("aws_secret_access_key = wJalrXUt/K7MD", "aws_secret_access_key = [access key removed]"),
        ("123-45-6789 and 65 170839 J 003", "[id number removed] and [id number removed]"),
        ("pass: password: x1yz", "pass: [password removed] [password removed]"),
    ],
)
def test_what_goes(text: str, left: str) -> None:
    assert REDACTOR.redact(text, "en") == left


@pytest.mark.parametrize(
    "text",
    [
        "my password is expired, and the new password was not accepted",
        "Das Passwort ist abgelaufen",
        "password: how do I reset it?",
        "ticket INC0012345, CHG-00123456, #1234567890123456",
        "call +49 30 12345678 or (555) 123-4567 ext. 1111",
        "Windows 11 10.0.22631.4460, IP 192.168.100.200, MAC 00:1A:2B:3C:4D:5E",
        "card 4111 1111 1111 1112",
        "error 0x80070005 at 2026-11-18 12:00:00.123456",
        "DE89 3704 0044 0532 0130 01",
        "71f1cbd2-83ae-4e54-a03a-2ee8d31a7dee",
        "my access token expired and the license key is gone",
        "the VPN key fob 2000 is broken",
        "foreign key FK_Orders_123 is violated, monkey 1234abcd",
        "reset the password of Office365, password O365 2024",
    ],
)
def test_what_stays(text: str) -> None:
    assert REDACTOR.redact(text, "en") == text


def test_nothing_goes_from_the_shipped_cases() -> None:
    """They hold no secret, so whatever went would be an ordinary number or word."""
    told = 0
    for file in (files("evals") / "cases").iterdir():
        for line in file.read_text("utf-8").splitlines() if file.name.endswith(".jsonl") else ():
            case = json.loads(line)
            for text in (case["opening"], *case["user"].get("facts", {}).values()):
                assert REDACTOR.redact(text, "en") == text
                told += 1
    assert told > 400


def test_in_the_persons_language() -> None:
    assert REDACTOR.redact("Passwort: Sommer24", "de") == "Passwort: [Passwort entfernt]"
    assert REDACTOR.redact("Passwort: Sommer24", "fr") == "Passwort: [password removed]"


@pytest.mark.parametrize(
    ("kinds", "left"),
    [
        ("passwords", "pwd=[password removed] 4111111111111111 536-90-4399"),
        ("cards", "pwd=hunter2 [card number removed] 536-90-4399"),
        (" IDS:us , ", "pwd=hunter2 4111111111111111 [id number removed]"),
        ("ids:de", "pwd=hunter2 4111111111111111 536-90-4399"),
    ],
)
def test_only_what_was_chosen(kinds: str, left: str) -> None:
    assert shipped(kinds).redact("pwd=hunter2 4111111111111111 536-90-4399", "en") == left


def test_nothing_chosen_is_no_redactor() -> None:
    assert make_redactor(parse_kinds(" , ")) is None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (
            "passwords,crads",
            "HANDOFF_REDACT names 'crads': the kinds are passwords, cards, tokens, ibans and ids:",
        ),
        ("ids", "names ids without a country"),
        ("ids:us+xx", "names ids of 'xx': the countries are at, au, be,"),
        ("cards:us", "names 'cards:us'"),
    ],
)
def test_a_wrong_setting_is_told_with_what_would_be_right(value: str, said: str) -> None:
    with pytest.raises(SettingsError, match=r"^HANDOFF_REDACT") as raised:
        parse_kinds(value)
    assert said in str(raised.value)
