"""Any calls in any order: every store answers as the one in memory does."""

import asyncio
from collections.abc import Callable, Coroutine
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from agent.stores.base import Store, Terms
from agent.stores.choose import choose_store
from agent.stores.memory import MemoryStore
from tests.stores.places import SHARED, place_of

IDS = st.sampled_from(["a", "b", "b\0", "ß"])
TAGS = {"a": ("ada", "ada@acme.com"), "b": ("bob",), "b\0": ("ada", "bob"), "ß": ()}
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
SETTINGS = settings(
    max_examples=30, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)


class Calls(RuleBasedStateMachine):
    """Each example has a corner of its own behind all earlier ones."""

    runner: asyncio.Runner
    store: Store
    examples = count()

    def __init__(self) -> None:
        super().__init__()
        self.model = MemoryStore()
        self.corner = f"{next(self.examples):06}"

    def both(self, call: Callable[[Store], Coroutine[Any, Any, Any]]) -> Any:
        expected = self.runner.run(call(self.model))
        assert self.runner.run(call(self.store)) == expected
        return expected

    def forget(self, id_: str) -> None:
        """Where nothing is kept of `id_` any more, a store may let its tags go at once or at the next sweep."""
        kept = self.runner.run(self.model.load(self.corner + id_))
        if kept is None and not self.runner.run(self.model.history(self.corner + id_)):
            self.sweep()

    def revision(self, id_: str) -> int | None:
        kept = self.runner.run(self.model.load(self.corner + id_))
        return kept.revision if kept else None

    @rule(
        id_=IDS,
        document=TEXTS,
        off=st.sampled_from([0, 0, 0, None, 1, -1]),
        keep=st.sampled_from([None, 60.0, 3600.0, 0.0]),
        entry=st.none() | TEXTS,
        owned=st.booleans(),
    )
    def save(
        self, id_: str, document: str, off: int | None, keep: float | None, entry: str | None, owned: bool
    ) -> None:
        self.forget(id_)
        kept = self.revision(id_)
        expected = None if off is None else kept if off == 0 else (kept or 0) + off
        tags = tuple(self.corner + tag for tag in TAGS[id_]) if owned else ()
        terms = Terms(tags, keep, entry)
        revision = (kept or 0) + 1
        self.both(
            lambda store: store.save(
                self.corner + id_, document, revision=revision, expected=expected, terms=terms
            )
        )

    @rule(id_=IDS)
    def load(self, id_: str) -> None:
        self.both(lambda store: store.load(self.corner + id_))

    @rule(id_=IDS)
    def history(self, id_: str) -> None:
        self.both(lambda store: store.history(self.corner + id_))

    @rule(tag=st.sampled_from(["ada", "ada@acme.com", "bob", "eve"]))
    def tagged(self, tag: str) -> None:
        self.both(lambda store: store.tagged(self.corner + tag))

    @rule(behind=IDS | st.just(""), limit=st.integers(1, 5))
    def after(self, behind: str, limit: int) -> None:
        self.both(lambda store: store.after(self.corner + behind, limit))

    @rule(id_=IDS, entry=st.none() | TEXTS)
    def delete(self, id_: str, entry: str | None) -> None:
        self.forget(id_)
        self.both(lambda store: store.delete(self.corner + id_, entry=entry))

    @rule()
    def sweep(self) -> None:
        for store in (self.model, self.store):
            self.runner.run(store.sweep())


@pytest.mark.parametrize("kind", SHARED)
def test_any_calls_in_any_order(kind: str, tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        place = place_of(kind, tmp_path)
        store = choose_store(runner.run(place.__aenter__()))
        machine = type("Calls", (Calls,), {"runner": runner, "store": store, "examples": count()})
        try:
            run_state_machine_as_test(machine, settings=SETTINGS)
        finally:
            runner.run(store.close())
            runner.run(place.__aexit__(None, None, None))
