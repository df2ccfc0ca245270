"""A support session as an outcome is made of it: who had it from when on. Times are Unix seconds."""

import re
from dataclasses import dataclass
from typing import NamedTuple

_REFERENCE = re.compile(r"[0-9a-f]{32}")
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_LATEST = 4_102_444_800  # 2100-01-01: what is later is no time


class Place(NamedTuple):
    """A queue in which a session waits. Without number and name it is none that is known."""

    number: int | None = None
    name: str = ""


class Stay(NamedTuple):
    """From `at` on the session is in `place`; None: a representative has it."""

    at: int | None
    place: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session, by its id on the appliance (lsid).

    `reference` is the proposal's, empty where it carries none; `queue` is the queue's name, where a field of the
    session says it; `teams` are those that the report lists.
    """

    id: str
    reference: str = ""
    queue: str = ""
    started: int | None = None
    ended: int | None = None
    stays: tuple[Stay, ...] = ()
    teams: tuple[Place, ...] = ()

    @property
    def taken(self) -> bool:
        """Whether a representative ever had it."""
        return any(stay.place is None for stay in self.stays)


def reference_in(text: str | None) -> str:
    """`text` if it is a proposal's reference, else "": other systems have external keys of their own."""
    found = (text or "").strip().lower()
    return found if _REFERENCE.fullmatch(found) else ""


def id_in(text: str | None) -> str:
    """`text` if it can be the id of a session, else ""."""
    found = (text or "").strip().lower()
    return found if _ID.fullmatch(found) else ""


def time_in(text: str | None) -> int | None:
    """The Unix seconds that `text` gives, else None."""
    found = (text or "").strip()
    seconds = int(found) if found.isascii() and found.isdecimal() and len(found) <= 10 else 0
    return seconds if 0 < seconds < _LATEST else None


def joined(report: Session | None, events: Session | None) -> Session:
    """What both know of one session; where they differ, the report is right."""
    if report is None or events is None:
        found = report or events
        if found is None:
            raise ValueError("a session that nobody knows")
        return found
    return Session(
        id=report.id,
        reference=report.reference or events.reference,
        queue=report.queue,
        started=report.started or events.started,
        ended=report.ended or events.ended,
        stays=report.stays or events.stays,
        teams=report.teams,
    )
