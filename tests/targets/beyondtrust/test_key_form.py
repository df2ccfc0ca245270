"""JSON v2 or XML, told apart once; what v2 does not understand or keep is asked for in XML."""

import json
from collections.abc import Callable

import pytest

from agent.targets.beyondtrust.key_form import KeyForm
from agent.targets.beyondtrust.problems import Refused, Transient
from tests.support.appliance import Clock

from .accounts import commands
from .raw_server import raw_server, reply, with_token
from .worker import SENDS

XML = b"<session_key xmlns='x'><expires>1800000600</expires><short_key>7654321</short_key></session_key>"
JSON = {"short_key": "1234567", "expires": 1_800_000_600}
ALL = {
    **SENDS,
    "url_hostname": "help.example.com",
    "session.priority": "1",
    "session.skills": "sql,win",
    "session.custom.external_key": "ref",
    "session.custom.summary": "It is slow.",
}


def appliance(v2: Callable[[str], bytes]) -> Callable[[str], bytes]:
    return with_token(lambda request: v2(request) if "/v2/" in request else reply(XML))


async def keys(
    v2: Callable[[str], bytes], sends: dict[str, str], times: int = 2
) -> tuple[list[str], list[str]]:
    """The short keys, and the forms that were asked for."""
    async with raw_server(appliance(v2)) as server:
        form = KeyForm(commands(server.host, server.ca_file), clock=Clock())
        found = [(await form.make(sends)).short for _ in range(times)]
        return found, ["v2" if "/v2/" in request else "xml" for request in server.requests[1:]]


async def test_what_v2_is_told() -> None:
    asked: list[str] = []

    def v2(request: str) -> bytes:
        asked.append(request.partition("\r\n\r\n")[2])
        return reply(json.dumps({**JSON, "external_key": "ref"}).encode(), "201 Created")

    assert await keys(v2, ALL) == (["1234567"] * 2, ["v2", "v2"])
    assert json.loads(asked[0]) == {
        "issue_code_name": "db_support",
        "url_hostname": "help.example.com",
        "ttl": 600,
        "external_key": "ref",
        "priority": 1,
        "skills": ["sql", "win"],
        "custom_attributes": {"summary": "It is slow."},
    }
    await keys(v2, {**SENDS, "queue_id": "team:12", "session.custom.external_key": "ref"}, 1)
    assert json.loads(asked[-1]) == {"queue_type": "team", "queue_id": 12, "ttl": 600, "external_key": "ref"}


@pytest.mark.parametrize(
    "answer",
    [
        reply(b"", "404 Not Found"),
        reply(b"", "405 Method Not Allowed"),
        reply(b'{"message": "no such field"}', "422 Unprocessable"),
        reply(b"", "400 Bad Request"),
        reply(b"", "501 Not Implemented"),
        reply(b"<html>welcome</html>"),
        reply(b"[]"),
        reply(json.dumps(JSON).encode()),  # without the external key that it was given
        reply(json.dumps({**JSON, "external_key": "another"}).encode()),
    ],
)
async def test_what_v2_does_not_understand_is_asked_for_in_xml(answer: bytes) -> None:
    assert await keys(lambda _: answer, ALL) == (["7654321"] * 2, ["v2", "xml", "xml"])


async def test_a_server_that_fails_is_no_older_release() -> None:
    with pytest.raises(Transient):
        await keys(lambda _: reply(b"", "502 Bad Gateway"), ALL)


async def test_missing_rights_are_no_older_release() -> None:
    with pytest.raises(Refused, match="403"):
        await keys(lambda _: reply(b"{}", "403 Forbidden"), ALL)


async def test_once_it_is_v2_a_refusal_is_a_refusal() -> None:
    answers = [reply(json.dumps({**JSON, "external_key": "ref"}).encode()), reply(b"{}", "422 No")]
    with pytest.raises(Refused, match="422"):
        await keys(lambda _: answers.pop(0), ALL)


@pytest.mark.parametrize(
    ("expires", "lifetime"),
    [
        ("1800000600", 600),
        ("1800000300", 300),  # sooner than asked for
        ("1800000570", 600),  # a little: clocks differ
        ("1800086400", 600),  # as if there were no ttl
        ("1799999000", 600),  # a clock that is slow
        ("soon", 600),
        ("", 600),
    ],
)
async def test_how_long_it_lives(expires: str, lifetime: int, caplog: pytest.LogCaptureFixture) -> None:
    body = f"<session_key><short_key>7654321</short_key><expires>{expires}</expires></session_key>".encode()
    async with raw_server(
        with_token(lambda r: reply(b"", "404 No") if "/v2/" in r else reply(body))
    ) as server:
        key = await KeyForm(commands(server.host, server.ca_file), clock=Clock()).make(SENDS)
    assert key.lifetime.total_seconds() == lifetime
    assert ("instead of the ttl of 600 s" in caplog.text) == (expires == "1800086400")
