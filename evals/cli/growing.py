"""`handoff eval add`, `import` and `lint`: let a set of cases grow, and keep it in order."""

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import click

from agent import document
from agent.artefacts import note
from agent.catalogue.load import load
from agent.catalogue.source import CatalogueSource
from agent.cli.notices import tell_operator
from agent.cli.saving import read_conversation
from agent.cli.terminal import printable
from agent.data import example_path
from agent.errors import CaseFileError, InputError
from agent.redaction.base import Redactor
from agent.redaction.kinds import parse_kinds
from agent.redaction.make import make_redactor
from evals.case import Case
from evals.case_file import check_cases
from evals.cli.planning import for_the_example
from evals.growing.from_conversation import case_of
from evals.growing.from_review import read_reviewed
from evals.growing.from_tickets import read_tickets
from evals.growing.lint import lint as find
from evals.growing.redact import without_secrets
from evals.plan import SHIPPED

_FILE = click.Path(path_type=Path)
_queues = click.option("--queues", type=_FILE, metavar="FILE", help="The catalogue; without it, the example.")
_to = click.option("--to", type=_FILE, metavar="FILE", help="Add to this case file, instead of printing.")
_tags = click.option("--tag", "tags", multiple=True, help="A tag for the new cases; repeatable.")


@click.command()
@click.argument("saved", type=_FILE, required=False)
@click.option(
    "--review", type=_FILE, metavar="FILE", help="Instead: what is approved in FILE of `handoff outcomes`."
)
@_queues
@_to
@_tags
@click.option("--id", "id_", help="The case's id; without it, one is made.")
@click.option("--queue", help="The right queue, by id or name, where it is not the one that was accepted.")
def add(
    *,
    saved: Path | None,
    review: Path | None,
    queues: Path | None,
    to: Path | None,
    tags: tuple[str, ...],
    id_: str | None,
    queue: str | None,
) -> None:
    """Turn the conversation in the file SAVED (of `handoff chat --save`) into a case.

    Name and e-mail stay behind; what the person said is in the case, so read it before you share it.

    With --review: the misroutes that a person approved, each as it stands in that file. A case that is in the case
    file already is left alone.

    \b
    Examples:
      handoff eval add chat.json --queues queues.yaml --to cases.jsonl --tag vague
      handoff eval add --review misroutes.jsonl --queues queues.yaml --to cases.jsonl
    """  # noqa: D301 - click's mark for a paragraph that keeps its lines
    if review is not None and saved is None:
        if id_ or queue:
            raise click.UsageError("--id and --queue are for one conversation: edit the review file instead.")
        _add_reviewed(review, queues, to, tags)
    elif saved is not None and review is None:
        catalogue = load(queues or example_path())
        named = next((found.id for found in catalogue.queues if found.name == queue), queue)
        case = case_of(document.load(read_conversation(saved)), id_=id_, queue=named, tags=tags)
        _put([case], queues, to)
    else:
        raise click.UsageError("Give the file SAVED of one conversation, or --review FILE.")


@click.command(name="import")
@click.argument("file", type=_FILE)
@click.option("--text", required=True, metavar="COLUMN", help="The column with what the person wrote.")
@click.option("--queue", required=True, metavar="COLUMN", help="The column with the queue's id or name.")
@click.option(
    "--id", "id_", metavar="COLUMN", help="The column with the tickets' numbers, which become the ids."
)
@click.option(
    "--map", "names", multiple=True, metavar="NAME=ID", help="What a name in the file means; repeatable."
)
@click.option("--skip-unknown", is_flag=True, help="Leave rows of unknown queues out.")
@_queues
@_to
@_tags
def import_(
    *,
    file: Path,
    text: str,
    queue: str,
    id_: str | None,
    names: tuple[str, ...],
    skip_unknown: bool,
    queues: Path | None,
    to: Path | None,
    tags: tuple[str, ...],
) -> None:
    """Make cases from the ticket export FILE, a CSV file with a head.

    They are to be reviewed: a ticket is written for a form and not for a chat, it may hold personal data, and where
    it ended need not be right. Texts are cut at 2,000 characters.

    \b
    Example:
      handoff eval import tickets.csv --text description --queue team --queues queues.yaml --to cases.jsonl
    """  # noqa: D301 - see above
    mapped = dict(pair.split("=", 1) for pair in names if "=" in pair)
    if len(mapped) != len(names):
        raise InputError("--map: right is NAME=QUEUE_ID, each name once")
    tickets = read_tickets(
        file,
        load(queues or example_path()),
        text=text,
        queue=queue,
        id_=id_,
        names=mapped,
        skip_unknown=skip_unknown,
        tags=tags,
    )
    _put(tickets.cases, queues, to)
    left = ", ".join(f"{count} {why}" for why, count in tickets.left_out.items())
    count = f"{len(tickets.cases):,} {'case' if len(tickets.cases) == 1 else 'cases'}"
    tell_operator(
        f"{count} to review: {_taken_out()} was taken out of what people wrote"
        + (f"; left out: {left}" if left else "")
    )


@click.command()
@click.option(
    "--cases", type=_FILE, multiple=True, metavar="FILE", help="Cases; without it, the shipped ones."
)
@_queues
def lint(cases: tuple[Path, ...], queues: Path | None) -> None:
    """Find what is doubtful in a set of cases: duplicates, words copied from the catalogue, thin slices.

    Exit code 1 where there is any, 2 where a file has mistakes.

    \b
    Example:
      handoff eval lint --queues queues.yaml --cases cases.jsonl
    """  # noqa: D301 - see above
    source = CatalogueSource(queues or example_path())
    with for_the_example(queues):
        checked = check_cases(cases or SHIPPED, source.current())
    found = list(find(checked, source.current().catalogue))
    for finding in found:
        click.echo(printable(f"{finding.case}: {finding.text}" if finding.case else finding.text))
    if not found:
        click.echo(f"{checked.count:,} cases: nothing doubtful")
    sys.exit(1 if found else 0)


def _add_reviewed(review: Path, queues: Path | None, to: Path | None, tags: tuple[str, ...]) -> None:
    reviewed = read_reviewed(review, tags)
    there = _ids_in(to) if to else frozenset()
    new = [case for case in reviewed.cases if case.id not in there]
    if new:
        _put(new, queues, to)
    notes = [
        f"{len(new):,} of {len(reviewed.cases):,} approved cases are new",
        f"{reviewed.open:,} not decided" if reviewed.open else "",
        f"{reviewed.without:,} approved, but without a conversation" if reviewed.without else "",
    ]
    tell_operator("; ".join(filter(None, notes)))


def _ids_in(file: Path) -> frozenset[str]:
    """The ids of the cases in `file`; whether they are in order is seen when something is added."""
    lines = file.read_bytes().splitlines() if file.exists() else []
    found = set()
    for line in lines:
        with contextlib.suppress(ValueError, TypeError, KeyError):
            found.add(str(json.loads(line)["id"]))
    return frozenset(found)


def _redactor() -> Redactor | None:
    return make_redactor(parse_kinds(os.environ.get("HANDOFF_REDACT", "")))


def _taken_out() -> str:
    return "only what HANDOFF_REDACT names" if _redactor() else "nothing personal"


def _put(cases: Iterable[Case], queues: Path | None, to: Path | None) -> None:
    """Print the cases, or add them to a file that stays in order."""
    redactor = _redactor()
    cases = [without_secrets(case, redactor) if redactor else case for case in cases]
    lines = "".join(case.model_dump_json(exclude_defaults=True) + "\n" for case in cases).encode()
    before = to.read_bytes() if to and to.exists() else b""
    with tempfile.TemporaryDirectory() as folder, for_the_example(queues):
        new = Path(folder) / "new"
        new.write_bytes(lines)
        views = CatalogueSource(queues or example_path()).current()
        try:
            check_cases([new], views)
        except CaseFileError as error:
            raise CaseFileError("the new cases", error.mistakes) from None
        old = check_cases([to], views) if to and before.strip() else ()
    there = {case.id for case in old} & {case.id for case in cases}
    if there:
        raise InputError(f"{to}: has a case with the id {min(there)!r} already: give others with --id")
    if to is None:
        click.echo(lines, nl=False)
        return
    with to.open("ab") as file:
        file.write((b"\n" if before and not before.endswith(b"\n") else b"") + lines)
    note(to, "cases")
    tell_operator(f"{', '.join(case.id for case in cases[:3])}{' …' if len(cases) > 3 else ''} added to {to}")
