"""From settings to a model, and to what the search compares texts by."""

from agent.models.base import ChatModel
from agent.retrieval.vectors import STATIC, Meaning
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


def choose_meaning(settings: Settings) -> Meaning:
    """The shipped vectors, or the sentence model that `settings` name; `SettingsError` where that cannot be used."""
    if settings.sentences is None:
        return STATIC
    from agent.retrieval.sentences import sentence_meaning

    return sentence_meaning(settings.sentences)
