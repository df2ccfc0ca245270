"""`handoff outcomes`: whether the handoffs landed."""

import asyncio
import contextlib
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from agent.artefacts import note
from agent.catalogue.load import load
from agent.catalogue.schema import Catalogue
from agent.cli.notices import tell_operator, warnings_on_stderr
from agent.cli.periods import moment
from agent.cli.terminal import is_terminal, write_what_can_be_written
from agent.data import example_path
from agent.files import replace_file
from agent.outcomes.conversations import Handed
from agent.outcomes.gather import Gathered, Sources, gather
from agent.outcomes.misroutes import MINUTES, Misroute, misroute_in
from agent.outcomes.outcome import Outcome, outcome_of
from agent.outcomes.review import add_to_review, read_review
from agent.outcomes.teams import Teams
from agent.stores.choose import file_of

_FILE = click.Path(path_type=Path)
INCOMPLETE = 3


@click.command()
@click.option("--queues", type=_FILE, metavar="FILE", help="The catalogue; without it, the example.")
@click.option(
    "--since", default="7d", show_default=True, help="How long ago (12h, 7d, 2w), a date, or a time."
)
@click.option("--until", help="The same; without it, now.")
@click.option(
    "--events",
    type=_FILE,
    multiple=True,
    metavar="FILE",
    help="Read a file of `handoff events` instead of the report; repeatable.",
)
@click.option("--report", is_flag=True, help="Read the report beside --events, too.")
@click.option(
    "--store",
    metavar="STORE",
    help="The agent's store, to find the conversations: its SQLite file, postgresql://… or redis://….",
)
@click.option(
    "--peer-minutes",
    type=click.FloatRange(0, 10_000),
    default=MINUTES,
    show_default=True,
    help="Within which a transfer to another queue's team is a misroute.",
)
@click.option(
    "--review", type=_FILE, metavar="FILE", help="Add the misroutes to FILE, for a person to decide."
)
@click.option("--out", type=_FILE, metavar="FILE", help="Write every outcome to FILE, a JSON object a line.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
def outcomes(
    *,
    queues: Path | None,
    since: str,
    until: str | None,
    events: tuple[Path, ...],
    report: bool,
    store: str | None,
    peer_minutes: float,
    review: Path | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Tell what became of handoffs: which team took them first, transfers, the wait, who gave up, and misroutes.

    A handoff is a session that carries a proposal's reference. It is read from the appliance's session report, which
    needs an API account with the right to reports, or from a file of outbound events. Nothing that people said or are
    called is kept, but in the review file with --store, where what is known to be personal is taken out.

    \b
    Examples:
      handoff outcomes --queues queues.yaml --since 7d
      handoff outcomes --queues queues.yaml --since 2026-11-01 --store chats.db --review misroutes.jsonl
      handoff outcomes --queues queues.yaml --events events.jsonl --out outcomes.jsonl

    Exit codes: 0 fine, 2 wrong usage or input, 3 incomplete: the appliance or the store could not be read.
    """  # noqa: D301 — click's mark for a paragraph that keeps its lines
    from agent.cli.outcome_tables import OutcomeTables, Summary, rows

    write_what_can_be_written()
    now = datetime.now(UTC)
    begin, end = moment(since, "--since", now), moment(until, "--until", now) if until else now
    if begin >= end:
        raise click.UsageError("--since has to be before --until.")
    if report and not events:
        raise click.UsageError("--report goes with --events; without them the report is read anyway.")
    for option, path in (("--out", out), ("--review", review)):
        others = (*events, file_of(store or ""), queues, *([out] if option == "--review" else ()))
        if path and path.resolve() in {other.resolve() for other in others if other}:
            raise click.UsageError(
                f"{option} {path}: this file is for something else here: name another one."
            )
    catalogue = load(queues or example_path())
    if review:
        read_review(review)  # what is wrong with it is told before anything is asked for
    sources = Sources(
        catalogue, int(begin.timestamp()), int(end.timestamp()), events, store, report=report or not events
    )
    with warnings_on_stderr(), _working() as watch:
        gathered = asyncio.run(gather(sources, watch))
    teams = Teams(catalogue)
    found = [outcome_of(s, teams, gathered.handed.get(s.reference)) for s in gathered.handoffs]
    misroutes = [wrong for one in found if (wrong := _misroute(one, teams, gathered, peer_minutes))]
    summary = Summary(
        since=begin,
        until=end,
        handoffs=len(found),
        other_sessions=gathered.others,
        queues=rows(found, misroutes, catalogue.by_id),
        misroutes=tuple(misroutes),
        incomplete=gathered.incomplete,
    )
    if out:
        replace_file(out, "".join(one.model_dump_json() + "\n" for one in found).encode())
        note(out, "outcomes")
    if as_json:
        click.echo(summary.model_dump_json())
    else:
        OutcomeTables(sys.stdout).show(summary, catalogue.by_id)
    if review:
        _to_review(review, misroutes, gathered, catalogue)
    _notes(found, gathered, teams)
    if gathered.incomplete:
        tell_operator(gathered.incomplete)
        sys.exit(INCOMPLETE)


def _misroute(outcome: Outcome, teams: Teams, gathered: Gathered, minutes: float) -> Misroute | None:
    return misroute_in(outcome, teams, gathered.handed.get(outcome.reference), minutes=minutes)


def _to_review(path: Path, misroutes: list[Misroute], gathered: Gathered, catalogue: Catalogue) -> None:
    from evals.growing.from_misroute import misroute_case

    def case(misroute: Misroute) -> dict[str, Any] | None:
        handed: Handed | None = gathered.handed.get(misroute.outcome.reference)
        made = handed and misroute_case(handed, misroute.outcome.reference, misroute.queues, catalogue)
        return made.model_dump(mode="json", exclude_defaults=True) if made else None

    new = add_to_review(path, misroutes, case)
    note(path, "review")
    tell_operator(
        f"{path}: {new:,} new to review, {len(misroutes) - new:,} were there: read each, set `approved` to true or "
        f"false, then: handoff eval add --review {path}"
    )


def _notes(found: list[Outcome], gathered: Gathered, teams: Teams) -> None:
    """What the operator has to know to trust the numbers."""
    if gathered.damaged_lines:
        tell_operator(f"{gathered.damaged_lines:,} damaged lines in the files of events were left out")
    if gathered.damaged_documents:
        tell_operator(
            f"{gathered.damaged_documents:,} documents in the store cannot be read and were left out"
        )
    if gathered.others and not found:
        tell_operator(
            f"{gathered.others:,} sessions carry no reference of a proposal, so they are no handoffs; with "
            "`correlation: custom:…` events carry none, and the report is needed"
        )
    strange = Counter(
        team for session in gathered.handoffs for team in session.teams if teams.of(team) is None
    )
    for team, count in strange.most_common(5):
        number = f"team: {team.number}, " if team.number is not None else ""
        tell_operator(
            f'team {team.number or ""} "{team.name}" had {count:,} of these chats and answers no queue of the '
            f'catalogue; if it does, write beyondtrust: {{{number}team_name: "{team.name}"}} there'
        )


@contextlib.contextmanager
def _working() -> Iterator[Any]:
    """While this holds, a terminal shows how much of the report is read."""
    if not is_terminal(sys.stderr):
        yield lambda _done, _total: None
        return
    with click.progressbar(length=1, label="Reading the report", file=sys.stderr) as bar:

        def watch(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield watch
