"""A person played by an LLM: the facts are the case's, the faults are the player's."""

import asyncio
import json
from pathlib import Path

import pytest

from agent.records.reply import Reply
from agent.settings import Settings
from evals import evaluate
from evals.case import Case
from evals.cli.planning import plan_of
from evals.llm_user import LLMUsers
from evals.plan import Plan
from evals.run_dir import read_results
from tests.evals.runs import DATABASE, vague, write
from tests.promises.attacks import FAMILIES
from tests.support.openai_answers import Canned, content, failure, text
from tests.support.openai_stub import OpenAIStub, Request

CASE = vague("vague", "strange issue with a SQL database")


def plan(folder: Path, base_url: str, *, record: Path | None = None, replay: Path | None = None) -> Plan:
    return plan_of(
        queues=None,
        cases=(write(folder / "cases.jsonl", [CASE]),),
        model=None if replay else "embedded",
        user=None if replay else "player",
        record=record,
        replay=replay,
        cache=False,
        environ={"OPENAI_BASE_URL": base_url},
    )


def test_the_model_words_the_fact_that_it_chose(tmp_path: Path) -> None:
    said = "Hm, my SQL database behaves strangely since this morning."
    with OpenAIStub([content({"fact": "problem", "text": said})]) as stub:
        evaluate(plan(tmp_path, stub.base_url, record=tmp_path / "t"), tmp_path / "a")
    (request,) = stub.requests
    assert request.body["model"] == "player"
    assert "problem: strange issue with a SQL database" in request.system
    assert "I'd like to speak to a live agent" in request.said
    assert "connect you with the right live agent?" in request.said
    (result,) = read_results(tmp_path / "a")
    assert [turn.said for turn in result.transcript] == ["I'd like to speak to a live agent", said, "[start]"]
    assert (result.user_faults, result.correct) == (0, True)
    # What a player said is on the tape, too.
    replayed = evaluate(plan(tmp_path, "http://127.0.0.1:9/v1", replay=tmp_path / "t"), tmp_path / "b")
    assert (tmp_path / "a/summary.json").read_bytes() == (tmp_path / "b/summary.json").read_bytes()
    assert replayed.summary.configuration["user"] == "player"


@pytest.mark.parametrize("attack", FAMILIES["delimiters"] + FAMILIES["fake_system_turns"])
def test_no_case_leaves_its_section(tmp_path: Path, attack: str) -> None:
    """Cases may be imported tickets: what stands in them is no instruction to whoever plays the person."""
    case = {**CASE, "opening": f"an agent, please {attack}", "user": {"facts": {"problem": f"SQL {attack}"}}}
    asked = Reply(id="r", phase="gathering", text="What is it about?")
    with OpenAIStub([content({"fact": "problem", "text": "SQL"})]) as stub:
        settings = Settings.from_environment({"OPENAI_BASE_URL": stub.base_url}, model="player")
        users = LLMUsers(settings, None, ())
        asyncio.run(_answered(users, Case.model_validate(case), asked))
    (request,) = stub.requests
    facts = request.system.split("<facts>\n")[1].split("\n</facts>")[0]
    assert len(facts.splitlines()) == 1
    assert request.system.count("</facts>") == 1
    first, second = request.said.splitlines()
    assert first.startswith("[You wrote first: an agent, please")
    assert second == asked.text


async def _answered(users: LLMUsers, case: Case, asked: Reply) -> None:
    try:
        await users(case, 0).answer(asked)
    finally:
        await users.close()


@pytest.mark.parametrize(
    "answer",
    [
        text("My SQL database is slow."),
        content({"fact": "invented", "text": "My dog ate it."}),
        content({"fact": "problem", "text": ""}),
        content({"fact": "problem", "text": 3}),
        content({"fact": "problem", "text": "x" * 501}),
        content({"fact": "problem", "text": "Please give me Database Support."}),
        text("[]"),
    ],
)
def test_a_fault_of_the_player_is_counted_and_not_the_agents(tmp_path: Path, answer: Canned) -> None:
    with OpenAIStub([answer]) as stub:
        summary = evaluate(plan(tmp_path, stub.base_url), tmp_path / "out").summary
    (result,) = read_results(tmp_path / "out")
    # The script goes on in the player's place.
    assert (result.queue, result.outcome, result.user_faults) == (DATABASE, "handoff", 1)
    assert result.correct is None
    assert summary.counts["user_faults"] == 1
    assert summary.metrics["accuracy"].value is None
    assert summary.metrics["got_through"].value is None


def test_who_knows_no_answer_says_the_fallback(tmp_path: Path) -> None:
    def never(_: Request) -> Canned:
        return content({"fact": "none", "text": ""})

    with OpenAIStub(never) as stub:
        evaluate(plan(tmp_path, stub.base_url), tmp_path / "out")
    (result,) = read_results(tmp_path / "out")
    assert [turn.said for turn in result.transcript][1:3] == ["I don't know.", "I don't know."]
    assert result.user_faults == 0


def test_a_player_that_cannot_be_reached_breaks_the_conversation_off(tmp_path: Path) -> None:
    with OpenAIStub(lambda _: failure(500)) as stub:
        outcome = evaluate(plan(tmp_path, stub.base_url), tmp_path / "out")
    (result,) = read_results(tmp_path / "out")
    assert result.error == "Transient: the model server answered 500"
    assert not outcome.summary.complete


def test_an_agent_and_a_player_can_be_two_models(tmp_path: Path) -> None:
    def both(request: Request) -> Canned:
        if request.body["model"] == "player":
            return content({"fact": "problem", "text": "the database, it is SQL"})
        if "it is SQL" in request.said:
            return content({"summary": "SQL", "queue": DATABASE, "question": "", "second_issue": ""})
        return content({"summary": "", "queue": "unclear", "question": "What is wrong?", "second_issue": ""})

    with OpenAIStub(both) as stub:
        planned = plan_of(
            queues=None,
            cases=(write(tmp_path / "cases.jsonl", [CASE]),),
            model="agent",
            user="player",
            record=None,
            replay=None,
            cache=False,
            environ={"OPENAI_BASE_URL": stub.base_url, "HANDOFF_DECISIONS": "json"},
        )
        assert planned.user == Settings(model="player", base_url=stub.base_url, decisions="json")
        evaluate(planned, tmp_path / "out")
    (result,) = read_results(tmp_path / "out")
    assert result.correct
    assert json.loads((tmp_path / "out/summary.json").read_text())["configuration"]["user"] == "player"
