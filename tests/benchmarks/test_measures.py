"""What benchmarks write: read again, told, and compared fairly."""

from pathlib import Path
from typing import Any

import pytest

from agent.errors import InputError
from benchmarks.measures import Measure, number, read, table, write
from benchmarks.results import Part, Ratio, Results, ratios, read_results

FAST = Measure.time("a turn", "ms", 1.0, 1.2, 0.9)
RATE = Measure(name="turns a second", unit="/s", values=(100.0,), timed=True, better="more")
SIZE = Measure(name="memory", unit="MB", values=(60.0,), series="ours")


def results(*measures: Measure, pace: float = 0.04) -> Results:
    return Results(
        machine={},
        parts={"p": Part(when="2026-11-28", seconds=1, pace=(pace, pace), measures=list(measures))},
    )


def one(new: Results, old: Results) -> Ratio:
    (found,) = ratios(new, old)
    return found


def slower(measure: Measure, factor: float) -> Measure:
    return measure.model_copy(update={"values": tuple(value * factor for value in measure.values)})


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    measures = [FAST, RATE, SIZE.model_copy(update={"at": 100.0, "along": "queues"})]
    write(tmp_path / "m.json", measures)
    assert read(tmp_path / "m.json") == measures


@pytest.mark.parametrize(
    ("value", "told"),
    [(0, "0"), (0.00123, "0.0012"), (0.5, "0.50"), (3.14159, "3.14"), (31.4159, "31.4"), (31415.9, "31,416")],
)
def test_a_number_has_three_digits_that_say_something(value: float, told: str) -> None:
    assert number(value) == told


def test_median_and_spread_are_told() -> None:
    assert FAST.told == "1.00 (0.90–1.20) ms"
    assert RATE.told == "100 /s"
    share = Measure(name="right", unit="", values=(0.955,), n=200)
    assert share.told == "95.5 % (91.7–97.6, n = 200)"
    assert table([SIZE]).splitlines()[-1] == "| memory | ours | 60.0 MB |"


def test_the_same_is_the_same() -> None:
    for found in ratios(results(FAST, RATE, SIZE), results(FAST, RATE, SIZE)):
        assert (found.value, found.verdict) == (1, "")


def test_a_machine_that_is_slower_makes_nothing_worse() -> None:
    """Twice the time for everything, the fixed loop too: a time doubles, a rate halves, memory stays."""
    new = results(slower(FAST, 2), slower(RATE, 0.5), SIZE, pace=0.08)
    found = list(ratios(new, results(FAST, RATE, SIZE)))
    assert len(found) == 3
    assert [each.value for each in found] == pytest.approx([1, 1, 1])
    assert not any(each.verdict for each in found)


@pytest.mark.parametrize(
    ("new", "old", "verdict"),
    [
        (slower(FAST, 2), FAST, "worse"),
        (FAST, slower(FAST, 2), "better"),
        (slower(FAST, 1.3), FAST, ""),  # 1.17 at least, and 1.2 was seen before
        (slower(RATE, 2), RATE, "better"),
        (RATE, slower(RATE, 2), "worse"),
        (slower(SIZE, 1.05), SIZE, ""),
        (slower(SIZE, 1.2), SIZE, "worse"),
    ],
)
def test_only_more_than_noise_is_told(new: Measure, old: Measure, verdict: str) -> None:
    assert one(results(new), results(old)).verdict == verdict


def test_what_was_not_measured_before_is_not_compared() -> None:
    other = SIZE.model_copy(update={"series": "others"})
    assert not list(ratios(results(SIZE), results(other)))
    assert not list(ratios(results(SIZE), Results(machine={})))


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"machine": {}, "parts": {"p": 1}}'])
def test_a_file_that_is_no_result_is_told(tmp_path: Path, content: Any) -> None:
    file = tmp_path / "results.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError, match=r"results\.json: "):
        read_results(file)
