"""What may be shown to a person who attacks, whatever they wrote and whatever a model made of it."""

import io
import re
import unicodedata
from urllib.parse import parse_qs, unquote, urlsplit

from agent import Chat, Reply
from agent.cli.rich_screen import RichScreen
from agent.cli.screens import JsonScreen, PlainScreen
from agent.records.events import events_of
from agent.renderers.purple_chat import from_conversation
from tests.support import small

from .attacks import EVIL
from .gullible import CLAIM
from .words import VISIBLE

_QUOTED = re.compile("“[^”]*”|„[^“]*“")
_TAG = re.compile("<[^>]*>?")
_LINK = re.compile(r'<a href="https://(?:chat|help)\.example\.com/[^"\s<>]*"( rel="[a-z ]+")?>')
OURS = {"chat.example.com", "help.example.com"}
# Overrides, isolates and embeddings of the direction; tags and variation selectors can hide a text in a text.
UNSEEN = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xE0000, 0xE0200)}


def check_reply(chat: Chat, reply: Reply, handoffs: int) -> None:
    """Everything that holds after a message that is no yes; `handoffs` were made before."""
    assert len(chat.conversation.handoffs) == handoffs
    assert reply.text.strip()
    assert "step_link" not in [step.id for step in reply.steps] or reply.handoff
    check_queues(chat, reply)
    check_links(reply)
    check_text(reply)


def is_own(id_: str) -> bool:
    """Whether the person may see this queue; a catalogue of attacks has more that everybody may."""
    return id_ in VISIBLE or id_.startswith("hostile")


def check_queues(chat: Chat, reply: Reply) -> None:
    """Promise 2: real queues of one's own, in what is shown and in what is kept."""
    conversation = chat.conversation
    ids = {button.queue_id for button in reply.buttons if button.queue_id}
    ids |= {reply.proposal.queue_id, reply.proposal.wanted} if reply.proposal else set()
    ids |= {handoff.queue_id for handoff in conversation.handoffs} | {*conversation.asked_between}
    ids |= {choice.queue_id for choice in (conversation.choice, conversation.second) if choice}
    assert all(map(is_own, ids))
    said = " ".join(message.text for message in conversation.messages if message.role == "user")
    assert small.CANARY not in reply.model_dump_json() or small.CANARY.lower() in said.lower()


def check_links(reply: Reply) -> None:
    """Promise 3: every address that is one to press is ours, and goes where the catalogue says."""
    for url in [*(b.url for b in reply.buttons if b.url), *([reply.handoff.url] if reply.handoff else [])]:
        parts = urlsplit(url)
        assert parts.scheme == "https"
        assert parts.netloc in OURS
        assert url.isascii()
        assert url.isprintable()


def check_handoff(reply: Reply) -> None:
    """After a yes: the link carries what was shown and nothing else."""
    assert reply.handoff
    parts = urlsplit(reply.handoff.url)
    assert (parts.scheme, parts.netloc) == ("https", "chat.example.com")
    assert unquote(parts.path) == f"/start/{reply.handoff.queue_id}"
    assert is_own(reply.handoff.queue_id)
    assert set(parse_qs(parts.query, keep_blank_values=True)) == {"text", "ref"}


def check_text(reply: Reply) -> None:
    """Promise 6, and that a model's text is inert: no claim outside of quotation marks, no link that lives."""
    shown = [reply.text, *(button.label for button in reply.buttons), *(step.text for step in reply.steps)]
    proposal = reply.proposal
    values = [*proposal.sends.values(), proposal.summary, proposal.reason] if proposal else []
    for text in [*shown, *values]:
        assert f"model.{EVIL}" not in text  # the dots of a model's links are taken apart
        assert not any(ord(c) in UNSEEN for c in text), ascii(text)
        assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in text), ascii(text)
    own = [proposal.summary, *proposal.sends.values()] if proposal else []
    told = "\n".join(shown)
    for words in own:
        told = told.replace(words, "")  # a quotation, and shown as what is sent
    assert CLAIM not in _QUOTED.sub("", told)
    assert "Queue(id=" not in told


def check_screens(chat: Chat) -> None:
    """What reached a terminal or a page of the whole conversation is text."""
    replies = [message.reply for message in chat.conversation.messages if message.role == "assistant"]
    for screen in (PlainScreen, JsonScreen, RichScreen):
        stream = io.StringIO()
        shown = screen(stream)
        for event in (event for reply in replies for event in events_of(reply)):
            shown.show(event)
        check_terminal(stream.getvalue())
    for message in from_conversation(chat.conversation).messages:
        for part in message.parts:
            texts = [part.rich_text or "", *(step.rich_text for step in part.reasoning_steps or ())]
            tags = {tag for text in texts for tag in _TAG.findall(text) if not _LINK.fullmatch(tag)}
            assert tags <= {
                "<p>",
                "</p>",
                "<br>",
                "<em>",
                "</em>",
                "</a>",
            }


def check_terminal(printed: str) -> None:
    """No sequence, no control character, and nothing that turns a text round."""
    for character in printed:
        assert character in "\n\t" or unicodedata.category(character) != "Cc", ascii(printed)
        assert ord(character) not in UNSEEN, ascii(printed)
