"""Cases, results and replies made by hand."""

import json
from pathlib import Path
from typing import Any

from agent.records.reply import Button, Handoff, Phase, Proposal, Reply
from evals.case import Case, Expect
from evals.judging import judged
from evals.result import Result
from evals.summary import Summary, summarize
from tests.support import small


def result(id_: str = "a", queue: str | None = "q", right: tuple[str, ...] = ("q",), **more: Any) -> Result:
    """A conversation as it was played, and judged: `queue` was proposed, accepted and reached."""
    handed_off = {"outcome": "handoff" if queue else "no_handoff", "ended": "handoff" if queue else "gave_up"}
    queues = {"queue": queue, "final_queue": queue, "handoff_queue": queue}
    wanted = {
        "expected": Expect(outcome="handoff" if right else "no_handoff", queue=right),
        "out_of_scope": not right,
    }
    return judged(Result(**{"id": id_, **handed_off, **queues, **wanted, **more}))


def summary(results: list[Result], conversations: int | None = None, **configuration: Any) -> Summary:
    """Their summary; the queues q and r have names."""
    names = {"q": "Queue Q", "r": "Queue R"}
    configured = {"model": "made-by-hand", "trials": 1, **configuration}
    return summarize(results, configured, names, len(results) if conversations is None else conversations)


def case(**more: Any) -> Case:
    """A case of the small catalogue."""
    return Case.model_validate(data(**more))


def data(**more: Any) -> dict[str, Any]:
    """A case as a line of a file holds it."""
    expect = {"outcome": "handoff", "queue": small.DATABASE}
    return {"id": "a", "opening": "my SQL database is slow", "expect": expect, **more}


def write(path: Path, *lines: dict[str, Any] | str | bytes) -> Path:
    """A case file."""
    whole = [line if isinstance(line, bytes) else _text(line).encode() for line in lines]
    path.write_bytes(b"\n".join(whole) + b"\n")
    return path


def _text(line: dict[str, Any] | str) -> str:
    return line if isinstance(line, str) else json.dumps(line)


def proposal(id_: str = "p1", queue: str = small.DATABASE) -> Proposal:
    """A proposal of `queue`."""
    return Proposal(
        id=id_,
        queue_id=queue,
        queue="A queue",
        summary="It is slow.",
        reason="",
        sends={},
        to="chat.example.com",
        carries_summary=True,
        wanted=queue,
        reference="r",
        revision=1,
        fingerprint="f",
    )


def reply(
    text: str = "What is it about?",
    *,
    phase: Phase = "gathering",
    proposal: Proposal | None = None,
    handoff: Handoff | None = None,
    buttons: tuple[Button, ...] = (),
) -> Reply:
    """A reply, a question unless told otherwise."""
    return Reply(id="r", phase=phase, text=text, proposal=proposal, handoff=handoff, buttons=buttons)


def handoff(proposal: str = "p1", queue: str = small.DATABASE) -> Handoff:
    """A handoff for `proposal`."""
    return Handoff(url="https://chat.example.com/start/x", queue_id=queue, proposal=proposal)
