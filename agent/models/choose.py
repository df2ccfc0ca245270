"""From settings to a model."""

from agent.models.base import ChatModel
from agent.settings import EMBEDDED, Settings


def choose_model(settings: Settings, *, stream: bool = False) -> ChatModel:
    """The model that `settings` name; with `stream`, a server is asked to stream its answers."""
    if settings.model == EMBEDDED:
        from agent.models.embedded import EmbeddedModel

        return EmbeddedModel(sure=settings.sure)
    from agent.models.openai_chat import OpenAIModel

    return OpenAIModel(
        settings.model,
        base_url=settings.base_url,
        api_key=settings.api_key,
        decisions=settings.decisions,
        stream=stream,
        timeout=settings.timeout,
    )
