"""Opening hours, against an oracle that looks at every minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.catalogue.hours import HORIZON, Hours

NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BERLIN = ZoneInfo("Europe/Berlin")

# Clock changes of an hour, of half an hour, a day that never was (Apia 2011-12-30), and none at all.
ZONES_AND_DAYS = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("UTC", date(2026, 6, 10)),
]


def at(text: str, zone: str = "Europe/Berlin", fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def hours(open_: dict[str, str], *closed: str, zone: str = "Europe/Berlin") -> Hours:
    return Hours(timezone=zone, open=open_, closed=closed)


@st.composite
def _spans(draw: st.DrawFn) -> str:
    times = sorted(
        draw(st.sets(st.integers(0, 1439), min_size=2, max_size=4).filter(lambda s: len(s) % 2 == 0))
    )
    pairs = list(zip(times[::2], times[1::2], strict=True))
    if draw(st.booleans()):  # the last one goes over midnight
        pairs[-1] = (pairs[-1][0], draw(st.integers(0, pairs[-1][0] - 1)) if pairs[-1][0] else 1440)
    return ", ".join(f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in pairs)


@st.composite
def _cases(draw: st.DrawFn) -> tuple[Hours, datetime]:
    zone, day = draw(st.sampled_from(ZONES_AND_DAYS))
    near = st.integers(-2, 2).map(lambda days: (day + timedelta(days=days)).isoformat())
    open_ = draw(st.dictionaries(st.one_of(st.sampled_from(NAMES), near), _spans(), min_size=1, max_size=6))
    closed = draw(st.sets(near, max_size=2)) - set(open_)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    moment = start + timedelta(
        minutes=draw(st.integers(-2000, 3000)), seconds=draw(st.sampled_from([0, 0, 31]))
    )
    return Hours(timezone=zone, open=open_, closed=tuple(closed)), moment


def _oracle(hours: Hours, moment: datetime) -> bool:
    """The rules once more, the long way: text is compared, nothing is parsed ahead."""
    wall = moment.astimezone(ZoneInfo(hours.timezone))
    for back in (0, 1):
        day = wall.date() - timedelta(days=back)
        if day.isoformat() in hours.closed:
            continue
        for span in hours.open.get(day.isoformat(), hours.open.get(NAMES[day.weekday()], "")).split(","):
            if not span:
                continue
            start, end = span.strip().split("-")
            now = f"{wall.hour:02}:{wall.minute:02}"
            if end > start:
                inside = back == 0 and start <= now < end
            else:
                inside = start <= now if back == 0 else now < end
            if inside:
                return True
    return False


@settings(deadline=None)
@given(_cases())
def test_is_open_agrees_with_the_oracle(case: tuple[Hours, datetime]) -> None:
    subject, moment = case
    for minutes in range(0, 36 * 60, 13):
        then = moment + timedelta(minutes=minutes)
        assert subject.is_open(then) == _oracle(subject, then)


@settings(deadline=None)
@given(_cases())
def test_next_opening_is_the_first_open_minute(case: tuple[Hours, datetime]) -> None:
    subject, moment = case
    opening = subject.next_opening(moment)
    # In UTC: between zones, a time that comes twice equals nothing.
    end = moment + timedelta(days=4) if opening is None else opening.astimezone(UTC)
    assert end >= moment
    if opening is not None:
        assert _oracle(subject, end)
        assert str(opening.tzinfo) == subject.timezone
        assert end == moment or not _oracle(subject, end - timedelta(seconds=1))
    then = moment
    while then < min(end, moment + timedelta(days=4)):
        assert not _oracle(subject, then)
        then = (then + timedelta(minutes=1)).replace(second=0)


@pytest.mark.parametrize(
    ("open_", "closed", "moment", "expected"),
    [
        ({"mon-fri": "08:00-18:00"}, (), "2026-11-18 08:00", True),
        ({"mon-fri": "08:00-18:00"}, (), "2026-11-18 17:59:59", True),
        ({"mon-fri": "08:00-18:00"}, (), "2026-11-18 18:00", False),
        ({"mon-fri": "08:00-18:00"}, (), "2026-11-21 12:00", False),
        ({"sat-mon": "08:00-18:00"}, (), "2026-11-22 12:00", True),  # a range over the week's end
        ({"sat-mon": "08:00-18:00"}, (), "2026-11-24 12:00", False),
        ({"mon": "08:00-12:00,13:00-17:00"}, (), "2026-11-16 12:30", False),
        ({"mon": "08:00-12:00,13:00-17:00"}, (), "2026-11-16 13:30", True),
        ({"mon-sun": "00:00-24:00"}, (), "2026-11-16 23:59:59", True),
        ({"mon": "22:00-06:00"}, (), "2026-11-17 05:59", True),  # the end of Monday's night
        ({"mon": "22:00-06:00"}, (), "2026-11-16 05:59", False),
        ({"mon": "22:00-00:00"}, (), "2026-11-16 23:59", True),
        ({"mon": "22:00-00:00"}, (), "2026-11-17 00:00", False),
        ({"mon-fri": "22:00-06:00"}, ("2026-11-17",), "2026-11-17 05:00", True),  # the tail stays
        ({"mon-fri": "22:00-06:00"}, ("2026-11-17",), "2026-11-17 23:00", False),
        ({"mon-fri": "22:00-06:00"}, ("2026-11-17",), "2026-11-18 05:00", False),
        ({"mon-fri": "08:00-18:00", "2026-12-24": "08:00-12:00"}, (), "2026-12-24 11:00", True),
        ({"mon-fri": "08:00-18:00", "2026-12-24": "08:00-12:00"}, (), "2026-12-24 13:00", False),
        ({"2026-11-21": "10:00-12:00"}, (), "2026-11-21 11:00", True),  # one Saturday
    ],
)
def test_rules(open_: dict[str, str], closed: tuple[str, ...], moment: str, expected: bool) -> None:
    assert hours(open_, *closed).is_open(at(moment)) is expected


@pytest.mark.parametrize(
    ("open_", "moment", "fold", "expected"),
    [
        # 2026-03-29: 02:00 becomes 03:00.
        ({"sun": "02:30-04:00"}, "2026-03-29 01:00", 0, "2026-03-29T03:00:00+02:00"),
        ({"sun": "02:10-02:50", "mon": "09:00-10:00"}, "2026-03-29 01:00", 0, "2026-03-30T09:00:00+02:00"),
        # 2026-10-25: 03:00 becomes 02:00 again, so 02:30 comes twice.
        ({"sun": "02:30-02:40"}, "2026-10-25 01:00", 0, "2026-10-25T02:30:00+02:00"),
        ({"sun": "02:30-02:40"}, "2026-10-25 02:50", 0, "2026-10-25T02:30:00+01:00"),
        ({"sun": "02:00-02:30"}, "2026-10-25 02:40", 0, "2026-10-25T02:00:00+01:00"),
        ({"sun": "02:30-02:40"}, "2026-10-25 02:50", 1, "2026-11-01T02:30:00+01:00"),
    ],
)
def test_openings_around_a_clock_change(open_: dict[str, str], moment: str, fold: int, expected: str) -> None:
    opening = hours(open_).next_opening(at(moment, fold=fold))
    assert opening is not None
    assert opening.isoformat() == expected


def test_it_opens_now_where_it_is_open() -> None:
    now = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
    assert hours({"mon-fri": "08:00-18:00"}).next_opening(now) == now


def test_nothing_opens_within_the_horizon() -> None:
    opens = date(2026, 12, 24)
    subject = hours({opens.isoformat(): "08:00-12:00"})
    midnight = datetime(2026, 12, 24, tzinfo=BERLIN)
    assert subject.next_opening(midnight - HORIZON) is None
    assert subject.next_opening(midnight + timedelta(hours=9) - HORIZON) is not None
    assert subject.next_opening(midnight + timedelta(days=1)) is None


@pytest.mark.parametrize("ask", [Hours.is_open, Hours.next_opening])
def test_a_time_without_zone_is_refused(ask: object) -> None:
    with pytest.raises(ValueError, match="time zone"):
        ask(hours({"mon": "08:00-09:00"}), datetime(2026, 11, 18, 12, 0))  # type: ignore[operator]  # noqa: DTZ001
