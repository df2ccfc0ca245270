"""A session key: made on the appliance for one accepted proposal, so that nothing of it can be edited.

At most once: a key becomes a handoff only when its URL is committed to the conversation. A key whose answer was lost
is never shown to anybody and ends by itself after `ttl`; so it does no harm to ask for one a second time.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from agent.catalogue.beyondtrust import SessionKeySettings
from agent.catalogue.schema import Queue
from agent.errors import StoreError, TargetError
from agent.logs import fields
from agent.targets.base import Opened, Packet
from agent.targets.beyondtrust.attributes import PREFIX, address_of, attributes
from agent.targets.beyondtrust.key_form import Key, KeyForm
from agent.targets.beyondtrust.limits import DETAILS, LINK, TOTAL, cut_to_bytes, fit
from agent.targets.beyondtrust.links import hosts_of, is_ours, start_link

log = logging.getLogger("agent.targets")

API_SHARE = 2 / 3
"""Of a turn's seconds that are the appliance's; the rest is for the portal link and the commit."""


class SessionKey:
    """The target of kind `session_key`."""

    def __init__(
        self, settings: SessionKeySettings, queues: Sequence[Queue], form: KeyForm, *, seconds: float
    ) -> None:
        self._settings = settings
        self._hosts = hosts_of(settings.host, queues)
        self._form = form
        self._seconds = seconds * API_SHARE
        self._summary = [PREFIX + code for code, source in settings.fields.items() if source == "summary"]

    @property
    def carries_summary(self) -> bool:
        """Whether a session attribute carries the summary."""
        return bool(self._summary)

    def to(self, queue: Queue) -> str:  # noqa: ARG002  # the API is the same for all queues
        """The appliance."""
        return self._settings.address

    def sends(self, packet: Packet) -> dict[str, str]:
        """The command's parameters, as the XML form has them."""
        address = address_of(packet.queue)
        values = {
            "type": "support",
            "queue_id": _queue_id(packet.queue),
            "url_hostname": urlsplit(f"//{address.host or ''}").hostname or "",
            "ttl": str(self._settings.ttl),
            "session.priority": address.priority or "",
            "session.skills": ",".join(address.skills),
        }
        return fit({**values, **attributes(self._settings, packet)}, TOTAL)

    async def open(self, queue: Queue, sends: Mapping[str, str]) -> Opened:
        """A key made of `sends`, else the portal link where the catalogue wants that."""
        if sends.get("queue_id") != _queue_id(queue):
            raise TargetError(f"the values do not belong to queue {queue.id}")
        try:
            async with asyncio.timeout(self._seconds):
                return self._opened(await self._form.make(sends), self._host(queue))
        except TimeoutError:
            problem: Exception = TargetError(
                f"{self._settings.host} gave no session key within {self._seconds:.3g} s"
            )
        except (TargetError, StoreError) as error:
            problem = error
        except Exception as error:  # noqa: BLE001 - a defect here must not cost them their chat
            problem = TargetError(f"making a session key failed with {type(error).__name__}")
        if self._settings.on_failure is None:
            raise TargetError(str(problem)) from None
        told = fields("session_key_failed", queue=queue.id, error=type(problem).__name__)
        log.error("no session key for queue %s, so they get a portal link: %s", queue.id, problem, extra=told)
        return Opened(url=self._portal_link(queue, sends), carries_summary=self._settings.send_summary)

    def owns(self, url: str) -> bool:
        """Whether `url` starts a session on a configured host."""
        return is_ours(url, self._hosts)

    def _opened(self, key: Key, host: str) -> Opened:
        url = key.url if is_ours(key.url, self._hosts) else ""
        if not url and not key.short:
            raise TargetError(f"{self._settings.host} answered without a key that can be used")
        link = url or start_link(host, {"short_key": key.short, "c2cjs": "1"})
        return Opened(
            url=link,
            lifetime=key.lifetime,
            carries_summary=self.carries_summary,
            nobody_free=self._settings.availability is not None and key.available is False,
        )

    def _portal_link(self, queue: Queue, sends: Mapping[str, str]) -> str:
        """A link that says nothing which was not shown, and the summary only where the operator wants that."""
        values = {"issue_menu": "1", "codeName": sends["queue_id"].removeprefix("issue:"), "c2cjs": "1"}
        values |= {name: sends[name] for name in ("session.skills",) if name in sends}
        custom = {name: value for name, value in sends.items() if name.startswith(PREFIX)}
        summary = [custom.pop(name, "") for name in self._summary]
        values |= custom
        if self._settings.send_summary:
            values["customer.details"] = cut_to_bytes(summary[0], DETAILS)
        return start_link(self._host(queue), fit(values, LINK))

    def _host(self, queue: Queue) -> str:
        return address_of(queue).host or self._settings.host


def _queue_id(queue: Queue) -> str:
    address = address_of(queue)
    return f"issue:{address.issue_code}" if address.issue_code else f"team:{address.team}"
