"""A model server that fails in every way, over real sockets: whole conversations, in time, and nothing is lost."""

import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from agent import HandoffAgent, Limits
from agent.models.messages import Decisions
from agent.models.openai_chat import OpenAIModel
from tests.faults import sockets
from tests.faults.people import ADA, through, within
from tests.support import small
from tests.support.openai_answers import Canned, body, content, failure, html, text
from tests.support.openai_stub import OpenAIStub

pytestmark = [pytest.mark.filterwarnings("ignore::ResourceWarning"), pytest.mark.usefixtures("collected")]
SECONDS, PLENTY = 0.5, 20.0
KEY = "sk-of-the-test"
LONG = "Could you tell me what exactly is wrong with it, and since when?"
ANSWERS = {
    "500": failure(500),
    "503 with a pause": failure(503, retry_after="60"),
    "429": failure(429),
    "429 with a short pause": failure(429, retry_after="0.1"),
    "429 with a long pause": failure(429, retry_after="3600"),
    "out of quota": failure(429, code="insufficient_quota"),
    "wrong key": failure(401, code="invalid_api_key"),
    "no such model": failure(404, code="model_not_found"),
    "slow first byte": text(LONG, delay=30),
    "slow pieces": text(LONG, pause=30),
    "body cut": Canned(body='{"choices": [' + " " * 200, cut=20),
    "wrong JSON": body('{"choices": [{"message": '),
    "JSON of something else": body('["hello"]'),
    "decision cut": content({"queue": small.DATABASE}, finish="length"),
    "a page": html(),
}
CUT = {"stream cut": text(LONG, cut=2), "stream that ends early": text(LONG, quiet_end=2)}
PLACES = [
    sockets.silent,
    sockets.hanging_up,
    sockets.garbage,
    sockets.untrusted,
    sockets.refusing,
    sockets.unknown,
]


def agent_on(
    folder: Path, base_url: str, decisions: Decisions, *, stream: bool = False, seconds: float = SECONDS
) -> HandoffAgent:
    small.catalogue(folder)
    model = OpenAIModel(
        "gpt", base_url=base_url, api_key=KEY, decisions=decisions, stream=stream, sleep=_at_once
    )
    limits = Limits(seconds=seconds)
    return HandoffAgent.from_file(
        folder / "queues.yaml", model=model, limits=limits, clock=lambda: small.OPEN
    )


async def _at_once(_: float) -> None:
    """What a retry waits before it tries again."""


def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """The operator was told, and read nothing personal."""
    ours = [record for record in caplog.records if record.name.startswith("agent")]
    assert [record for record in ours if record.levelno >= logging.WARNING]
    assert "rosebud" not in caplog.text
    assert KEY not in caplog.text


async def talk(agent: HandoffAgent) -> None:
    url = await through(agent.start(ADA), SECONDS)
    assert url.startswith("https://chat.example.com/start/db?")  # found without the model
    await agent.close()


@pytest.mark.parametrize("decisions", ["tools", "json"])
@pytest.mark.parametrize("fault", ANSWERS)
async def test_answers(
    fault: str, decisions: Decisions, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with OpenAIStub(lambda _: ANSWERS[fault]) as stub:
        await talk(agent_on(tmp_path, stub.base_url, decisions, stream=fault == "slow pieces"))
        assert stub.requests
    if not fault.startswith("decision"):  # an answer that is no decision is the model's, not the operator's
        quiet(caplog)


@pytest.mark.parametrize("decisions", ["tools", "json"])
@pytest.mark.parametrize("fault", CUT)
async def test_streams(
    fault: str, decisions: Decisions, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with OpenAIStub(lambda _: CUT[fault]) as stub:
        await talk(agent_on(tmp_path, stub.base_url, decisions, stream=True))
        assert stub.requests
    quiet(caplog)


@pytest.mark.filterwarnings(
    "ignore::ResourceWarning"
)  # of a handshake that breaks off, until it is collected
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("place", PLACES)
async def test_places(
    place: Callable[[], AbstractAsyncContextManager[str]],
    scheme: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with place() as address:
        await talk(agent_on(tmp_path, f"{scheme}://{address}/v1", "tools"))
    quiet(caplog)


async def test_it_fails_in_the_middle_and_comes_back(tmp_path: Path) -> None:
    """What was asked and answered before goes along."""
    script = [
        text("What exactly is wrong with it?"),
        failure(500),
        failure(500),
        text("Since when is it so?"),
    ]
    with OpenAIStub(script) as stub:
        agent = agent_on(tmp_path, stub.base_url, "tools", seconds=PLENTY)
        chat = agent.start(ADA)
        asked = await within(PLENTY, chat.send("my SQL database"))
        assert asked.text == "What exactly is wrong with it?"
        reply = await within(PLENTY, chat.send("it is slow"))
        assert reply.proposal
        assert reply.proposal.summary == "my SQL database it is slow"
        assert (await within(PLENTY, chat.send("something else"))).text == "Since when is it so?"
        await agent.close()
