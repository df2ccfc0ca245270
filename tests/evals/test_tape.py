"""Answers are found again by all that they depend on; what a killed run wrote is still good."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.errors import (
    InputError,
    ModelAnswerInvalid,
    ModelError,
    ModelRejected,
    ModelUnavailable,
    RunError,
)
from evals.tape import Mode, Tape, about_of, key_of
from evals.taped import Entry, Taped

ABOUT = {"model": "m"}


class Opens:
    """Opens tapes, and closes them at the end of a test."""

    def __init__(self) -> None:
        self.tapes: list[Tape] = []

    def __call__(self, path: Path, mode: Mode = "record", conversation: tuple[str, int] = ("c", 0)) -> Taped:
        self.tapes.append(Tape(path, mode, None if mode == "replay" else ABOUT))
        return Taped(self.tapes[-1], conversation)


@pytest.fixture
def taped() -> Iterator[Opens]:
    opens = Opens()
    yield opens
    for tape in opens.tapes:
        tape.close()


class Model:
    """Answers with a number that counts its calls, or raises."""

    def __init__(self, error: ModelError | None = None) -> None:
        self.calls = 0
        self.error = error

    async def __call__(self) -> Entry:
        self.calls += 1
        if self.error:
            raise self.error
        return {"said": self.calls}


async def test_the_same_question_is_asked_once(taped: Opens, tmp_path: Path) -> None:
    model = Model()
    first = await taped(tmp_path / "t").call({"q": 1}, model)
    again = await taped(tmp_path / "t").call({"q": 1}, model)
    assert (first["said"], again["said"], model.calls) == (1, 1, 1)
    assert again["seconds"] == first["seconds"]


async def test_everything_that_matters_makes_another_question(taped: Opens, tmp_path: Path) -> None:
    model = Model()
    await taped(tmp_path / "t").call({"q": 1}, model)
    await taped(tmp_path / "t").call({"q": 2}, model)
    await taped(tmp_path / "t", conversation=("d", 0)).call({"q": 1}, model)
    await taped(tmp_path / "t", conversation=("c", 1)).call({"q": 1}, model)
    assert model.calls == 4
    # Asked twice in one conversation, it may get two answers: both are kept.
    twice = taped(tmp_path / "u")
    first = [await twice.call({"q": 1}, model) for _ in range(2)]
    twice = taped(tmp_path / "u")
    again = [await twice.call({"q": 1}, model) for _ in range(2)]
    assert [entry["said"] for entry in first] == [entry["said"] for entry in again] == [5, 6]


@pytest.mark.parametrize(
    "error",
    [
        ModelAnswerInvalid("no decision"),
        ModelUnavailable("down"),
        ModelRejected("bad key"),
        ModelRejected("this one", of_this_request=True),
    ],
)
async def test_a_replay_fails_as_the_model_did(taped: Opens, tmp_path: Path, error: ModelError) -> None:
    with pytest.raises(type(error)):
        await taped(tmp_path / "t").call({}, Model(error))
    model = Model()
    with pytest.raises(type(error), match=str(error)) as raised:
        await taped(tmp_path / "t", "replay").call({}, model)
    assert model.calls == 0
    if isinstance(error, ModelRejected):
        assert raised.value.of_this_request == error.of_this_request  # type: ignore[attr-defined]


async def test_what_failed_in_passing_is_asked_again_but_for_a_bad_answer(
    taped: Opens, tmp_path: Path
) -> None:
    model = Model()
    for error, calls in ((ModelUnavailable("down"), 1), (ModelAnswerInvalid("odd"), 1)):
        path = tmp_path / type(error).__name__
        with pytest.raises(ModelError):
            await taped(path).call({}, Model(error))
        if isinstance(error, ModelAnswerInvalid):
            with pytest.raises(ModelAnswerInvalid):
                await taped(path).call({}, model)
        else:
            await taped(path).call({}, model)
        assert model.calls == calls


async def test_a_call_that_was_cut_off_is_replayed_as_too_late(taped: Opens, tmp_path: Path) -> None:
    async def hangs() -> Entry:
        await asyncio.sleep(60)
        return {}

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await taped(tmp_path / "t").call({}, hangs)
    with pytest.raises(ModelUnavailable, match="time limit"):
        await taped(tmp_path / "t", "replay").call({}, Model())


async def test_a_replay_without_an_answer_says_so_and_asks_nobody(taped: Opens, tmp_path: Path) -> None:
    await taped(tmp_path / "t").call({"q": 1}, Model())
    model = Model()
    before = (tmp_path / "t").read_bytes()
    with pytest.raises(RunError, match="record it again"):
        await taped(tmp_path / "t", "replay").call({"q": 2}, model)
    assert model.calls == 0
    assert (tmp_path / "t").read_bytes() == before


async def test_a_line_that_was_cut_off_is_left_out_and_the_next_is_whole(
    taped: Opens, tmp_path: Path
) -> None:
    path = tmp_path / "t"
    await taped(path).call({"q": 1}, Model())
    await taped(path).call({"q": 2}, Model())
    path.write_bytes(path.read_bytes()[:-20])
    model = Model()
    await taped(path).call({"q": 2}, model)
    assert model.calls == 1
    assert (await taped(path, "replay").call({"q": 1}, model))["said"] == 1
    assert (await taped(path, "replay").call({"q": 2}, model))["said"] == 1
    assert model.calls == 1


def test_sorted_tapes_of_the_same_answers_are_the_same(tmp_path: Path) -> None:
    for name, order in (("a", range(20)), ("b", reversed(range(20)))):
        with Tape(tmp_path / name, "record", ABOUT) as tape:
            for number in order:
                tape.put(key_of(number), {"said": number})
            tape.put(key_of(3), {"said": 3})
            tape.sort()
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert len((tmp_path / "a").read_text().splitlines()) == 21
    with Tape(tmp_path / "a", "replay", None) as tape:
        assert [tape.get(key_of(number)) for number in (0, 19)] == [
            {"key": key_of(0), "said": 0},
            {"key": key_of(19), "said": 19},
        ]


def test_writers_at_once_do_not_mix_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "t"
    Tape(path, "record", ABOUT).close()

    def write(name: int) -> None:
        with Tape(path, "record", ABOUT) as tape:
            for number in range(200):
                tape.put(key_of(name, number), {"text": str(name) * 500})

    threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = path.read_text().splitlines()
    assert len(lines) == 801
    assert all(set(json.loads(line)["text"]) <= set("0123") for line in lines[1:])


def test_a_tape_about_another_model_is_refused_saying_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "t"
    Tape(path, "record", {"model": "a", "server": "x"}).close()
    with pytest.raises(InputError, match=r"another model and another server: give a new file"):
        Tape(path, "record", {"model": "b", "server": None})
    assert about_of(path) == {"model": "a", "server": "x"}


@pytest.mark.parametrize("content", ["", "no JSON\n", "[]\n", '{"tape": 3}\n', "\xff\n"])
def test_what_is_no_tape_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "t"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(InputError, match="no recording"):
        Tape(path, "replay", None)
    with pytest.raises(InputError, match="No such file"):
        Tape(tmp_path / "missing", "replay", None)


def test_only_its_owner_can_read_a_tape(tmp_path: Path) -> None:
    Tape(tmp_path / "t", "cache", ABOUT).close()
    assert (tmp_path / "t").stat().st_mode & 0o777 == 0o600


async def test_reading_and_writing_in_turns_loses_nothing(taped: Opens, tmp_path: Path) -> None:
    with Tape(tmp_path / "t", "cache", ABOUT) as tape:
        for number in range(300):
            tape.put(key_of(number), {"text": f"{number:0150}"})
    with Tape(tmp_path / "t", "cache", ABOUT) as tape:
        for number in range(300):
            entry = tape.get(key_of(number))
            assert entry
            assert entry["text"] == f"{number:0150}"
            tape.put(key_of("new", number), {"text": "more"})


async def test_what_ends_with_the_run_is_no_answer_of_the_model(taped: Opens, tmp_path: Path) -> None:
    async def ends() -> Entry:
        taped.tapes[-1].closing = True
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await taped(tmp_path / "t").call({}, ends)
    assert len((tmp_path / "t").read_text().splitlines()) == 1


@pytest.mark.parametrize(
    "damage", ['{"key":"zz"}\n', "{\n", "\0\0\n", '{"key":"' + "a" * 32 + '"[}\n', "[" * 10_000 + "\n"]
)
def test_damaged_lines_are_as_good_as_not_there(tmp_path: Path, damage: str) -> None:
    with Tape(tmp_path / "t", "cache", ABOUT) as tape:
        tape.put(key_of(1), {"text": "good"})
    with (tmp_path / "t").open("a") as file:
        file.write(damage)
    with Tape(tmp_path / "t", "cache", ABOUT) as tape:
        assert tape.get("a" * 32) is None
        assert tape.get(key_of(1)) == {"key": key_of(1), "text": "good"}
