"""`handoff chat`."""

import asyncio
import os
import sys
from pathlib import Path
from typing import TextIO

import click

from agent.agent import HandoffAgent
from agent.artefacts import note
from agent.chat import Chat
from agent.cli.attributes import parse_attributes
from agent.cli.loop import Talk, run_lines
from agent.cli.notices import tell_operator, warnings_on_stderr
from agent.cli.saving import SavedFile, read_conversation
from agent.cli.screens import JsonScreen, PlainScreen
from agent.cli.terminal import is_terminal, write_what_can_be_written
from agent.data import example_path
from agent.models.choose import choose_model
from agent.records.user import User
from agent.settings import EMBEDDED, Settings
from agent.stores.memory import MemoryStore

_FILE = click.Path(path_type=Path)


@click.command()
@click.option("--queues", type=_FILE, metavar="FILE", help="The catalogue; without it, the example.")
@click.option("--model", metavar="NAME", help="“embedded”, or a model of the OpenAI-compatible server.")
@click.option("--json", "as_json", is_flag=True, help="One event per line, as JSON.")
@click.option(
    "--export", type=click.Choice(["purple-chat"]), help="At the end, print the chat as JSON and as a link."
)
@click.option("--save", type=_FILE, metavar="FILE", help="Keep the conversation in FILE, after every turn.")
@click.option("--resume", type=_FILE, metavar="FILE", help="Go on with a conversation from --save.")
@click.option("--name", help="The person's name.")
@click.option("--email", help="The person's e-mail address.")
@click.option("--locale", help="The language of the fixed texts, like “de”; without it, detected.")
@click.option(
    "--attribute", "attributes", multiple=True, metavar="KEY=VALUE", help="Opens queues that ask for it."
)
def chat(
    *,
    queues: Path | None,
    model: str | None,
    as_json: bool,
    export: str | None,
    save: Path | None,
    resume: Path | None,
    name: str | None,
    email: str | None,
    locale: str | None,
    attributes: tuple[str, ...],
) -> None:
    """Talk to the agent.

    At a terminal it is interactive: type a number to press a button, /help for the rest. With a pipe on
    standard input every line is one turn, and a line that begins with / is an action: /start, /skip,
    /edit TEXT, /other, /choose QUEUE_ID, /cancel.
    """
    if as_json and export:
        raise click.UsageError("--json and --export both write to standard output; give one of them.")
    if resume and (name or email or locale or attributes):
        raise click.UsageError(
            "--resume brings its person along; leave --name, --email, --locale, --attribute out."
        )
    user = User(name=name, email=email, locale=locale, attributes=parse_attributes(attributes))
    display = sys.stderr if export else sys.stdout
    write_what_can_be_written()
    with warnings_on_stderr(), asyncio.Runner() as runner:
        settings = Settings.from_environment(os.environ, model=model)
        if settings.hint:
            tell_operator(settings.hint)
        at_terminal = not as_json and is_terminal(sys.stdin) and is_terminal(display)
        # A person sees the step as soon as the model begins to choose.
        agent = HandoffAgent.from_file(
            queues or example_path(), model=choose_model(settings, stream=at_terminal), store=MemoryStore()
        )
        try:
            chat = agent.resume(read_conversation(resume)) if resume else agent.start(user=user)
            talk = Talk(chat, runner, _saved_file(save, resume) if save else None)
            if as_json:
                events = JsonScreen(display)
                talk.show_notice(events)
                run_lines(talk, events, sys.stdin.buffer)
            elif at_terminal:
                _at_terminal(talk, display, _header(queues, settings.model))
            else:
                screen = PlainScreen(display)
                talk.show_notice(screen)
                talk.show_last(screen)
                run_lines(talk, screen, sys.stdin.buffer)
        finally:
            _close(runner, agent)
    if export:
        _export(chat)
    if talk.unsaved:
        sys.exit(1)


def _saved_file(save: Path, resume: Path | None) -> SavedFile:
    file = SavedFile(save)
    going_on = resume is not None and resume.exists() and save.exists() and resume.samefile(save)
    older = None if going_on else file.keep_older()
    note(save, "conversation")
    if older:
        tell_operator(f"{save} held another conversation, which is now in {older.name}")
    return file


def _header(queues: Path | None, model: str) -> str:
    lines = [f"Live agent handoff · {queues or 'example catalogue'} · model: {model}"]
    if model == EMBEDDED:
        lines.append("It is no LLM: it compares what you write with the descriptions of the queues.")
    return "\n".join([*lines, "/help for help, Ctrl-D to leave", ""])


def _at_terminal(talk: Talk, display: TextIO, header: str) -> None:
    # Only here: rich is not needed for a pipe.
    from agent.cli.interactive import run_interactive
    from agent.cli.keyboard import Keyboard
    from agent.cli.rich_screen import RichScreen

    screen = RichScreen(display)
    screen.note(header)
    talk.show_notice(screen)
    talk.show_last(screen)
    with Keyboard(display) as keyboard:
        run_interactive(talk, screen, keyboard)


def _close(runner: asyncio.Runner, agent: HandoffAgent) -> None:
    # Ctrl-C together with the end of a pipe is noticed on entry here, before there is a coroutine to lose.
    runner.run(_cancel_and_close(agent))


async def _cancel_and_close(agent: HandoffAgent) -> None:
    # After Ctrl-C a turn may still be running, and nobody waits for it any more.
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await agent.close()


def _export(chat: Chat) -> None:
    from agent.renderers.purple_chat import from_conversation

    drawn = from_conversation(chat.conversation)
    click.echo(drawn.to_json())
    click.echo(drawn.link())
