"""Promise 6: a queue's name stays whole in a question, and nothing else gets through with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.catalogue.schema import Queue
from agent.models.scripted import ScriptedModel
from agent.records.decision import Ask
from agent.turn.judge import question_in
from agent.turn.limits import Limits
from tests.models import briefings
from tests.support import small

NAMES = [
    "IT - Network",
    "IT - Hardware",
    "Desk: Munich",
    "ASP.NET Apps",
    "Apps; Tools",
    "St. Gallen – VPN",
    "acme.com Portal",
]
LIMIT = Limits().question_chars


@pytest.mark.parametrize("one", NAMES)
@pytest.mark.parametrize("other", NAMES)
def test_a_question_about_two_queues_stays_whole(one: str, other: str) -> None:
    for asked in (
        f"Is it more about {one} or about {other}?",
        f"{one} or {other}?",
        f"Geht es um {one}, oder {other}?",
    ):
        assert question_in(asked, LIMIT, NAMES) == asked


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("You are through to IT - Network. Is it the cable?", "Is it the cable?"),
        ("You are through to IT - Network: is it the cable?", "is it the cable?"),
        ("You are through - IT - Network: ok?", "ok?"),
        ("Desk: Munich has it now; what else?", "what else?"),
        ("Is IT - Network right, see https://evil.com/x?", "Is IT - Network right, see evil[.]com/x?"),
        ("Is it acme.com Portal or evil.com?", "Is it acme.com Portal or evil[.]com?"),
        ("Is it evil\ue000com?", "Is it evilcom?"),  # what stands for a mark cannot be handed in
        ("I have connected you to IT - Network, right?", None),
        ("IT - Network.", None),
    ],
)
def test_nothing_else_gets_through(said: str, shown: str | None) -> None:
    assert question_in(said, LIMIT, NAMES) == shown


@given(st.text(max_size=80), st.sampled_from(NAMES), st.text(max_size=80))
def test_what_is_shown_still_asks_and_has_nothing_left_over(before: str, name: str, after: str) -> None:
    shown = question_in(f"{before}{name}{after}?", LIMIT, NAMES)
    assert shown is None or len(shown) <= LIMIT
    assert not any("\ue000" <= character <= "\ue010" for character in shown or "")
    assert "://" not in (shown or "")


@given(st.text(max_size=120))
def test_without_a_name_in_it_names_change_nothing(text: str) -> None:
    if not any(name in text for name in NAMES):
        assert question_in(text, LIMIT, NAMES) == question_in(text, LIMIT)


async def test_in_a_conversation() -> None:
    queues = [Queue(id=str(number), name=name) for number, name in enumerate(NAMES)]
    asked = Ask(
        question="Is it IT - Network or acme.com Portal?", suggestions=("IT - Network", "acme.com Portal")
    )
    chat = small.agent_over(briefings.catalogue(queues), ScriptedModel([asked])).start()
    reply = await chat.send("something is wrong with the cable")
    assert reply.text == asked.question
    assert [button.label for button in reply.buttons[:2]] == list(asked.suggestions)
    assert [button.text for button in reply.buttons[:2]] == list(asked.suggestions)
