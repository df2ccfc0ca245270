"""What the prompts of one conversation are made of, phase by phase, and what a provider's cache can have of them.

    python -m benchmarks.prompt_tokens [--model gpt-5-mini] [--queues FILE]

Counts are tiktoken's tokens where its encoding is on disk (the development extra brings it), else characters; the table
says which. A cache compares from the
beginning: tools, instructions and catalogue, then the conversation. "Of everybody" is what any person with the same
queues has sent before, "of this conversation" what its own request before had, too.
"""

import argparse
import asyncio
import gzip
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha1
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from agent import Chat, HandoffAgent, User
from agent.data import example_path
from agent.models import tokens
from agent.models.openai_chat import OpenAIModel
from agent.models.scripted import ScriptedModel, Step
from agent.models.tokens import Count, counter, in_bytes
from agent.records.decision import Ask, SelectQueue
from benchmarks.measures import Measure, Measures, write

VAGUE, PROBLEM = (
    "I'd like to speak to a live agent",
    "It's about a SQL database: my query hangs since the update.",
)
CORRECTION, NEXT = "No wait, the whole server is down, not only my query.", "And my laptop's screen flickers."
NAMES = ("first words, no problem yet", "the problem", "a correction", "a new problem, after the handoff")
HEAD = """\
| request | tools | instructions and catalogue | conversation | state | all | \
cached of everybody | cached of this conversation |
|---|---|---|---|---|---|---|---|"""


class Part(NamedTuple):
    """A part of a request, as it is compared and counted."""

    kind: str
    text: str


def parts_of(request: dict[str, Any]) -> list[Part]:
    """The parts of a request in the order in which a provider reads them."""
    first, *others = request["messages"]
    parts = [
        Part("tools", json.dumps(request["tools"], separators=(",", ":"))),
        Part("prefix", first["content"]),
    ]
    kinds = {"system": "state"}
    return [*parts, *(Part(kinds.get(m["role"], "said"), m["content"]) for m in others)]


def shared(one: list[Part], other: list[Part], count: Count) -> int:
    """What both begin with."""
    total = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        total += count(mine.text)
    return total


async def conversation(queues: Path, model: str, user: User | None = None) -> list[list[Part]]:
    """The requests of a conversation from the first word to a second problem."""
    first, second = _two_queues(queues)
    steps: list[Step] = [
        Ask(question="What is the problem about?"),
        SelectQueue(queue_id=first, summary="A SQL query hangs since the update.", reason="It is about SQL."),
        SelectQueue(queue_id=first, summary="The SQL server is down.", reason="It is about SQL."),
        SelectQueue(queue_id=second, summary="The screen of their laptop flickers."),
    ]
    scripted = ScriptedModel(steps)
    async with HandoffAgent.from_file(queues, model=scripted) as agent:
        chat: Chat = agent.start(user)
        for text in (VAGUE, PROBLEM, CORRECTION):
            await chat.send(text)
        await chat.press("start")
        await chat.send(NEXT)
    asked = OpenAIModel(model, api_key="none")
    return [parts_of(asked.request(briefing)) for briefing in scripted.briefings]


def _two_queues(queues: Path) -> tuple[str, str]:
    with_view = HandoffAgent.from_file(queues, model="embedded")
    view = with_view._runtime.desk().views.of(User())  # noqa: SLF001 — a look, for a benchmark
    return view.default.id, next(queue.id for queue in view.queues if queue.id != view.default.id)


def unpacked(folder: Path) -> str:
    """A cache of tiktoken's with the encoding that bpe-openai carries; it is the very file, as its SHA-256 says."""
    url, _ = tokens._FILES["o200k_base"]  # noqa: SLF001
    packed = files("bpe_openai") / "data" / "o200k_base.tiktoken.gz"
    name = sha1(url.encode(), usedforsecurity=False).hexdigest()
    (folder / name).write_bytes(gzip.decompress(packed.read_bytes()))
    return str(folder)


@contextmanager
def counting(model: str) -> Iterator[tuple[Count, bool]]:
    """How long texts are for `model`, and whether in tokens; else in characters."""
    with TemporaryDirectory() as folder:
        count = counter(model)
        if count is in_bytes and find_spec("bpe_openai"):
            os.environ["TIKTOKEN_CACHE_DIR"] = unpacked(Path(folder))
            count = counter(model)
        yield (len, False) if count is in_bytes else (count, True)


def table(requests: list[list[Part]], count: Count) -> str:
    """A line a request."""
    lines = [HEAD]
    for number, (name, parts) in enumerate(zip(NAMES, requests, strict=True)):
        sizes = [
            sum(count(part.text) for part in parts if part.kind == kind)
            for kind in ("tools", "prefix", "said", "state")
        ]
        total, stable = sum(sizes), sizes[0] + sizes[1]
        before = shared(requests[number - 1], parts, count) if number else 0
        cells = [
            name,
            *map(str, sizes),
            str(total),
            _share(stable, total),
            _share(before, total),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def measures_of(requests: list[list[Part]], count: Count, unit: str) -> Measures:
    """How long each request is, and the share of it that everybody's requests begin with."""
    measures: Measures = []
    for name, parts in zip(NAMES, requests, strict=True):
        total = sum(count(part.text) for part in parts)
        stable = sum(count(part.text) for part in parts if part.kind in ("tools", "prefix"))
        measures.append(Measure(name="prompt", series=name, unit=unit, values=(total,)))
        share = Measure(
            name="share that is cached of everybody", series=name, unit="", values=(stable / total,)
        )
        measures.append(share.model_copy(update={"better": "more"}))
    return measures


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.prompt_tokens", description=__doc__)
    parser.add_argument("--model", default="gpt-5-mini")
    parser.add_argument("--queues", type=Path, default=example_path())
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    with counting(args.model) as (count, exact):
        requests = asyncio.run(conversation(args.queues, args.model))
        what = "tokens" if exact else "characters (no encoding of tiktoken is on disk)"
        print(f"In {what}, {args.model}:\n")
        print(table(requests, count))
        if args.json:
            write(args.json, measures_of(requests, count, "tokens" if exact else "characters"))


if __name__ == "__main__":
    main()
