"""What of an appliance becomes queues, in every spelling and release."""

import pytest

from agent.appliance.dialect import Dialect
from agent.appliance.site import Site, example_site_path, load_site
from agent.catalogue.beyondtrust import PortalLinkSettings, SessionKeySettings
from agent.catalogue.pull.offered import Offer, Offered
from agent.errors import TargetError
from agent.stores.memory import MemoryStore
from agent.targets.beyondtrust.credentials import read_credentials
from agent.targets.beyondtrust.make import make_commands
from agent.targets.beyondtrust.offers import Settings, offered, offers
from agent.targets.beyondtrust.roster import Issue, Noted, Team
from tests.support.appliance import Running, running_appliance

from .setting import host_of, use
from .test_roster import DIALECTS

LINK = PortalLinkSettings(kind="portal_link", host="support.example.com")
KEY = SessionKeySettings(kind="session_key", host="support.example.com")
KEY_OR_LINK = KEY.model_copy(update={"on_failure": "portal_link"})
NONE: dict[int, Noted] = {}


def site(**team: object) -> Site:
    """The example, with another last team (Database Support, with one issue)."""
    example = load_site(example_site_path())
    last = example.teams[-1].model_copy(update=team)
    return example.model_copy(update={"teams": (*example.teams[:-1], last)})


async def asked(appliance: Running, settings: Settings = KEY) -> Offered:
    api = make_commands(host_of(appliance), read_credentials(), MemoryStore(), seconds=5)
    return await offered(api, settings)


@pytest.mark.parametrize("dialect", DIALECTS, ids=str)
async def test_every_issue_is_a_queue(dialect: Dialect, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_appliance(site(comments="Databases:\n SQL."), dialect=dialect) as appliance:
        use(appliance, monkeypatch)
        found = await asked(appliance)
    assert len(found.offers) == 14
    keys = ("issue:db_support", "issue:14")
    called = "Database Support"
    expected = Offer("db_support", called, "db_support", 12, keys, "Databases: SQL.", team_name=called)
    assert found.offers[-1] == found.by_key["issue:14"] == expected
    assert found.by_key["team:12"].issue is None
    assert found[2:] == (True, ())
    assert [offer.description for offer in found.offers[:-1]] == [""] * 13


@pytest.mark.parametrize("dialect", DIALECTS, ids=str)
async def test_a_team_without_issues(dialect: Dialect, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_appliance(site(issues=(), comments="Waits."), dialect=dialect) as appliance:
        use(appliance, monkeypatch)
        by_key, by_link = await asked(appliance), await asked(appliance, LINK)
    assert by_key.offers[-1] == Offer(
        "database_support", "Database Support", None, 12, ("team:12",), "Waits."
    )
    assert len(by_key.offers) == 14
    assert len(by_link.offers) == 13
    assert by_link.notes == (
        "Database Support: this team has no issue that a link can lead to, so it gets no queue",
    )


async def test_without_the_right_to_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_appliance(site(comments="Databases", issues=())) as appliance:
        use(appliance, monkeypatch, "no-configuration")
        found = await asked(appliance)
    assert found.offers[-1] == Offer("team-12", "Database Support", None, 12, ("team:12",))
    (note,) = found.notes
    assert "takes a right to the Configuration API: localhost" in note


async def test_nothing_to_lead_to(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = site().model_copy(
        update={"teams": tuple(t.model_copy(update={"issues": ()}) for t in site().teams)}
    )
    with running_appliance(empty) as appliance:
        use(appliance, monkeypatch)
        with pytest.raises(TargetError, match=r"tells of no issue: .* Command API, read-only or more"):
            await asked(appliance, LINK)
        found = await asked(appliance)
    assert [offer.team for offer in found.offers] == [1, 2, 3, 4, 5, 12]
    assert not found.issues_told


def team(*issues: Issue, id_: int = 7, name: str = "A team", code: str = "") -> Team:
    return Team(id_, name, code, None, issues)


@pytest.mark.parametrize(
    ("issue", "link", "key"),
    [
        (Issue(5, "five", "Five"), ("five", "Five", "five"), ("five", "Five", "five")),
        (Issue(None, "five", ""), ("five", "five", "five"), ("five", "five", "five")),
        (Issue(5, "", "Five"), ("issue-5", "Five", "5"), None),
        (Issue(5, "", "\x07\u202e"), ("issue-5", "Issue 5", "5"), None),
        (Issue(5, "0123", "Five"), ("issue-5", "Five", "5"), None),
        (Issue(5, "a b|{}", "Five"), ("issue-5", "Five", "5"), None),
        (Issue(5, "x" * 65, "Five"), ("issue-5", "Five", "5"), None),
        (Issue(5, "___", "Five"), ("issue-5", "Five", "___"), ("issue-5", "Five", "___")),
        (Issue(None, "", "Five"), None, None),
    ],
)
def test_odd_issues(issue: Issue, link: tuple[str, ...] | None, key: tuple[str, ...] | None) -> None:
    good = Issue(1, "one", "One")
    for settings, expected in ((LINK, link), (KEY, key)):
        found = offers([team(good, issue)], NONE, settings)
        assert [offer[:3] for offer in found.offers] == [
            ("one", "One", "one"),
            *([expected] if expected else []),
        ]
        assert len(found.notes) == (expected is None)
        assert "A team: the appliance does not tell how to address" in "".join(found.notes) or expected


def test_a_team_whose_issues_no_key_leads_to() -> None:
    (alone,) = offers([team(Issue(5, "", "Five"))], {7: Noted("code", "Noted")}, KEY).offers
    assert alone == Offer("code", "A team", None, 7, ("team:7",), "Noted")
    assert offers([team(Issue(5, "", "Five"))], NONE, KEY_OR_LINK).offers == ()


@pytest.mark.parametrize(("name", "code", "expected"), [("", "", ("team-7", "Team 7")), ("X", "--", ("team-7", "X")), ("X", "a.b", ("team-7", "X"))])  # fmt: skip
def test_odd_teams(name: str, code: str, expected: tuple[str, str]) -> None:
    (alone,) = offers([team(name=name, code=code)], NONE, KEY).offers
    assert alone[:2] == expected


def test_an_issue_that_is_told_twice() -> None:
    found = offers([team(Issue(5, "five", "Five")), team(Issue(5, "five", "Again"), id_=8)], NONE, KEY)
    assert [(offer.name, offer.team) for offer in found.offers] == [("Five", 7)]


def test_what_is_not_told() -> None:
    assert not offers([team(Issue(5, "", "Five"), Issue(6, "six", "Six"))], NONE, LINK).issues_told
    assert offers([team(Issue(6, "six", "Six"), Issue(5, "05", "Five"))], NONE, LINK).issues_told
