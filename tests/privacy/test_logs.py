"""The log: fixed events and fields, and nothing that anybody wrote, at any level, unless that is switched on."""

import io
import json
import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from agent import HandoffAgent, User
from agent.catalogue.schema import Catalogue
from agent.catalogue.source import CatalogueSource
from agent.cli.main import main
from agent.errors import ModelUnavailable, StoreError
from agent.logs import JsonFormatter, fields
from agent.models.base import ChatModel
from agent.models.openai_chat import OpenAIModel
from agent.models.scripted import ScriptedModel
from agent.records.decision import Ask, NotForAgents, SelectQueue
from agent.stores.base import PLAIN, Terms
from agent.stores.memory import MemoryStore
from tests.redaction.planted import shipped
from tests.support import small
from tests.support.openai_answers import failure
from tests.support.openai_stub import OpenAIStub

CANARY = "Zaunkönig"  # in everything personal
ADA = User(
    id=f"id-{CANARY}",
    name=f"Ada {CANARY}",
    email=f"{CANARY}@acme.com",
    attributes={"team": f"{CANARY}s", "region": "EU"},
)
SAID = f"my SQL database of {CANARY} is slow, password: {CANARY}24"


class Kept(logging.Handler):
    """Everything that is logged under `agent`, at any level."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def named(self, event: str) -> list[dict[str, Any]]:
        return [record.fields for record in self.records if getattr(record, "event", "") == event]  # type: ignore[attr-defined]

    def everything(self) -> str:
        """All that a handler could make of the records."""
        told = [repr(record.__dict__) + record.getMessage() for record in self.records]
        told += [JsonFormatter().format(record) for record in self.records]
        told += ["".join(traceback.format_exception(*r.exc_info)) for r in self.records if r.exc_info]
        return "\n".join(told)


@pytest.fixture
def kept() -> Iterator[Kept]:
    logger, handler = logging.getLogger("agent"), Kept()
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


def agent_over(catalogue: Catalogue, model: ChatModel, **more: Any) -> HandoffAgent:
    return HandoffAgent(CatalogueSource.fixed(catalogue), model=model, clock=lambda: small.OPEN, **more)


class Unwell(MemoryStore):
    async def save(self, id_: str, document: str, *, revision: int, expected: int | None, terms: Terms = PLAIN) -> bool:
        raise StoreError(f"full: {document}")


class Broken:
    name = "broken"

    async def decide(self, briefing: object, started: object = None) -> Any:
        raise RuntimeError(SAID)

    async def close(self) -> None:
        pass


async def test_one_line_a_turn(catalogue: Catalogue, kept: Kept) -> None:
    model = ScriptedModel([Ask(question="Which one?"), SelectQueue(queue_id=small.DATABASE)])
    agent = agent_over(catalogue, model)
    chat = agent.start(ADA)
    for turn in (chat.send("I need help with a thing"), chat.send(SAID), chat.press("start"), chat.send("")):
        await turn
    turns = kept.named("turn")
    assert [len(turns), len(kept.records)] == [4, 4]
    assert all(record.levelno == logging.INFO for record in kept.records)
    assert [turn["phase"] for turn in turns] == ["gathering", "proposed", "handed_off", "handed_off"]
    assert [turn["model_calls"] for turn in turns] == [1, 1, 0, 0]
    assert [turn.get("queue") for turn in turns] == [None, small.DATABASE, small.DATABASE, None]
    assert [turn["handoff"] for turn in turns] == [False, False, True, False]
    assert {turn["conversation"] for turn in turns} == {chat.id}
    assert {turn["model"] for turn in turns} == {"scripted"}
    assert all(0 <= turn["seconds"] < 30 and turn["degraded"] is False for turn in turns)
    assert all("said" not in turn for turn in turns)


async def test_nothing_personal_at_any_level(
    catalogue: Catalogue, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    select = SelectQueue(queue_id=small.DATABASE, summary=SAID, reason=SAID)
    models: list[ChatModel] = [
        ScriptedModel([Ask(question=f"{CANARY}?"), select, select]),
        ScriptedModel([NotForAgents(reason=SAID), ModelUnavailable("gone"), select]),
        ScriptedModel([SelectQueue(queue_id=CANARY)] * 6),
        Broken(),
    ]
    for model in models:
        chat = agent_over(catalogue, model).start(ADA)
        await chat.send(SAID)
        _ = [event async for event in chat.stream(f"and it is {CANARY}")]
        await chat.press("edit", text=SAID)
        for action in ("skip", "other", "start"):
            await chat.press(action)
        await chat.send("x" * 16_001)
    failing = agent_over(catalogue, Broken(), store=Unwell()).start(ADA)
    with pytest.raises(StoreError):
        await failing.send(SAID)
    with OpenAIStub(lambda request: failure(400, f"bad input: {request.said}")) as stub:
        async with agent_over(catalogue, OpenAIModel("m", base_url=stub.base_url)) as agent:
            await agent.start(ADA).send(SAID)

    async def refuse(*_: object) -> None:
        raise RuntimeError(SAID)

    monkeypatch.setattr("agent.targets.url_template.UrlTemplate.open", refuse)
    chat = agent_over(catalogue, ScriptedModel([select])).start(ADA)
    await chat.send(SAID)
    await chat.press("start")
    assert kept.named("handoff_failed") == [
        {"conversation": chat.id, "queue": small.DATABASE, "error": "TargetError"}
    ]
    assert [told["error"] for told in kept.named("turn_failed")] == ["StoreError"]
    assert {told["error"] for told in kept.named("model_failed")} == {"ModelUnavailable", "ModelRejected"}
    assert any(turn["degraded"] for turn in kept.named("turn"))
    assert CANARY not in kept.everything()
    assert "https://" not in kept.everything()


async def test_switched_on_it_has_what_a_model_sees(catalogue: Catalogue, kept: Kept) -> None:
    model = ScriptedModel([SelectQueue(queue_id=small.DATABASE)])
    agent = agent_over(catalogue, model, log_text=True, redactor=shipped())
    await agent.start(ADA).send(SAID)
    (turn,) = kept.named("turn")
    assert turn["said"] == [f"my SQL database of {CANARY} is slow, password: [password removed]"]
    assert "acme.com" not in kept.everything()


def test_as_json() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("agent.x")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    logger.info("took %d", 3, extra=fields("turn", queue="q", none=None))
    logger.error("broke", exc_info=ValueError(CANARY))
    logger.removeHandler(handler)
    one, two = map(json.loads, stream.getvalue().splitlines())
    assert one.pop("time").endswith("+00:00")
    assert one == {"level": "info", "logger": "agent.x", "event": "turn", "queue": "q", "message": "took 3"}
    assert (two["event"], two["error"], two["message"]) == ("message", "ValueError", "broke")
    assert CANARY not in stream.getvalue()


def chat(**environ: str) -> Any:
    environ = {"HANDOFF_MODEL": "embedded", **environ}
    return CliRunner(env=environ).invoke(main, ["chat"], input=b"my SQL database is slow\n/start\n")


def test_on_the_command_line(tmp_path: Path) -> None:
    result = chat(HANDOFF_LOG="json")
    assert result.exit_code == 0
    turns = [json.loads(line) for line in result.stderr.splitlines()]
    assert [(turn["event"], turn["phase"]) for turn in turns] == [
        ("turn", "proposed"),
        ("turn", "handed_off"),
    ]
    assert "SQL" not in result.stderr
    assert "my SQL database is slow" in chat(HANDOFF_LOG="json", HANDOFF_LOG_TEXT="1").stderr
    assert chat().stderr == ""
    assert logging.getLogger("agent").level == logging.NOTSET


@pytest.mark.parametrize("name", ["HANDOFF_LOG", "HANDOFF_LOG_TEXT"])
def test_a_wrong_setting(name: str) -> None:
    result = chat(**{name: "yes"})
    assert result.exit_code == 2
    assert f"{name} is 'yes': it is " in result.stderr
