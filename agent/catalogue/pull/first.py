"""The first catalogue for an appliance."""

import re
from collections.abc import Sequence

from agent.catalogue.beyondtrust import PortalLinkSettings, SessionKeySettings
from agent.catalogue.places import Style
from agent.catalogue.pull.entry import entry
from agent.catalogue.scalars import scalar
from agent.catalogue.schema import Queue

_TEXT = """\
# Support queues, as {address} has them. `handoff queues pull` wrote this file, and it is yours
# from here on: run again, it adds what is new and marks what is gone, and leaves what you have written as it is.
# Every key: docs/catalogue.md. Mistakes, and what routes badly: handoff queues check FILE
version: 1

# Where a handoff leads. portal_link: an issue of the portal. session_key: a key that the API makes.
target:
  kind: {kind}
  host: {host}

# Takes what no other queue does, and can always be reached.
default_queue: {default}

# Opening hours that queues share (in a queue: `calendar: office`), and other help beside the queues:
# calendars:
#   office: {{timezone: Europe/Berlin, open: {{mon-fri: "08:00-18:00"}}, closed: ["2026-12-25"]}}
# other_help:
#   - {{label: IT portal, url: "https://it.example.com"}}

# Routing is made from descriptions: say in each what people need help with, in their words.
# A queue that you do not want: put a # before its lines. Deleted, it comes again.
queues:
{queues}
"""
# The plainest first: what is named so takes everything.
_GENERAL = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(it )?(service|help|support) ?desk\b",
        r"\bfirst (level|line)\b",
        r"^(general|allgemein)|\bgeneral (support|questions?|help)\b",
        r"^(others?|something else|anything else|everything else|sonstiges?|anderes?|etwas anderes)$",
    )
]


def likely_default(queues: Sequence[Queue]) -> Queue | None:
    """The queue whose name or issue sounds as if it took everything; None where none does."""
    return next((queue for general in _GENERAL for queue in queues if _sounds(queue, general)), None)


def _sounds(queue: Queue, general: re.Pattern[str]) -> bool:
    code = queue.beyondtrust.issue if queue.beyondtrust else None
    return any(general.search(re.sub(r"[_\W]+", " ", text).strip()) for text in (queue.name, code or ""))


def first_catalogue(
    target: PortalLinkSettings | SessionKeySettings, default_queue: str, queues: Sequence[Queue]
) -> bytes:
    """A file with `queues`, whose ids are unique, and comments for who goes on writing."""
    entries = "\n\n".join(entry(queue, Style()) for queue in queues)
    return _TEXT.format(
        address=target.address,
        host=scalar(target.host),
        kind=target.kind,
        default=scalar(default_queue),
        queues=entries,
    ).encode()
