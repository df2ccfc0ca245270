"""From a misroute to a case: reviewed by a person, added once, never undone, with personal data out."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agent import HandoffAgent, User
from agent.catalogue.load import load
from agent.catalogue.source import CatalogueSource
from agent.models.scripted import ScriptedModel
from agent.records.decision import Ask, SelectQueue
from agent.stores.sqlite import SQLiteStore
from evals.case import Case
from tests.support.appliance import Clock, Running

from . import setting
from .setting import EDSGER, GRACE, act, run

DAY = ("--since", "2026-11-25", "--until", "2026-11-26")
ADA = User(
    id="u-4711",
    name="Ada Kanarienvogel",
    email="ada.kanarienvogel@example.com",
    locale="en",
    attributes={"region": ["EU", "secret-lab"], "desk": "Zimmer 12b"},
)
SAID = (
    "I am Ada Kanarienvogel (ada.kanarienvogel@example.com, desk Zimmer 12b), help",
    "Adas screen stays black, call +49 (0)30 1234567 or mail boss@example.com, ticket INC0012345",
)
PERSONAL = ("kanarienvogel", "ada", "example.com", "12b", "4711", "1234567", "inc0012345", "secret-lab")


class Chats:
    """An agent over the stand-in, whose handoffs are opened and misrouted there."""

    def __init__(self, appliance: Running, clock: Clock, queues: Path, store: Path) -> None:
        self.appliance, self.clock, self.queues, self.store = appliance, clock, queues, store

    def misrouted(self, *said: str, user: User = ADA, team: int = 2, queue: str = "db") -> str:
        """A chat that the agent hands to `queue` and that is transferred to `team`; the reference it has."""
        return asyncio.run(self._misrouted(said, user, team, queue))

    async def _misrouted(self, said: tuple[str, ...], user: User, team: int, queue: str) -> str:
        asked = [Ask(question="What is wrong?")] * (len(said) - 1)
        agent = HandoffAgent(
            CatalogueSource(self.queues),
            model=ScriptedModel([*asked, SelectQueue(queue_id=queue, summary="help")]),
            store=SQLiteStore(self.store),
            clock=lambda: datetime.fromtimestamp(self.clock.now + 7.5, UTC),
        )
        chat = agent.start(user)
        for text in said:
            await chat.send(text)
        reply = await chat.press("start")
        assert reply.handoff
        await agent.close()
        path = reply.handoff.url.removeprefix(self.appliance.url)
        assert self.appliance.get(path).status_code == 200
        session = self.appliance.sessions.last
        self.clock.pass_(40)
        act(self.appliance, session, "accept", representative=EDSGER)
        self.clock.pass_(60)
        act(self.appliance, session, "transfer", team=team)
        act(self.appliance, session, "accept", representative=GRACE)
        act(self.appliance, session, "end")
        return session.external_key


@pytest.fixture
def chats(appliance: Running, clock: Clock, queues: Path, tmp_path: Path) -> Chats:
    return Chats(appliance, clock, queues, tmp_path / "chats.db")


def review(chats: Chats, path: Path, *options: object) -> str:
    result = run("outcomes --queues", chats.queues, *DAY, "--store", chats.store, "--review", path, *options)
    assert result.exit_code == 0, result.output
    return result.stderr


def entries(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def decide(path: Path, *decisions: bool | None) -> None:
    lines = [{**entry, "approved": yes} for entry, yes in zip(entries(path), decisions, strict=True)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def add(chats: Chats, path: Path, cases: Path, *options: object, exit_code: int = 0) -> str:
    result = run("eval add --review", path, "--queues", chats.queues, "--to", cases, *options)
    assert result.exit_code == exit_code, result.output
    return result.output


def test_only_what_a_person_approved_becomes_a_case(chats: Chats, tmp_path: Path) -> None:
    path, cases = tmp_path / "misroutes.jsonl", tmp_path / "cases.jsonl"
    references = [
        chats.misrouted(*SAID),
        chats.misrouted("my VPN is dead", team=1),
        chats.misrouted("my mouse is dead"),
    ]
    chats.misrouted("no route to host", team=3)  # a declared escalation
    assert f"{path}: 3 new to review, 0 were there" in review(chats, path)
    assert [entry["reference"] for entry in entries(path)] == references
    assert "0 of 0 approved cases are new; 3 not decided" in add(chats, path, cases)
    assert not cases.exists()
    decide(path, True, False, None)
    assert "1 of 1 approved cases are new; 1 not decided" in add(chats, path, cases)
    (case,) = [Case.model_validate_json(line) for line in cases.read_text("utf-8").splitlines()]
    assert case.opening == "I am [name] ([e-mail], desk […]), help"
    assert list(case.user.facts.values()) == [
        "[name] screen stays black, call [number] or mail [e-mail], ticket [number]"
    ]
    assert (case.expect.outcome, case.expect.queue) == ("handoff", ("workplace",))
    assert (case.user.name, case.user.email, case.user.attributes) == (None, None, {"region": ["EU"]})
    assert (case.tags, case.now.second, case.now.microsecond) == (("misroute",), 0, 0)


def test_nothing_personal_is_in_any_file_or_output(chats: Chats, tmp_path: Path) -> None:
    path, cases, out = tmp_path / "misroutes.jsonl", tmp_path / "cases.jsonl", tmp_path / "out.jsonl"
    chats.misrouted(*SAID)
    said = review(chats, path, "--out", out, "--json")
    decide(path, True)
    said += add(chats, path, cases)
    written = "".join(file.read_text("utf-8") for file in (path, cases, out)) + said.replace(
        str(tmp_path), ""
    )
    assert not any(word in written.lower().replace('"ada', "") for word in PERSONAL)
    assert "screen stays black" in written
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_case_teaches_the_search_as_an_example(chats: Chats, tmp_path: Path) -> None:
    path = tmp_path / "misroutes.jsonl"
    chats.misrouted("the thing makes a grumbling noise")
    review(chats, path)
    decide(path, True)
    add(chats, path, tmp_path / "cases.jsonl")
    text = chats.queues.read_text("utf-8")
    chats.queues.write_text(
        text.replace("default_queue", "examples_from: [cases.jsonl]\ndefault_queue"), "utf-8"
    )
    assert [tuple(example) for example in load(chats.queues).gathered] == [
        ("the thing makes a grumbling noise", "workplace")
    ]


def test_a_decision_stays_and_only_new_ones_are_added(chats: Chats, tmp_path: Path) -> None:
    path, cases = tmp_path / "misroutes.jsonl", tmp_path / "cases.jsonl"
    chats.misrouted("my mouse is dead")
    review(chats, path)
    decide(path, False)
    # As editors leave it: no line break at the end, and one in front.
    path.write_text("\n" + path.read_text("utf-8").rstrip("\n"), "utf-8")
    before = path.read_bytes()
    chats.misrouted("my keyboard is dead")
    assert "1 new to review, 1 were there" in review(chats, path)
    assert path.read_bytes().startswith(before)
    decided = [json.loads(line)["approved"] for line in path.read_text("utf-8").split("\n") if line]
    assert decided == [False, None]
    assert "0 new to review, 2 were there" in review(chats, path)
    path.write_text(path.read_text("utf-8").replace('"approved":null', '"approved":true'), "utf-8")
    assert "1 of 1 approved cases are new" in add(chats, path, cases, "--tag", "held")
    assert "0 of 1 approved cases are new" in add(chats, path, cases)
    (case,) = cases.read_text("utf-8").splitlines()
    assert json.loads(case)["tags"] == ["held", "misroute"]


def test_the_text_is_the_reviewers_to_change(chats: Chats, tmp_path: Path) -> None:
    path, cases = tmp_path / "misroutes.jsonl", tmp_path / "cases.jsonl"
    chats.misrouted("my colleague Konrad broke the screen")
    review(chats, path)
    path.write_text(path.read_text("utf-8").replace("colleague Konrad", "colleague"), "utf-8")
    decide(path, True)
    add(chats, path, cases)
    assert "my colleague broke the screen" in cases.read_text("utf-8")
    assert "Konrad" not in cases.read_text("utf-8")


def test_without_the_store_there_is_nothing_to_make_a_case_of(chats: Chats, tmp_path: Path) -> None:
    path = tmp_path / "misroutes.jsonl"
    chats.misrouted("my mouse is dead")
    result = run("outcomes --queues", chats.queues, *DAY, "--review", path)
    assert result.exit_code == 0, result.output
    (entry,) = entries(path)
    assert (entry["case"], entry["to_team"], entry["queues"], entry["after"]) == (
        None,
        "Workplace",
        ["workplace"],
        60,
    )
    decide(path, True)
    output = add(chats, path, tmp_path / "cases.jsonl")
    assert "0 of 0 approved cases are new; 1 approved, but without a conversation" in output


def test_a_queue_that_the_person_may_not_see_makes_no_case(chats: Chats, tmp_path: Path) -> None:
    path = tmp_path / "misroutes.jsonl"
    chats.misrouted("my salary is wrong", user=User(name="Bob"), team=5)
    chats.misrouted("my salary is wrong", team=5)
    review(chats, path)
    hidden, seen = entries(path)
    assert hidden["case"] is None
    assert seen["case"]["expect"]["queue"] == ["eu"]


def test_the_second_handoff_of_a_conversation(chats: Chats, tmp_path: Path) -> None:
    path = tmp_path / "misroutes.jsonl"

    async def talk() -> None:
        agent = HandoffAgent(
            CatalogueSource(chats.queues),
            model=ScriptedModel(
                [SelectQueue(queue_id="desk", summary="a"), SelectQueue(queue_id="db", summary="b")]
            ),
            store=SQLiteStore(chats.store),
        )
        chat = agent.start(ADA)
        for text in ("my password is old", "and my screen is black"):
            await chat.send(text)
            reply = await chat.press("start")
            assert reply.handoff
            chats.appliance.get(reply.handoff.url.removeprefix(chats.appliance.url))
        await agent.close()

    asyncio.run(talk())
    session = chats.appliance.sessions.last
    act(chats.appliance, session, "transfer", team=2)
    review(chats, path)
    (entry,) = entries(path)
    assert entry["reference"] == session.external_key
    assert entry["case"]["opening"] == "and my screen is black"
    assert "password" not in path.read_text("utf-8")


def test_damaged_documents_are_counted(chats: Chats, tmp_path: Path) -> None:
    reference = chats.misrouted("my mouse is dead")
    store = SQLiteStore(chats.store)
    asyncio.run(store.save("odd", '{"version": 1, "handoffs": [1]}', revision=1, expected=None))
    asyncio.run(store.close())
    said = review(chats, tmp_path / "misroutes.jsonl")
    assert "1 documents in the store cannot be read and were left out" in said
    assert entries(tmp_path / "misroutes.jsonl")[0]["reference"] == reference


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("nonsense", "Invalid JSON"),
        (
            '{"approved": "yes", "reference": "1", "to_team": "T", "queues": []}',
            "`approved` must be true, false or null",
        ),
        ('{"approved": true}', "`reference`: Field required"),
        ('{"reference": "1", "to_team": "T", "queues": [], "note": "Kanarienvogel"}', "`note`: "),
    ],
)
def test_a_damaged_review_file_is_told_and_left_alone(
    chats: Chats, tmp_path: Path, line: str, says: str
) -> None:
    path = tmp_path / "misroutes.jsonl"
    chats.misrouted("my mouse is dead")
    good = '{"approved": null, "reference": "2", "to_team": "T", "queues": []}'
    path.write_text(f"{good}\n{line}\n", "utf-8")
    for command in ("outcomes --since 2026-11-25 --until 2026-11-26", f"eval add --to {tmp_path / 'c'}"):
        result = run(f"{command} --review", path, "--queues", chats.queues)
        assert result.exit_code == 2, result.output
        assert f"{path}:2: " in result.output
        assert says in result.output
        assert "Kanarienvogel" not in result.output
    assert path.read_text("utf-8") == f"{good}\n{line}\n"


def test_an_approved_case_that_was_broken_by_hand_is_told(chats: Chats, tmp_path: Path) -> None:
    path = tmp_path / "misroutes.jsonl"
    chats.misrouted("my mouse is dead")
    review(chats, path)
    decide(path, True)
    path.write_text(path.read_text("utf-8").replace('"opening"', '"openin"'), "utf-8")
    output = add(chats, path, tmp_path / "cases.jsonl", exit_code=2)
    assert "`opening`: is missing" in output
    assert not (tmp_path / "cases.jsonl").exists()


def test_eval_add_takes_one_of_the_two(tmp_path: Path) -> None:
    assert run("eval add").exit_code == 2
    assert run("eval add", tmp_path / "a", "--review", tmp_path / "b").exit_code == 2
    assert run("eval add --id x --review", tmp_path / "b").exit_code == 2
    missing = run("eval add --review", tmp_path / "b")
    assert missing.exit_code == 2
    assert "there is no such file" in missing.output


def test_the_setting_has_what_these_tests_count_on(chats: Chats) -> None:
    catalogue = load(chats.queues)
    assert catalogue.by_id["db"].escalates_to == (setting.NETWORK,)
