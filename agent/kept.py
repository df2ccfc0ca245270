"""One conversation's document, as the store has it: read, written by compare-and-swap, looked at again."""

from agent import document
from agent.errors import DeletedError
from agent.records.conversation import Conversation
from agent.stores.base import PLAIN, Store, Terms


class Kept:
    """The newest document that is known here. `expected` is the revision in the store, None if there is none."""

    def __init__(
        self, store: Store, conversation: Conversation, *, expected: int | None, handed_in: bool = False
    ) -> None:
        self._store = store
        self._expected = expected
        self._handed_in = handed_in
        self.conversation = conversation

    @property
    def is_stored(self) -> bool:
        """Whether the store is known to have it."""
        return self._expected is not None

    async def commit(
        self,
        base: Conversation,
        done: Conversation,
        terms: Terms = PLAIN,
    ) -> bool:
        """Write `done`, which was made from `base`; False, and looked again, where another writer was first."""
        expected = self._expected  # read first: another thread may commit at any moment
        if base is not self.conversation:
            return False
        text, revision = document.dump(done), done.revision
        if not await self._store.save(done.id, text, revision=revision, expected=expected, terms=terms):
            await self.look_again()
            return False
        if done.revision > self.conversation.revision:
            self.conversation, self._expected = done, done.revision
        return True

    async def take_in(self) -> None:
        """Before the first turn of a document that the host kept: the store may know a newer one."""
        if not self._handed_in:
            return
        stored = await self._store.load(self.conversation.id)
        if self._expected is None and stored:  # else another turn has done it meanwhile
            self._expected = stored.revision
            if stored.revision >= self.conversation.revision:
                self.conversation = document.load(stored.document)
        self._handed_in = False

    async def catch_up(self) -> None:
        """Take over what other writers have committed, if anything is stored yet."""
        if self._expected is not None:
            await self.look_again()

    async def look_again(self) -> None:
        """Take over what other writers have committed. Raises `DeletedError` where the document is gone."""
        stored = await self._store.load(self.conversation.id)
        if stored is None:
            raise DeletedError("the conversation is no longer in the store: it was deleted")
        if self._expected is None or stored.revision > self._expected:
            self.conversation, self._expected = document.load(stored.document), stored.revision
