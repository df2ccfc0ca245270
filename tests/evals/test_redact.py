"""The first pass over what a person wrote: what is surely personal goes, what is needed for routing stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.records.user import User
from evals.growing.redact import redactor

ADA = User(
    id="ada.l",
    name="Ada Löwe",
    email="Ada.Lovelace@acme.com",
    attributes={"region": "EU", "site": ["Haus 7", "EU"], "short": "x"},
)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            "Ada here, ADA LÖWE, ada löwe, Lo\u0308we, Ada's and Adas laptop",
            "[name] here, [name], [name], [name], [name] and [name] laptop",
        ),
        ("Adapter, Canada, Löwenzahn", "Adapter, Canada, Löwenzahn"),
        ("from Lovelace", "from [name]"),
        ("log in as ada.l fails", "log in as […] fails"),
        ("in Haus 7, region EU", "in […], region EU"),
        ("mail ada.lovelace@acme.com or x.y+z@sub.example.co.uk.", "mail [e-mail] or [e-mail]."),
        ("(boss@example.com)", "([e-mail])"),
        ("a@b and foo@bar", "a@b and foo@bar"),
        ("call +49 30 1234567, (030) 123-4567, 0049/30/1234567", "call [number], [number], [number]"),
        (
            "ticket INC0012345, CHG-00123456, #12345, 1234567890",
            "ticket [number], [number], #[number], [number]",
        ),
        (
            "error 0x80070005, Windows 11, SQL 2019, room 1204",
            "error 0x80070005, Windows 11, SQL 2019, room 1204",
        ),
        ("id 0123456789abcdef0123456789ABCDEF", "id […]"),
        ("71f1cbd2-83ae-4e54-a03a-2ee8d31a7dee", "[…]"),
        ("on 2026-11-25 at 10:30", "on [number] at 10:30"),
    ],
)
def test_what_goes_and_what_stays(text: str, left: str) -> None:
    assert redactor(ADA, {"EU"})(text) == left


def test_of_nobody_nothing_is_known() -> None:
    assert redactor(User())("Ada Löwe, region EU, a@example.com") == "Ada Löwe, region EU, [e-mail]"


WORDS = st.text("abcdeöüß .'-", max_size=12)
NAMES = st.text("abcöüABC", min_size=2, max_size=8)


@given(WORDS, NAMES, WORDS)
def test_a_name_never_survives_as_a_word(before: str, name: str, after: str) -> None:
    left = redactor(User(name=name))(f"{before} {name.upper()} {after}")
    assert name.casefold() not in left.casefold().replace("[name]", "").split()


@given(st.text(max_size=200))
def test_any_text_can_be_read_twice(text: str) -> None:
    redact = redactor(ADA)
    once = redact(text)
    assert redact(once) == once
