"""Reading and writing purple-chat links, and drawing our conversations."""

import json
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import InputError
from agent.records.conversation import AssistantMessage, Conversation, UserMessage
from agent.records.reply import Button, Handoff, Reply, Step
from agent.renderers.purple_chat import PAGE, PurpleChat, from_conversation, from_reply, read_link
from tests.renderers.seed import Seed
from tests.support.replies import few, own_urls, replies

DATA = Path(__file__).parent.parent / "data"
LINK = (DATA / "seed_link.txt").read_text().strip()
NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)

texts = st.text(st.characters(exclude_categories=["Cs"]))
# Whole numbers: how a fraction is spelled is not kept.
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)


def shuffled(known: dict[str, st.SearchStrategy[object]]) -> st.SearchStrategy[dict[str, object]]:
    """Objects with the known keys, others beside them, in any order."""
    others = st.dictionaries(texts.filter(lambda key: key.lower() not in NAMES), values, max_size=2)
    merged = st.builds(
        lambda known, others: list((known | others).items()), st.fixed_dictionaries(known), others
    )
    return merged.flatmap(st.permutations).map(dict)


NAMES = {
    "messages",
    "role",
    "parts",
    "richtext",
    "reasoningsteps",
    "buttons",
    "status",
    "buttontext",
    "style",
}
steps = shuffled({"richText": texts, "status": st.sampled_from(["success", "pending"])})
buttons = shuffled({"buttonText": texts, "style": st.sampled_from(["filled", "outlined", "text"])})
parts = (
    shuffled({"richText": texts})
    | shuffled({"reasoningSteps": st.lists(steps, max_size=2)})
    | shuffled({"buttons": st.lists(buttons, max_size=2)})
    | shuffled({})
)
messages = shuffled({"role": st.sampled_from(["user", "assistant"]), "parts": st.lists(parts, max_size=3)})
conversations = shuffled({"messages": st.lists(messages, max_size=3)})


def test_the_seeds_link_comes_back_letter_for_letter() -> None:
    assert read_link(LINK).link() == LINK


def test_the_seeds_conversation_comes_back_whole() -> None:
    seed = json.loads((DATA / "seed_conversation.json").read_text())
    assert json.loads(PurpleChat.model_validate(seed).to_json()) == seed
    assert json.loads(read_link(LINK).to_json()) == seed


@given(conversations)
def test_reading_and_writing_loses_nothing(conversation: dict[str, object]) -> None:
    text = json.dumps(conversation, ensure_ascii=False, separators=(",", ":"))
    chat = PurpleChat.model_validate(conversation)
    assert chat.to_json() == text
    assert read_link(chat.link()).link() == chat.link()
    assert parse_qs(urlsplit(chat.link()).query) == {"conversation": [text]}


@pytest.mark.parametrize(
    ("link", "match"),
    [
        ("", "no conversation"),
        ("https://example.com/", "no conversation"),
        ("http://[/?conversation={}", "damaged"),
        (LINK[:-10], "cut off"),
        (f"{PAGE}?conversation=%ff", "damaged"),
        (f"{PAGE}?conversation=" + "[" * 100_000, "damaged"),
        (f"{PAGE}?conversation=[]", "the conversation: "),
        (f"{PAGE}?conversation={{}}", "messages: "),
        (f'{PAGE}?conversation={{"messages":[{{"role":"user","parts":[7]}}]}}', "messages.0.parts.0: "),
    ],
)
def test_a_bad_link_is_an_input_error(link: str, match: str) -> None:
    with pytest.raises(InputError, match=match) as caught:
        read_link(link)
    assert "\n" not in str(caught.value)


def said(text: str, action: str | None = None) -> UserMessage:
    return UserMessage(text=text, at=NOON, action=action)


def drawn(*messages: UserMessage | Reply) -> list[dict[str, object]]:
    conversation = Conversation(
        id="c",
        created=NOON,
        updated=NOON,
        messages=tuple(
            m if isinstance(m, UserMessage) else AssistantMessage(at=NOON, reply=m) for m in messages
        ),
    )
    written: list[dict[str, object]] = json.loads(from_conversation(conversation).to_json())["messages"]
    return written


def reply(text: str = "", **fields: object) -> Reply:
    return Reply.model_validate({"id": "r", "phase": "gathering", "text": text, **fields})


def test_the_seeds_own_turns_are_drawn_as_the_seed_draws_them() -> None:
    seed = json.loads((DATA / "seed_conversation.json").read_text())["messages"]
    url = "https://livechat.acme.com/start-chat?queue_id=71f1cbd2-83ae-4e54-a03a-2ee8d31a7dee"
    assert drawn(
        said("I'd like to speak to a live agent"),
        reply(
            steps=[Step(id="1", text="Determining appropriate live agent queue", status="success")],
            buttons=[
                Button(label="Start agent chat", action="start", style="filled"),
                Button(label="Edit / Add details", action="edit"),
                Button(label="Other help options", action="other"),
            ],
        ),
        said("Start agent chat", action="start"),
        reply(
            steps=[Step(id="1", text=f"Taking you to {url}", status="success")],
            handoff=Handoff(url=url, queue_id="71f1cbd2-83ae-4e54-a03a-2ee8d31a7dee", proposal="p"),
        ),
    ) == [seed[0], {"role": "assistant", "parts": [seed[3]["parts"][0], seed[3]["parts"][2]]}, *seed[4:]]


def test_an_edited_summary_is_drawn_as_what_the_person_wrote() -> None:
    assert drawn(said("It is a laptop", action="summary")) == drawn(said("It is a laptop"))


def test_steps_come_before_the_text_and_buttons_after_it() -> None:
    (message,) = drawn(
        reply(
            "Which\none?",
            steps=[Step(id="1", text="Looking", status="error")],
            buttons=[Button(label="Skip", action="skip", style="text")],
        )
    )
    assert message["parts"] == [
        {"reasoningSteps": [{"richText": "<p>Looking</p>", "status": "pending"}]},
        {"richText": "<p>Which<br>one?</p>"},
        {"buttons": [{"buttonText": "Skip", "style": "text"}]},
    ]


@given(texts, st.booleans())
def test_nothing_that_anyone_wrote_becomes_html(text: str, pressed: bool) -> None:
    payload = f"<script>{text}</script>&amp;"
    for written in (drawn(said(payload, "start" if pressed else None)), drawn(reply(payload))):
        body = json.dumps(written, ensure_ascii=False)
        for tag in ("<p>", "</p>", "<em>", "</em>", "<br>"):
            body = body.replace(tag, "")
        assert "<" not in body
        assert "&amp;amp;" in body


def test_links_are_drawn_as_links_for_the_formats_buttons_open_nothing(seed: Seed) -> None:
    links, buttons = from_reply(seed.other).parts[1:]
    assert links.rich_text
    assert '<a href="https://it.acme.com/help">IT self-service portal</a><br>' in links.rich_text
    assert buttons.buttons
    assert [button.button_text for button in buttons.buttons][-1] == "Never mind"


class Tags(HTMLParser):
    """Every tag and address in a text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.hrefs = set[str](), set[str]()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.hrefs |= {value for name, value in attrs if name == "href" and value}
        assert {name for name, _ in attrs} <= {"href"}


@few
@given(replies())
def test_a_reply_keeps_to_what_public_conversations_contain(reply: Reply) -> None:
    message = from_reply(reply)
    assert read_link(PurpleChat(messages=(message,)).link()).messages[0].model_dump() == message.model_dump()
    rich = [part.rich_text for part in message.parts if part.rich_text is not None]
    steps = [step for part in message.parts for step in part.reasoning_steps or ()]
    read = Tags("".join([*rich, *(step.rich_text for step in steps)]))
    assert read.tags <= {"p", "br", "em", "a"}
    assert read.hrefs == {button.url for button in reply.buttons if button.action == "link"}
    assert {step.status for step in steps} <= {"success", "pending"}
    shown = [button for part in message.parts for button in part.buttons or ()]
    assert {button.style for button in shown} <= {"filled", "outlined", "text"}
    assert len(shown) + len(read.hrefs & own_urls(reply)) <= len(reply.buttons)


def test_an_empty_reply_draws_nothing() -> None:
    assert drawn(said("hi"), reply()) == [{"role": "user", "parts": [{"richText": "<p>hi</p>"}]}]
