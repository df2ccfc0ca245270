"""One document, several writers: whoever was not first looks again."""

from agent.kept import Kept
from agent.records.conversation import Conversation
from agent.stores.memory import MemoryStore
from tests.support import small

EMPTY = Conversation(id="c", created=small.OPEN, updated=small.OPEN)


def changed(base: Conversation, language: str) -> Conversation:
    return base.model_copy(update={"revision": base.revision + 1, "language": language})


async def test_of_two_writers_one_wins_and_the_other_takes_that_over() -> None:
    store = MemoryStore()
    one, other = (Kept(store, EMPTY, expected=None) for _ in range(2))
    assert await one.commit(EMPTY, changed(EMPTY, "en"))
    assert not await other.commit(EMPTY, changed(EMPTY, "de"))
    assert other.conversation == one.conversation == changed(EMPTY, "en")
    assert await other.commit(other.conversation, changed(other.conversation, "de"))
    assert not await one.commit(one.conversation, changed(one.conversation, "en"))
    assert one.conversation == other.conversation


async def test_what_the_store_knows_wins_over_an_older_dump() -> None:
    store = MemoryStore()
    here = Kept(store, EMPTY, expected=None)
    assert await here.commit(EMPTY, changed(EMPTY, "en"))
    dumped = Kept(store, EMPTY, expected=None, handed_in=True)
    await dumped.take_in()
    assert dumped.conversation == here.conversation


async def test_a_newer_dump_wins_over_the_store() -> None:
    store = MemoryStore()
    assert await Kept(store, EMPTY, expected=None).commit(EMPTY, changed(EMPTY, "en"))
    newer = changed(changed(EMPTY, "en"), "de")
    dumped = Kept(store, newer, expected=None, handed_in=True)
    await dumped.take_in()
    assert dumped.conversation == newer
    assert await dumped.commit(newer, changed(newer, "en"))
