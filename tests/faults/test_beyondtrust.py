"""An appliance that fails in every way: whole conversations, in time, one handoff, and nothing is lost."""

import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from agent import HandoffAgent, Limits
from agent.appliance.faults import Endpoint, Kind
from agent.models.embedded import EmbeddedModel
from tests.faults import sockets
from tests.faults.people import ADA, WORDS, said, through, within
from tests.support import small
from tests.support.appliance import Running
from tests.targets.beyondtrust.setting import FALLBACK, TARGET, catalogue, host_of

pytestmark = [pytest.mark.filterwarnings("ignore::ResourceWarning"), pytest.mark.usefixtures("collected")]
SECONDS = 1.0
PORTAL = "  kind: portal_link\n  host: {host}\n  availability: 60\n"
ONLINE = "  availability: 60\n"
Fault = tuple[Kind, float | None, Endpoint | None]
FAULTS: list[Fault] = [
    ("error", 500, None),
    ("error", 500, "token"),
    ("error", 401, "token"),
    ("rate-limit", 429, "command"),
    ("rate-limit", 503, "command"),
    ("slow", 9, "command"),
    ("slow", 9, "token"),
    ("cut", None, "command"),
    ("cut", None, "token"),
    ("broken", None, "command"),
    ("broken", None, "token"),
    ("bad-token", None, None),
    ("no-rights", None, None),
]
PLACES = [sockets.silent, sockets.garbage, sockets.untrusted, sockets.refusing, sockets.unknown]


def agent(folder: Path, host: str, target: str) -> HandoffAgent:
    queues = catalogue(folder, host, target)
    return small.agent_over(queues, EmbeddedModel(), limits=Limits(seconds=SECONDS))


def quiet(caplog: pytest.LogCaptureFixture, *secrets: str) -> None:
    assert [record for record in caplog.records if record.levelno >= logging.WARNING]
    for secret in ("rosebud", "ada@example.com", "INC0012345", *secrets):
        assert secret not in caplog.text


@pytest.mark.parametrize("fault", FAULTS, ids=str)
async def test_there_is_a_link_all_the_same(
    fault: Fault, appliance: Running, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kind, value, on = fault
    appliance.faults.add(kind, value, on=on)
    agent_ = agent(tmp_path, host_of(appliance), FALLBACK + ONLINE)
    url = await through(agent_.start(ADA), SECONDS)
    assert url.startswith(appliance.url + "/api/start_session?issue_menu=1&codeName=db_support")
    quiet(caplog, appliance.client_secret)
    await agent_.close()


@pytest.mark.parametrize("fault", FAULTS[1:-1:3], ids=str)
async def test_a_portal_link_needs_no_api(fault: Fault, appliance: Running, tmp_path: Path) -> None:
    kind, value, on = fault
    appliance.faults.add(kind, value, on=on)
    agent_ = agent(tmp_path, host_of(appliance), PORTAL)
    url = await through(agent_.start(ADA), SECONDS)
    assert url.startswith(appliance.url + "/api/start_session?issue_menu=1&codeName=db_support")
    await agent_.close()


@pytest.mark.parametrize("fault", FAULTS[:1] + FAULTS[5:8], ids=str)
async def test_without_a_link_they_are_told_and_can_try_again(
    fault: Fault, appliance: Running, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kind, value, on = fault
    agent_ = agent(tmp_path, host_of(appliance), TARGET)
    chat = agent_.start(ADA)
    assert (await within(SECONDS, chat.send(WORDS))).proposal
    appliance.faults.add(kind, value, on=on)
    for _ in range(2):
        reply = await within(SECONDS, chat.press("start"))
        assert reply.handoff is None
        assert [button.action for button in reply.buttons] == ["start", "link"]
    appliance.faults.clear()
    quiet(caplog, appliance.client_secret)
    assert said(chat) == [WORDS]
    assert not chat.conversation.handoffs
    await agent_.close()


@pytest.mark.filterwarnings(
    "ignore::ResourceWarning"
)  # of a handshake that breaks off, until it is collected
@pytest.mark.parametrize("target", [FALLBACK, PORTAL], ids=["session_key", "portal_link"])
@pytest.mark.parametrize("place", PLACES)
async def test_places(
    place: Callable[[], AbstractAsyncContextManager[str]],
    target: str,
    tmp_path: Path,
    appliance: Running,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with place() as address:
        agent_ = agent(tmp_path, address, target)
        url = await through(agent_.start(ADA), SECONDS)
        assert url.startswith(f"https://{address.removesuffix(':443')}")
        await agent_.close()
    if target is FALLBACK:  # a look-up that hangs is given up later than this conversation took
        quiet(caplog, appliance.client_secret)
