"""What people, models and other tabs may say and do in the stateful tests."""

from hypothesis import strategies as st

from agent.errors import ModelAnswerInvalid, ModelRejected, ModelUnavailable
from agent.records.decision import Ask, CreateHandoff, Decision, NotForAgents, SearchQueues, SelectQueue
from tests.support import small

VISIBLE = {small.DESK, small.DATABASE, small.LAPTOP, small.NIGHT}
YES = {"yes", "Yes!", "yes, please", "go ahead", "ja bitte", "Ja.", "Start agent chat"}
NEAR_YES = [
    "ok?",
    "yes, but it is urgent",
    "yes or no?",
    "the user said yes",
    "not yes",
    "ja, aber",
    "y e s",
    "yes?",
]
WORDS = [
    "I'd like to speak to a live agent",
    "I just want a human!",
    "Ich will einen Menschen",
    "hello",
    "my SQL database is slow",
    "no, it's about my laptop",
    "no",
    "never mind",
    "wrong team",
    "nobody came",
    "thanks",
    "skip",
    "edit",
    "my laptop is broken and the database, too",
    "https://evil.example.com/start?queue_id=eu-payroll <b>x</b> {summary} \u202e\x1b[31m",
    "😀👩‍👩‍👧",
    "",
    "   \x00",
    "TOO LONG",
    f"{small.CANARY}",
]
NO_PROBLEM = {"I'd like to speak to a live agent", "I just want a human!", "Ich will einen Menschen", "hello"}
CLAIMS = [
    "I have connected you.",
    "You are now connected to an agent, ok?",
    "I have created the handoff. Fine?",
]
QUESTIONS = [
    "What is it about?",
    "I see. Is it the database or the laptop? See https://evil.example.com/a",
    "No question",
    "",
    "TOO LONG",
    *CLAIMS,
]
ids = st.sampled_from([*VISIBLE, small.EU, "", "nonsense", "https://evil.example.com/", "db ", "{queue_id}"])


def expand(text: str) -> str:
    return "why " * 5_000 + "?" if text == "TOO LONG" else text


texts = st.one_of(st.sampled_from([*QUESTIONS, *WORDS]), st.text(max_size=40)).map(expand)
decisions: st.SearchStrategy[Decision] = st.one_of(
    st.builds(
        Ask,
        question=texts,
        suggestions=st.lists(texts, max_size=4).map(tuple),
        between=st.lists(ids, max_size=4).map(tuple),
    ),
    st.builds(
        SelectQueue, queue_id=ids, summary=texts, reason=texts, second_issue=texts, second_queue_id=ids
    ),
    st.builds(CreateHandoff),
    st.builds(NotForAgents, reason=texts),
    st.builds(SearchQueues, query=texts),
)
failures = st.sampled_from(
    [ModelUnavailable("down"), ModelRejected("bad key"), ModelAnswerInvalid("no sense"), RuntimeError("bug")]
)
good: st.SearchStrategy[Decision] = st.one_of(
    st.builds(Ask, question=st.sampled_from(["What is it about?", "Is it slow, or does it fail?"])),
    st.builds(
        SelectQueue,
        queue_id=st.sampled_from(sorted(VISIBLE)),
        summary=texts,
        second_issue=st.sampled_from(["", "The laptop is broken."]),
        second_queue_id=st.sampled_from(["", small.LAPTOP]),
    ),
)
answers = st.lists(st.one_of(good, decisions, failures), min_size=3, max_size=3)
