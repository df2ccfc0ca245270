"""A saved conversation becomes a case that, when played, ends in the same queue."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent import HandoffAgent, document
from agent.catalogue.source import CatalogueSource
from agent.data import example_path
from agent.errors import InputError
from agent.models.embedded import EmbeddedModel
from agent.models.scripted import ScriptedModel
from agent.records.conversation import Conversation
from agent.records.decision import SelectQueue
from agent.records.user import User
from agent.turn.limits import Limits
from evals.case import Act, Case
from evals.conversation import Stage, play
from evals.growing.from_conversation import case_of
from evals.result import Result
from tests.support import small

SATURDAY = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DATABASE = "71f1cbd2-83ae-4e54-a03a-2ee8d31a7dee"
ADA = User(id="u1", name="Ada", email="ada@acme.com", locale="en", attributes={"region": "EU"})


async def talk(*did: str, user: User | None = None) -> Conversation:
    """What was said, or pressed where it begins with "!", and saved."""
    agent = HandoffAgent.from_file(example_path(), model=EmbeddedModel(), clock=lambda: SATURDAY)
    chat = agent.start(user)
    for line in did:
        match line.split(maxsplit=1):
            case ["!edit", text]:
                await chat.press("edit", text=text)
            case ["!choose", queue]:
                await chat.press("choose", queue_id=queue)
            case ["!start" | "!skip" | "!cancel" | "!other" as action]:
                await chat.press(action[1:])
            case _:
                await chat.send(line)
    return document.load(document.dump(chat.conversation))


async def replayed(case: Case) -> Result:
    stage = Stage(source=CatalogueSource(example_path()), model=EmbeddedModel(), limits=Limits())
    return await play(Case.model_validate_json(case.model_dump_json()), 0, stage)


SAID = [
    ["my PostgreSQL backup failed last night", "!start"],
    ["my PostgreSQL backup failed last night", "yes"],
    ["Hello", "Everything is slow", "it is our SQL database", "!start"],
    ["hi", "!skip", "!start"],
    ["Mein Drucker druckt nicht", "!edit Er ist im dritten Stock", "ja bitte"],
    ["my SQL database is slow", "no, it's about my laptop screen", "!start"],
    ["my SQL database is slow", "!start", "nobody came"],
]


@pytest.mark.parametrize("said", SAID, ids=" / ".join)
async def test_the_case_ends_in_the_same_queue(said: list[str]) -> None:
    saved = await talk(*said)
    result = await replayed(case_of(saved))
    assert result.error is None
    assert result.violations == ()
    assert result.outcome == "handoff"
    assert result.handoff_queue == saved.handoffs[-1].queue_id
    assert result.transcript[0].said == said[0]


async def test_what_stands_in_it() -> None:
    case = case_of(await talk("Hello", "Everything  is\nslow", "it is our SQL database", "!start"))
    assert case.opening == "Hello"
    assert list(case.user.facts.values()) == ["Everything is slow", "it is our SQL database"]
    assert case.user.acts == ()
    assert case.now == SATURDAY
    assert (case.expect.outcome, case.expect.queue, case.tags) == ("handoff", (DATABASE,), ("added",))


async def test_what_was_done_beside_answering_are_acts() -> None:
    case = case_of(await talk("my SQL database is slow", "!edit it is urgent", "!other", "yes", "yes"))
    assert case.user.acts == (
        Act(on="proposal", do="/edit it is urgent"),
        Act(on="proposal", do="/other"),
        Act(on="other_help", do="yes"),
        Act(on="proposal", do="yes"),
    )


async def test_who_the_person_was_stays_behind() -> None:
    saved = await talk("my SQL database is slow", "!start", user=ADA)
    case = case_of(saved)
    assert case.user.attributes == {"region": "EU"}
    assert case.user.locale == "en"
    assert not {"Ada", "ada@acme.com", "u1"} & set(case.model_dump_json().split('"'))


async def test_what_can_be_told_about_it() -> None:
    saved = await talk("my SQL database is slow", "!start")
    case = case_of(saved, id_="mine", queue="other", tags=("held",))
    assert (case.id, case.expect.queue, case.tags) == ("mine", ("other",), ("held", "added"))
    assert case_of(saved).id == f"added-{saved.id[:8]}"


async def test_the_queue_before_opening_hours_is_the_right_one(tmp_path: Path) -> None:
    model = ScriptedModel([SelectQueue(queue_id=small.DATABASE, summary="slow")])
    agent = small.agent_over(small.catalogue(tmp_path), model, now=lambda: small.CLOSED)
    chat = agent.start()
    await chat.send("my SQL database is slow")
    await chat.press("start")
    assert chat.conversation.handoffs[-1].queue_id == small.DESK  # stands in on Saturdays
    case = case_of(chat.conversation)
    assert case.expect.queue == (small.DATABASE,)
    assert case.now == small.CLOSED


async def test_who_left_wants_no_handoff() -> None:
    case = case_of(await talk("my SQL database is slow", "!cancel"))
    assert (case.expect.outcome, case.expect.queue) == ("no_handoff", ())
    assert case.user.acts == (Act(on="proposal", do="/cancel"),)
    assert not case.out_of_scope
    assert (await replayed(case)).correct


async def test_where_nobody_can_tell() -> None:
    with pytest.raises(InputError, match="nothing is said"):
        case_of(await talk())
    open_ended = await talk("my SQL database is slow")
    with pytest.raises(InputError, match="say with --queue where it belongs"):
        case_of(open_ended)
    assert case_of(open_ended, queue="q").expect.queue == ("q",)


async def test_an_answer_that_begins_with_a_slash() -> None:
    assert case_of(await talk("hello", "/etc/hosts is broken", "!skip", "!start")).user.facts


async def test_an_empty_message_is_no_fact() -> None:
    case = case_of(await talk("hello", "  ", "my SQL database is slow", "!start"))
    assert list(case.user.facts.values()) == ["my SQL database is slow"]


async def test_a_press_of_start_before_anything_is_said() -> None:
    assert case_of(await talk("!start", "yes")).opening


async def test_a_press_before_anything_is_said() -> None:
    saved = await talk("!skip", "my SQL database is slow", "!start")
    assert case_of(saved).opening == "my SQL database is slow"
    with pytest.raises(InputError, match="nothing is said"):
        case_of(await talk("!skip", "!start"))


async def test_two_handoffs_in_a_conversation() -> None:
    saved = await talk("my SQL database is slow", "!start", "my printer is broken", "!start")
    assert len(saved.handoffs) == 2
    assert (await replayed(case_of(saved))).correct
