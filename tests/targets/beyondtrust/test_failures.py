"""An appliance that is down, slow, wrong or out of rights: a working link all the same, and the operator knows why."""

import asyncio
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from agent.appliance.faults import Endpoint, Kind
from agent.catalogue.load import load
from tests.support.appliance import Running

from .setting import FALLBACK, TARGET, agent_on, catalogue, handoff_of, host_of, proposed, use

Fault = tuple[Kind, float | None, Endpoint | None]
FAULTS: list[tuple[Fault, str]] = [
    (("error", 500, None), "look at the appliance's health"),
    (("no-rights", None, None), r"the right to it \(/login > Management > API Configuration\)"),
    (("broken", None, None), "no XML|cannot be read"),
    (("cut", None, None), "did not answer as a whole"),
    (("bad-token", None, None), "401.*the right to it"),
    (("error", 401, "token"), "HANDOFF_BEYONDTRUST_CLIENT_ID and _CLIENT_SECRET"),
    (("rate-limit", 429, None), "is busy|leaves no room"),
    (("slow", 9, None), "gave no session key within|did not answer in time"),
]


@pytest.mark.parametrize(("fault", "said"), FAULTS)
async def test_they_still_get_a_link(
    fault: Fault, said: str, appliance: Running, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kind, value, on = fault
    appliance.faults.add(kind, value, on=on)
    agent = agent_on(catalogue(tmp_path, host_of(appliance), FALLBACK), seconds=4)
    chat = await proposed(agent)
    reply = await asyncio.wait_for(chat.press("start"), 4)
    url = handoff_of(reply).url
    assert url.startswith(appliance.url + "/api/start_session?issue_menu=1&codeName=db_support&c2cjs=1")
    assert "SQL" not in url  # no summary in a link unless the operator wants it
    assert "For the chat, your summary" in reply.text
    errors = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(errors) == 1
    assert re.search(said, errors[0].getMessage()), errors[0].getMessage()
    appliance.faults.clear()
    assert appliance.get(url.removeprefix(appliance.url)).status_code == 200
    assert appliance.sessions.last.given.place.name == "Database Support"
    await agent.close()


async def test_there_is_time_for_the_link_however_slow_the_api_is(
    appliance: Running, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    appliance.faults.add("slow", 1.0, on="token")
    appliance.faults.add("slow", 9)
    agent = agent_on(catalogue(tmp_path, host_of(appliance), FALLBACK), seconds=3)
    chat = await proposed(agent)
    begin = asyncio.get_running_loop().time()
    handoff_of(await chat.press("start"))
    assert asyncio.get_running_loop().time() - begin < 2.5
    assert "gave no session key within 2 s" in caplog.text
    await agent.close()


async def test_nothing_more_is_in_the_link_than_was_shown(appliance: Running, tmp_path: Path) -> None:
    appliance.faults.add("no-rights")
    target = FALLBACK.replace("{{summary: summary}}", "{{summary: summary, department: attribute:region}}")
    agent = agent_on(catalogue(tmp_path, host_of(appliance), target + "  send_summary: true\n"))
    chat = await proposed(agent)
    proposal = chat.conversation.proposal
    assert proposal
    reply = await chat.press("start")
    query = {name: values[0] for name, values in parse_qs(urlsplit(handoff_of(reply).url).query).items()}
    assert query.pop("customer.details") == proposal.sends["session.custom.summary"]
    assert proposal.sends["queue_id"] == "issue:" + query.pop("codeName")
    assert (query.pop("issue_menu"), query.pop("c2cjs")) == ("1", "1")
    assert query == {
        "session.custom.external_key": proposal.reference,
        "session.custom.department": "EU",
    }
    assert query.items() <= proposal.sends.items()
    assert "For the chat, your summary" not in reply.text
    await agent.close()


async def test_without_a_fallback_they_can_try_again(
    appliance: Running, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    appliance.faults.add("no-rights")
    agent = agent_on(catalogue(tmp_path, host_of(appliance)))
    chat = await proposed(agent)
    reply = await chat.press("start")
    assert reply.handoff is None
    assert "no agent knows of it yet" in reply.text
    assert "handoff to queue db failed" in caplog.text
    appliance.faults.clear()
    handoff_of(await chat.press("start"))
    await agent.close()


async def test_an_appliance_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, appliance: Running, caplog: pytest.LogCaptureFixture
) -> None:
    agent = agent_on(catalogue(tmp_path, "localhost:1", FALLBACK))
    reply = await (await proposed(agent)).press("start")
    assert handoff_of(reply).url.startswith("https://localhost:1/api/start_session?")
    assert "localhost:1 cannot be reached" in caplog.text
    await agent.close()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("issue: db_support", "issue: gone", "compare the issue and team in the catalogue with"),
        ("{{summary: summary}}", "{{nowhere: summary}}", "configure the session's custom fields"),
    ],
)
async def test_what_is_not_configured_is_named(
    old: str, new: str, said: str, appliance: Running, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "queues.yaml"
    catalogue(tmp_path, host_of(appliance), TARGET.replace(old, new))
    path.write_text(path.read_text().replace(old, new))
    agent = agent_on(load(path))
    assert (await (await proposed(agent)).press("start")).handoff is None
    assert said in caplog.text
    await agent.close()


async def test_a_read_only_account(
    appliance: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    use(appliance, monkeypatch, "read-only")
    agent = agent_on(catalogue(tmp_path, host_of(appliance)))
    assert (await (await proposed(agent)).press("start")).handoff is None
    assert "give the API account the right to it" in caplog.text
    await agent.close()


async def test_after_a_401_one_new_token(appliance: Running, tmp_path: Path, asked: list[str]) -> None:
    agent = agent_on(catalogue(tmp_path, host_of(appliance)), steps=2)
    handoff_of(await (await proposed(agent)).press("start"))
    asked.clear()
    appliance.faults.add("bad-token", times=1)
    handoff_of(await (await proposed(agent)).press("start"))
    v2 = "/api/command/v2/session-key"
    assert asked == [v2, "/oauth2/token", v2]
    assert len(appliance.keys.all) == 2
    await agent.close()
