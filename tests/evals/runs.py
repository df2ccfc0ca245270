"""Small runs: a few cases over the example catalogue, and plans to play them."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.cli.planning import plan_of
from evals.plan import Plan
from evals.tape import Mode

DATABASE = "71f1cbd2-83ae-4e54-a03a-2ee8d31a7dee"
DESK = "0c5d1e52-9f0b-4b7e-8a53-6f2f2f0f7c11"
PRINTERS = "18c5e9f7-d240-4b3a-8e61-5a7f0d9b2c46"


def case(id_: str, opening: str, queue: str = DATABASE, **more: Any) -> dict[str, Any]:
    """A case that expects a handoff to `queue`."""
    expect = {"outcome": "handoff", "queue": queue, **more.pop("expect", {})}
    return {"id": id_, "opening": opening, "user": more.pop("user", {}), "expect": expect, **more}


def vague(id_: str, problem: str, queue: str = DATABASE) -> dict[str, Any]:
    """A case in which a question is needed."""
    return case(
        id_, "I'd like to speak to a live agent", queue, user={"facts": {"problem": problem}}, tags=["vague"]
    )


CASES = (
    case("clear", "my SQL query hangs", tags=["clear"]),
    vague("vague", "strange issue with a SQL database"),
    case("printer", "the printer has a paper jam", PRINTERS, tags=["clear", "held"]),
    case("wrong", "the SQL database is slow", PRINTERS, tags=["clear"]),
)


def write(path: Path, cases: Sequence[dict[str, Any]] = CASES) -> Path:
    """A case file."""
    path.write_text("".join(json.dumps(one) + "\n" for one in cases), "utf-8")
    return path


def plan(
    folder: Path,
    cases: Sequence[dict[str, Any]] = CASES,
    *,
    base_url: str | None = None,
    tape: Path | None = None,
    mode: Mode = "cache",
    **more: Any,
) -> Plan:
    """A plan for the embedded model, or for the model "m" at `base_url`."""
    environ = {"OPENAI_BASE_URL": base_url} if base_url else {}
    return plan_of(
        queues=None,
        cases=(write(folder / "cases.jsonl", cases),),
        model="m" if base_url else "embedded",
        user=more.pop("user", None),
        record=tape if mode == "record" else None,
        replay=None,
        cache=False,
        environ=environ,
        **more,
    )


def wait_for_lines(path: Path, count: int) -> None:
    """Until so many results are written."""
    for _ in range(600):
        if path.exists() and len(path.read_bytes().splitlines()) >= count:
            return
        time.sleep(0.05)
    raise AssertionError("nothing was written")
