"""Plain text and Markdown. Markdown is read by a CommonMark parser, and with what chat clients add to it."""

from itertools import pairwise

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from agent.language.clean import clean
from agent.records.reply import Button, Reply
from agent.renderers import markdown, plain
from tests.renderers.seed import SAID, URL, Seed
from tests.support.replies import HOSTILE, few, own_urls, replies, squeezed

PARSERS = [MarkdownIt("commonmark"), MarkdownIt("gfm-like"), MarkdownIt("js-default", {"linkify": True})]
OURS = {"paragraph", "bullet_list", "list_item", "inline", "text", "softbreak", "hardbreak", "link"}


def tokens_of(parser: MarkdownIt, text: str) -> list[Token]:
    return [inner for token in parser.parse(text) for inner in (token, *(token.children or ()))]


def kinds(tokens: list[Token]) -> set[str]:
    return {token.type.removesuffix("_open").removesuffix("_close") for token in tokens}


def test_the_seed_as_plain_text(seed: Seed) -> None:
    asked, proposed, handed_off = map(plain.from_reply, (seed.asked, seed.proposed, seed.handed_off))
    assert asked.splitlines() == [seed.asked.text, "[Skip, connect me now]"]
    assert proposed.splitlines()[0] == "✓ Determining appropriate live agent queue"
    assert proposed.endswith("\n[Start agent chat]  [Edit / Add details]  [Other help options]")
    assert handed_off.count(URL) == 1
    assert "[Call the IT Service Desk: tel:+1-555-0100]" in plain.from_reply(seed.other)


def test_the_seed_as_markdown(seed: Seed) -> None:
    html = PARSERS[0].render(markdown.from_reply(seed.handed_off))
    assert f'<li>✓ Taking you to <a href="{URL}">{URL}</a></li>' in html
    assert f"“{SAID}”</p>" in html
    assert f'<li><a href="{URL}">Open the chat again</a></li>\n<li>Nobody came</li>' in html


@few
@given(replies())
def test_plain_text_shows_everything(reply: Reply) -> None:
    shown = plain.from_reply(reply)
    assert clean(reply.text) in shown
    assert all(clean(step.text) in shown for step in reply.steps)
    assert all(button.url in shown for button in reply.buttons if button.action == "link" and button.url)
    assert not reply.handoff or reply.handoff.url in shown


@pytest.mark.parametrize("parser", PARSERS, ids=["commonmark", "gfm", "linkify"])
@few
@given(reply=replies())
def test_nothing_that_anyone_wrote_becomes_markdown(parser: MarkdownIt, reply: Reply) -> None:
    tokens = tokens_of(parser, markdown.from_reply(reply))
    assert kinds(tokens) <= OURS
    hrefs = {str(token.attrs["href"]) for token in tokens if token.type == "link_open"}
    ours = {parser.normalizeLink(url).replace("(", "%28").replace(")", "%29") for url in own_urls(reply)}
    assert hrefs == ours
    text = "".join(token.content for token in tokens if token.type == "text")
    assert squeezed(clean(reply.text)) in squeezed(text)


@pytest.mark.parametrize("one", HOSTILE)
def test_hostile_texts_are_read_as_they_were_written(one: str) -> None:
    reply = Reply(id="r", phase="gathering", text=one, buttons=(Button(label=one, action="skip"),))
    tokens = tokens_of(PARSERS[2], markdown.from_reply(reply))
    text = squeezed("".join(token.content for token in tokens if token.type == "text"))
    assert text.startswith(squeezed(clean(one)))
    assert kinds(tokens) <= OURS - {"link"}
    assert all(b.type != "list_item_open" for a, b in pairwise(tokens) if a.type == "list_item_open")
