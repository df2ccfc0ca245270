"""What the doctor finds, proposes, and says about its proposals."""

import hashlib
from pathlib import Path

import pytest

from agent.catalogue.schema import Catalogue
from evals.doctor.confusions import Evidence, confusions, evidence
from evals.doctor.diagnosis import ENOUGH, FOLDS, Diagnosis, diagnose
from evals.doctor.routing import described, route, told_in
from evals.doctor.words import WORDS, add_words, telling

from .confusable import ACCOUNTS, DESK, DEVICES, case, cases, catalogue


@pytest.fixture(name="catalogue")
def _catalogue(tmp_path: Path) -> Catalogue:
    return catalogue(tmp_path)


async def never(_: Evidence) -> str | None:
    return None


def fold_of(id_: str) -> int:
    return int.from_bytes(hashlib.sha256(id_.encode()).digest()[:8]) % FOLDS


async def test_words_that_tell_apart_are_found_and_judged(catalogue: Catalogue) -> None:
    found = await diagnose(catalogue, cases(), add_words)
    assert found.accuracy.value == pytest.approx(50 / 60, abs=1e-6)
    (pair,) = found.confusions
    assert (pair.belongs, pair.went, len(pair.cases)) == (ACCOUNTS, DEVICES, 10)
    assert "token on the phone" in pair.cases[0].text
    (change,) = found.changes
    assert change.queue == ACCOUNTS
    assert change.description == "Forgotten passwords, locked accounts and sign-in. refused, token."
    assert change.helps
    assert found.descriptions == {ACCOUNTS: change.description}
    assert found.effect
    assert found.after
    assert sorted(found.effect.won) == sorted(lost.id for lost in pair.cases)
    assert (found.effect.lost, found.after.value, found.after.n) == ((), 1.0, 60)
    assert found.p == pytest.approx(2 / 2**10)


async def test_what_is_judged_is_never_what_it_was_made_from(catalogue: Catalogue) -> None:
    seen: list[Evidence] = []

    async def remember(found: Evidence) -> str | None:
        seen.append(found)
        return f"{found.queue.description} {len(seen)}"

    made = [case(f"{n}", f"token{n} on the phone screen", ACCOUNTS) for n in range(40)]
    await diagnose(catalogue, made, remember)
    wanted = [{one.opening for one in made if fold_of(one.id) != fold} for fold in range(FOLDS)]
    assert [set(found.own) for found in seen] == [*wanted, {one.opening for one in made}]


async def test_words_that_help_only_where_they_come_from_are_not_said_to_help(catalogue: Catalogue) -> None:
    """Every word stands in two cases of one fold: on its own cases it wins all, on others nothing."""
    strange = ["qvarnix blumpet", "drosket wifflow", "zonterp kraddle", "jomvisk plyntor"]
    by_fold: list[list[str]] = [[] for _ in range(FOLDS)]
    for n in range(100):
        by_fold[fold_of(f"n{n}")].append(f"n{n}")
    made = [
        case(id_, f"{words} on my phone", ACCOUNTS)
        for words, ids in zip(strange, by_fold, strict=False)
        for id_ in ids[:2]
    ]
    made += [case(f"d{n}", "the screen of my phone is broken", DEVICES) for n in range(20)]
    found = await diagnose(catalogue, made, add_words)
    told = [told for one in made if (told := told_in(one))]
    flattered = route(described(catalogue, {ACCOUNTS: found.changes[0].description}), told)
    assert found.accuracy.value == pytest.approx(20 / 28, abs=1e-6)
    assert all(one.is_right for one in flattered)
    assert found.changes[0].effect is not None
    assert (found.changes[0].effect.won, found.descriptions) == ((), {})
    assert found.effect
    assert found.effect.gain <= 0


@pytest.mark.parametrize("count", [ENOUGH - 1, ENOUGH])
async def test_few_cases_cannot_tell(catalogue: Catalogue, count: int) -> None:
    made = cases()[1::3][: count - 8] + [
        case(f"t{n}", "the token is refused on the phone", ACCOUNTS) for n in range(8)
    ]
    assert len(made) == count
    found = await diagnose(catalogue, made, add_words)
    assert [change.effect is None for change in found.changes] == [count < ENOUGH]
    assert (found.effect is None, found.after is None) == (count < ENOUGH, count < ENOUGH)
    assert bool(found.descriptions) == (count == ENOUGH)


async def test_a_queue_with_few_cases_is_not_judged(catalogue: Catalogue) -> None:
    made = [
        *cases()[1::3],
        *cases()[2::3],
        *(case(f"t{n}", "the token on the phone", ACCOUNTS) for n in range(4)),
    ]
    found = await diagnose(catalogue, made, add_words)
    assert [(change.queue, change.effect) for change in found.changes] == [(ACCOUNTS, None)]
    assert found.descriptions == {}


async def test_people_are_routed_in_their_own_view(catalogue: Catalogue) -> None:
    text = "the phone shows no token code on its screen"
    inside = case("in", text, "hidden", attributes={"region": "EU"})
    outside = case("out", text, DEVICES, attributes={"region": "US"})
    found = await diagnose(catalogue, [inside, outside], never)
    assert found.accuracy.value == 1.0


async def test_cases_that_say_nothing_about_routing_are_left_out(catalogue: Catalogue) -> None:
    nowhere = case("none", "the weather is nice", DESK).model_copy(
        update={
            "expect": case("x", "x", DESK).expect.model_copy(update={"outcome": "no_handoff", "queue": ()})
        }
    )
    found = await diagnose(catalogue, [nowhere, case("human", "I want a human", DESK)], never)
    assert (found.left_out, found.accuracy.n, found.accuracy.value) == (2, 0, None)


def test_everything_that_a_person_tells_counts_but_small_talk() -> None:
    told = told_in(case("a", "hello", DESK, facts={"problem": "Das Passwort ist falsch", "since": "Montag"}))
    assert told
    assert told.text == "Das Passwort ist falsch Montag"
    assert told.language == "de"


def test_one_of_several_right_queues_is_right(catalogue: Catalogue) -> None:
    both = case("a", "the screen of my phone", DEVICES)
    both = both.model_copy(update={"expect": both.expect.model_copy(update={"queue": (ACCOUNTS, DEVICES)})})
    told = told_in(both)
    assert told
    (routed,) = route(catalogue, [told])
    assert routed.is_right
    assert routed.belongs == DEVICES
    assert confusions([routed]) == []


def test_one_confused_case_is_no_evidence(catalogue: Catalogue) -> None:
    told = told_in(case("a", "the token on the phone screen", ACCOUNTS))
    assert told
    routed = route(catalogue, [told])
    assert len(confusions(routed)) == 1
    assert evidence(catalogue, routed) == []


def test_words_of_one_case_of_others_and_of_the_description_are_not_taken(catalogue: Catalogue) -> None:
    by_id = catalogue.by_id
    lost = ("Okta token 123456 sign-in broken, says Miller", "broken Okta phone, 123456", "the Token sign-in")
    found = Evidence(
        queue=by_id[ACCOUNTS],
        rivals=(by_id[DEVICES],),
        lost=lost,
        own=lost,
        others=("broken screen", "broken phone", "broken keyboard"),
    )
    assert telling(found) == ["Okta", "token"]


def test_only_so_many_words(catalogue: Catalogue) -> None:
    lost = ("abc def ghi jkl mno pqr stu vwx yza bcd",) * 2
    assert len(telling(Evidence(catalogue.by_id[ACCOUNTS], (), lost, lost, ("screen",) * 9))) == WORDS


@pytest.mark.parametrize(
    ("before", "after"), [("", "token."), ("Passwords", "Passwords. token."), ("Keys!", "Keys! token.")]
)
async def test_words_stand_behind_what_is_there(catalogue: Catalogue, before: str, after: str) -> None:
    queue = catalogue.by_id[ACCOUNTS].model_copy(update={"description": before})
    assert await add_words(Evidence(queue, (), ("token",) * 2, ("token",) * 2, ("screen",) * 9)) == after


async def test_a_diagnosis_is_plain_data(catalogue: Catalogue) -> None:
    found = await diagnose(catalogue, cases(), add_words)
    assert Diagnosis.model_validate_json(found.model_dump_json()) == found
    assert await diagnose(catalogue, cases(), add_words) == found
