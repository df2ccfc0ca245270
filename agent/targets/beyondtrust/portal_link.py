"""A link into the public portal: no credentials, and nothing is made before the person opens it.

What a link says is unauthenticated, and the person can edit it. Parameters: the vendor's session generation API.
"""

import re
from collections.abc import Mapping, Sequence

from agent.catalogue.beyondtrust import PortalLinkSettings
from agent.catalogue.schema import Queue
from agent.errors import TargetError
from agent.targets.base import Opened, Packet
from agent.targets.beyondtrust.attributes import address_of, attributes, value_of
from agent.targets.beyondtrust.limits import DETAILS, LINK, NAME, cut, cut_to_bytes, fit
from agent.targets.beyondtrust.links import hosts_of, is_ours, start_link

_LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")


class PortalLink:
    """The target of kind `portal_link`."""

    def __init__(self, settings: PortalLinkSettings, queues: Sequence[Queue]) -> None:
        self._settings = settings
        self._hosts = hosts_of(settings.host, queues)

    @property
    def carries_summary(self) -> bool:
        """Whether the operator wants the summary in the link."""
        return self._settings.send_summary

    def to(self, queue: Queue) -> str:
        """The queue's public site, else the target's."""
        return f"https://{self._host(queue)}"

    def sends(self, packet: Packet) -> dict[str, str]:
        """The link's parameters."""
        settings, user = self._settings, packet.user
        custom = attributes(settings, packet)
        values = issue_of(packet.queue)
        values |= {name: custom.pop(name) for name in list(custom)[:1]}  # the correlation is never cut
        if settings.send_summary:
            values["customer.details"] = cut_to_bytes(packet.summary, DETAILS)
        values["customer.name"] = cut(user.name or "", NAME)
        values["customer.company"] = cut(value_of(settings.company or "text:", packet), NAME)
        if user.locale and _LOCALE.fullmatch(user.locale):
            values["locale"] = user.locale
        return fit({**values, **custom}, LINK)

    async def open(self, queue: Queue, sends: Mapping[str, str]) -> Opened:
        """The link made of `sends`."""
        routing = issue_of(queue)
        if {name: sends.get(name) for name in routing} != routing:
            raise TargetError(f"the values do not belong to queue {queue.id}")
        return Opened(url=start_link(self._host(queue), sends), carries_summary=self.carries_summary)

    def owns(self, url: str) -> bool:
        """Whether `url` starts a session on a configured host."""
        return is_ours(url, self._hosts)

    def _host(self, queue: Queue) -> str:
        return address_of(queue).host or self._settings.host


def issue_of(queue: Queue) -> dict[str, str]:
    """The parameters that lead to the queue's issue, in a web chat."""
    address = address_of(queue)
    issue = {"codeName": address.issue_code} if address.issue_code else {"id": address.issue or ""}
    skills = {"session.skills": ",".join(address.skills)} if address.skills else {}
    return {"issue_menu": "1", **issue, "c2cjs": "1", **skills}
