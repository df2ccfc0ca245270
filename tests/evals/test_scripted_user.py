"""The scripted person: gives facts when asked, accepts the first proposal, acts in order, and gives up."""

from typing import Any, get_args

import pytest

from agent.cli.lines import Press, Say
from agent.records.reply import Reply
from evals.case import Situation
from evals.scripted_user import ScriptedUser

from .made import case, handoff, proposal, reply

PROPOSED = reply("Shall I?", phase="proposed", proposal=proposal("p7"))
REPLIES: dict[Situation, Reply] = {
    "question": reply("What happens?"),
    "proposal": PROPOSED,
    "other_help": reply("Look here."),
    "handoff": reply(phase="handed_off", handoff=handoff()),
}


def user(*acts: tuple[str, str], **person: Any) -> ScriptedUser:
    return ScriptedUser(case(user={**person, "acts": [{"on": on, "do": do} for on, do in acts]}))


async def does(who: ScriptedUser, *situations: Situation) -> list[Say | Press | None]:
    return [await who.next(situation, REPLIES[situation]) for situation in situations]


async def asked(who: ScriptedUser, *questions: str) -> list[str | None]:
    said = [await who.next("question", reply(question)) for question in questions]
    return [one.text if one else None for one in said]


FACTS = {"problem": "it is slow", "error_message": "ORA-1", "device": "my phone"}


async def test_the_fact_that_is_asked_for() -> None:
    assert await asked(user(facts=FACTS), "On which DEVICE, please?") == ["my phone"]


async def test_a_key_of_two_words_needs_both() -> None:
    assert await asked(user(facts=FACTS), "Which message is it?") == ["it is slow"]
    assert await asked(user(facts=FACTS), "Which message, or error, is it?") == ["ORA-1"]


async def test_a_word_is_a_whole_word() -> None:
    assert await asked(user(facts=FACTS), "Which devices are there?") == ["it is slow"]


async def test_the_first_of_two_that_are_asked_for() -> None:
    assert await asked(user(facts=FACTS), "Device or problem?") == ["it is slow"]


async def test_otherwise_the_next_one_that_is_unused() -> None:
    said = await asked(user(facts=FACTS), "Well?", "On which device?", "On which device?")
    assert said == ["it is slow", "my phone", "ORA-1"]


async def test_then_the_fallback_twice_and_then_they_leave() -> None:
    who = user(facts={"problem": "it is slow"}, fallback="No idea.")
    assert await asked(who, "?", "?", "?", "?") == ["it is slow", "No idea.", "No idea.", None]


async def test_a_proposal_between_makes_them_patient_again() -> None:
    who = user(fallback="No idea.", acts=[])
    again = ["question", "question", "proposal", "question", "question", "question"]
    no, yes = Say("No idea."), Press("start", proposal="p7")
    situations: list[Situation] = [one for name in again for one in get_args(Situation) if one == name]
    assert await does(who, *situations) == [no, no, yes, no, no, None]


async def test_the_first_proposal_is_accepted_as_it_is_shown() -> None:
    assert await does(user(facts=FACTS), "proposal") == [Press("start", proposal="p7")]


async def test_after_a_handoff_or_other_help_they_go() -> None:
    assert await does(user(facts=FACTS), "handoff") == [None]
    assert await does(user(facts=FACTS), "other_help") == [None]
    assert await user(facts=FACTS).next("proposal", reply()) == Press("start")


async def test_acts_come_in_order_and_only_where_they_fit() -> None:
    who = user(
        ("proposal", "no, another team"),
        ("question", "/skip"),
        ("proposal", "/edit it is urgent"),
        ("handoff", "nobody came"),
        facts={"problem": "it is slow"},
    )
    said = await does(who, "question", "question", "proposal", "proposal", "proposal", "handoff", "handoff")
    assert said == [
        Press("skip"),
        Say("it is slow"),
        Say("no, another team"),
        Press("edit", text="it is urgent"),
        Press("start", proposal="p7"),
        Say("nobody came"),
        None,
    ]


async def test_equal_acts_are_done_as_often_as_they_stand_there() -> None:
    who = user(("other_help", "/skip"), ("other_help", "/skip"))
    assert await does(who, "other_help", "other_help", "other_help") == [Press("skip"), Press("skip"), None]


@pytest.mark.parametrize("situation", get_args(Situation))
async def test_an_act_goes_before_everything_else(situation: Situation) -> None:
    assert await does(user((situation, "hello"), facts=FACTS), situation) == [Say("hello")]


async def test_a_script_makes_no_faults_and_is_new_each_time() -> None:
    told = case(user={"facts": FACTS})
    first, second = ScriptedUser(told), ScriptedUser(told)
    assert await asked(first, "?", "?") == await asked(second, "?", "?") == ["it is slow", "ORA-1"]
    assert first.faults == 0
