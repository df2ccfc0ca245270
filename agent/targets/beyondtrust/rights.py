"""What an API account may do, found out by reading only: each API has a right of its own.

The permissions of `get_api_info` are the vendor's: `perm_command` (full access, read-only or deny),
`perm_reporting_support` and `perm_configuration` (1 or 0).
"""

import time
from collections.abc import Awaitable, Callable
from typing import Literal, NamedTuple
from xml.etree.ElementTree import Element

from agent.errors import TargetError
from agent.targets.beyondtrust.commands import Commands
from agent.targets.beyondtrust.problems import Refused

Right = Literal["full access", "read-only", "works", "no right", "not there", "not known"]


class Rights(NamedTuple):
    """The right to each API; `works` where no more than that is known. `problem`: why one could not be asked."""

    command: Right
    reporting: Right
    configuration: Right
    problem: str | None = None


async def rights(commands: Commands) -> Rights:
    """What the account may do. Raises `StoreError`."""
    told: dict[str, str] = {}

    async def command() -> None:
        told.update(_permissions(await commands.command("get_api_info", {}, low=True, repeat=True)))

    async def reporting() -> None:
        if told.get("perm_reporting_support") == "0":
            raise Refused("reporting is off", 403, no_right=True)
        # The second that has just begun: hardly a session, and nothing that can be missing.
        await commands.report("SupportSession", {"start_time": str(int(time.time())), "duration": "1"})

    async def configuration() -> None:
        async for _ in commands.pages("team"):
            return

    found = [await _right(ask) for ask in (command, reporting, configuration)]
    (may_command, _), (may_report, _), (may_configure, _) = found
    level = _LEVELS.get(told.get("perm_command", "")[:4].lower())
    problem = next((why for _, why in found if why), None)
    return Rights(level or may_command, may_report, may_configure, problem)


async def _right(ask: Callable[[], Awaitable[None]]) -> tuple[Right, str | None]:
    try:
        await ask()
    except Refused as error:
        if error.no_right:
            return "no right", None
        return ("not there" if error.status == 404 else "not known"), None
    except TargetError as error:
        return "not known", str(error)
    return "works", None


_LEVELS: dict[str, Right] = {"full": "full access", "read": "read-only", "deny": "no right"}


def _permissions(root: Element) -> dict[str, str]:
    """Every permission by its name, which is an element's or stands in it."""
    return {element.get("name", element.tag): (element.text or "").strip() for element in root.iter()}
