"""What a session carries along: its attributes, by the code names of the catalogue."""

from agent.catalogue.beyondtrust import BeyondTrust, BeyondTrustSettings
from agent.catalogue.schema import Queue
from agent.errors import TargetError
from agent.targets.base import Packet
from agent.targets.beyondtrust.limits import FIELD, cut

PREFIX = "session.custom."


def attributes(settings: BeyondTrustSettings, packet: Packet) -> dict[str, str]:
    """The attributes by parameter name, each within its limit: the correlation, the summary, then the others."""
    first = {settings.correlation: "reference"}
    ordered = sorted(settings.fields.items(), key=lambda item: item[1] != "summary")
    sources = {**first, **dict(ordered)}
    return {PREFIX + code: cut(value_of(source, packet), FIELD) for code, source in sources.items()}


def value_of(source: str, packet: Packet) -> str:
    """What `source` stands for; empty where there is no such thing."""
    kind, _, rest = source.partition(":")
    match kind:
        case "name":
            return packet.user.name or ""
        case "email":
            return packet.user.email or ""
        case "summary":
            return packet.summary
        case "reference":
            return packet.reference
        case "queue":
            return packet.queue.name
        case "attribute":
            value = packet.user.attributes.get(rest, "")
            return value if isinstance(value, str) else ", ".join(value)
    return rest


def address_of(queue: Queue) -> BeyondTrust:
    """How `queue` is addressed; the catalogue's check has made sure that it is."""
    if queue.beyondtrust is None:
        raise TargetError(f"queue {queue.id} has no beyondtrust address in the catalogue")
    return queue.beyondtrust
