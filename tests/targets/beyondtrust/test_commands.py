"""The APIs beside session keys: commands that read, JSON v2, configuration page by page, reports."""

import json
from collections.abc import Awaitable, Callable

import pytest

from agent.stores.memory import MemoryStore
from agent.targets.beyondtrust.commands import Commands
from agent.targets.beyondtrust.credentials import read_credentials
from agent.targets.beyondtrust.make import make_commands
from agent.targets.beyondtrust.problems import Refused
from tests.support.appliance import Running

from . import setting
from .accounts import commands
from .raw_server import raw_server, reply, with_token


@pytest.fixture
def api(appliance: Running) -> Commands:
    return make_commands(setting.host_of(appliance), read_credentials(), MemoryStore(), seconds=5)


async def test_a_command_that_reads(api: Commands) -> None:
    root = await api.command("get_support_teams", {"showmembers": "1"}, low=True, repeat=True)
    assert root.tag == "support_teams"
    assert len(root.findall("support_team")) == 6


async def test_json(api: Commands) -> None:
    teams = await api.v2("GET", "team", low=True)
    assert "Database Support" in [team["name"] for team in teams]
    with pytest.raises(Refused, match=r"refuses team/999/issue \(404\)"):
        await api.v2("GET", "team/999/issue")


async def test_configuration(api: Commands) -> None:
    names = [team["name"] async for team in api.pages("team")]
    assert len(names) == 6
    with pytest.raises(Refused, match="404"):
        [entry async for entry in api.pages("nothing")]


async def test_a_report(api: Commands, appliance: Running) -> None:
    root = await api.report("SupportSession", {"lsid": "0" * 32})
    assert root.tag == "session_list"


@pytest.mark.parametrize(
    ("account", "call"),
    [
        ("no-reporting", lambda api: api.report("SupportSession", {"lsid": "0" * 32})),
        ("no-configuration", lambda api: anext(api.pages("team"))),
        ("no-commands", lambda api: api.command("check_health", {}, repeat=True)),
    ],
)
async def test_a_right_that_is_missing_is_named(
    account: str,
    call: Callable[[Commands], Awaitable[object]],
    appliance: Running,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    setting.use(appliance, monkeypatch, account)
    api = make_commands(setting.host_of(appliance), read_credentials(), MemoryStore(), seconds=5)
    with pytest.raises(Refused, match="give the API account the right to it"):
        await call(api)


async def test_pages() -> None:
    asked: list[str] = []

    def page(request: str) -> bytes:
        asked.append(request.split(" ")[1])
        number = int(request.split("current_page=")[1].split(" ", maxsplit=1)[0].split("&", maxsplit=1)[0])
        return reply(json.dumps([{"id": number}]).encode(), x_bt_pagination_last_page="3")

    async with raw_server(with_token(page)) as server:
        found = [entry async for entry in commands(server.host, server.ca_file).pages("user")]
    assert found == [{"id": 1}, {"id": 2}, {"id": 3}]
    assert asked[0] == "/api/config/v1/user?per_page=100&current_page=1"


@pytest.mark.parametrize("body", [b"{}", b"", b"null", b"<html>"])
async def test_what_is_no_list(body: bytes) -> None:
    async with raw_server(with_token(lambda _: reply(body))) as server:
        with pytest.raises(Refused, match="with no list"):
            await anext(commands(server.host, server.ca_file).pages("user"))
