"""Any server that speaks OpenAI's Chat Completions: OpenAI, Azure OpenAI, vLLM, Ollama, llama.cpp and others."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from agent.catalogue.view import View
from agent.errors import ModelAnswerInvalid
from agent.language.locale import locale_for
from agent.models import encoding_json, encoding_tools
from agent.models.base import Answer, Briefing
from agent.models.completion import Completion
from agent.models.messages import Decisions, Prompt, PromptWriter
from agent.models.retry import Sleep
from agent.models.server import ChatServer, Progress
from agent.models.tokens import in_bytes
from agent.records.decision import Decision
from prompts import line

if TYPE_CHECKING:
    from openai import AsyncOpenAI

Started = Callable[[str], None]

# Room for a decision and a reasoning model's thoughts; it only stops an answer that would never end.
_ANSWER_TOKENS = 4_000


class OpenAIModel:
    """The model `model` of an OpenAI-compatible server, as a `ChatModel`.

    `base_url` and `api_key` default to OPENAI_BASE_URL and OPENAI_API_KEY; a key may be an async function that
    returns a token, which is called before each request. `decisions` is "json" for servers that are bad at
    tools. With `stream`, the kind of a decision is known before the answer is complete. A decision takes at most
    `timeout` seconds and `attempts` calls. A prompt has at most `prompt_tokens` tokens; a catalogue of more than
    `catalogue_tokens` is searched instead of listed.

    A `client` that is handed in is used as it is and stays the caller's to close, and belongs to one event loop;
    else there is one for each loop. The server's peculiarities are remembered with the instance.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key: str | Callable[[], Awaitable[str]] | None = None,
        decisions: Decisions = "tools",
        stream: bool = False,
        timeout: float = 30.0,
        attempts: int = 2,
        prompt_tokens: int = 16_000,
        catalogue_tokens: int = 8_000,
        client: "AsyncOpenAI | None" = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._decisions = decisions
        self._stream = stream
        self._server = ChatServer(
            model,
            base_url=base_url,
            api_key=api_key,
            timeout=timeout,
            attempts=attempts,
            client=client,
            sleep=sleep,
        )
        self._writer = PromptWriter(
            model, decisions, prompt_tokens=prompt_tokens, catalogue_tokens=catalogue_tokens
        )

    @property
    def name(self) -> str:
        """The model's name, as the server knows it."""
        return self._server.model

    @property
    def provider(self) -> str:
        """Whose interface it is: `azure.ai.openai` at Azure's addresses, else `openai`."""
        return self._server.provider

    async def decide(self, briefing: Briefing, started: Started | None = None) -> Answer:
        """Ask the server for the next move; see `ChatModel`."""
        prompt = self._prompt(briefing)
        completion = await self._server.complete(
            lambda state_first: prompt.messages(state_first=state_first),
            self._wanted(prompt),
            private=[message["content"] for message in prompt.messages()],
            progress=self._progress(started) if self._stream else None,
        )
        return Answer(
            decision=self._decision(completion, prompt, briefing.language),
            prompt_tokens=completion.prompt_tokens,
            completion_tokens=completion.completion_tokens,
            model=completion.model,
        )

    def searches(self, view: View) -> bool:
        """Whether it needs the search of `view`: a catalogue too large to be listed, or hints for a small model."""
        return self._decisions == "json" or not self._writer.prefix(view).listed

    def request(self, briefing: Briefing) -> dict[str, Any]:
        """What the server is asked about `briefing`, before any peculiarity of its own is known."""
        prompt = self._prompt(briefing)
        return {"model": self.name, "messages": prompt.messages(), **self._wanted(prompt)}

    async def close(self) -> None:
        """Close the connections; a client that was handed in stays open."""
        await self._server.close()

    def _prompt(self, briefing: Briefing) -> Prompt:
        listed = self._writer.prefix(briefing.view).listed
        reserved = 0 if self._decisions == "json" else _tools_size(search=not listed)
        return self._writer.write(briefing, reserved=reserved)

    def _wanted(self, prompt: Prompt) -> dict[str, Any]:
        if self._decisions == "json":
            decisions = encoding_json.parameters(prompt.ids)
        else:
            decisions = encoding_tools.parameters(search=not prompt.listed)
        return {**decisions, "max_completion_tokens": _ANSWER_TOKENS}

    def _progress(self, started: Started | None) -> Progress:
        """Tells the kind of a decision once, whatever number of attempts it takes."""
        done = False

        def progress(text: str, tool: str) -> None:
            nonlocal done
            if started is None or done:
                return
            kind = encoding_json.kind(text) if self._decisions == "json" else encoding_tools.kind(tool)
            if kind:
                done = True
                started(kind)

        return progress

    def _decision(self, completion: Completion, prompt: Prompt, language: str) -> Decision:
        if completion.refused:
            raise ModelAnswerInvalid(line("corrections", "refused"))
        if completion.finish in ("length", "content_filter"):
            raise ModelAnswerInvalid(line("corrections", "cut_off"))
        if self._decisions == "json":
            return encoding_json.parse(completion, prompt.ids, locale_for(language)("ask_more"))
        return encoding_tools.parse(completion, search=not prompt.listed)


@cache
def _tools_size(*, search: bool) -> int:
    return in_bytes(json.dumps(encoding_tools.parameters(search=search)))
