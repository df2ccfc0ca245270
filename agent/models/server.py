"""One Chat Completions server: a request out, a whole answer back, within attempts and seconds."""

import asyncio
import importlib
import json
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from agent.models.clients import Clients
from agent.models.completion import Completion, read, read_stream
from agent.models.failures import failure, server_text
from agent.models.messages import ChatMessage
from agent.models.quirks import Quirks
from agent.models.retry import Sleep, with_retries

if TYPE_CHECKING:
    from ssl import SSLContext

    from openai import AsyncOpenAI

Progress = Callable[[str, str], None]
"""Gets the text so far and the name of the first tool called so far."""


class ChatServer:
    """The model `model` of an OpenAI-compatible server, whose peculiarities are remembered with the instance.

    `base_url` and `api_key` default to OPENAI_BASE_URL and OPENAI_API_KEY; a key may be an async function that
    returns a token, which is called before each request. An answer takes at most `timeout` seconds and `attempts`
    calls. A `client` that is handed in is used as it is and stays the caller's to close, and belongs to one event
    loop; else there is one for each loop.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key: str | Callable[[], Awaitable[str]] | None = None,
        timeout: float = 30.0,
        attempts: int = 2,
        client: "AsyncOpenAI | None" = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.model = model
        self._base_url = base_url
        self._api_key = api_key
        self._timeout = timeout
        self._attempts = attempts
        self._client = client
        self._sleep = sleep
        self._quirks = Quirks()
        self._clients = Clients(self._new_client)

    @property
    def provider(self) -> str:
        """`azure.ai.openai` or `openai`, by the address."""
        host = urlsplit(self._address or "").hostname or ""
        return "azure.ai.openai" if host.endswith(".azure.com") else "openai"

    async def complete(
        self,
        messages: Callable[[bool], list[ChatMessage]],
        parameters: dict[str, Any],
        *,
        private: Sequence[str],
        progress: Progress | None = None,
    ) -> Completion:
        """The answer to `messages` with `parameters`, as far as this server takes them; with `progress` streamed.

        `messages` is told whether system messages may only stand first. No text of `private` appears in an error. Raises `ModelUnavailable` or `ModelRejected`.
        """
        return await with_retries(
            partial(self._attempt, messages, parameters, private, progress),
            attempts=self._attempts,
            seconds=self._timeout,
            sleep=self._sleep,
        )

    async def close(self) -> None:
        """Close the connections; a client that was handed in stays open."""
        await self._clients.close()

    @property
    def _address(self) -> str | None:
        if self._client:
            return str(self._client.base_url)
        return self._base_url or os.environ.get("OPENAI_BASE_URL") or None

    def _new_client(self) -> "AsyncOpenAI":
        from openai import AsyncOpenAI, DefaultAsyncHttpxClient

        base_url = self._address
        # A local server needs no key, but the SDK does.
        key = self._api_key or os.environ.get("OPENAI_API_KEY") or ("none" if base_url else None)
        return AsyncOpenAI(
            api_key=key,
            base_url=base_url,
            max_retries=0,
            timeout=self._timeout,
            http_client=DefaultAsyncHttpxClient(verify=self._trust),
        )

    @cached_property
    def _trust(self) -> "SSLContext":
        """What servers are trusted by. Reading it takes 35 ms, in which nobody else is served: once, not for each client."""
        from httpx2 import create_ssl_context

        return create_ssl_context()

    async def _attempt(
        self,
        messages: Callable[[bool], list[ChatMessage]],
        parameters: dict[str, Any],
        private: Sequence[str],
        progress: Progress | None,
    ) -> Completion:
        """One attempt; a call that the server refuses for a peculiarity of its own is repeated within it."""
        if "openai" not in sys.modules:
            # In a thread, since the first import takes a second and other conversations share this loop.
            await asyncio.to_thread(importlib.import_module, "openai")
        import openai

        quirks = self._quirks
        streaming = {"stream": True, "stream_options": {"include_usage": True}} if progress else {}
        try:
            with self._lent() as client:
                while True:
                    taken = quirks.apply({**parameters, **streaming})
                    request = {"model": self.model, "messages": messages(quirks.state_first), **taken}
                    try:
                        return await _send(client, request, progress)
                    except openai.APIStatusError as error:
                        if not quirks.learn(error.status_code, error.param, server_text(error), request):
                            raise
        except Exception as error:  # noqa: BLE001 - token providers and proxies raise anything
            key = self._api_key if isinstance(self._api_key, str) else ""
            raise failure(error, self.model, [key, *private]) from None

    def _lent(self) -> AbstractContextManager["AsyncOpenAI"]:
        if self._client:
            return nullcontext(self._client.with_options(max_retries=0))
        return self._clients.lend()


async def _send(client: "AsyncOpenAI", request: dict[str, Any], progress: Progress | None) -> Completion:
    if progress is None:
        from openai import HttpxBinaryResponseContent

        # As the body of a plain POST the SDK sends a request as it is; its methods walk through every value of it and
        # build a model of the answer, for half of all CPU.
        response = await client.post("/chat/completions", cast_to=HttpxBinaryResponseContent, body=request)
        return read(json.loads(response.content))
    whole: Any = {
        "model": request["model"],
        "messages": [],
        "extra_body": request,
    }  # not walked through, either
    stream = await client.chat.completions.create(stream=True, **whole)
    try:
        return await read_stream(stream, progress)
    finally:
        await stream.close()
