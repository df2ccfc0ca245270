"""The Reporting API: `generate_report=SupportSession`.

Recorded are the frame and most elements; what `team_list` is made of is not documented.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from starlette.responses import Response

from agent.appliance.api import Call
from agent.appliance.dialect import Dialect
from agent.appliance.sessions import Happened, Session, Sessions
from agent.appliance.wire import CommandError, Element, element, xml_answer

A_DAY = 86_400


class Reports:
    """The report on support sessions."""

    def __init__(self, sessions: Sessions, dialect: Dialect, clock: Callable[[], float]) -> None:
        self._sessions, self._dialect, self._clock = sessions, dialect, clock

    def answer(self, call: Call) -> Response:
        """The sessions that were asked for. Raises `CommandError`."""
        if call.no_rights or not call.account.reporting:
            raise CommandError("Permission denied: the API account may not read reports.")
        if call.parameters.get("generate_report") != "SupportSession":
            raise CommandError("The report is unknown: the stand-in has SupportSession.")
        found = [self._session(session) for session in self._asked_for(call.parameters)]
        return xml_answer(element("session_list", *found), self._dialect.namespace_of("reporting"))

    def _asked_for(self, wanted: Mapping[str, str]) -> list[Session]:
        ways = [name for name in ("lsid", "lsids", "start_date", "start_time") if name in wanted]
        if len(ways) != 1:
            raise CommandError("Give one of lsid, lsids, start_date and start_time.")
        if ways[0] in ("lsid", "lsids"):
            ids = [lsid.strip() for lsid in wanted[ways[0]].split(",")]
            return [session for lsid in ids if (session := self._sessions.get(lsid))]
        start, unit = _start(ways[0], wanted[ways[0]])
        duration = wanted.get("duration", "0")
        if not duration.isdecimal() or len(duration) > 10:
            raise CommandError("The duration must be a whole number.")
        end = start + int(duration) * unit if int(duration) else self._clock() + 1
        return [session for session in self._sessions.all if start <= int(session.started) < end]

    def _session(self, session: Session) -> Element:
        owner = session.representatives[-1] if session.representatives else None
        lasted = int((session.ended or self._clock()) - session.started)
        return element(
            "session",
            element("session_type", "support"),
            element("lseq", session.number),
            _time("start_time", session.started),
            _time("end_time", session.ended),
            element("duration", f"{lasted // 3600:02}:{lasted // 60 % 60:02}:{lasted % 60:02}"),
            element("external_key", session.external_key),
            element("custom_attributes", *(_custom(name, text) for name, text in session.custom.items())),
            _time("rep_join_time", session.joined),
            element("team_list", *(self._team(id_, name) for id_, name in session.teams)),
            element("primary_customer", session.customer[1], gsnumber=1),
            element("primary_rep", owner.display_name, gsnumber=owner.id + 1, id=owner.id) if owner else None,
            element(
                "customer_list", element("customer", element("username", session.customer[1]), gsnumber=1)
            ),
            element(
                "rep_list",
                *(
                    element(
                        "representative",
                        element("username", person.username),
                        element("display_name", person.display_name),
                        element("session_owner", int(person == owner)),
                        gsnumber=person.id + 1,
                        id=person.id,
                    )
                    for person in session.representatives
                ),
            ),
            element("session_details", *map(_event, session.history)),
            lsid=session.lsid,
        )

    def _team(self, id_: int, name: str) -> Element:
        if self._dialect.spelling == "attributes":
            return element("team", id=id_, name=name)
        return element("team", name, id=id_)


def _start(way: str, text: str) -> tuple[float, int]:
    """The beginning of the window, and the seconds that its duration counts in."""
    if way == "start_time":
        if not text.isdecimal() or len(text) > 12:
            raise CommandError("The start_time must be a Unix timestamp.")
        return int(text), 1
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).timestamp(), A_DAY
    except ValueError:
        raise CommandError("The start_date must be YYYY-MM-DD.") from None


def _time(tag: str, time: float | None) -> Element:
    if time is None:
        return element(tag)
    shown = datetime.fromtimestamp(int(time), UTC).isoformat()
    return element(tag, shown, timestamp=int(time))


def _custom(code_name: str, text: str) -> Element:
    return element("custom_attribute", text, code_name=code_name)


def _event(happened: Happened) -> Element:
    def actor(tag: str, who: tuple[str, str]) -> Element:
        return element(tag, who[1], type=who[0])

    return element(
        "event",
        actor("performed_by", happened.by),
        actor("destination", happened.to) if happened.to else None,
        element("data", element("value", name="owner", value=happened.owner)) if happened.owner else None,
        timestamp=int(happened.time),
        event_type=happened.what,
    )
