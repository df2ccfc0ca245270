"""How many of a queue's team are logged in: two requests of low priority, of which only numbers are kept.

Who is logged in may be busy, or not take this queue's sessions: the appliance tells neither.
"""

from agent.catalogue.schema import Queue
from agent.targets.availability import Online
from agent.targets.beyondtrust.commands import Commands
from agent.targets.beyondtrust.roster import logged_in, teams


async def look_up(commands: Commands) -> Online:
    """Who is online now. Raises `TargetError` or `StoreError`."""
    # One after the other: a request that is ended while it connects, because the other one failed, leaves its socket.
    listed = await teams(commands, complete=False)
    here = await logged_in(commands)
    counts = {team.id: len(team.members & here) for team in listed if team.members is not None}
    owners = {key: team.id for team in listed for issue in team.issues for key in issue.keys}

    def online(queue: Queue) -> int | None:
        address = queue.beyondtrust
        if address is None:
            return None
        # A session goes by its issue, where there is one; its team is the catalogue's, if the appliance tells none.
        owner = owners.get(address.issue or "", address.team)
        return None if owner is None else counts.get(owner)

    return online
