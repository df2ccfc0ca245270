"""Slack messages: the limits of its reference, and its own library's checks of blocks."""

import html
import json
from typing import Any

import pytest
from hypothesis import given
from slack_sdk.models.blocks import Block

from agent.language.clean import clean
from agent.records.reply import Button, Proposal, Reply
from agent.renderers import slack
from agent.renderers.layout import opens, press_of
from tests.renderers.seed import SAID, URL, Seed
from tests.support.replies import HOSTILE, few, own_urls, replies, squeezed

Json = dict[str, Any]
TYPES = {"section", "context", "actions", "rich_text"}


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def blocks_of(messages: list[Json], kind: str) -> list[Json]:
    return [block for message in messages for block in message["blocks"] if block["type"] == kind]


def plain_texts(messages: list[Json]) -> list[Json]:
    sections = [block["text"] for block in blocks_of(messages, "section")]
    return sections + [one for block in blocks_of(messages, "context") for one in block["elements"]]


def buttons_of(messages: list[Json]) -> list[Json]:
    return [button for block in blocks_of(messages, "actions") for button in block["elements"]]


def links_of(messages: list[Json]) -> set[str]:
    runs = [run for b in blocks_of(messages, "rich_text") for e in b["elements"] for run in e["elements"]]
    return {run["url"] for run in runs if run["type"] == "link"} | {
        button["url"] for button in buttons_of(messages) if "url" in button
    }


def read(messages: list[Json]) -> str:
    """What a person reads, in order."""
    shown = ""
    for block in (block for message in messages for block in message["blocks"]):
        match block["type"]:
            case "section":
                shown += html.unescape(block["text"]["text"])
            case "context":
                shown += html.unescape(block["elements"][0]["text"])
            case "rich_text":
                shown += "".join(run.get("text", "") for run in block["elements"][0]["elements"])
    return shown


@few
@given(replies())
def test_every_message_keeps_to_the_limits(reply: Reply) -> None:
    messages = slack.from_reply(reply)
    for message in messages:
        assert set(message) == {"text", "blocks", "unfurl_links", "unfurl_media"}
        assert message["unfurl_links"] is message["unfurl_media"] is False
        assert 1 <= len(message["blocks"]) <= 50
        assert utf16(message["text"]) <= 4_000
        assert utf16(json.dumps(message["blocks"], ensure_ascii=False)) < 12_000
        for block in Block.parse_all(message["blocks"]):
            block.validate_json()
    assert {block["type"] for message in messages for block in message["blocks"]} <= TYPES
    for text in plain_texts(messages):
        assert text["type"] == "plain_text"
        assert 1 <= utf16(text["text"]) <= 3_000
        assert text["text"].strip()
    for actions in blocks_of(messages, "actions"):
        assert 1 <= len(actions["elements"]) <= 25
        assert len({button["action_id"] for button in actions["elements"]}) == len(actions["elements"])
    for button in buttons_of(messages):
        assert 1 <= utf16(button["text"]["text"]) <= 75
        assert ("url" in button) != ("value" in button)
        assert utf16(button.get("value", "")) <= 2_000
        assert len(button.get("url", "https://")) <= 3_000
        assert button.get("url", "https://").startswith("https://")


@few
@given(replies())
def test_nothing_is_cut_off_and_nothing_else_is_a_link(reply: Reply) -> None:
    messages = slack.from_reply(reply)
    assert squeezed(clean(reply.text)) in squeezed(read(messages))
    assert links_of(messages) == own_urls(reply)
    presses = [json.loads(button["value"]) for button in buttons_of(messages) if "value" in button]
    wanted = [press_of(button) for button in reply.buttons if not opens(button)]
    left_out = [press for press in wanted if press not in presses]
    assert [press for press in wanted if press not in left_out] == presses
    assert all(press["action"] == "message" for press in left_out)
    assert all(squeezed(clean(press["text"])) in squeezed(read(messages)) for press in left_out)


@pytest.mark.parametrize("one", HOSTILE)
def test_nothing_that_anyone_wrote_is_a_mention_an_emoji_or_formatting(one: str) -> None:
    messages = slack.from_reply(
        Reply(id="r", phase="gathering", text=one, buttons=(Button(label=one, action="skip"),))
    )
    written = json.dumps(messages, ensure_ascii=False)
    assert "<" not in written
    assert ">" not in written
    assert "mrkdwn" not in written
    assert all(text["emoji"] is False for text in plain_texts(messages))
    assert squeezed(read(messages)) == squeezed(clean(one))


def test_a_long_summary_goes_on_in_the_next_block_and_is_not_folded(seed: Seed) -> None:
    summary = " ".join(f"word{n}" for n in range(1_500))
    messages = slack.from_reply(seed.proposed.model_copy(update={"text": summary}))
    sections = blocks_of(messages, "section")
    assert len(sections) > 3
    assert all(block["expand"] for block in sections)
    assert "".join(block["text"]["text"] for block in sections) == summary
    assert blocks_of(messages[-1:], "actions")


def test_a_link_that_no_button_holds_stands_in_the_text() -> None:
    long = "https://it.acme.com/new?text=" + "%20" * 1_200
    buttons = tuple(
        Button(label="Ticket", action="link", url=url) for url in (long, "mailto:it@acme.com?body=Hi")
    )
    messages = slack.from_reply(Reply(id="r", phase="closed", text="", buttons=buttons))
    runs = [block["elements"][0]["elements"] for block in blocks_of(messages, "rich_text")]
    assert runs[0] == [{"type": "link", "url": long, "text": "Ticket"}]
    assert runs[1][1] == {"type": "text", "text": " (it@acme.com)"}
    assert not buttons_of(messages)


def test_the_seed_in_slack(seed: Seed) -> None:
    (proposed,) = slack.from_reply(seed.proposed)
    assert [block["type"] for block in proposed["blocks"]] == ["context", "section", "actions"]
    assert SAID in proposed["text"]
    start, edit, other = buttons_of([proposed])
    proposal = seed.proposed.proposal
    assert isinstance(proposal, Proposal)
    assert json.loads(start["value"]) == {"action": "start", "proposal": proposal.id}
    assert start["style"] == "primary"
    assert "style" not in edit
    assert json.loads(other["value"]) == {"action": "other"}
    (handed_off,) = slack.from_reply(seed.handed_off)
    assert links_of([handed_off]) == {URL}
    assert handed_off["blocks"][0]["elements"][0]["elements"] == [
        {"type": "text", "text": "✓ Taking you to "},
        {"type": "link", "url": URL},
    ]
