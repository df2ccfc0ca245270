"""What the appliance says of a queue that stands in the file already."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from agent.catalogue.beyondtrust import BeyondTrust
from agent.catalogue.places import Place, Style, child, end_of, line_end, line_start, span
from agent.catalogue.pull.entry import GONE, Record, gone_line, record_in
from agent.catalogue.pull.news import Edit, News, label
from agent.catalogue.pull.offered import Offer, Offered, key_of
from agent.catalogue.scalars import restyled
from agent.catalogue.schema import Queue


class Existing:
    """An entry of the file `text`; `edits` and `news` are what comes of it, `queue` what it says then."""

    def __init__(self, text: str, style: Style, place: Place, queue: Queue) -> None:
        self.queue = queue
        self.edits: list[Edit] = []
        self.news: list[News] = []
        self._text = text
        self._style = style
        self._place = place

    def compare(self, offered: Offered, today: date, *, default: bool) -> None:
        """Take over what is to be; `default`: it is the catalogue's default queue."""
        address = self.queue.beyondtrust
        key = key_of(address.issue, address.team) if address else None
        if address is None or key is None:
            return
        offer = offered.by_key.get(key)
        if offer:
            self._back()
            self._follow(address, offer)
            return
        more = "; it is the default_queue: choose another" if default else ""
        if address.issue and not offered.issues_told:
            self._tell("note", f"may be gone, but the appliance does not tell all issues by code name{more}")
        else:
            self._gone(today, more)

    def _gone(self, today: date, more: str) -> None:
        line = self._place.line
        if self._mark():
            self._tell("note", f"is still gone{more}")
        elif line is None:
            self._tell("note", f"is gone, and cannot be marked in the middle of a line{more}")
        else:
            self.edits.append(Edit(line, line, gone_line(today, self._style)))
            self._tell("gone", f"the appliance has it no more{more}")

    def _back(self) -> None:
        if mark := self._mark():
            self.edits.append(Edit(*mark, ""))
            self._tell("back", "the appliance has it again")

    def _mark(self) -> tuple[int, int] | None:
        """The line that says that it is gone, among the comments right above the entry."""
        return next((line for line in self._comments_above() if GONE.fullmatch(self._text, *line)), None)

    def _comments_above(self) -> Iterator[tuple[int, int]]:
        start = self._place.line
        while start is not None and start > 0:
            above = line_start(self._text, start - 1)
            if above <= self._place.after or not self._text[above:start].lstrip().startswith("#"):
                return
            yield above, start
            start = above

    def _follow(self, address: BeyondTrust, offer: Offer) -> None:
        """Take over another name or team, where the file still says what was pulled."""
        node = child(self._place.node, "beyondtrust")
        start, end = node.start_mark.index, line_end(self._text, end_of(self._text, node))
        record, new = record_in(self._text, start, end), Record(offer.name, offer.team)
        if record is None or record[:2] == new[:2]:
            return
        self.edits.append(Edit(record.start, record.end, str(new)))
        if record.name != new.name:
            self._rename(record, new)
        if record.team != new.team:
            self._move(address, record, offer)

    def _rename(self, record: Record, new: Record) -> None:
        name = child(self._place.node, "name")
        if self.queue.name != record.name or name.style in ("|", ">"):
            self._tell("renamed", f'the appliance calls it "{new.name}" now; the name in the file stays')
            return
        self._tell("renamed", f'is "{new.name}" now')
        self.edits.append(Edit(*span(self._text, name), restyled(new.name, name.style)))
        self.queue = self.queue.model_copy(update={"name": new.name})

    def _move(self, address: BeyondTrust, record: Record, new: Offer) -> None:
        if address.team != record.team:
            self._tell("renamed", f"belongs to team {new.team} now; the team in the file stays")
            return
        self._tell("renamed", f"belongs to team {new.team} now")
        node = child(self._place.node, "beyondtrust")
        team = child(node, "team")
        quote = team.style or ""
        self.edits.append(Edit(*span(self._text, team), f"{quote}{new.team}{quote}"))
        moved = address.model_copy(update={"team": new.team})
        if address.team_name:  # the new team's number beside the old one's name would tell two things
            called = child(node, "team_name")
            self.edits.append(Edit(*span(self._text, called), restyled(new.team_name, called.style)))
            moved = moved.model_copy(update={"team_name": new.team_name})
        self.queue = self.queue.model_copy(update={"beyondtrust": moved})

    def _tell(self, kind: Literal["renamed", "gone", "back", "note"], text: str) -> None:
        self.news.append(News(kind, f"{label(self.queue)}: {text}"))
