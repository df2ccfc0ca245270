"""`handoff eval compare`, `show` and `regrade`: look at runs that are there."""

import sys
from pathlib import Path

import click

from agent.data import example_path
from agent.errors import InputError
from agent.settings import Settings
from evals.cli.planning import for_the_example
from evals.cli.verdict import verdict
from evals.comparison import compare as compare_runs
from evals.evaluation import regrade as regrade_run
from evals.plan import make_plan
from evals.report.terminal import TerminalReport
from evals.run_dir import read_results, read_run

_DIR = click.Path(path_type=Path)


@click.command()
@click.argument("before", type=_DIR)
@click.argument("after", type=_DIR)
def compare(before: Path, after: Path) -> None:
    """Compare the runs in the folders BEFORE and AFTER, case by case.

    \b
    Example:
      handoff eval compare before after
    """  # noqa: D301 - click's mark for a paragraph that keeps its lines
    TerminalReport(sys.stdout).comparison(compare_runs(before, after), read_run(after).names)


@click.command()
@click.argument("folder", metavar="DIR", type=_DIR)
@click.argument("id_", metavar="[ID]", required=False)
@click.option(
    "--trial", type=click.IntRange(1), default=1, show_default=True, help="Which trial of the case."
)
def show(folder: Path, id_: str | None, trial: int) -> None:
    """Print one conversation of the run in DIR; without ID, those that did not go as expected, a line each.

    \b
    Example:
      handoff eval show eval-runs/embedded-1a2b3c4d sql-1
    """  # noqa: D301 - see above
    names = read_run(folder).names
    if id_ is None:
        TerminalReport(sys.stdout).faulty(read_results(folder), names)
        return
    for result in read_results(folder):
        if result.id == id_ and result.trial == trial - 1:
            TerminalReport(sys.stdout).conversation(result, names)
            return
    raise InputError(
        f"{folder}: there is no conversation {id_!r} with trial {trial}; without an ID all faulty ones are listed"
    )


@click.command()
@click.argument("folder", metavar="DIR", type=_DIR)
@click.option(
    "--cases", type=_DIR, multiple=True, metavar="FILE", help="Cases that expect something else by now."
)
@click.option("--queues", type=_DIR, metavar="FILE", help="Their catalogue; without it, the example.")
def regrade(folder: Path, cases: tuple[Path, ...], queues: Path | None) -> None:
    """Score the stored run in DIR again, in its place, without a model; with --cases by what they expect now.

    \b
    Example:
      handoff eval regrade eval-runs/gpt-5-mini-1a2b3c4d --queues queues.yaml --cases cases.jsonl
    """  # noqa: D301 - see above
    if queues and not cases:
        raise InputError("--queues says which catalogue --cases are for: give those, too.")
    with for_the_example(queues):
        plan = make_plan(queues=queues or example_path(), cases=cases, settings=Settings()) if cases else None
    summary = regrade_run(folder, plan)
    TerminalReport(sys.stdout).run(summary, folder)
    sys.exit(verdict(summary, []))
