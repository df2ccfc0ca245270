"""Search and prompts with many queues: how often the right one is among the best, how fast, how long a prompt is.

    python -m benchmarks.many_queues FOLDER …

A folder has `queues.jsonl` (rows with `id`, `name`, `description`) and `requests.jsonl` (rows with `text` and the
right `queue`). For each: recall among the best 5 and 20, the time to make the index (CPU seconds) and for a search
(medians; of the clock, and of the processor alone), the memory that the index takes, and the length of what an LLM is asked about a request.
"""

import argparse
import json
import resource
import statistics
import sys
import time
from pathlib import Path

from agent.catalogue.schema import Catalogue, Queue, UrlTemplateSettings
from agent.catalogue.view import View, Views
from agent.models.base import Briefing
from agent.models.openai_chat import OpenAIModel
from agent.records.conversation import UserMessage
from agent.records.user import User
from benchmarks.outside_data import rows
from evals.case import NOON


def view_of(folder: Path) -> View:
    """What everybody sees of the folder's queues."""
    queues = tuple(Queue.model_validate(row) for row in rows(folder / "queues.jsonl"))
    target = UrlTemplateSettings(kind="url_template", url="https://chat.example.com/?q={queue_id}")
    return Views(Catalogue(version="1", target=target, default_queue=queues[0].id, queues=queues)).of(User())


def prompt_bytes(view: View, text: str) -> int:
    """How long a request is in which an LLM is asked about `text`, with the tools or the schema."""
    model = OpenAIModel("benchmark", base_url="http://127.0.0.1:9/v1", api_key=None)
    said = UserMessage(text=text, at=NOON)
    briefing = Briefing(view=view, messages=(said,), phase="gathering", language="en", questions_left=2)
    return len(json.dumps(model.request(briefing), ensure_ascii=False).encode())


def main() -> None:
    """Measure, and print a line for each folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    folders: list[Path] = parser.parse_args().folders
    if missing := [str(folder) for folder in folders if not (folder / "queues.jsonl").exists()]:
        print(f"{', '.join(missing)}: there is no queues.jsonl: nothing to do", file=sys.stderr)
        sys.exit(2)
    print("queues  recall@5  recall@20  n    made in  search     of it CPU  memory   prompt p50  longest")
    for folder in folders:
        before, began = _megabytes(), time.process_time()
        view = view_of(folder)
        view.make_ready()
        made = time.process_time() - began
        grown = _megabytes() - before
        seconds, busy, ranks, sizes = [], [], [], []
        for row in rows(folder / "requests.jsonl"):
            start, worked = time.perf_counter(), time.thread_time()
            hits = view.search(row["text"], 20)
            seconds.append(time.perf_counter() - start)
            busy.append(time.thread_time() - worked)
            ranks.append(next((n for n, hit in enumerate(hits) if hit.queue.id == row["queue"]), 99))
            sizes.append(prompt_bytes(view, row["text"]))
        found = [sum(rank < among for rank in ranks) / len(ranks) for among in (5, 20)]
        usual, worked = statistics.median(seconds), statistics.median(busy)
        print(
            f"{len(view.queues):6,}  {found[0]:8.3f}  {found[1]:9.3f}  {len(ranks):3}  {made:5.1f} s  "
            f"{1e3 * usual:6.1f} ms  {1e3 * worked:6.1f} ms  {grown:5.0f} MB  "
            f"{statistics.median(sizes):9,.0f} B  {max(sizes):6,} B"
        )


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
