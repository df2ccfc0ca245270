"""Any server that speaks OpenAI's Chat Completions: OpenAI, Azure OpenAI, vLLM, Ollama, llama.cpp and others."""

import asyncio
import importlib
import json
import os
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from agent.errors import ModelAnswerInvalid
from agent.models import encoding_json, encoding_tools
from agent.models.base import Answer, Briefing
from agent.models.clients import Clients
from agent.models.completion import Completion, read, read_stream
from agent.models.failures import failure, server_text
from agent.models.messages import Decisions, Prompt, PromptWriter
from agent.models.quirks import Quirks
from agent.models.retry import Sleep, with_retries
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
        self._model = model
        self._base_url = base_url
        self._api_key = api_key
        self._decisions = decisions
        self._stream = stream
        self._timeout = timeout
        self._attempts = attempts
        self._client = client
        self._sleep = sleep
        self._writer = PromptWriter(
            model, decisions, prompt_tokens=prompt_tokens, catalogue_tokens=catalogue_tokens
        )
        self._quirks = Quirks()
        self._clients = Clients(self._new_client)

    @property
    def name(self) -> str:
        """The model's name, as the server knows it."""
        return self._model

    async def decide(self, briefing: Briefing, started: Started | None = None) -> Answer:
        """Ask the server for the next move; see `ChatModel`."""
        listed = self._writer.prefix(briefing.view).listed
        reserved = 0 if self._decisions == "json" else _size(encoding_tools.parameters(search=not listed))
        prompt = self._writer.write(briefing, reserved=reserved)
        completion = await with_retries(
            partial(self._attempt, prompt, _Once(started)),
            attempts=self._attempts,
            seconds=self._timeout,
            sleep=self._sleep,
        )
        return Answer(
            decision=self._decision(completion, prompt),
            prompt_tokens=completion.prompt_tokens,
            completion_tokens=completion.completion_tokens,
        )

    async def close(self) -> None:
        """Close the connections; a client that was handed in stays open."""
        await self._clients.close()

    def _new_client(self) -> "AsyncOpenAI":
        from openai import AsyncOpenAI

        base_url = self._base_url or os.environ.get("OPENAI_BASE_URL") or None
        # A local server needs no key, but the SDK does.
        key = self._api_key or os.environ.get("OPENAI_API_KEY") or ("none" if base_url else None)
        return AsyncOpenAI(api_key=key, base_url=base_url, max_retries=0, timeout=self._timeout)

    async def _attempt(self, prompt: Prompt, started: "_Once") -> Completion:
        """One attempt; a call that the server refuses for a peculiarity of its own is repeated within it."""
        # In a thread, since the first import takes a second and other conversations share this loop.
        openai = await asyncio.to_thread(importlib.import_module, "openai")
        try:
            client = self._client.with_options(max_retries=0) if self._client else self._clients.get()
            while True:
                request = self._request(prompt)
                try:
                    return await self._send(client, request, started)
                except openai.APIStatusError as error:
                    if not self._quirks.learn(error.status_code, error.param, server_text(error), request):
                        raise
        except Exception as error:  # noqa: BLE001 - token providers and proxies raise anything
            key = self._api_key if isinstance(self._api_key, str) else ""
            said = [message["content"] for message in prompt.messages()]
            raise failure(error, self._model, [key, *said]) from None

    def _request(self, prompt: Prompt) -> dict[str, Any]:
        if self._decisions == "json":
            decisions = encoding_json.parameters(prompt.queue_ids)
        else:
            decisions = encoding_tools.parameters(search=not prompt.listed)
        streaming = {"stream": True, "stream_options": {"include_usage": True}} if self._stream else {}
        wanted = {**decisions, "max_completion_tokens": _ANSWER_TOKENS, **streaming}
        messages = prompt.messages(state_first=self._quirks.state_first)
        return {"model": self._model, "messages": messages, **self._quirks.apply(wanted)}

    async def _send(self, client: "AsyncOpenAI", request: dict[str, Any], started: "_Once") -> Completion:
        create: Any = client.chat.completions.create
        response = await create(**request)
        if not self._stream:
            return read(response)

        def progress(text: str, tool: str) -> None:
            if not started.done:
                started(encoding_json.kind(text) if self._decisions == "json" else encoding_tools.kind(tool))

        try:
            return await read_stream(response, progress)
        finally:
            await response.close()

    def _decision(self, completion: Completion, prompt: Prompt) -> Decision:
        if completion.refused:
            raise ModelAnswerInvalid(line("corrections", "refused"))
        if completion.finish in ("length", "content_filter"):
            raise ModelAnswerInvalid(line("corrections", "cut_off"))
        if self._decisions == "json":
            return encoding_json.parse(completion)
        return encoding_tools.parse(completion, search=not prompt.listed)


class _Once:
    """Tells the kind of a decision once, whatever number of attempts it takes."""

    def __init__(self, started: Started | None) -> None:
        self._started = started
        self.done = started is None

    def __call__(self, kind: str | None) -> None:
        if kind and self._started and not self.done:
            self.done = True
            self._started(kind)


def _size(parameters: dict[str, Any]) -> int:
    return in_bytes(json.dumps(parameters))
