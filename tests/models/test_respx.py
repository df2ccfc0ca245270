"""respx under the SDK: for single answers that need no server, and as a lock on everything else."""

import httpx
import pytest
import respx

import tests.support.respx_httpx2  # noqa: F401 - registers the mocker
from agent.errors import ModelUnavailable
from agent.models.openai_chat import OpenAIModel
from agent.records.decision import Ask
from tests.models.briefings import briefing
from tests.support.openai_answers import text, whole

URL = "https://res.openai.azure.com/openai/v1/chat/completions"


def model() -> OpenAIModel:
    return OpenAIModel("deployment", base_url=URL.removesuffix("chat/completions"), api_key="k", attempts=1)


async def test_azures_v1_endpoint() -> None:
    with respx.mock(using="httpcore2") as router:
        route = router.post(URL).mock(httpx.Response(200, json=whole(text("What?"), "m", 1, 9)))
        under_test = model()
        assert (await under_test.decide(briefing())).decision == Ask(question="What?")
        await under_test.close()
    assert route.calls.last.request.headers["authorization"] == "Bearer k"


async def test_a_connection_that_fails() -> None:
    with respx.mock(using="httpcore2") as router:
        router.post(URL).mock(side_effect=OSError("no route"))
        under_test = model()
        with pytest.raises(ModelUnavailable):
            await under_test.decide(briefing())
        await under_test.close()


async def test_nothing_escapes_to_the_network() -> None:
    with respx.mock(using="httpcore2", assert_all_called=False) as router:
        router.post("https://elsewhere.example.com/").mock(httpx.Response(200))
        under_test = model()
        with pytest.raises(ModelUnavailable, match="AllMockedAssertionError"):
            await under_test.decide(briefing())
        await under_test.close()
