"""`handoff eval`: play the cases, score the agent, say whether it is fit to ship."""

import math
import sys
from pathlib import Path

import click

from agent.artefacts import note, sweep
from agent.cli.notices import tell_operator, warnings_on_stderr
from agent.cli.terminal import write_what_can_be_written
from agent.errors import InputError, RunError
from evals.cli import growing, reading
from evals.cli.planning import RUNS, default_out, plan_of
from evals.cli.progress import RunProgress
from evals.cli.verdict import INCOMPLETE, verdict
from evals.evaluation import evaluate
from evals.gates import check_gates, parse_gate
from evals.plan import Plan
from evals.report.terminal import TerminalReport

_FILE = click.Path(path_type=Path)


@click.group(name="eval", invoke_without_command=True)
@click.option("--queues", type=_FILE, metavar="FILE", help="The catalogue; without it, the example.")
@click.option(
    "--cases",
    type=_FILE,
    multiple=True,
    metavar="FILE",
    help="Cases, a JSON object a line; repeatable. Without it, the shipped ones.",
)
@click.option("--model", metavar="NAME", help="“embedded”, or a model of the OpenAI-compatible server.")
@click.option("--user", metavar="NAME", help="A model that plays the people; without it they are scripted.")
@click.option(
    "--trials",
    type=click.IntRange(1, 1000),
    default=1,
    show_default=True,
    help="Times that every case is played.",
)
@click.option(
    "--concurrency",
    type=click.IntRange(1, 10_000),
    default=8,
    show_default=True,
    help="Conversations at once, in each process.",
)
@click.option("--workers", type=click.IntRange(1, 256), default=1, show_default=True, help="Processes.")
@click.option(
    "--dask",
    metavar="ADDRESS",
    help="Play on the workers of this Dask scheduler, as in tcp://host:8786, wherever they run.",
)
@click.option("--limit", type=click.IntRange(1), help="Only the first so many cases.")
@click.option("--tag", "tags", multiple=True, help="Only cases with this tag; repeatable.")
@click.option(
    "--fail-calls",
    type=click.FloatRange(0, 1),
    default=0,
    metavar="SHARE",
    help="Make this share of the model's calls fail, as in 0.1: do people get through?",
)
@click.option(
    "--out",
    type=_FILE,
    metavar="DIR",
    help="Where the run goes; without it, a folder of its own in eval-runs/.",
)
@click.option("--fresh", is_flag=True, help="Begin anew, whatever is in DIR.")
@click.option("--baseline", type=_FILE, metavar="DIR", help="Another run to compare with.")
@click.option(
    "--fail-under",
    multiple=True,
    metavar="METRIC=VALUE",
    help="Exit 1 below this, as in accuracy=0.85 or accuracy@clear=0.9; repeatable.",
)
@click.option(
    "--fail-over",
    multiple=True,
    metavar="METRIC=VALUE",
    help="The same for what should be low: over_asking, under_asking, degraded.",
)
@click.option("--record", type=_FILE, metavar="FILE", help="Keep the model's answers in FILE …")
@click.option("--replay", type=_FILE, metavar="FILE", help="… and play them again, without the model.")
@click.option("--cache/--no-cache", default=True, help="Whether an answer that was paid for is used again.")
@click.option(
    "--prices", type=(float, float), metavar="READ WRITTEN", help="Of a million tokens, for the cost table."
)
@click.option("--json", "as_json", is_flag=True, help="Print summary.json instead of tables.")
@click.pass_context
def eval_(ctx: click.Context, /, **options: object) -> None:
    """Play cases against the agent and score it: routing, asking, promises.

    Without arguments: the shipped cases, on the example catalogue, with the model that is set, else the embedded
    one. Results go to DIR line by line; the same command goes on with a run that was stopped.

    \b
    Examples:
      handoff eval                                        what there is, as it is
      handoff eval --queues queues.yaml --cases cases.jsonl --out after --baseline before
      handoff eval --model gpt-5-mini --record run.tape   then, without a key: handoff eval --replay run.tape
      handoff eval --fail-under accuracy=0.85 --fail-under accuracy@clear=0.9
      handoff eval show after sql-1                       one conversation

    Exit codes: 0 fine, 1 a gate failed or something happened that never may, 2 wrong usage or input,
    3 incomplete: the machinery failed; run it again to go on.
    """  # noqa: D301 - click's mark for a paragraph that keeps its lines
    write_what_can_be_written()
    if ctx.invoked_subcommand is None:
        sys.exit(_run(**options))  # type: ignore[arg-type]
    given = [
        name
        for name, source in ((n, ctx.get_parameter_source(n)) for n in options)
        if source and source.name == "COMMANDLINE"
    ]
    if given:
        raise click.UsageError(
            f"--{given[0].replace('_', '-')} belongs to a run, not to “eval {ctx.invoked_subcommand}”."
        )


def _run(
    *,
    out: Path | None,
    fresh: bool,
    workers: int,
    dask: str | None,
    baseline: Path | None,
    fail_under: tuple[str, ...],
    fail_over: tuple[str, ...],
    prices: tuple[float, float] | None,
    as_json: bool,
    **planned: object,
) -> int:
    if dask and workers > 1:
        raise InputError("--workers are processes of this machine, --dask has its own: give one of them.")
    gates = [parse_gate(text, under=True) for text in fail_under]
    gates += [parse_gate(text, under=False) for text in fail_over]
    plan = plan_of(**planned)  # type: ignore[arg-type]
    check_gates(gates, plan.cases.tags, plan.trials)
    if prices and not all(0 <= price < math.inf for price in prices):
        raise InputError("--prices: a price is 0 or more")
    if not plan.conversations:
        raise InputError("--tag: no case has any of these tags.")
    _tell_about(plan)
    out = out or default_out(plan)
    _remember(plan, out)
    with warnings_on_stderr(), RunProgress(plan.conversations) as progress:
        try:
            outcome = evaluate(
                plan,
                out,
                workers=workers,
                dask=dask,
                fresh=fresh,
                baseline=baseline,
                prices=prices,
                watch=progress.played,
                resumed=progress.resumed,
            )
        except KeyboardInterrupt:
            tell_operator(f"stopped; what was played is kept in {out}, and the same command goes on")
            raise
        except RunError as error:
            tell_operator(str(error))
            return INCOMPLETE
    if not outcome.played and not outcome.problem:
        tell_operator(f"{out} holds this very run already, so nothing was played; --fresh plays it again")
    if as_json:
        click.echo(outcome.summary.text(), nl=False)
    else:
        report = TerminalReport(sys.stdout)
        report.run(outcome.summary, out)
        if outcome.comparison:
            report.comparison(outcome.comparison, outcome.summary.names)
    if outcome.problem:
        tell_operator(outcome.problem)
    return verdict(outcome.summary, gates, progress.error)


def _remember(plan: Plan, out: Path) -> None:
    """Note what is written, and delete what an earlier run has left in the places of its own for long enough."""
    note(out, "run")
    over = sweep("run", RUNS)
    if plan.tape and plan.mode == "cache":
        note(plan.tape, "answers")
        over += sweep("answers", plan.tape.parent)
    elif plan.tape and plan.mode == "record":
        note(plan.tape, "recording")
    for path in over:
        tell_operator(f"{path} was kept for long enough, and is deleted")


def _tell_about(plan: Plan) -> None:
    if plan.settings.hint:
        tell_operator(plan.settings.hint)
    if plan.learned:
        tell_operator(
            f"{plan.learned:,} of these cases are examples that the catalogue learns from (examples_from): "
            "they say nothing about new ones. Give the tag “held” to cases that it is to be measured by."
        )


for _command in (reading.compare, reading.show, reading.regrade, growing.add, growing.import_, growing.lint):
    eval_.add_command(_command)
