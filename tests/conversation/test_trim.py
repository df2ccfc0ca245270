"""A conversation without end keeps a document of bounded size, and goes on as before."""

from hypothesis import given
from hypothesis import strategies as st

from agent import document
from agent.catalogue.schema import Catalogue
from agent.models.embedded import EmbeddedModel
from agent.records.conversation import AssistantMessage, Choice, Conversation, Message, UserMessage
from agent.records.reply import Reply
from agent.records.trim import MESSAGES, trim
from tests.support import small

said = st.builds(UserMessage, text=st.text(max_size=20), at=st.just(small.OPEN))
told = st.builds(
    AssistantMessage,
    at=st.just(small.OPEN),
    reply=st.builds(Reply, id=st.just("a"), phase=st.just("gathering"), text=st.text(max_size=20)),
    aside=st.booleans(),
)
choices = st.none() | st.builds(Choice, queue_id=st.just("db"), summary=st.just("s"), upto=st.integers(0, 40))


@given(
    st.lists(said | told, max_size=40),
    st.integers(0, 40),
    choices,
    choices,
    st.integers(1, 30),
    st.integers(0, 300),
)
def test_keeps_the_newest_and_what_they_mean(
    messages: list[Message], since: int, choice: Choice | None, second: Choice | None, most: int, chars: int
) -> None:
    before = Conversation(
        id="a",
        created=small.OPEN,
        updated=small.OPEN,
        messages=tuple(messages),
        since=min(since, len(messages)),
        choice=choice,
        second=second,
    )
    after = trim(before, messages=most, chars=chars)
    assert after.messages == before.messages[after.dropped :]
    assert after.unanswered == before.unanswered
    assert after.since == max(0, before.since - after.dropped)
    for old, new in ((before.choice, after.choice), (before.second, after.second)):
        assert (old is None) == (new is None)
        if old and new:
            assert (old.upto >= before.since) == (new.upto >= after.since)
    for number in range(len(messages)):
        if number >= after.dropped:
            assert after.answer_to(number) == before.answer_to(number)
    still_open = next(
        (n for n, m in enumerate(reversed(messages)) if m.role == "assistant" and not m.aside), None
    )
    assert len(after.messages) <= max(most, len(messages) if still_open is None else still_open, 1)
    assert trim(after, messages=most, chars=chars) == after
    assert document.load(document.dump(after)) == after


async def test_hundreds_of_turns_stay_one_small_document(catalogue: Catalogue) -> None:
    chat = small.agent_over(catalogue, EmbeddedModel()).start()
    for n in range(MESSAGES // 4 + 10):  # four messages each
        await chat.send(f"my SQL query {n} hangs")
        await chat.press("other")
    kept = chat.conversation
    assert len(kept.messages) == MESSAGES
    assert kept.dropped == 40
    assert (await chat.press("start")).handoff
    assert len(chat.dump()) < 600_000
