"""What a catalogue of 10 to 10,000 queues costs, and how well its queues are found.

    python -m benchmarks.curves.queues [FOLDER] [--counts 10 100 1000 10000] [--rounds 3] [--json FILE]

FOLDER has `make.py`, which makes up N queues and 200 requests ("product × topic × country", every second request names
a city instead); without it the command says so and stops. For each N, in a process of its own: CPU to load and check the
file and to make the search's index, memory that both take, CPU of a search, tokens of an LLM's first prompt; the right
queue among the best 5 and 20 of the search, and the right one proposed by the embedded model in whole conversations.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from agent.catalogue.load import load
from agent.catalogue.view import View, Views
from agent.models.base import Briefing
from agent.models.openai_chat import OpenAIModel
from agent.records.conversation import UserMessage
from agent.records.user import User
from agent.settings import Settings
from benchmarks.children import child, megabytes, per_round
from benchmarks.measures import Measure, Measures, report
from benchmarks.outside_data import rows
from benchmarks.prompt_tokens import counting
from evals.case import NOON
from evals.evaluation import evaluate
from evals.plan import make_plan

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "many_queues"
COUNTS = (10, 100, 1_000, 10_000)
MODEL = "gpt-5-mini"


def write_inputs(maker: Path, count: int, folder: Path) -> None:
    """`queues.yaml`, and `cases.jsonl` with the requests, of so many queues."""
    subprocess.run([sys.executable, str(maker), str(count), str(folder)], check=True)
    queues = list(rows(folder / "queues.jsonl"))
    catalogue = {
        "version": "1",
        "target": {"url": "https://chat.example.com/?q={queue_id}"},
        "default_queue": queues[0]["id"],
        "queues": queues,
    }
    (folder / "queues.yaml").write_text(yaml.safe_dump(catalogue, sort_keys=False), "utf-8")
    with (folder / "cases.jsonl").open("w", encoding="utf-8") as file:
        for row in rows(folder / "requests.jsonl"):
            expect = {"outcome": "handoff", "queue": row["queue"], "clarify": "allowed"}
            file.write(json.dumps({"id": row["id"], "opening": row["text"], "expect": expect}) + "\n")


def measured(folder: Path, *, play: bool) -> dict[str, Any]:
    """Everything about the catalogue in `folder`, in this process."""
    before, began = megabytes(), time.process_time()
    catalogue = load(folder / "queues.yaml")
    loaded = time.process_time()
    view = Views(catalogue).of(User())
    view.make_ready()
    made, after = time.process_time(), megabytes()
    requests = [(row["text"], row["queue"]) for row in rows(folder / "requests.jsonl")]
    busy, ranks = [], []
    for text, queue in requests:
        start = time.thread_time()
        hits = view.search(text, 20)
        busy.append(time.thread_time() - start)
        ranks.append(next((rank for rank, hit in enumerate(hits) if hit.queue.id == queue), 99))
    found: dict[str, Any] = {
        "load": loaded - began,
        "index": made - loaded,
        "memory": after - before,
        "search": 1e3 * median(busy),
        "among 5": sum(rank < 5 for rank in ranks) / len(ranks),
        "among 20": sum(rank < 20 for rank in ranks) / len(ranks),
    }
    if play:
        with counting(MODEL) as (count, _):
            found["tokens"] = median(count(prompt(view, text)) for text, _ in requests)
        found["right"] = accuracy(folder)
    return found


def prompt(view: View, text: str) -> str:
    """All that an LLM is asked about `text`."""
    model = OpenAIModel(MODEL, base_url="http://127.0.0.1:9/v1", api_key=None)
    said = UserMessage(text=text, at=NOON)
    briefing = Briefing(view=view, messages=(said,), phase="gathering", language="en", questions_left=2)
    request = model.request(briefing)
    tools = json.dumps(request["tools"], separators=(",", ":"), ensure_ascii=False)
    return "\n".join([tools, *(message["content"] for message in request["messages"])])


def accuracy(folder: Path) -> float:
    """The share of conversations whose first proposal is the right queue."""
    plan = make_plan(queues=folder / "queues.yaml", cases=[folder / "cases.jsonl"], settings=Settings())
    outcome = evaluate(plan, folder / "run", fresh=True)
    assert outcome.summary.complete, outcome.problem
    value = outcome.summary.metrics["accuracy"].value
    assert value is not None
    return value


FOUND = Measure(name="right queue found", unit="", values=(), better="more", n=200)
CURVES = {
    "load": Measure.time("load and check, CPU", "s"),
    "index": Measure.time("make the search's index, CPU", "s"),
    "memory": Measure(name="memory of both", unit="MB", values=()),
    "search": Measure.time("a search, CPU", "ms"),
    "tokens": Measure(name="an LLM's first prompt", unit="tokens", values=()),
    "among 20": FOUND.model_copy(update={"series": "among the best 20 of the search"}),
    "among 5": FOUND.model_copy(update={"series": "among the best 5"}),
    "right": FOUND.model_copy(update={"series": "proposed, embedded model"}),
}
ONCE = ("tokens", "among 5", "among 20", "right")
"""What is the same in every round."""


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS, metavar="N")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(measured(Path(options.child[0]), play=options.child[1] == "play")))
        return
    maker = options.folder / "make.py"
    if not maker.exists():
        print(
            f"{options.folder} has no make.py to make queues with, so their number is not measured: skipped"
        )
        return
    measures: Measures = []
    with tempfile.TemporaryDirectory() as name:
        for count in options.counts:
            folder = Path(name, str(count))
            write_inputs(maker, count, folder)
            found = [
                child("benchmarks.curves.queues", folder, "play" if number == 0 else "no")
                for number in range(options.rounds)
            ]
            for key, curve in CURVES.items():
                values = per_round(found[:1] if key in ONCE else found, key)
                measures.append(curve.model_copy(update={"values": values, "at": count, "along": "queues"}))
    report(measures, options.json)


if __name__ == "__main__":
    main()
