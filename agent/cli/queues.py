"""`handoff queues`: check a catalogue, try its routing, write it from an appliance."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from agent.catalogue.advice import advice
from agent.catalogue.load import Loaded, load_with_lines
from agent.catalogue.view import Hit, Views
from agent.cli.attributes import parse_attributes
from agent.cli.pull import pull
from agent.cli.terminal import wants_colour
from agent.cli.widget import widget
from agent.data import example_path
from agent.errors import CatalogueError
from agent.models.choose import choose_meaning
from agent.records.user import User
from agent.settings import EMBEDDED, Settings

_BAR = 10


@click.group()
def queues() -> None:
    """Check a catalogue of support queues, search it, write it from an appliance, or embed it in a page."""


queues.add_command(pull)
queues.add_command(widget)


@queues.command()
@click.argument("file", required=False, type=click.Path())
@click.option(
    "--cases",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Cases of the eval suite, to see which descriptions confuse the router; repeatable.",
)
@click.option("--live", is_flag=True, help="Compare the catalogue with the BeyondTrust appliance itself.")
@click.option("--model", metavar="NAME", help="An LLM that words the proposals; without it, words are added.")
@click.option("--write", is_flag=True, help="Write the proposals that help into the catalogue.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as one JSON object.")
def check(
    *,
    file: str | None,
    cases: tuple[Path, ...],
    live: bool,
    model: str | None,
    write: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Check the catalogue FILE, or the shipped example.

    Every mistake goes to standard error as FILE:LINE: TEXT, with exit code 2. A catalogue without mistakes
    gives one line, and warnings about what routes badly.

    With --cases the embedded engine routes what people tell in them: which queues get what belongs to others,
    which words in a description would tell them apart, and what these bring on cases that they were not taken from.
    Nothing is written without --write; at a terminal, you are asked before.

    With --live the appliance is asked what the credentials in HANDOFF_BEYONDTRUST_CLIENT_ID and _CLIENT_SECRET are
    good for, and whether it has every issue and team: exit code 1 where something does not fit, 3 where it could
    not be asked. It is only read from.

    \b
    Examples:
      handoff queues check queues.yaml
      handoff queues check && echo fine
      handoff queues check queues.yaml --live
      handoff queues check queues.yaml --cases cases.jsonl
      handoff queues check queues.yaml --cases cases.jsonl --model gpt-5-mini --write
    """  # noqa: D301 — click's mark for a paragraph that keeps its lines
    if not cases and (model or write or yes or (as_json and not live)):
        raise click.UsageError(
            "--model, --write, --yes and --json say what to do with --cases: give it, too."
        )
    if live and cases:
        raise click.UsageError("--live and --cases are two things: run them one after the other.")
    if write and (as_json or not file):
        raise click.UsageError("--write needs the FILE of your own catalogue, and goes without --json.")
    path = _path(file)
    loaded = _load(path)
    catalogue = loaded.catalogue
    _say(
        f"{Path(path).name}: {_count(len(catalogue.queues), 'queue')}, "
        f"{_count(len(catalogue.calendars), 'calendar')}, target {catalogue.target.address} - fine",
        err=as_json,
        fg="green",
    )
    for warning in advice(catalogue, loaded.lines):
        _say(f"{path}:{warning.line}: warning: {warning.text}", err=as_json, fg="yellow")
    if cases:
        from evals.cli.doctor import examine

        examine(Path(path), cases, model=model, write=write, ask=not yes, as_json=as_json)
    if live:
        from agent.cli.live import compare

        compare(path, loaded, as_json=as_json)


@queues.command()
@click.argument("text")
@click.option("--queues", "file", metavar="FILE", help="The catalogue; the shipped example without it.")
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 1000), help="How many queues.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line for each queue.")
@click.option(
    "--attribute",
    "attributes",
    metavar="KEY=VALUE",
    multiple=True,
    help="An attribute of the person, to see queues that are only for some; can be repeated.",
)
def search(text: str, file: str | None, limit: int, as_json: bool, attributes: tuple[str, ...]) -> None:  # noqa: FBT001
    """Rank the queues for TEXT, as the embedded engine sees them.

    \b
    Examples:
      handoff queues search "my SQL query hangs"
      handoff queues search "Gehaltsabrechnung fehlt" --attribute region=EU
      handoff queues search "vpn" --queues queues.yaml --limit 3 --json
    """  # noqa: D301 — see above
    person = User(attributes=parse_attributes(attributes))
    catalogue = _load(_path(file)).catalogue
    view = Views(catalogue, choose_meaning(Settings.from_environment(model=EMBEDDED))).of(person)
    hits = view.search(text, limit)
    if as_json:
        for rank, hit in enumerate(hits, 1):
            click.echo(json.dumps(_as_json(rank, hit), ensure_ascii=False))
        return
    if not hits:
        _say("No queue matches: none of these words stands in a name, description or example.")
    width = max((len(hit.queue.name) for hit in hits), default=0)
    for rank, hit in enumerate(hits, 1):
        bar = ("█" * round(hit.score * _BAR)).ljust(_BAR, "·")
        _say(f"{rank:>3}. {bar} {hit.score:.2f}  {hit.queue.name.ljust(width)}  {hit.queue.id}")
    if hidden := len(catalogue.queues) - len(view.queues):
        _say(f"{_count(hidden, 'queue')} not searched: only for some people, see --attribute.", dim=True)


@queues.command()
def example() -> None:
    """Print the example catalogue, to begin your own with.

    \b
    Example:
      handoff queues example > queues.yaml
    """  # noqa: D301 — see above
    click.echo(example_path().read_text("utf-8"), nl=False)


def _as_json(rank: int, hit: Hit) -> dict[str, Any]:
    return {"rank": rank, "id": hit.queue.id, "name": hit.queue.name, "score": round(hit.score, 4)}


def _path(file: str | None) -> str:
    return file or str(example_path())


def _load(path: str) -> Loaded:
    try:
        return load_with_lines(path)
    except CatalogueError as error:
        _say(str(error), err=True, fg="red")
        sys.exit(2)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _say(text: str, *, err: bool = False, **style: Any) -> None:
    """Print a line; colours only on a terminal, and never where NO_COLOR is set."""
    click.secho(text, err=err, color=None if wants_colour() else False, **style)
