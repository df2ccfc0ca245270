"""Teams, issues, members and who is logged in, however the appliance spells them."""

import json

import pytest

from agent.appliance.dialect import Dialect
from agent.errors import TargetError
from agent.stores.memory import MemoryStore
from agent.targets.beyondtrust.credentials import read_credentials
from agent.targets.beyondtrust.make import make_commands
from agent.targets.beyondtrust.roster import Issue, Team, logged_in, teams
from tests.support.appliance import running_appliance

from .accounts import commands
from .raw_server import raw_server, reply, with_token
from .setting import host_of, use

DIALECTS = [
    Dialect(),
    Dialect(spelling="attributes"),
    Dialect(namespace="bomgar", json_commands=False),
    Dialect(namespace="bomgar", json_commands=False, spelling="attributes", error_inside=True),
]
DATABASE = Team(
    id=12,
    name="Database Support",
    code_name="",
    members=frozenset({3, 4}),
    issues=(Issue(14, "db_support", "Database Support"),),
)


@pytest.mark.parametrize("dialect", DIALECTS, ids=str)
async def test_whatever_the_spelling(
    dialect: Dialect, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    with running_appliance(dialect=dialect) as appliance:
        use(appliance, monkeypatch, "read-only")
        api = make_commands(host_of(appliance), read_credentials(), MemoryStore(), seconds=5)
        found = await teams(api)
        assert [team.id for team in found] == [1, 2, 3, 4, 5, 12]
        assert found[-1] == DATABASE
        assert [issue.id for issue in found[1].issues] == [2, 3, 4, 5, 6, 7]
        assert await logged_in(api) == {1, 2, 3, 5}
        appliance.sessions.logged_in.clear()
        assert await logged_in(api) == frozenset()
    assert set(asked) == {"/oauth2/token", "/api/command"}
    assert not any(name in repr(found) for name in ("Edsger", "edsger", "Barbara"))


@pytest.mark.parametrize(
    ("team", "expected"),
    [
        (b'<t id="7"><name>A</name></t>', Team(7, "A", "", None, ())),
        (b"<t><id>7</id><display_name> A\n B </display_name></t>", Team(7, "A B", "", None, ())),
        (b'<t id="7" name="A" code_name="a"><members/></t>', Team(7, "A", "a", frozenset(), ())),
        (b'<t id="7"><members><m><id>3</id></m><m id="4"/></members></t>', Team(7, "", "", frozenset({3, 4}), ())),
        (b'<t id="7"><members><m>Ada</m><m id="4"/></members></t>', Team(7, "", "", None, ())),
    ],
)  # fmt: skip
async def test_teams_in_other_forms(team: bytes, expected: Team) -> None:
    async with raw_server(
        with_token(lambda request: reply(_xml(request, b"<support_teams>" + team + b"</support_teams>")))
    ) as server:
        assert await teams(commands(server.host, server.ca_file)) == (expected,)


@pytest.mark.parametrize("code_name", ["code_name", "codeName"])
async def test_code_names_that_only_json_tells(code_name: str) -> None:
    told = b'<support_teams><t id="7"><issues><issue id="1">Old</issue></issues></t></support_teams>'
    listed = json.dumps([{"id": 1, code_name: "new_one", "title": "New"}, 5]).encode()
    async with raw_server(with_token(lambda request: reply(_xml(request, told, listed)))) as server:
        (team,) = await teams(commands(server.host, server.ca_file))
    assert team.issues == (Issue(1, "new_one", "New"),)
    async with raw_server(
        with_token(lambda request: reply(told) if _is_xml(request) else reply(b"{}", "404 Not Found"))
    ) as server:
        (team,) = await teams(commands(server.host, server.ca_file))
    assert team.issues == (Issue(1, "", "Old"),)


@pytest.mark.parametrize(
    "body",
    [
        b"<other/>",
        b"<support_teams><t/></support_teams>",
        b'<support_teams><t id="x"/></support_teams>',
        b'<support_teams><t id="99999999999"/></support_teams>',
        b"<logged_in_reps><rep>Ada</rep></logged_in_reps>",
        b'<logged_in_reps><rep id="0"/></logged_in_reps>',
    ],
)
async def test_what_is_not_understood_is_no_answer(body: bytes) -> None:
    async with raw_server(with_token(lambda _: reply(body))) as server:
        api = commands(server.host, server.ca_file)
        with pytest.raises(TargetError, match="get_support_teams in a form that is not known"):
            await teams(api)
        with pytest.raises(TargetError, match="get_logged_in_reps in a form that is not known") as caught:
            await logged_in(api)
    assert "Ada" not in str(caught.value)


def _is_xml(request: str) -> bool:
    return request.startswith("POST /api/command ")


def _xml(request: str, body: bytes, json_body: bytes = b"[]") -> bytes:
    return body if _is_xml(request) else json_body
