"""Which public portals offer a team, as far as the configuration API tells it."""

from typing import Any, NamedTuple

from agent.targets.beyondtrust.commands import Commands
from agent.targets.beyondtrust.problems import Refused

_HOSTS = ("hostnames", "hostname", "hosts", "host")


class Portals(NamedTuple):
    """The portals of each team, and the portal of each host name; what is not told is not in it."""

    of_team: dict[int, frozenset[int]]
    of_host: dict[str, int]

    def offers(self, host: str, team: int) -> bool | None:
        """Whether the portal of `host` offers `team`; None where that is not known."""
        portal, offered_by = self.of_host.get(host), self.of_team.get(team)
        return None if portal is None or offered_by is None else portal in offered_by


async def portals(commands: Commands) -> Portals:
    """What the appliance tells of them; needs the right to the configuration API. Raises `TargetError`.

    The ids of a team's portals are documented, the host names of a portal are not.
    """
    of_team: dict[int, frozenset[int]] = {}
    async for team in commands.pages("team"):
        if _has_id(team) and isinstance(team.get("public_portal_ids"), list):
            of_team[team["id"]] = frozenset(id_ for id_ in team["public_portal_ids"] if isinstance(id_, int))
    of_host: dict[str, int] = {}
    try:
        async for portal in commands.pages("public-portal"):
            if _has_id(portal):
                of_host |= dict.fromkeys(_hosts(portal), portal["id"])
    except Refused:  # the teams alone are told
        pass
    return Portals(of_team, of_host)


def _has_id(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("id"), int)


def _hosts(entry: dict[str, Any]) -> list[str]:
    values = [entry[name] for name in _HOSTS if name in entry]
    listed = [host for value in values for host in (value if isinstance(value, list) else [value])]
    return [host.lower() for host in listed if isinstance(host, str)]
