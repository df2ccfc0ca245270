"""Briefings to test models with."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from agent.catalogue.schema import Catalogue, Queue, UrlTemplateSettings
from agent.catalogue.view import View, Views
from agent.models.base import Briefing
from agent.records.conversation import AssistantMessage, Message, UserMessage
from agent.records.reply import Proposal, Reply
from agent.records.user import User

AT = datetime(2026, 11, 18, 12, tzinfo=UTC)
DATABASE = "71f1cbd2-83ae-4e54-a03a-2ee8d31a7dee"
NETWORK = "0b4c7f7e-52a5-4d3f-8f4e-2f0a4c1d9e55"
HIDDEN = "5f6c0c9a-97c2-4d5d-9d8e-6f1d8f0e7b11"

QUEUES = (
    Queue(id=DATABASE, name="Database Support", description="SQL databases: failing queries, backups."),
    Queue(id=NETWORK, name="Network", description="VPN and Wi-Fi."),
    Queue(id=HIDDEN, name="Secret Desk", description="Nobody knows.", only_for={"region": ("EU",)}),
)


def catalogue(queues: Sequence[Queue] = QUEUES) -> Catalogue:
    url = "https://livechat.example.com/start?queue_id={queue_id}"
    return Catalogue(
        version="1",
        target=UrlTemplateSettings(url=url),
        default_queue=queues[0].id,
        queues=tuple(queues),
        hash="test",
    )


def view(queues: Sequence[Queue] = QUEUES, user: User | None = None) -> View:
    return Views(catalogue(queues)).of(user or User())


def user(text: str, **more: Any) -> UserMessage:
    return UserMessage(text=text, at=AT, **more)


def assistant(text: str) -> AssistantMessage:
    return AssistantMessage(at=AT, reply=Reply(id="r", phase="gathering", text=text))


def proposal(queue_id: str = DATABASE, summary: str = "The query hangs.") -> Proposal:
    return Proposal(
        id="p1",
        queue_id=queue_id,
        queue="as shown",
        summary=summary,
        reason="",
        sends={},
        to="https://livechat.example.com",
        carries_summary=False,
        wanted=queue_id,
        reference="R",
        revision=1,
        fingerprint="f",
    )


def briefing(*messages: Message, **more: Any) -> Briefing:
    facts: dict[str, Any] = {"view": view(), "phase": "gathering", "language": "en", "questions_left": 2}
    return Briefing(messages=messages or (user("My SQL query hangs"),), **{**facts, **more})
