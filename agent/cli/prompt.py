"""`handoff prompt`: the request that goes to the model, for the operator to look at."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from agent.agent import HandoffAgent
from agent.cli.attributes import parse_attributes
from agent.cli.notices import tell_operator, warnings_on_stderr
from agent.cli.saving import read_conversation
from agent.cli.terminal import write_what_can_be_written
from agent.data import example_path
from agent.errors import InputError
from agent.models.base import Answer, Briefing
from agent.models.openai_chat import OpenAIModel
from agent.records.decision import NotForAgents
from agent.records.user import User
from agent.settings import EMBEDDED, Settings

_FILE = click.Path(path_type=Path)
_NO_KEY = {"OPENAI_API_KEY": "none"}  # nothing is sent, so none is needed


@click.command()
@click.argument("text")
@click.option("--queues", type=_FILE, metavar="FILE", help="The catalogue; without it, the example.")
@click.option("--model", metavar="NAME", help="The model; without it, HANDOFF_MODEL.")
@click.option("--resume", type=_FILE, metavar="FILE", help="TEXT goes on with the conversation in FILE.")
@click.option("--locale", help="The person's language, like “de”; without it, detected.")
@click.option(
    "--attribute", "attributes", multiple=True, metavar="KEY=VALUE", help="Opens queues that ask for it."
)
def prompt(
    *,
    text: str,
    queues: Path | None,
    model: str | None,
    resume: Path | None,
    locale: str | None,
    attributes: tuple[str, ...],
) -> None:
    """Print what the model would be asked if a person said TEXT, as the JSON of the request. Nothing is sent.

    It is what is left when HANDOFF_REDACT has taken out what it is to take out. Where code understands TEXT by itself
    ("yes", "never mind"), no model is asked, and nothing is printed.

    \b
    Examples:
      handoff prompt "my password is hunter2" --model gpt-5-mini
      HANDOFF_REDACT=passwords handoff prompt "my password is hunter2" --model gpt-5-mini
      handoff prompt "it is the database" --model gpt-5-mini --resume chat.json
    """  # noqa: D301 — click's mark for a paragraph that keeps its lines
    if resume and (locale or attributes):
        raise click.UsageError("--resume brings its person along; leave --locale and --attribute out.")
    settings = Settings.from_environment({**_NO_KEY, **_filled(os.environ)}, model=model)
    if settings.model == EMBEDDED:
        raise InputError(
            "The embedded model runs in this program and is sent nothing: name another one with --model."
        )
    asked = _Asked(settings)
    write_what_can_be_written()
    with warnings_on_stderr():
        agent = HandoffAgent.from_file(queues or example_path(), model=asked)
        user = User(locale=locale, attributes=parse_attributes(attributes))
        chat = agent.resume(read_conversation(resume)) if resume else agent.start(user=user)
        asyncio.run(_say(agent, lambda: chat.send(text)))
    if not asked.requests:
        tell_operator("code answers this by itself: no model is asked")
        return
    click.echo(_shown(json.dumps(asked.requests[0], indent=2, ensure_ascii=False)))


def _filled(environ: os._Environ[str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if value or name not in _NO_KEY}


async def _say(agent: HandoffAgent, turn: Callable[[], Any]) -> None:
    async with agent:
        await turn()


def _shown(text: str) -> str:
    """The same JSON, with escapes for what a terminal would not show as it is."""
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


class _Asked:
    """A model that notes what it would be asked, and answers anything."""

    def __init__(self, settings: Settings) -> None:
        self.name = settings.model
        self.requests: list[dict[str, Any]] = []
        self._model = OpenAIModel(settings.model, base_url=settings.base_url, decisions=settings.decisions)

    async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:  # noqa: ARG002
        self.requests.append(self._model.request(briefing))
        return Answer(decision=NotForAgents())

    async def close(self) -> None:
        await self._model.close()
