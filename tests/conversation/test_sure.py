"""How sure the embedded model has to be of its queue before it stops asking: HANDOFF_SURE."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from agent import Briefing, User
from agent.catalogue.load import load
from agent.catalogue.schema import Catalogue
from agent.catalogue.view import View, Views
from agent.data import example_path
from agent.models.choose import choose_model
from agent.models.embedded import EmbeddedModel
from agent.records.decision import Decision
from agent.settings import SURE, Settings
from tests.models.briefings import user
from tests.support import small

CLEAR = "my SQL database: failing queries, connections and backups"
CASES = Path(__file__).parents[2] / "evals" / "cases" / "open.jsonl"


@pytest.fixture(scope="module")
def view() -> View:
    return Views(load(example_path())).of(User())


async def first(view: View, text: str, sure: float, questions_left: int = 2) -> Decision:
    briefing = Briefing(
        view=view, messages=[user(text)], phase="gathering", language="en", questions_left=questions_left
    )
    return (await EmbeddedModel(sure=sure).decide(briefing)).decision


async def test_who_has_to_be_surer_asks_at_least_as_often(view: View) -> None:
    openings = [json.loads(line)["opening"] for line in CASES.read_text("utf-8").splitlines()]
    assert len(openings) > 80
    asked = [
        {text for text in openings if (await first(view, text, sure)).kind == "ask"}
        for sure in (0, SURE, 0.5, 0.8, 1)
    ]
    assert all(less <= more for less, more in pairwise(asked))
    assert len(asked[0]) < len(asked[-1])


@pytest.mark.parametrize(
    "text", [CLEAR, "my printer has a paper jam", "Meine Datenbank hängt bei jeder SQL Abfrage"]
)
async def test_at_one_it_always_asks_as_long_as_questions_are_left(view: View, text: str) -> None:
    assert (await first(view, text, 0)).kind == "select_queue"
    assert (await first(view, text, 1)).kind == "ask"
    assert (await first(view, text, 1, questions_left=0)).kind == "select_queue"


@pytest.mark.parametrize("text", ["it", "help", "the thing", "der Computer"])
async def test_at_zero_it_still_asks_about_what_is_vague(view: View, text: str) -> None:
    assert (await first(view, text, 0)).kind == "ask"


async def test_at_one_it_ends_in_a_proposal_too(catalogue: Catalogue) -> None:
    chat = small.agent_over(catalogue, EmbeddedModel(sure=1)).start()
    replies = [await chat.send(CLEAR) for _ in range(3)]
    assert replies[0].proposal is None
    assert [reply.proposal.queue_id for reply in replies if reply.proposal][-1] == small.DATABASE


async def test_the_setting_reaches_the_model(view: View) -> None:
    for value, kind in (("1", "ask"), ("0", "select_queue")):
        model = choose_model(Settings.from_environment({"HANDOFF_SURE": value}))
        briefing = Briefing(
            view=view, messages=[user(CLEAR)], phase="gathering", language="en", questions_left=2
        )
        assert (await model.decide(briefing)).decision.kind == kind
