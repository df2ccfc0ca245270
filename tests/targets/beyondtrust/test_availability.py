"""How many agents are online, in the proposal, over real HTTP and TLS: right or not at all, and nobody waits for it."""

import asyncio
import logging
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent import HandoffAgent, User
from agent.appliance.dialect import Dialect
from agent.appliance.faults import Endpoint, Kind
from agent.catalogue.beyondtrust import BeyondTrust
from agent.catalogue.schema import Queue
from agent.errors import SettingsError, TargetError
from agent.models.scripted import ScriptedModel
from agent.records.decision import SelectQueue
from agent.stores.memory import MemoryStore
from agent.targets.availability import WAIT, Availability
from agent.targets.beyondtrust.budget import LOW_PER_SECOND, Budget, Usage
from agent.targets.beyondtrust.credentials import read_credentials
from agent.targets.beyondtrust.make import make_commands
from agent.targets.beyondtrust.online import look_up
from agent.targets.beyondtrust.shared import Shared
from tests.support import small
from tests.support.appliance import Running, running_appliance

from .accounts import commands
from .raw_server import raw_server, reply, with_token
from .setting import ADA, SQL, TARGET, agent_on, catalogue, handoff_of, host_of, proposed, use

ONLINE = TARGET + "  availability: 60\n"
ONE, NOBODY = "Availability: 1 agent online, who may be busy", "Availability: nobody is online at the moment"
EDSGER, BARBARA = 3, 4  # the database team; Barbara is not logged in
COMMAND, V2 = "/api/command", "/api/command/v2/session-key"
NAMES = ("Ada B.", "Grace", "Edsger", "Barbara", "Konrad", "grace", "edsger", "barbara", "konrad")


class Clock:
    def __init__(self, now: datetime = small.OPEN) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def shown(chat_text: str) -> str:
    return next((line for line in chat_text.splitlines() if line.startswith("Availability")), "")


async def line_in(agent: HandoffAgent, user: User = ADA) -> str:
    reply = (await proposed(agent, user)).conversation.last_reply
    assert reply
    return shown(reply.text)


async def test_it_follows_who_logs_in_and_out_after_the_time(appliance: Running, tmp_path: Path) -> None:
    clock = Clock()
    agent = agent_on(catalogue(tmp_path, host_of(appliance), ONLINE), steps=5, now=clock)
    assert await line_in(agent) == ONE
    appliance.sessions.logged_in.add(BARBARA)
    clock.pass_(59)
    assert await line_in(agent) == ONE
    clock.pass_(1)
    assert await line_in(agent) == "Availability: 2 agents online, who may be busy"
    appliance.sessions.logged_in -= {EDSGER, BARBARA}
    clock.pass_(60)
    assert await line_in(agent) == NOBODY
    german = await line_in_german(agent)
    assert german == "Verfügbarkeit: im Moment ist niemand online"
    await agent.close()


async def line_in_german(agent: HandoffAgent) -> str:
    reply = (await proposed(agent, User(name="Ada", locale="de"))).conversation.last_reply
    assert reply
    return next(line for line in reply.text.splitlines() if line.startswith("Verfügbarkeit"))


async def test_not_unless_the_catalogue_says_so(appliance: Running, tmp_path: Path, asked: list[str]) -> None:
    agent = agent_on(catalogue(tmp_path, host_of(appliance)))
    assert await line_in(agent) == ""
    assert asked == []
    await agent.close()


async def test_a_press_holds_when_the_number_changes(appliance: Running, tmp_path: Path) -> None:
    clock = Clock()
    agent = agent_on(catalogue(tmp_path, host_of(appliance), ONLINE), steps=2, now=clock)
    chat = await proposed(agent)
    proposal = chat.conversation.proposal
    assert proposal
    assert "online" not in str(proposal.model_dump())
    assert chat.conversation.last_reply
    assert chat.conversation.last_reply.online == 1
    appliance.sessions.logged_in.clear()
    clock.pass_(61)
    assert await line_in(agent) == NOBODY
    handoff = handoff_of(await chat.press("start", proposal=proposal.id))
    assert handoff.proposal == proposal.id
    await agent.close()


FAULTS: list[tuple[Kind, float | None, Endpoint | None]] = [
    ("slow", 9, None),
    ("slow", 9, "token"),
    ("cut", None, None),
    ("cut", None, "token"),
    ("broken", None, None),
    ("error", None, None),
    ("error", 500, None),
    ("no-rights", None, None),
    ("bad-token", None, None),
    ("rate-limit", None, None),
    ("rate-limit", 503, None),
]


@pytest.mark.parametrize(("kind", "value", "on"), FAULTS)
async def test_a_look_up_that_fails_costs_nothing(
    kind: Kind, value: float | None, on: Endpoint | None, appliance: Running, tmp_path: Path
) -> None:
    appliance.faults.add(kind, value, on=on)
    agent = agent_on(catalogue(tmp_path, host_of(appliance), ONLINE))
    begin = asyncio.get_running_loop().time()
    chat = await proposed(agent)
    assert asyncio.get_running_loop().time() - begin < WAIT + 0.5
    assert chat.conversation.last_reply
    assert chat.conversation.last_reply.online is None
    assert "Availability" not in chat.conversation.last_reply.text
    appliance.faults.clear()
    handoff_of(await chat.press("start"))
    await agent.close()


async def test_the_operator_is_told_what_to_do_once(
    appliance: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    use(appliance, monkeypatch, "no-commands")
    clock = Clock()
    agent = agent_on(catalogue(tmp_path, host_of(appliance), ONLINE), steps=3, now=clock)
    for _ in range(3):
        assert await line_in(agent) == ""
        clock.pass_(60)
    (warning,) = [record.getMessage() for record in caplog.records if record.name == "agent.targets"]
    assert "who is online could not be looked up" in warning
    assert "give the API account the right to it" in warning
    await agent.close()


async def test_one_look_up_for_fifty_proposals_at_once(
    appliance: Running, tmp_path: Path, asked: list[str]
) -> None:
    agent = agent_on(catalogue(tmp_path, host_of(appliance), ONLINE), steps=50)
    lines = await asyncio.gather(*(line_in(agent) for _ in range(50)))
    assert set(lines) == {ONE}
    assert sorted(asked) == [COMMAND, COMMAND, "/oauth2/token"]
    await agent.close()


async def test_a_handoff_made_meanwhile_goes_first(
    appliance: Running, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = MemoryStore()
    shared = Shared(store, "budget", host_of(appliance), "full", Usage())
    for _ in range(LOW_PER_SECOND):
        await Budget(shared).take()
    caplog.set_level(logging.INFO, "agent.appliance")
    agent = agent_on(catalogue(tmp_path, host_of(appliance), ONLINE), store=store)
    chat = await proposed(agent)
    assert chat.conversation.last_reply
    assert chat.conversation.last_reply.online is None  # it still waits for room
    handoff_of(await chat.press("start"))
    for _ in range(40):
        await asyncio.sleep(0.05)
        paths = [r.getMessage().split()[1] for r in caplog.records if r.name == "agent.appliance"]
        if paths.count(COMMAND) == 2:
            break
    assert [path for path in paths if path != "/oauth2/token"] == [V2, COMMAND, COMMAND]
    await agent.close()


async def test_a_yes_does_not_wait_for_it(appliance: Running, tmp_path: Path, asked: list[str]) -> None:
    clock = Clock()
    agent = agent_on(catalogue(tmp_path, host_of(appliance), ONLINE), now=clock)
    chat = await proposed(agent)
    clock.pass_(61)
    asked.clear()
    handoff_of(await chat.send("yes"))
    assert asked == [V2]
    await agent.close()


async def test_queues_that_they_may_not_see_are_not_asked_for(
    appliance: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    online = Availability.online

    def noted(self: Availability, queue: Queue) -> int | None:
        seen.append(queue.id)
        return online(self, queue)

    monkeypatch.setattr(Availability, "online", noted)
    model = ScriptedModel([SelectQueue(queue_id=small.EU, summary="The payslip is wrong."), SQL])
    agent = small.agent_over(catalogue(tmp_path, host_of(appliance), ONLINE), model)
    chat = agent.start(User(name="Ada"))
    await chat.send("my payslip is wrong")
    await chat.press("other")
    await chat.press("choose", queue_id=small.EU)
    await chat.press("choose", queue_id=small.DATABASE)
    assert small.DATABASE in seen
    assert small.EU not in seen
    await agent.close()


async def test_nobody_is_online_and_it_opens_on_monday(appliance: Running, tmp_path: Path) -> None:
    appliance.sessions.logged_in.clear()
    model = ScriptedModel([SelectQueue(queue_id=small.LAPTOP, summary="The laptop is broken."), SQL])
    agent = small.agent_over(catalogue(tmp_path, host_of(appliance), ONLINE), model, now=lambda: small.CLOSED)
    reply = await agent.start().send("my laptop is broken")
    assert "Laptop Support is closed at the moment (nobody is online; opens Monday 08:00 CET)" in reply.text
    appliance.sessions.logged_in.update({1})
    reply = await agent.start().send("my SQL database is slow")
    assert "Database Support is closed at the moment (nobody is online; opens Monday" in reply.text
    assert shown(reply.text) == NOBODY  # of the stand-in, until the time is over
    await agent.close()


@pytest.mark.parametrize("json_commands", [True, False])
async def test_what_the_key_says_is_told_after_the_handoff(
    json_commands: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_appliance(dialect=Dialect(json_commands=json_commands)) as appliance:
        use(appliance, monkeypatch)
        agent = agent_on(catalogue(tmp_path, host_of(appliance), ONLINE), steps=2)
        said = "At this moment nobody may be free"
        chat = await proposed(agent)
        assert said not in (await chat.press("start")).text
        appliance.sessions.logged_in.clear()
        chat = await proposed(agent)
        first = await chat.press("start")
        assert said in first.text
        assert said not in (await chat.press("start", proposal=handoff_of(first).proposal)).text
        silent = agent_on(catalogue(tmp_path, host_of(appliance)))
        assert said not in (await (await proposed(silent)).press("start")).text
        await agent.close()
        await silent.close()


async def test_no_names_anywhere(
    appliance: Running, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    store = MemoryStore()
    agent = agent_on(catalogue(tmp_path, host_of(appliance), ONLINE), store=store)
    chat = await proposed(agent, User(name="Somebody"))
    await chat.press("start")
    known = agent._runtime.desk().availability
    assert known
    assert known._found
    kept = known._found[1].__closure__
    assert kept
    seen = "\n".join(
        [
            chat.dump(),
            repr(chat.conversation),
            caplog.text,
            repr(vars(known)),
            *(repr(cell.cell_contents) for cell in kept),
            *(record.stored.document for record in store._kept.values()),
        ]
    )
    assert not [name for name in NAMES if name in seen]
    await agent.close()


PORTAL = "  kind: portal_link\n  host: {host}\n  availability: 60\n"


async def test_a_portal_link_can_have_it_too(appliance: Running, tmp_path: Path) -> None:
    agent = agent_on(catalogue(tmp_path, host_of(appliance), PORTAL))
    assert await line_in(agent) == ONE
    await agent.close()


def test_a_portal_link_needs_credentials_for_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^availability needs HANDOFF_BEYONDTRUST_CLIENT_ID and"):
        agent_on(catalogue(tmp_path, "support.example.com", PORTAL))


DIALECTS = [
    Dialect(),
    Dialect(spelling="attributes"),
    Dialect(namespace="bomgar", json_commands=False, spelling="attributes"),
]


@pytest.mark.parametrize("dialect", DIALECTS, ids=str)
@pytest.mark.parametrize(
    ("address", "count"),
    [
        ({"issue": "db_support"}, 1),
        ({"issue": "14"}, 1),
        ({"team": 12}, 1),
        ({"team": 1}, 2),
        ({"issue": "db_support", "team": 1}, 1),  # a session goes by its issue
        ({"issue": "security_incidents"}, 0),
        ({"issue": "gone"}, None),
        ({"team": 99}, None),
        ({}, None),
        (None, None),
    ],
)
async def test_the_team_that_a_session_goes_to(
    address: dict[str, object] | None,
    count: int | None,
    dialect: Dialect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queue = Queue(
        id="q", name="Queue", beyondtrust=None if address is None else BeyondTrust.model_validate(address)
    )
    with running_appliance(dialect=dialect) as appliance:
        use(appliance, monkeypatch, "read-only")
        api = make_commands(host_of(appliance), read_credentials(), MemoryStore(), seconds=5)
        assert (await look_up(api))(queue) == count


async def test_members_that_are_not_told_are_no_number() -> None:
    team = b'<support_teams><support_team id="12"/></support_teams>'
    async with raw_server(
        with_token(lambda r: reply(team if "get_support_teams" in r else b"<logged_in_reps/>"))
    ) as server:
        online = await look_up(commands(server.host, server.ca_file))
        assert online(Queue(id="q", name="Queue", beyondtrust=BeyondTrust(team=12))) is None
        server.answer = with_token(lambda _: reply(b"<support_teams><t/></support_teams>"))
        with pytest.raises(TargetError, match="in a form that is not known"):
            await look_up(commands(server.host, server.ca_file))
