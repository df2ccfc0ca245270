"""A catalogue for the stand-in appliance, and an agent over it."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from agent import Chat, HandoffAgent, User
from agent.catalogue.schema import Catalogue
from agent.models.scripted import ScriptedModel
from agent.records.decision import SelectQueue
from agent.records.reply import Handoff, Reply
from agent.stores.base import Store
from agent.turn.limits import Limits
from tests.support import small
from tests.support.appliance import Running

SQL = SelectQueue(queue_id=small.DATABASE, summary="The SQL database is slow.")
ADA = User(name="Ada", email="ada@example.com", attributes={"ticket": "INC0012345", "region": "EU"})
TARGET = """\
  kind: session_key
  host: {host}
  correlation: external_key
  fields: {{summary: summary}}
"""
FALLBACK = TARGET + "  on_failure: portal_link\n"


def catalogue(folder: Path, host: str, target: str = TARGET) -> Catalogue:
    """The small catalogue with a BeyondTrust target; every queue has an issue of the stand-in's."""
    issues = {small.DATABASE: "db_support"}
    text = small.YAML
    start, end = text.index("  kind:"), text.index("default_queue:")
    text = text[:start] + target.format(host=host) + text[end:]
    for id_ in (small.DATABASE, small.LAPTOP, small.NIGHT, small.EU, small.BOARD):
        issue = issues.get(id_, "it_service_desk")
        text = text.replace(f"  - id: {id_}\n", f"  - id: {id_}\n    beyondtrust: {{issue: {issue}}}\n")
    text = text.replace(
        f"{{id: {small.DESK},", f"{{id: {small.DESK}, beyondtrust: {{issue: it_service_desk}},"
    )
    return small.catalogue(folder, text)


def host_of(appliance: Running) -> str:
    """Host and port, as the catalogue has them."""
    return appliance.url.removeprefix("https://")


def use(appliance: Running, monkeypatch: pytest.MonkeyPatch, client_id: str = "full") -> None:
    """Put the credentials of an account into the environment."""
    monkeypatch.setenv("HANDOFF_BEYONDTRUST_CLIENT_ID", client_id)
    monkeypatch.setenv("HANDOFF_BEYONDTRUST_CLIENT_SECRET", appliance.secret(client_id))
    monkeypatch.setenv("HANDOFF_BEYONDTRUST_CA_FILE", str(appliance.ca_file))


def agent_on(
    catalogue: Catalogue,
    *,
    store: Store | None = None,
    steps: int = 1,
    now: Callable[[], datetime] = lambda: small.OPEN,
    seconds: float = 30.0,
) -> HandoffAgent:
    """An agent whose model always chooses the database queue."""
    return small.agent_over(
        catalogue, ScriptedModel([SQL] * steps), store=store, now=now, limits=Limits(seconds=seconds)
    )


async def proposed(agent: HandoffAgent, user: User = ADA) -> Chat:
    """A chat with a proposal on its screen."""
    chat = agent.start(user)
    reply = await chat.send("my SQL database is slow")
    assert reply.proposal
    return chat


def handoff_of(reply: Reply) -> Handoff:
    """The handoff that a reply must have."""
    assert reply.handoff, reply.text
    return reply.handoff
