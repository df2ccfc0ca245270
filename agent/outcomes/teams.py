"""Which team answers which queues, as the catalogue says it.

A team is known by its number (`beyondtrust.team`) and by its name: `team_name`, else the queue's own name.
"""

from typing import NamedTuple

from agent.catalogue.schema import Catalogue, Queue
from agent.outcomes.session import Place


class Team(NamedTuple):
    """A team, as it is called, and the ids of the queues that it answers."""

    name: str
    queues: tuple[str, ...]


_Key = int | str


class Teams:
    """The teams behind a catalogue's queues. A team that answers none of them is unknown here."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        numbers = {
            _name(queue): number for queue in catalogue.queues if (number := _number(queue)) is not None
        }
        groups: dict[_Key, list[Queue]] = {}
        self._names: dict[str, _Key] = {}
        for queue in sorted(catalogue.queues, key=lambda queue: not _team_name(queue)):
            number = _number(queue)
            key = numbers.get(_name(queue), _name(queue)) if number is None else number
            groups.setdefault(key, []).append(queue)
            self._names.setdefault(_name(queue), key)
        self._teams = {key: _team(queues, catalogue) for key, queues in groups.items()}
        self._by_queue = {queue: team for team in self._teams.values() for queue in team.queues}

    def of(self, place: Place | None) -> Team | None:
        """The team whose queue `place` is: by its number, else by its name."""
        if place is None:
            return None
        if place.number in self._teams:
            return self._teams[place.number]
        key = self._names.get(place.name.casefold())
        other = place.number is not None and isinstance(key, int)  # of that name, but another number
        return None if key is None or other else self._teams[key]

    def of_queue(self, id_: str) -> Team:
        """The team that answers the queue `id_`."""
        return self._by_queue[id_]

    def named(self, name: str) -> Team | None:
        """The team with this name."""
        return self.of(Place(name=name))

    def queue_named(self, name: str) -> Queue | None:
        """The one queue with this name."""
        found = [queue for queue in self.catalogue.queues if queue.name.casefold() == name.casefold()]
        return found[0] if len(found) == 1 else None


def _team(queues: list[Queue], catalogue: Catalogue) -> Team:
    ids = {queue.id for queue in queues}
    name = next(filter(None, map(_team_name, queues)), None) or queues[0].name
    return Team(name, tuple(queue.id for queue in catalogue.queues if queue.id in ids))


def _team_name(queue: Queue) -> str | None:
    return queue.beyondtrust.team_name if queue.beyondtrust else None


def _number(queue: Queue) -> int | None:
    return queue.beyondtrust.team if queue.beyondtrust else None


def _name(queue: Queue) -> str:
    return (_team_name(queue) or queue.name).casefold()
