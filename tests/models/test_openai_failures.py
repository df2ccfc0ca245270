"""What goes wrong on the way to the server: what is tried again, what is not, and what the operator reads."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from agent.errors import ModelError, ModelRejected, ModelUnavailable
from agent.models.base import Answer
from agent.models.openai_chat import OpenAIModel
from agent.records.decision import Ask
from tests.models.briefings import briefing, user
from tests.support.openai_answers import Canned, body, failure, html, text
from tests.support.openai_stub import OpenAIStub, Script

FINE = text("What is wrong?")
DECISION = Ask(question="What is wrong?")
SAID = "My password is hunter2-extraordinary and the VPN is down"
KEY = "sk-very-secret-key"


class Bench:
    """A server, a model that sleeps without waiting, and what was slept."""

    def __init__(self, script: Script, **more: Any) -> None:
        self.stub = OpenAIStub(script)
        self.slept: list[float] = []
        self.more = more

    async def decide(self) -> Answer:
        with self.stub:
            model = OpenAIModel(
                "test-model", base_url=self.stub.base_url, api_key=KEY, sleep=self._sleep, **self.more
            )
            try:
                return await model.decide(briefing(user(SAID)))
            finally:
                await model.close()

    async def fails(self, kind: type[ModelError]) -> str:
        with pytest.raises(kind) as caught:
            await self.decide()
        message = str(caught.value)
        assert "hunter2" not in message
        assert KEY not in message
        assert "front desk" not in message
        return message

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "first",
    [
        failure(429),
        failure(500),
        failure(502),
        failure(503),
        failure(408),
        failure(409),
        html(),
        html(502),
        body("{}"),
        body('{"choices": []}'),
        body('{"choices": "none", "usage": 3}'),
        body('{"choices": [{"message": {"content": 17, "tool_calls": 4}}]}'),
        body('{"choices": ['),
        body("null"),
        Canned(text="What is wrong?", cut=60),
    ],
    ids=lambda answer: f"{answer.status}-{answer.body or answer.cut}",
)
async def test_what_may_pass_is_tried_once_more(first: Canned, stream: bool) -> None:
    if stream and first.cut:
        first = Canned(text="What is wrong?", cut=2)
    bench = Bench([first, FINE], stream=stream)
    assert (await bench.decide()).decision == DECISION
    assert len(bench.stub.requests) == 2
    assert len(bench.slept) == 1
    assert 0.25 <= bench.slept[0] <= 0.75


async def test_no_more_attempts_than_allowed() -> None:
    for attempts in (1, 2, 3):
        bench = Bench(lambda _: failure(503), attempts=attempts)
        assert await bench.fails(ModelUnavailable) == "the model server answered 503"
        assert len(bench.stub.requests) == attempts


async def test_a_stream_without_an_end_is_broken() -> None:
    bench = Bench([Canned(text="What is wrong?", quiet_end=3)] * 2, stream=True)
    assert "broke off" in await bench.fails(ModelUnavailable)
    assert len(bench.stub.requests) == 2


async def test_an_error_in_a_stream_is_broken() -> None:
    events = 'data: {"error": {"message": "My password is hunter2", "code": "server_error"}}\n\n'
    bench = Bench([body(events, "text/event-stream"), FINE], stream=True)
    assert (await bench.decide()).decision == DECISION


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (failure(401, f"Incorrect API key provided: {KEY}", code="invalid_api_key"),
         "the server refused the key (401): check OPENAI_API_KEY"),
        (failure(403, "Country not supported"), "(403): check its rights"),
        (failure(404, "The model `test-model` does not exist", code="model_not_found"),
         "the server has no model 'test-model' (404): check HANDOFF_MODEL"),
        (failure(404, "Not Found"), "no chat completions there (404): check OPENAI_BASE_URL"),
        (html(404), "(404): check OPENAI_BASE_URL"),
        (failure(400, "Invalid value for 'model'."), "(400): Invalid value for 'model'."),
        (failure(400, "registry/some-model does not support tools"), "takes HANDOFF_DECISIONS=json"),
        (failure(422, "Unprocessable"), "(422): Unprocessable"),
        (body('{"detail": "too long"}', status=400), "(400): too long"),
        (html(400), "the server refused the request (400)"),
        (failure(429, "You exceeded your current quota", code="insufficient_quota"), "no quota left"),
    ],
)  # fmt: skip
async def test_what_cannot_pass_is_not_tried_again(answer: Canned, told: str) -> None:
    bench = Bench([answer, FINE])
    assert told in await bench.fails(ModelRejected)
    assert len(bench.stub.requests) == 1
    assert bench.slept == []


@pytest.mark.parametrize(
    "echo",
    [
        f"Invalid content: '{SAID}'",
        f"Invalid content: '{SAID[:30]}'...",
        f"Invalid content: '{SAID[15:40].upper()}'",
        f"Invalid key {KEY}",
        "Invalid header: Bearer sk-something-else",
    ],
)
async def test_a_server_that_repeats_the_conversation_or_a_key_is_not_quoted(echo: str) -> None:
    message = await Bench([failure(400, echo)]).fails(ModelRejected)
    assert "(400)" in message
    assert "sk-" not in message
    assert "password" not in message.lower()


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_in_seconds(status: int) -> None:
    bench = Bench([failure(status, retry_after="7"), FINE])
    assert (await bench.decide()).decision == DECISION
    assert bench.slept == [7]


async def test_retry_after_as_a_date() -> None:
    bench = Bench([failure(429, retry_after=format_datetime(datetime.now(UTC) + timedelta(seconds=6))), FINE])
    assert (await bench.decide()).decision == DECISION
    assert 3 < bench.slept[0] <= 6


async def test_retry_after_that_makes_no_sense_is_ignored() -> None:
    for value in ("soon", "-3", ""):
        bench = Bench([failure(429, retry_after=value), FINE])
        assert (await bench.decide()).decision == DECISION


@pytest.mark.parametrize("more", [{"retry_after": "60"}, {"retry_after": "5", "timeout": 3.0}])
async def test_a_pause_that_is_too_long_is_not_waited_for(more: dict[str, Any]) -> None:
    after, limits = more.pop("retry_after"), more
    bench = Bench([failure(429, retry_after=after), FINE], **limits)
    assert await bench.fails(ModelUnavailable) == "the model server answered 429"
    assert len(bench.stub.requests) == 1
    assert bench.slept == []


@pytest.mark.parametrize("stream", [False, True])
async def test_a_first_attempt_that_hangs_leaves_time_for_another(stream: bool) -> None:
    bench = Bench([Canned(text="late", delay=30), FINE], timeout=1.5, stream=stream)
    assert (await bench.decide()).decision == DECISION


async def test_a_stream_that_is_too_slow_ends_in_time() -> None:
    slow = Canned(text="What is wrong with your computer today?", pause=0.2)
    bench = Bench(lambda _: slow, timeout=0.8, stream=True)
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert "in time" in await bench.fails(ModelUnavailable)
    assert loop.time() - began < 5


async def test_a_server_that_is_not_there() -> None:
    with OpenAIStub([]) as gone:
        url = gone.base_url
    model = OpenAIModel("m", base_url=url, api_key=KEY, sleep=lambda _: asyncio.sleep(0))
    with pytest.raises(ModelUnavailable, match="cannot be reached: check OPENAI_BASE_URL"):
        await model.decide(briefing())
    await model.close()


async def test_no_key_for_openai_itself() -> None:
    model = OpenAIModel("m")
    with pytest.raises(ModelRejected, match="set OPENAI_API_KEY"):
        await model.decide(briefing())


async def test_a_token_provider_that_fails() -> None:
    async def token() -> str:
        raise LookupError(KEY)

    model = OpenAIModel("m", base_url="http://127.0.0.1:9/v1", api_key=token)
    with pytest.raises(ModelUnavailable, match="LookupError") as caught:
        await model.decide(briefing())
    assert KEY not in str(caught.value)
    await model.close()


async def test_a_call_that_is_given_up_leaves_the_model_usable() -> None:
    with OpenAIStub([Canned(text="late", delay=30), FINE]) as stub:
        model = OpenAIModel("m", base_url=stub.base_url)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await model.decide(briefing())
        assert (await model.decide(briefing())).decision == DECISION
        await model.close()
