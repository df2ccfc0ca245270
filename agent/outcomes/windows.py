"""The session report in pieces, so that none is larger than an answer may be; in the lane of low priority."""

from collections.abc import AsyncIterator
from xml.etree.ElementTree import Element

from agent.errors import TargetError
from agent.targets.beyondtrust.commands import Commands
from agent.targets.beyondtrust.problems import TooLarge

DAY = 86_400
LEAST = 60
"""Seconds of the shortest piece: one minute of sessions fits into an answer, or nothing does."""


async def report_pieces(commands: Commands, since: int, until: int) -> AsyncIterator[tuple[int, Element]]:
    """The report of `since` to `until` (Unix seconds), a day or less at a time: up to when it is read, and its root.

    Raises `TargetError` or `StoreError`; what came before it is good.
    """
    at, longest = since, DAY
    while at < until:
        seconds = min(longest, until - at)
        try:
            root = await commands.report("SupportSession", {"start_time": str(at), "duration": str(seconds)})
        except TooLarge:
            if seconds <= LEAST:
                raise
            longest = max(LEAST, seconds // 4)
            continue
        if root.tag != "session_list":
            raise TargetError("the appliance answered with a report in a form that is not known")
        at += seconds
        longest = min(DAY, 2 * longest)
        yield at, root
