"""Budgets: who has spent theirs is answered by the embedded model, and nobody is refused."""

import asyncio
import logging
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent import HandoffAgent, User
from agent.budget.allowance import Allowance
from agent.budget.ledger import Ledger, Spent
from agent.catalogue.schema import Catalogue
from agent.catalogue.source import CatalogueSource
from agent.errors import SettingsError, StoreError
from agent.models.base import Answer
from agent.models.scripted import ScriptedModel
from agent.records.decision import Ask, SelectQueue
from agent.stores.base import Store, Stored
from agent.stores.memory import MemoryStore
from agent.stores.sqlite import SQLiteStore
from tests.support import small

ADA = User(id="ada", tenant="acme")
ASK = Ask(question="What does not work?")
SQL = SelectQueue(queue_id=small.DATABASE, summary="A query hangs.", reason="")


class Costly(ScriptedModel):
    """Every answer takes 100 tokens."""

    async def decide(self, *args: object, **more: object) -> Answer:
        answer = await super().decide(*args, **more)  # type: ignore[arg-type]
        return Answer(decision=answer.decision, prompt_tokens=90, completion_tokens=10)


def agent_with(
    catalogue: Catalogue, model: ScriptedModel, budget: str, store: Store | None = None
) -> HandoffAgent:
    return HandoffAgent(
        CatalogueSource.fixed(catalogue),
        model=model,
        store=store,
        clock=lambda: small.OPEN,
        allowance=Allowance.parse(budget),
    )


async def settle(agent: HandoffAgent) -> None:
    await asyncio.gather(*agent._runtime._tasks)


@pytest.mark.parametrize(
    "budget",
    ["user.turns=2", "user.tokens=150", "tenant.tokens=200", "key.turns=2", "user.turns=2 user.tokens=9"],
)
async def test_a_spent_budget_goes_on_with_the_embedded_model(
    catalogue: Catalogue, budget: str, caplog: pytest.LogCaptureFixture
) -> None:
    model = Costly([ASK, ASK])
    agent = agent_with(catalogue, model, budget)
    chat = agent.start(ADA, via="assistant-1")
    names = []
    for text in ("hello", "a thing", "my SQL query hangs", "the backup too"):
        reply = await chat.send(text)
        assert reply.buttons
        await settle(agent)
        last = chat.conversation.messages[-1]
        assert last.role == "assistant"
        names.append(last.model)
    asked = names.count("scripted")
    assert asked == (1 if budget.endswith("=9") else 2)
    assert names == ["scripted"] * asked + ["embedded"] * (4 - asked)
    assert (await chat.press("start")).handoff
    told = [record.getMessage() for record in caplog.records if "budget" in record.getMessage()]
    assert len(told) == 1
    assert "until midnight" in told[0]


async def test_conversations_are_counted_once_each(catalogue: Catalogue) -> None:
    agent = agent_with(catalogue, ScriptedModel([ASK, ASK, ASK]), "user.conversations=2")
    for _ in range(2):
        chat = agent.start(ADA)
        await chat.send("hello")
        await settle(agent)
    model = agent._runtime.model_for(agent.start(ADA).conversation)
    assert (await model).name == "embedded"
    assert (await agent._runtime.model_for(agent.start(User(id="bob")).conversation)).name == "scripted"


async def test_who_is_not_named_draws_on_the_key_and_the_tenant_alone(catalogue: Catalogue) -> None:
    agent = agent_with(catalogue, ScriptedModel([ASK, ASK]), "user.turns=1 key.turns=2")
    for _ in range(2):
        await agent.start(via="k").send("hello")
        await settle(agent)
    assert (await agent._runtime.model_for(agent.start(via="k").conversation)).name == "embedded"
    assert (await agent._runtime.model_for(agent.start(via="other").conversation)).name == "scripted"


async def test_processes_count_together_and_the_next_day_begins_anew(tmp_path: Path) -> None:
    now = [small.OPEN]

    def clock() -> datetime:
        return now[0]

    stores = [SQLiteStore(tmp_path / "chats.db") for _ in range(3)]
    ledgers = [Ledger(store, Allowance.parse("user.turns=60"), clock) for store in stores]
    await asyncio.gather(
        *(ledger.add({"user": "ada"}, Spent(turns=1)) for ledger in ledgers for _ in range(20))
    )
    fresh = Ledger(stores[0], Allowance.parse("user.turns=60"), clock)
    assert await fresh.is_spent({"user": "ada"})
    assert not await fresh.is_spent({"user": "bob"})
    now[0] += timedelta(days=1)
    assert not await fresh.is_spent({"user": "ada"})
    for store in stores:
        await store.close()


class Down(MemoryStore):
    """A store that reads and writes nothing."""

    async def load(self, id_: str) -> Stored | None:
        raise StoreError(id_)


async def test_a_store_that_is_down_spends_nothing_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    ledger = Ledger(Down(), Allowance.parse("user.turns=1"), lambda: small.OPEN)
    with caplog.at_level(logging.WARNING):
        await ledger.add({"user": "ada"}, Spent(turns=1))
        assert await ledger.is_spent({"user": "ada"})  # what this process knows holds
    assert "cannot be written" in caplog.text


@pytest.mark.parametrize(
    "text", ["user=1", "user.turns", "user.turns=-1", "user.money=5", "me.turns=1", "user.turns=1.5"]
)
def test_bad_bounds_get_one_message(text: str) -> None:
    with pytest.raises(SettingsError, match="HANDOFF_BUDGET") as caught:
        Allowance.parse(text)
    assert "user.turns=200" in str(caught.value)


def test_none_is_no_bound_and_the_default_bounds_a_person() -> None:
    assert Allowance.parse("none").bounds == {}
    assert set(Allowance().of("user")) == {"turns", "conversations", "tokens"}
    assert Allowance.parse("user.turns=5, tenant.tokens=7").bounds == {
        ("user", "turns"): 5,
        ("tenant", "tokens"): 7,
    }
