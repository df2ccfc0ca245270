"""One request: over verified TLS, whole, within bounds, and to nobody but the configured host."""

import gzip
import json

import pytest

from agent.catalogue.beyondtrust import BeyondTrust, SessionKeySettings
from agent.catalogue.schema import Queue
from agent.errors import TargetError
from agent.targets.beyondtrust.key_form import KeyForm
from agent.targets.beyondtrust.problems import Refused, Transient
from agent.targets.beyondtrust.session_key import SessionKey
from agent.targets.beyondtrust.transport import MAX_BYTES

from .accounts import commands
from .raw_server import TOKEN, Answer, raw_server, reply, with_token
from .worker import SENDS


async def ask(answer: Answer, *, seconds: float = 5) -> list[str]:
    """Ask for health, with a token; the requests that came in."""
    async with raw_server(with_token(answer)) as server:
        await commands(server.host, server.ca_file, seconds=seconds).command("check_health", {}, repeat=False)
        return server.requests


async def test_what_is_sent() -> None:
    token, command = await ask(lambda _: reply(b"<health/>"))
    assert "grant_type=client_credentials" in token
    assert "Authorization: Basic " in token
    assert "action=check_health" in command.partition("\r\n\r\n")[2]
    assert "Authorization: Bearer sesame-of-the-test" in command
    assert "content-type: application/x-www-form-urlencoded" in command.lower()
    assert "connection: close" in command.lower()


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"]
)
async def test_credentials_follow_no_redirect(status: str) -> None:
    async with raw_server(lambda _: reply(b"")) as other:
        to = f"https://{other.host}/oauth2/token"
        async with raw_server(lambda _: reply(b"", status, location=to)) as server:
            with pytest.raises(Refused, match=f"sends elsewhere .*to {other.host}.*appliance's own host"):
                await commands(server.host, server.ca_file).command("check_health", {}, repeat=True)
        async with raw_server(with_token(lambda _: reply(b"", status, location=to))) as server:
            with pytest.raises(Refused, match="sends elsewhere"):
                await commands(server.host, server.ca_file).command("check_health", {}, repeat=True)
        assert other.requests == []


async def test_a_certificate_that_nothing_vouches_for() -> None:
    async with raw_server(with_token(lambda _: reply(b"<health/>"))) as server:
        with pytest.raises(TargetError, match=r"is not trusted: give the CA .*HANDOFF_BEYONDTRUST_CA_FILE"):
            await commands(server.host, None).command("check_health", {}, repeat=True)
        assert server.requests == []  # not even the credentials


async def test_a_certificate_for_another_name() -> None:
    async with raw_server(with_token(lambda _: reply(b"<health/>"))) as server:
        host = server.host.replace("localhost", "127.0.0.1")
        with pytest.raises(TargetError, match="is not trusted"):
            await commands(host, server.ca_file).command("check_health", {}, repeat=True)
        assert server.requests == []


@pytest.mark.parametrize(
    "name", ["SSL_CERT_FILE", "PYTHONHTTPSVERIFY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]
)
async def test_no_environment_turns_verification_off(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "0" if "VERIFY" in name else "")
    async with raw_server(with_token(lambda _: reply(b"<health/>"))) as server:
        with pytest.raises(TargetError, match="is not trusted"):
            await commands(server.host, None).command("check_health", {}, repeat=True)


async def test_an_answer_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.targets.beyondtrust.transport.MAX_BYTES", 1000)
    with pytest.raises(TargetError, match="answered with more than"):
        await ask(lambda _: reply(b"<health>" + b"x" * 5000 + b"</health>"))
    assert MAX_BYTES == 16 * 2**20


async def test_a_packed_answer_is_not_unpacked() -> None:
    bomb = gzip.compress(b"\0" * 10_000_000)
    with pytest.raises(TargetError, match="answered packed"):
        await ask(lambda _: reply(bomb, content_encoding="gzip"))


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n<hea", b"nonsense\r\n\r\n"]
)
async def test_what_changes_something_is_not_repeated(answer: bytes) -> None:
    async with raw_server(with_token(lambda _: answer)) as server:
        with pytest.raises(Transient, match="did not answer as a whole"):
            await commands(server.host, server.ca_file).command("terminate_session", {}, repeat=False)
        assert len(server.requests) == 2  # the token, and once the command


async def test_a_lost_token_is_no_lost_command() -> None:
    answers = [b"", reply(TOKEN), reply(b"<health/>")]
    async with raw_server(lambda _: answers.pop(0)) as server:
        await commands(server.host, server.ca_file).command("terminate_session", {}, repeat=False)
    assert answers == []


async def test_a_read_is_repeated_once() -> None:
    answers = [b"", reply(b"<health/>")]
    assert len(await ask_reads(answers)) == 2
    with pytest.raises(Transient):
        await ask_reads([b"", b"", reply(b"<health/>")])


async def ask_reads(answers: list[bytes]) -> list[str]:
    async with raw_server(with_token(lambda _: answers.pop(0))) as server:
        await commands(server.host, server.ca_file).command("check_health", {}, repeat=True)
        return [request for request in server.requests if "check_health" in request]


async def test_too_many_requests_are_asked_again_after_the_pause() -> None:
    answers = [reply(b"", "429 Too Many Requests", retry_after="0"), reply(b"<health/>")]
    async with raw_server(with_token(lambda _: answers.pop(0))) as server:
        await commands(server.host, server.ca_file).command("terminate_session", {}, repeat=False)
        assert len(server.requests) == 3


async def test_too_many_requests_in_an_error_with_a_good_status() -> None:
    answers = [reply(b"<error>Too many requests.</error>"), reply(b"<health/>")]
    async with raw_server(with_token(lambda _: answers.pop(0))) as server:
        await commands(server.host, server.ca_file).command("terminate_session", {}, repeat=False)
        assert len(server.requests) == 3


@pytest.mark.parametrize(
    "token",
    [b"", b"[]", b"{}", b'{"access_token": 5}', b'{"access_token": "a\\r\\nb"}', b"<html>", b"[" * 100_000],
)
async def test_no_token(token: bytes) -> None:
    async with raw_server(lambda _: reply(token)) as server:
        with pytest.raises(Refused, match=r"gives no token \(200\).*API account"):
            await commands(server.host, server.ca_file).command("check_health", {}, repeat=True)


@pytest.mark.parametrize(
    ("url", "short", "left"),
    [
        ("https://{host}/?ak=" + "0a" * 16, "1234567", "https://{host}/?ak=" + "0a" * 16),
        ("https://evil.example.com/?ak=" + "0a" * 16, "1234567", "built"),
        ("http://{host}/?ak=" + "0a" * 16, "1234567", "built"),
        ("https://{host}/login?next=x", "1234567", "built"),
        ("javascript:alert(1)", "1234567", "built"),
        ("", "1234567", "built"),
        ("", "123&x=1", None),
        ("", "", None),
        (5, None, None),
    ],
)
async def test_key_urls(url: str | int, short: str | None, left: str | None) -> None:
    queue = Queue(id="db", name="Database", beyondtrust=BeyondTrust(issue="db_support"))
    async with raw_server(with_token(lambda _: reply(body))) as server:
        shown = url.format(host=server.host) if isinstance(url, str) else url
        body = json.dumps({"short_key": short, "key_url": shown, "expires": "soon"}).encode()
        settings = SessionKeySettings(kind="session_key", host=server.host)
        target = SessionKey(settings, [queue], KeyForm(commands(server.host, server.ca_file)), seconds=10)
        if left is None:
            with pytest.raises(TargetError, match="without a key that can be used"):
                await target.open(queue, SENDS)
            return
        built = f"https://{server.host}/api/start_session?short_key=1234567&c2cjs=1"
        opened = await target.open(queue, SENDS)
        assert opened.url == (built if left == "built" else left.format(host=server.host))
        assert target.owns(opened.url)
