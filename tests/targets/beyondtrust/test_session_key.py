"""A session key from proposal to session, over real HTTP and TLS."""

from datetime import timedelta
from pathlib import Path

import pytest

from agent import User
from agent.appliance.dialect import Dialect
from agent.catalogue.schema import Catalogue
from tests.support import small
from tests.support.appliance import Running, running_appliance

from .setting import ADA, TARGET, agent_on, catalogue, handoff_of, host_of, proposed, use


async def test_what_was_shown_is_what_the_session_begins_with(appliance: Running, tmp_path: Path) -> None:
    target = TARGET + "  ttl: 300\n"
    target = target.replace("{{summary: summary}}", "{{summary: summary, department: attribute:region}}")
    agent = agent_on(catalogue(tmp_path, host_of(appliance), target))
    chat = await proposed(agent)
    proposal = chat.conversation.proposal
    assert proposal
    assert proposal.sends == {
        "type": "support",
        "queue_id": "issue:db_support",
        "ttl": "300",
        "session.custom.external_key": proposal.reference,
        "session.custom.summary": "The SQL database is slow.",
        "session.custom.department": "EU",
    }
    assert proposal.to == appliance.url
    assert appliance.keys.all == []  # nothing before the yes
    handoff = handoff_of(await chat.press("start"))
    assert handoff.expires == small.OPEN + timedelta(seconds=300)
    assert "can be opened for 5 min" in chat.conversation.messages[-1].reply.text  # type: ignore[union-attr]
    page = appliance.get(handoff.url.removeprefix(appliance.url))
    assert page.status_code == 200
    given = appliance.sessions.last.given
    assert given.external_key == proposal.reference
    assert given.custom == {"summary": "The SQL database is slow.", "department": "EU"}
    assert given.place.name == "Database Support"
    assert len(appliance.keys.all) == 1
    await agent.close()


@pytest.mark.parametrize("json_commands", [True, False])
async def test_the_form_is_found_out_once(
    json_commands: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    dialect = Dialect(json_commands=json_commands, namespace="bomgar")
    with running_appliance(dialect=dialect) as appliance:
        use(appliance, monkeypatch)
        agent = agent_on(catalogue(tmp_path, host_of(appliance)), steps=3)
        for _ in range(3):
            handoff_of(await (await proposed(agent)).press("start"))
        await agent.close()
    xml, v2 = "/api/command", "/api/command/v2/session-key"
    forms = [v2] * 3 if json_commands else [v2, xml, xml, xml]
    assert asked == ["/oauth2/token", *forms]


async def test_a_ticket_that_is_there_already_is_passed_through(appliance: Running, tmp_path: Path) -> None:
    target = TARGET.replace("correlation: external_key", "correlation: custom:department")
    target = target.replace("{{summary: summary}}", "{{summary: summary, external_key: attribute:ticket}}")
    agent = agent_on(catalogue(tmp_path, host_of(appliance), target), steps=2)
    chat = await proposed(agent)
    await chat.press("start")
    given = appliance.keys.all[-1].given
    assert given.external_key == "INC0012345"
    assert len(given.custom["department"]) == 32
    await (await proposed(agent, User(name="Grace"))).press("start")  # without a ticket
    assert appliance.keys.all[-1].given.external_key == ""
    await agent.close()


async def test_an_expired_key_is_replaced_through_a_new_proposal(appliance: Running, tmp_path: Path) -> None:
    now = [small.OPEN]
    agent = agent_on(catalogue(tmp_path, host_of(appliance)), now=lambda: now[0])
    chat = await proposed(agent)
    first = handoff_of(await chat.press("start"))
    now[0] += timedelta(seconds=599)
    assert handoff_of(await chat.press("start")) == first
    now[0] += timedelta(seconds=1)
    again = await chat.press("start", proposal=first.proposal)
    assert again.handoff is None
    assert again.proposal
    assert again.proposal.id != first.proposal
    assert again.proposal.summary == "The SQL database is slow."
    assert "The link has expired" in again.text
    assert len(appliance.keys.all) == 1  # a new yes comes first
    second = handoff_of(await chat.send("yes"))
    assert second.url != first.url
    references = {key.given.external_key for key in appliance.keys.all}
    assert len(references) == 2
    await agent.close()


async def test_an_expired_link_is_on_no_button(appliance: Running, tmp_path: Path) -> None:
    now = [small.OPEN]
    agent = agent_on(catalogue(tmp_path, host_of(appliance)), now=lambda: now[0])
    chat = await proposed(agent)
    url = handoff_of(await chat.press("start")).url
    assert [b.url for b in (await chat.send("thanks")).buttons if b.action == "start"] == [url]
    now[0] += timedelta(hours=1)
    assert url not in [b.url for b in (await chat.send(" ")).buttons]  # which shows the last screen again
    assert [b.url for b in (await chat.send("thanks")).buttons if b.action == "start"] == [None]
    reply = await chat.send("Open the chat again")
    assert reply.proposal
    await agent.close()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_a_queue_on_a_public_site_of_its_own(appliance: Running, tmp_path: Path, host: str) -> None:
    own = f"{host}:{host_of(appliance).partition(':')[2]}"
    text = catalogue(tmp_path, host_of(appliance)).model_dump(mode="json")
    text["queues"][1]["beyondtrust"] |= {"host": own, "priority": "1", "skills": ["sql", "windows"]}
    text["target"]["correlation"] = "external_key"
    with_host = Catalogue.model_validate(text)
    agent = agent_on(with_host)
    chat = await proposed(agent)
    proposal = chat.conversation.proposal
    assert proposal
    assert proposal.sends["url_hostname"] == own.partition(":")[0]
    assert proposal.sends["session.priority"] == "1"
    handoff_of(await chat.press("start"))
    (key,) = appliance.keys.all
    assert (key.given.priority, key.given.skills) == (1, ("sql", "windows"))
    await agent.close()


async def test_a_reference_of_each_proposal_is_new(appliance: Running, tmp_path: Path) -> None:
    agent = agent_on(catalogue(tmp_path, host_of(appliance)), steps=2)
    chats = [await proposed(agent, ADA) for _ in range(2)]
    references = {chat.conversation.proposal.reference for chat in chats if chat.conversation.proposal}
    assert len(references) == 2
    assert all(len(bytes.fromhex(reference)) == 16 for reference in references)
    await agent.close()
