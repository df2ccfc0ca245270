"""The sessions of a time, from the report and from events, with the conversations behind them."""

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from agent.catalogue.beyondtrust import BeyondTrustSettings
from agent.catalogue.schema import Catalogue
from agent.errors import SettingsError, StoreError, TargetError
from agent.extras import needs_extra
from agent.outcomes.conversations import Handed, find
from agent.outcomes.event_file import read_events
from agent.outcomes.events import Event, sessions_of
from agent.outcomes.session import Session, joined
from agent.stores.base import Store
from agent.stores.choose import choose_store
from agent.stores.memory import MemoryStore

SECONDS = 60.0
"""That one request for a piece of the report may take."""

Watch = Callable[[int, int], None]
"""Told how much of the time is read, of how much."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where to look: times in Unix seconds, files of events, the agent's store as `choose_store` takes it."""

    catalogue: Catalogue
    since: int
    until: int
    events: tuple[Path, ...]
    store: str | None
    report: bool


@dataclass(slots=True)
class Gathered:
    """What was found. `others` counts sessions that carry no reference; `incomplete` says what failed."""

    handoffs: list[Session] = field(default_factory=list)
    others: int = 0
    handed: dict[str, Handed] = field(default_factory=dict)
    damaged_lines: int = 0
    damaged_documents: int = 0
    incomplete: str | None = None


async def gather(sources: Sources, watch: Watch) -> Gathered:
    """Everything that can be read. Raises `InputError` for what is wrong with settings and files."""
    found = Gathered()
    told = _from_events(sources, found)
    store = choose_store(sources.store, there=True) if sources.store else None
    try:
        listed = await _from_report(sources, store or MemoryStore(), found, watch) if sources.report else {}
        sessions = [joined(listed.get(id_), told.get(id_)) for id_ in {**told, **listed}]
        within = [session for session in sessions if _within(session, sources)]
        found.handoffs = _one_each(session for session in within if session.reference)
        found.others = sum(not session.reference for session in within)
        if store:
            await _look_up(store, found)
    finally:
        if store:
            await store.close()
    return found


def _from_events(sources: Sources, found: Gathered) -> dict[str, Session]:
    events: list[Event] = []
    for path in sources.events:
        read = read_events(path)
        events += read.events
        found.damaged_lines += read.damaged
    return {session.id: session for session in sessions_of(events)}


async def _from_report(sources: Sources, store: Store, found: Gathered, watch: Watch) -> dict[str, Session]:
    sessions: dict[str, Session] = {}
    at = sources.since
    try:
        async with aclosing(_pieces(sources, store)) as pieces:
            async for at, piece in pieces:
                sessions |= {session.id: session for session in piece}
                watch(at - sources.since, sources.until - sources.since)
    except (TargetError, StoreError) as error:
        read = datetime.fromtimestamp(at, UTC)
        found.incomplete = f"the report was read up to {read:%Y-%m-%d %H:%M:%S} UTC only: {error}"
    return sessions


async def _pieces(sources: Sources, store: Store) -> AsyncGenerator[tuple[int, list[Session]], None]:
    target = sources.catalogue.target
    if not isinstance(target, BeyondTrustSettings):
        raise SettingsError(
            "the catalogue's target is a url_template, which names no appliance whose report could be read: "
            "give --events FILE"
        )
    with needs_extra("the report", "beyondtrust"):
        from agent.outcomes.report import Fields, sessions_in
        from agent.outcomes.windows import report_pieces
        from agent.targets.beyondtrust.credentials import read_credentials
        from agent.targets.beyondtrust.make import make_commands
    commands = make_commands(target.host, read_credentials(), store, seconds=SECONDS)
    fields = Fields.of(target)
    async for at, root in report_pieces(commands, sources.since, sources.until):
        yield at, list(sessions_in(root, fields))


def _within(session: Session, sources: Sources) -> bool:
    """Whether it began in the time; where nothing says when, it is taken in."""
    started = session.started or next((stay.at for stay in session.stays if stay.at), session.ended)
    return started is None or sources.since <= started < sources.until


def _one_each(sessions: Iterable[Session]) -> list[Session]:
    """One session for each handoff, whose link may be opened again: the first that was taken, else the last."""
    found: dict[str, Session] = {}
    for session in sorted(sessions, key=lambda session: (session.started or 0, session.id)):
        kept = found.get(session.reference)
        if kept is None or not kept.taken:
            found[session.reference] = session
    return list(found.values())


async def _look_up(store: Store, found: Gathered) -> None:
    try:
        looked = await find(store, [session.reference for session in found.handoffs])
    except StoreError as error:
        found.incomplete = found.incomplete or f"the conversations could not be looked up: {error}"
    else:
        found.handed, found.damaged_documents = looked.handed, looked.damaged
