"""What the routes of one server share."""

import asyncio
import logging

from fastapi import Request

from agent.agent import HandoffAgent
from agent.chat import Chat
from agent.errors import StoreError
from agent.server.limits import Streams
from agent.server.links import Links
from agent.server.metrics import Metrics
from agent.server.problems import not_found
from agent.server.settings import ServerSettings
from agent.server.troubles import Troubles
from agent.server.who import Caller, Callers
from agent.stores.base import Store

READY_SECONDS = 2.0


class Service:
    """The agent and its store, who may call, and what is counted. Raises `SettingsError`."""

    def __init__(self, agent: HandoffAgent, store: Store, settings: ServerSettings) -> None:
        self.agent = agent
        self.store = store
        self.settings = settings
        self.callers = Callers(settings)
        self.metrics = Metrics()
        self.troubles = Troubles(self.metrics.problems)
        self.streams = Streams()
        self.links = Links(store, settings.links)
        self.draining = False
        self._warming: asyncio.Task[None] | None = None

    def warm_up(self) -> None:
        """Begin with what the first turn would wait for."""
        self._warming = asyncio.get_running_loop().create_task(self.agent.warm_up())

    @property
    def warming(self) -> bool:
        """Whether a first turn would still wait; it is served all the same."""
        return self._warming is not None and not self._warming.done()

    async def chat(self, id_: str, caller: Caller) -> Chat:
        """The conversation `id_`. Raises `Problem` 404 where there is none, or it is not `caller`'s; `StoreError`."""
        chat = await self.agent.load(id_)
        if chat is None or not caller.owns(chat.conversation):
            raise not_found()
        return chat

    async def store_answers(self) -> bool:
        """Whether the store can be read at this moment."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                await self.store.load("handoff:ready")
        except (StoreError, TimeoutError):
            logging.getLogger("agent.store").warning("the store does not answer")
            return False
        return True


async def service_of(request: Request) -> Service:
    """The service of the app that got `request`."""
    service: Service = request.app.state.service
    return service
