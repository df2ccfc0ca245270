"""Routing on data that others labelled: a catalogue and cases made from a folder of rows.

    python -m benchmarks.outside_data FOLDER OUT              # writes OUT/queues.yaml and OUT/cases.jsonl
    handoff eval --queues OUT/queues.yaml --cases OUT/cases.jsonl --out OUT/run

FOLDER has `labels.json` (label to description) and `test.jsonl`, `train.jsonl` (rows with `id`, `text`, `label`).
Cases are made of test rows. With `--examples N` every queue gets its first N train rows as examples; nothing of a
test row ever goes into the catalogue. Rows of the label `out_of_scope` become cases without a handoff. The queue
"Everything else" is the default; it is right for no row.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

OUT_OF_SCOPE = "out_of_scope"
DEFAULT = "everything-else"


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file."""
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def queue_id(label: str) -> str:
    """The id of a label's queue."""
    return label.lower().replace(" ", "-")


def catalogue(folder: Path, examples: int) -> dict[str, Any]:
    """A catalogue with a queue for each label."""
    labels: dict[str, str] = json.loads((folder / "labels.json").read_text("utf-8"))
    known: dict[str, list[str]] = {label: [] for label in labels}
    for row in rows(folder / "train.jsonl") if examples else ():
        found = known.get(row["label"])
        if found is not None and len(found) < examples:
            found.append(row["text"])
    return {
        "version": 1,
        "target": {"kind": "url_template", "url": "https://livechat.example.com/?queue_id={queue_id}"},
        "default_queue": DEFAULT,
        "queues": [
            *(
                {"id": queue_id(label), "name": label.replace("_", " "), "description": text}
                | ({"examples": known[label]} if known[label] else {})
                for label, text in labels.items()
                if label != OUT_OF_SCOPE
            ),
            {"id": DEFAULT, "name": "Everything else", "description": "Whatever no other team is there for."},
        ],
    }


def cases(folder: Path) -> Iterator[dict[str, Any]]:
    """A case for each test row."""
    for row in rows(folder / "test.jsonl"):
        inside = row["label"] != OUT_OF_SCOPE
        handoff = {"outcome": "handoff", "queue": queue_id(row["label"])}
        yield {
            "id": row["id"],
            "opening": row["text"],
            "expect": handoff if inside else {"outcome": "no_handoff"},
            "tags": ["held", row["label"]],
        }


def main() -> None:
    """Write both files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--examples", type=int, default=0, metavar="N", help="train rows for each queue")
    options = parser.parse_args()
    if not (options.folder / "labels.json").exists():
        print(
            f"{options.folder}: there is no labels.json, so this is no such data: nothing to do",
            file=sys.stderr,
        )
        sys.exit(2)
    options.out.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(catalogue(options.folder, options.examples), allow_unicode=True, sort_keys=False)
    (options.out / "queues.yaml").write_text(text, "utf-8")
    lines = [json.dumps(case, ensure_ascii=False) + "\n" for case in cases(options.folder)]
    (options.out / "cases.jsonl").write_text("".join(lines), "utf-8")
    print(f"{options.out / 'queues.yaml'} and {len(lines):,} cases in {options.out / 'cases.jsonl'}")


if __name__ == "__main__":
    main()
