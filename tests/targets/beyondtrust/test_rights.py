"""What an account may do and which portals offer a team, in the forms that an appliance may tell it."""

import json
import re

import pytest

from agent.catalogue.beyondtrust import BeyondTrust, PortalLinkSettings
from agent.catalogue.schema import Queue
from agent.targets.beyondtrust.compare import Comparison
from agent.targets.beyondtrust.portals import Portals, portals
from agent.targets.beyondtrust.rights import rights
from agent.targets.beyondtrust.roster import Issue, Team

from .accounts import commands
from .raw_server import Answer, RawServer, raw_server, reply, with_token

NO_ACTION = b"<error>The action get_api_info is unknown.</error>"
FULL = (
    b"<api_information><permissions><perm_command>full_access</perm_command></permissions></api_information>"
)
NAMED = b'<api_information><p><permission name="perm_command">read_only</permission></p></api_information>'
OFF = b"<api_information><perm_reporting_support>0</perm_reporting_support></api_information>"


def answers(info: bytes, report: bytes = b"<session_list/>", config: bytes = b"[]") -> Answer:
    def answer(request: str) -> bytes:
        if "get_api_info" in request:
            return reply(info)
        return reply(report if "/api/reporting" in request else config)

    return with_token(answer)


@pytest.mark.parametrize(
    ("info", "command", "reporting"),
    [
        (FULL, "full access", "works"),
        (NAMED, "read-only", "works"),
        (NO_ACTION, "not known", "works"),
        (b"<api_information/>", "works", "works"),
        (OFF, "works", "no right"),
        (b"<error>Permission denied.</error>", "no right", "works"),
    ],
)
async def test_rights(info: bytes, command: str, reporting: str) -> None:
    async with raw_server(answers(info)) as server:
        found = await rights(commands(server.host, server.ca_file))
        assert found == (command, reporting, "works", None)
        assert {action for request in server.requests for action in re.findall(r"action=(\w+)", request)} == {
            "get_api_info"
        }
        assert asked_for_json(server)


def asked_for_json(server: RawServer) -> bool:
    """What the vendor asks for where the configuration is read."""
    config = [request.lower() for request in server.requests if "/api/config/" in request]
    return bool(config) and all("\r\naccept: application/json\r\n" in request for request in config)


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ({"hostnames": ["A.example.com", "b.example.com", 5]}, {"a.example.com": 3, "b.example.com": 3}),
        ({"hostname": "a.example.com"}, {"a.example.com": 3}),
        ({"name": "Support"}, {}),
    ],
)
async def test_portals(host: dict[str, object], known: dict[str, int]) -> None:
    teams = [{"id": 1, "public_portal_ids": [3, "x"]}, {"id": 2}, {"id": "x"}, 5]
    async with raw_server(
        with_token(
            lambda r: reply(json.dumps([{"id": 3, **host}, {}] if "public-portal" in r else teams).encode())
        )
    ) as server:
        found = await portals(commands(server.host, server.ca_file))
    assert found == Portals({1: frozenset({3})}, known)
    assert found.offers("a.example.com", 1) is (True if known else None)
    assert found.offers("a.example.com", 2) is None


async def test_portals_without_the_list_of_portals() -> None:
    teams = json.dumps([{"id": 1, "public_portal_ids": [3]}]).encode()
    async with raw_server(
        with_token(lambda r: reply(b"{}", "404 Not Found") if "public-portal" in r else reply(teams))
    ) as server:
        assert (await portals(commands(server.host, server.ca_file))).of_host == {}


def test_an_issue_is_not_called_missing_where_code_names_are_not_told() -> None:
    settings = PortalLinkSettings(kind="portal_link", host="support.example.com")
    queues = [
        Queue(id="a", name="A", beyondtrust=BeyondTrust(issue="one")),
        Queue(id="b", name="B", beyondtrust=BeyondTrust(issue="1")),
    ]
    for issues in [(Issue(1, "", "One"),), (Issue(None, "two", "Two"), Issue(1, "", "One")), ()]:
        comparison = Comparison(settings, [Team(12, "Team", "", None, issues)], None)
        assert list(comparison.mismatches(queues)) == []
        assert comparison.unknown(queues) == (["A"] if issues else ["A", "B"])
