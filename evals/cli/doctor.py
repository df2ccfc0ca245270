"""`handoff queues check --cases`: from files to a diagnosis, and from there to a better catalogue."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from agent.catalogue.edit import redescribed, replace_catalogue
from agent.catalogue.load import load_bytes
from agent.catalogue.schema import Catalogue
from agent.catalogue.view import Views
from agent.cli.difference import show_difference
from agent.cli.notices import tell_operator
from agent.cli.terminal import is_terminal, write_what_can_be_written
from agent.models.choose import choose_meaning
from agent.settings import EMBEDDED, Settings
from evals.case import Case
from evals.case_file import check_cases
from evals.doctor.diagnosis import Diagnosis, Watch, diagnose
from evals.doctor.report import lines
from evals.doctor.rewriting import DescriptionWriter
from evals.doctor.words import add_words
from evals.report.terminal import TerminalReport


def examine(
    queues: Path, cases: tuple[Path, ...], *, model: str | None, write: bool, ask: bool, as_json: bool
) -> None:
    """Say which descriptions of the catalogue `queues` confuse the router; with `write`, mend them.

    With `ask`, a person at a terminal is asked before anything is written. Raises `InputError` for what is wrong
    with the files, `ModelError` where the model fails.
    """
    write_what_can_be_written()
    settings = Settings.from_environment(model=model)
    content = queues.read_bytes()
    catalogue = load_bytes(content, queues).catalogue
    checked = check_cases(cases, Views(catalogue))
    if settings.hint:
        tell_operator(settings.hint)
    with _progress() as watch:
        diagnosis = asyncio.run(_diagnosed(catalogue, list(checked), settings, watch))
    if as_json:
        click.echo(diagnosis.model_dump_json())
        return
    report = TerminalReport(sys.stdout)
    for text, style in lines(diagnosis, catalogue):
        report.say(text, style)
    if not diagnosis.descriptions:
        if diagnosis.changes:
            report.say("Nothing to write.", "bold")
        return
    new = redescribed(content, diagnosis.descriptions)
    show_difference(queues, content, new)
    if not write:
        report.say("Nothing was written. To write this, say the same with --write.", "bold")
    elif ask and is_terminal(sys.stdin) and not click.confirm(f"Write this to {queues}?"):
        report.say("Nothing was written.", "bold")
    else:
        replace_catalogue(queues, new, instead_of=content)
        report.say(f"Written to {queues}.", "bold")


async def _diagnosed(catalogue: Catalogue, cases: list[Case], settings: Settings, watch: Watch) -> Diagnosis:
    meaning = choose_meaning(settings)
    if settings.model == EMBEDDED:
        return await diagnose(catalogue, cases, add_words, watch, meaning=meaning)
    writer = DescriptionWriter(settings)
    try:
        diagnosis = await diagnose(catalogue, cases, writer.rewrite, watch, meaning=meaning)
    finally:
        await writer.close()
    if writer.faults:
        tell_operator(f"answers of the model that were no description, and were left out: {writer.faults}")
    return diagnosis


@contextmanager
def _progress() -> Iterator[Watch]:
    """A bar at a terminal; elsewhere a line for each thing that is begun."""
    with click.progressbar(length=1, label="Routing", file=sys.stderr) as bar:

        def watch(what: str, done: int, total: int) -> None:
            if bar.label != what:
                bar.label, bar.pos = what, 0
            bar.length = total
            bar.update(done - bar.pos)

        yield watch
