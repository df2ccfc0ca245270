"""The same promises, with `OpenAIModel` before a server that sends anything."""

import json
from typing import Any, ClassVar

import pytest

from agent.models.base import ChatModel
from agent.models.messages import Decisions
from agent.models.openai_chat import OpenAIModel
from tests.support.openai_answers import Canned
from tests.support.openai_stub import OpenAIStub, Request

from . import hostile_wire
from .machine import Promises
from .puppet import Move
from .size import counted, play


class Server:
    """Makes one of `moves` for each request, the last one again and again."""

    def __init__(self) -> None:
        self.moves: list[Canned] = []

    def __call__(self, _: Request) -> Canned:
        counted["wire"] += 1
        return self.moves.pop(0) if len(self.moves) > 1 else self.moves[0]


class WirePromises(Promises):
    moves = hostile_wire.moves
    agreed = hostile_wire.AGREED
    unusable = hostile_wire.UNUSABLE
    decisions: ClassVar[Decisions]
    stream: ClassVar[bool]
    server: ClassVar[Server]
    stub: ClassVar[OpenAIStub]

    def make_model(self) -> ChatModel:
        async def at_once(_: float) -> None:
            """Nobody waits here for as long as a server asks for."""

        return OpenAIModel(
            "m", base_url=self.stub.base_url, decisions=self.decisions, stream=self.stream, sleep=at_once
        )

    def script(self, moves: list[Any]) -> None:
        self.server.moves = list(moves)

    def silent(self, move: Move) -> list[Any]:
        return hostile_wire.SILENT

    def heard(self) -> None:
        """Nothing hidden is in any request, and each is one that a strict server takes."""
        for request in self.stub.requests:
            self.check_secret(json.dumps(request.body, ensure_ascii=False))
        self.stub.requests.clear()
        assert not self.stub.refused


@pytest.mark.timeout(0)
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("decisions", ["tools", "json"])
def test_every_promise_holds(decisions: Decisions, stream: bool) -> None:
    server = Server()
    with OpenAIStub(server) as stub:
        played = {"decisions": decisions, "stream": stream, "server": server, "stub": stub}
        play(type("Played", (WirePromises,), played), "wire", 0.25)
