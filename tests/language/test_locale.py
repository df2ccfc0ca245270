"""Every locale has the same texts with the same placeholders, and no phrase means two things."""

import itertools
import string
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from agent.data import example_path
from agent.language.locale import Intent, Locale, folded, locale_for, locales
from agent.language.understand import asks_for_human, claims_transfer, intent_of, language_of

LOCALES = Path(example_path()).parent / "locales"
INTENTS = set(Intent.__args__)  # type: ignore[attr-defined]  # a Literal


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", sorted(locales()))
def test_coverage(language: str) -> None:
    english, other = locales()["en"], locales()[language]
    assert other.texts.keys() == english.texts.keys()
    for key, text in english.texts.items():
        assert other.texts[key].strip()
        assert placeholders(other.texts[key]) == placeholders(text), key
    assert other.phrases.keys() == INTENTS
    assert len(other.weekdays) == 7
    assert other.human
    assert other.greeting
    assert other.filler
    assert other.claims


def test_no_phrase_means_two_things() -> None:
    everything = [
        (phrase, intent)
        for lo in locales().values()
        for intent, listed in lo.phrases.items()
        for phrase in listed
    ]
    for (one, first), (two, second) in itertools.combinations(everything, 2):
        assert one != two or first == second, one


@pytest.mark.parametrize("locale", locales().values(), ids=lambda locale: locale.language)
def test_buttons_can_be_typed(locale: Locale) -> None:
    """The label of a button is no phrase of another meaning."""
    meant = {
        "start": "yes",
        "skip": "skip",
        "other": "wrong_team",
        "cancel": "cancel",
        "edit": "edit",
        "nobody_came": "nobody",
    }
    for key, intent in meant.items():
        assert intent_of(locale(key)) in (intent, None), key
    assert intent_of(locale("start")) == "yes"
    assert intent_of(locale("nobody_came")) == "nobody"  # its button says it


def test_own_questions_claim_nothing() -> None:
    for locale in locales().values():
        for key, text in locale.texts.items():
            if key.startswith("ask_"):
                assert text.endswith("?")
                assert not claims_transfer(text)


def test_plain() -> None:
    assert folded("  YES,\tplease!!  ") == "yes please"
    assert folded("ye\u200bs.") == "yes"
    assert folded("Let’s go.") == "let's go"
    assert folded("yes…") == folded("yes...") == folded("yes?") == folded("yes\u037e")  # they doubt
    assert folded("ok?") == "ok?"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I'd like to speak to a live agent", "en"),
        ("Ich möchte mit einem Mitarbeiter sprechen", "de"),
        ("Mein Drucker druckt nicht", "de"),
        ("my printer is jammed", "en"),
        ("SQL", None),
        ("", None),
    ],
)
def test_language(text: str, language: str | None) -> None:
    assert language_of(text) == language


def test_locale_for() -> None:
    assert locale_for("de-AT").language == locale_for("de_DE").language == "de"
    assert locale_for("fr").language == locale_for(None).language == locale_for("").language == "en"


def test_moment() -> None:
    english, now = locales()["en"], datetime(2026, 11, 18, 12, tzinfo=UTC)
    assert english.moment(datetime(2026, 11, 20, 8, tzinfo=UTC), now) == "Friday 08:00"
    assert english.moment(datetime(2026, 11, 25, 8, tzinfo=UTC), now) == "Wednesday 2026-11-25 08:00"


@pytest.mark.parametrize(
    "text",
    ["I just want a human!", "agent please", "Ich will einen Menschen!", "connect me with a real person now"],
)
def test_asking_for_a_human(text: str) -> None:
    assert asks_for_human(text)


@pytest.mark.parametrize(
    "text", ["agent for my laptop", "the HR person has no access", "hello", "", "just do it"]
)
def test_not_only_asking_for_a_human(text: str) -> None:
    assert not asks_for_human(text)


@pytest.mark.parametrize(
    "path", [*sorted(LOCALES.glob("*.yaml")), example_path()], ids=lambda path: path.name
)
def test_shipped_files_read_alike_without_libyaml(path: Path) -> None:
    """Where PyYAML has no C library, its own stricter parser reads them."""
    text = path.read_text("utf-8")
    assert yaml.load(text, yaml.BaseLoader) == yaml.load(text, yaml.CBaseLoader)  # noqa: S506  # makes only text
