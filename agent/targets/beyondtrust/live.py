"""Ask the appliance itself whether a catalogue fits it: reads only, nothing is made or changed."""

from dataclasses import dataclass, field
from typing import Literal

from agent.catalogue.beyondtrust import BeyondTrustSettings, SessionKeySettings
from agent.catalogue.reader import Lines
from agent.catalogue.schema import Catalogue
from agent.errors import Mistake, TargetError
from agent.targets.beyondtrust.commands import Commands
from agent.targets.beyondtrust.compare import Comparison
from agent.targets.beyondtrust.portals import Portals, portals
from agent.targets.beyondtrust.problems import RIGHTS, Refused
from agent.targets.beyondtrust.rights import Rights, rights
from agent.targets.beyondtrust.roster import teams

UNKNOWN = Rights("not known", "not known", "not known")


@dataclass
class Findings:
    """What was found. `problem`: why something could not be asked; `compared`: queues, teams and issues."""

    credentials: Literal["work", "refused", "not known"] = "not known"
    rights: Rights = UNKNOWN
    mismatches: list[Mistake] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problem: str | None = None
    compared: tuple[int, int, int] | None = None


async def examine(
    catalogue: Catalogue, settings: BeyondTrustSettings, lines: Lines, commands: Commands
) -> Findings:
    """Credentials, rights, and every queue. Raises `StoreError`; all else is in what is returned."""
    found = Findings()
    try:
        await commands.sign_in()
    except TargetError as error:
        found.problem = str(error)
        found.credentials = "refused" if isinstance(error, Refused) else "not known"
        return found
    found.credentials = "work"
    found.rights = await rights(commands)
    found.problem = found.rights.problem
    try:
        await _compare(found, catalogue, settings, lines, commands)
    except TargetError as error:
        found.problem = str(error)
    return found


async def _compare(
    found: Findings, catalogue: Catalogue, settings: BeyondTrustSettings, lines: Lines, commands: Commands
) -> None:
    there = await teams(commands)
    if found.rights.command == "not known":  # an older release may not have the command that tells
        found.rights = found.rights._replace(command="works")
    comparison = Comparison(settings, there, await _portals(found, commands))
    found.compared = (len(catalogue.queues), len(there), sum(len(team.issues) for team in there))
    if isinstance(settings, SessionKeySettings) and found.rights.command == "read-only":
        found.mismatches.append(
            Mistake(
                lines.at(("target", "kind")),
                "the API account may only read, and a session key needs full access to the command API: "
                f"give it that ({RIGHTS})",
            )
        )
    found.mismatches += [
        Mistake(lines.at(path), text) for path, text in comparison.mismatches(catalogue.queues)
    ]
    if unknown := comparison.unknown(catalogue.queues):
        found.problem = (
            "the appliance does not tell the code names of all its issues, so these queues could not be compared: "
            + ", ".join(unknown)
        )
    found.notes += _unseen(catalogue, settings)


async def _portals(found: Findings, commands: Commands) -> Portals | None:
    if found.rights.configuration != "works":
        found.notes.append("without the configuration API, the teams' public portals were not compared")
        return None
    try:
        return await portals(commands)
    except TargetError as error:
        found.problem = str(error)
        return None


def _unseen(catalogue: Catalogue, settings: BeyondTrustSettings) -> list[str]:
    """What no API tells."""
    fields = sorted({settings.correlation, *settings.fields} - {"external_key"})
    skills = sorted({skill for q in catalogue.queues if q.beyondtrust for skill in q.beyondtrust.skills})
    return [
        f"{what} cannot be read by the API: compare {', '.join(names)} with /login > Configuration > {where} yourself"
        for what, names, where in (
            ("custom fields", fields, "Custom Fields"),
            ("skills", skills, "Skills"),
        )
        if names
    ]
