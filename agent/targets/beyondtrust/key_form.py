"""`generate_session_key` in the form that the appliance has: JSON v2, else XML. Which one is found out once.

The XML form is documented in full; of the JSON one only the page of `POST session-key` is, and in part. So whatever
v2 does not understand is asked for in XML, and where that goes well it stays so.
"""

import logging
import re
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from agent.catalogue.beyondtrust import EXTERNAL_KEY
from agent.errors import TargetError
from agent.targets.beyondtrust.attributes import PREFIX
from agent.targets.beyondtrust.commands import Commands
from agent.targets.beyondtrust.problems import Refused

_DIGITS = re.compile(r"[0-9]{1,12}")
_SHORT = re.compile(r"[0-9A-Za-z]{4,32}")
_EXTERNAL = PREFIX + EXTERNAL_KEY
_AVAILABLE = {"0": False, "false": False, "1": True, "true": True}

log = logging.getLogger("agent.targets")


class Key(NamedTuple):
    """A session key: the digits to type in, the address that the appliance gave with it, and how long it lives.

    `available`: whether the appliance says that somebody is there for its queue; None where it does not say.
    """

    short: str
    url: str
    lifetime: timedelta
    available: bool | None = None


class KeyForm:
    """Makes keys over `commands`. `clock` is the wall clock, in Unix seconds."""

    def __init__(self, commands: Commands, *, clock: Callable[[], float] = time.time) -> None:
        self._commands = commands
        self._clock = clock
        self._json: bool | None = None  # not known yet

    async def make(self, sends: Mapping[str, str]) -> Key:
        """A key with what `sends` says, in the words of the XML form. Raises `TargetError` or `StoreError`.

        It may be made twice where an answer is lost; only the one that is returned is ever known to anybody.
        """
        private = [value for name, value in sends.items() if name.startswith(PREFIX)]
        if self._json is not False:
            key = await self._by_json(sends, private)
            if key:
                self._json = True
                return key
        root = await self._commands.command("generate_session_key", sends, private=private, repeat=True)
        if root.tag != "session_key":
            raise TargetError("the appliance answered generate_session_key without a session key")
        self._json = False
        queue = root.find("queue")
        data: dict[str, Any] = {child.tag: child.text for child in root}
        return self._key({**data, "queue": {} if queue is None else queue.attrib}, sends)

    async def _by_json(self, sends: Mapping[str, str], private: list[str]) -> Key | None:
        """The key from v2; None where v2 is not there, or does not understand what the XML form may."""
        try:
            data = await self._commands.v2(
                "POST", "session-key", body=_body(sends), private=private, repeat=True
            )
        except Refused as error:
            if self._json or error.status in (401, 403):
                raise
            return None
        kept = isinstance(data, dict) and data.get("external_key", "") == sends.get(_EXTERNAL, "")
        if not kept and not self._json:  # it has not taken what the key is to carry
            return None
        return self._key(data if isinstance(data, dict) else {}, sends)

    def _key(self, data: Mapping[str, Any], sends: Mapping[str, str]) -> Key:
        short, url, expires = (
            str(data.get(name) or "").strip() for name in ("short_key", "key_url", "expires")
        )
        ttl = int(sends["ttl"])
        left = int(expires) - self._clock() if _DIGITS.fullmatch(expires) else ttl
        if left > 2 * ttl:
            log.warning("the appliance gives its keys %.0f s instead of the ttl of %d s", left, ttl)
        # Clocks differ, so what it says counts only where that is plausibly sooner.
        lifetime = left if 0 < left < ttl - 60 else ttl
        queue = data.get("queue")
        available = _AVAILABLE.get(str(queue.get("available")).lower()) if isinstance(queue, dict) else None
        return Key(short if _SHORT.fullmatch(short) else "", url, timedelta(seconds=lifetime), available)


def _body(sends: Mapping[str, str]) -> dict[str, Any]:
    """`sends` in the words of v2, as far as they are known."""
    kind, _, where = sends["queue_id"].partition(":")
    queue = {"issue_code_name": where} if kind == "issue" else {"queue_type": kind, "queue_id": int(where)}
    custom = {name.removeprefix(PREFIX): value for name, value in sends.items() if name.startswith(PREFIX)}
    body = {
        **queue,
        "url_hostname": sends.get("url_hostname"),
        "ttl": int(sends["ttl"]),
        "external_key": custom.pop(EXTERNAL_KEY, None),
        "priority": int(sends["session.priority"]) if "session.priority" in sends else None,
        "skills": sends["session.skills"].split(",") if "session.skills" in sends else None,
        "custom_attributes": custom or None,
    }
    return {name: value for name, value in body.items() if value is not None}
