"""Who serves a model, in the words of the GenAI conventions."""

import pytest
from openai import AsyncOpenAI

from agent.models.base import ChatModel, provider_of
from agent.models.breaker import Breaker
from agent.models.embedded import EmbeddedModel
from agent.models.openai_chat import OpenAIModel
from agent.models.scripted import ScriptedModel

AZURE = "https://acme.openai.azure.com/openai/v1/"


@pytest.mark.parametrize(
    ("model", "provider"),
    [
        (OpenAIModel("m"), "openai"),
        (OpenAIModel("m", base_url="http://localhost:11434/v1"), "openai"),
        (OpenAIModel("m", base_url="https://azure.com.example.com/v1"), "openai"),
        (OpenAIModel("m", base_url=AZURE), "azure.ai.openai"),
        (OpenAIModel("m", client=AsyncOpenAI(base_url=AZURE, api_key="x")), "azure.ai.openai"),
        (EmbeddedModel(), "embedded"),
        (ScriptedModel([]), "_OTHER"),
    ],
)
def test_it_is_known_by_its_address(model: ChatModel, provider: str) -> None:
    assert provider_of(model) == provider
    assert provider_of(Breaker(model)) == provider
