"""The command `handoff`. Each subcommand is imported only when it runs, so that `--help` is instant."""

from importlib import import_module
from typing import NamedTuple

import click

from agent.cli.terminal import printable
from agent.errors import HandoffError, InputError

INTERRUPTED = 130  # what a shell reports for Ctrl-C


class _Subcommand(NamedTuple):
    module: str
    attribute: str
    help: str


SUBCOMMANDS = {
    "chat": _Subcommand("agent.cli.chat", "chat", "Talk to the agent, in the terminal or through a pipe."),
    "serve": _Subcommand("agent.cli.serve", "serve", "Serve the agent over HTTP."),
    "prompt": _Subcommand(
        "agent.cli.prompt", "prompt", "Print what the model would be asked about a message, byte for byte."
    ),
    "mcp": _Subcommand("agent.cli.mcp", "mcp", "Offer the agent as tools to an assistant that speaks MCP."),
    "queues": _Subcommand(
        "agent.cli.queues", "queues", "Check a catalogue of queues, search it, write it from an appliance."
    ),
    "eval": _Subcommand("evals.cli.main", "eval_", "Play cases against the agent, and score it."),
    "outcomes": _Subcommand(
        "agent.cli.outcomes", "outcomes", "Tell what became of handoffs: who took them, the wait, misroutes."
    ),
    "events": _Subcommand(
        "agent.cli.events", "events", "Take the appliance's outbound events, for outcomes."
    ),
    "audit": _Subcommand(
        "agent.cli.audit", "audit", "Tell who agreed to what, when, and why it went to that queue."
    ),
    "privacy": _Subcommand("agent.cli.privacy", "privacy", "Find or delete what is kept of a person."),
    "appliance": _Subcommand(
        "agent.cli.appliance", "appliance", "Run a stand-in appliance, to try everything without BeyondTrust."
    ),
}


class _BadInput(click.ClickException):
    exit_code = 2


class _Group(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in SUBCOMMANDS:
            return None
        subcommand = SUBCOMMANDS[cmd_name]
        command: click.Command = getattr(import_module(subcommand.module), subcommand.attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        # click would import every subcommand for its help text.
        with formatter.section("Commands"):
            formatter.write_dl([(name, subcommand.help) for name, subcommand in SUBCOMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except InputError as error:
            raise _BadInput(printable(str(error))) from error
        except HandoffError as error:
            raise click.ClickException(printable(str(error))) from error
        except BrokenPipeError:
            raise  # whoever read our output has had enough; click ends quietly
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise _BadInput(printable(f"{where}{error.strerror or error}")) from error
        except KeyboardInterrupt as interrupt:
            raise click.exceptions.Exit(INTERRUPTED) from interrupt


@click.group(cls=_Group)
@click.version_option(package_name="live-agent-handoff", prog_name="handoff")
def main() -> None:
    """From "I'd like to speak to a live agent" to the right support queue.

    \b
    Examples:
      handoff chat                            talk to the agent on the example catalogue
      handoff chat --queues queues.yaml       … on your own
      echo "my laptop is dead" | handoff chat --json
      handoff serve --queues queues.yaml      … over HTTP
      handoff prompt "…" --model gpt-5-mini   what that model would see of it
      handoff mcp --name Ada                  tools for an assistant that speaks MCP
      handoff queues check queues.yaml        every mistake, with its line
      handoff queues search "SQL is slow"     which queues fit a text
      handoff queues pull --host HOST         write it from a BeyondTrust appliance
      handoff eval                            how well the shipped cases go
      handoff outcomes --since 7d             which team took them, and which were misrouted
      handoff audit ada@acme.com --store DB   why she landed in that queue
      handoff privacy find ada@acme.com       what is kept of her, and where
      handoff appliance                       try the BeyondTrust targets without BeyondTrust

    Exit codes: 0 fine, 1 it could not be done, 2 wrong usage or input.
    """  # noqa: D301 — click's mark for a paragraph that keeps its lines


if __name__ == "__main__":
    main()
