"""Where a catalogue says something else than the appliance."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from urllib.parse import urlsplit

from agent.catalogue.beyondtrust import BeyondTrust, BeyondTrustSettings
from agent.catalogue.reader import Path
from agent.catalogue.schema import Queue
from agent.targets.beyondtrust.portals import Portals
from agent.targets.beyondtrust.roster import Team

Found = Iterator[tuple[Path, str]]
_SHOWN = 10


class Comparison:
    """Compares queues with what the appliance has; `portals` is None where it does not tell them."""

    def __init__(self, settings: BeyondTrustSettings, teams: Sequence[Team], portals: Portals | None) -> None:
        self._settings = settings
        self._teams = {team.id: team for team in teams}
        self._owners = {key: team for team in teams for issue in team.issues for key in issue.keys}
        self._portals = portals
        issues = [issue for team in teams for issue in team.issues]
        self._told = bool(issues) and all(issue.code_name and issue.id for issue in issues)

    def mismatches(self, queues: Sequence[Queue]) -> Found:
        """Every mismatch, with its place in the catalogue."""
        for index, queue in enumerate(queues):
            if queue.beyondtrust:
                for key, text in self._of(queue.beyondtrust):
                    yield ("queues", index, "beyondtrust", key), f'"{queue.name}": {text}'

    def unknown(self, queues: Sequence[Queue]) -> list[str]:
        """The names of queues whose issue cannot be looked for: the appliance does not tell all code names."""
        addressed = ((queue.name, queue.beyondtrust) for queue in queues)
        return [
            name
            for name, address in addressed
            if address and address.issue and not self._told and address.issue not in self._owners
        ]

    def _of(self, address: BeyondTrust) -> Iterator[tuple[str, str]]:
        team = self._teams.get(address.team or 0)
        if address.team and not team:
            yield "team", f"there is no team {address.team} on the appliance: {self._teams_there()}"
        owner = self._owners.get(address.issue or "")
        if address.issue and not owner and self._told:
            yield "issue", self._no_issue(address.issue)
        if team and owner and owner != team:
            yield (
                "team",
                f'the issue "{address.issue}" belongs to team {_label(owner)}, not to team {_label(team)}',
            )
        yield from self._off_portal(address, owner or team)

    def _off_portal(self, address: BeyondTrust, team: Team | None) -> Iterator[tuple[str, str]]:
        if self._portals is None:
            return
        host = urlsplit(f"//{address.host or self._settings.host}").hostname or ""
        where = "host" if address.host else "issue" if address.issue else "team"
        if address.host and self._portals.of_host and host not in self._portals.of_host:
            yield where, f"no public portal of the appliance has the host {host}"
        if team and self._portals.offers(host, team.id) is False:
            text = f"team {_label(team)} is not on the public portal of {host}"
            yield where, f"{text}: add it there (/login > Public Portals), or choose another host"

    def _no_issue(self, issue: str) -> str:
        if issue.isdecimal():
            return f"there is no issue {issue} on the appliance: compare /login > Configuration > Issues"
        codes = [code for code in self._owners if not code.isdecimal()]
        near = get_close_matches(issue, codes, n=1, cutoff=0.5)
        guess = f'did you mean "{near[0]}"? Compare' if near else "compare"
        return (
            f'no issue of the appliance has the code name "{issue}": {guess} /login > Configuration > Issues'
        )

    def _teams_there(self) -> str:
        labels = [_label(team) for team in self._teams.values()]
        more = f" and {len(labels) - _SHOWN} more" if len(labels) > _SHOWN else ""
        return f"it has {', '.join(labels[:_SHOWN])}{more}" if labels else "it has none"


def _label(team: Team) -> str:
    return f"{team.id} ({team.name})" if team.name else str(team.id)
