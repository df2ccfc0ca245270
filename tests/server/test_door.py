"""By which names, from which pages and through whom a request may come."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from .setting import ACME, Serving, serving, settings, with_keys

PROXIED = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via"]


@pytest.mark.parametrize("name", PROXIED)
def test_without_a_key_nothing_comes_through_a_proxy(server: Serving, name: str) -> None:
    with server.client(**{name: "for=192.0.2.1"}) as client:
        for path in ("/", "/metrics", "/openapi.json", "/v1/conversations/x"):
            refused = client.get(path)
            assert refused.status_code == 403
            assert refused.json()["type"].endswith(":proxy-without-key")
        assert client.post("/v1/conversations", json={}).status_code == 403
        assert client.get("/healthz").status_code == 200


def test_with_a_key_it_may(tmp_path: Path) -> None:
    through = {"x-forwarded-for": "192.0.2.1", "host": "handoff.acme.com"}
    with serving(tmp_path, settings=with_keys()) as server, server.client(ACME, **through) as client:
        assert client.post("/v1/conversations", json={}).status_code == 201


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:80", 200),
        ("127.0.0.1:1", 200),
        ("[::1]:8080", 200),
        ("rebound.example.com", 421),
        ("localhost.example.com", 421),
        ("127.0.0.1.example.com", 421),
        ("127.0.0.1@example.com", 421),
        ("", 421),
    ],
)
def test_without_a_key_it_goes_by_the_names_of_this_machine(server: Serving, host: str, status: int) -> None:
    with server.client(host=host) as client:
        assert client.get("/openapi.json").status_code == status


def test_it_goes_by_the_names_that_are_set(tmp_path: Path) -> None:
    with serving(tmp_path, settings=with_keys(hosts="handoff.acme.com, [::1]")) as server:
        for host, status in (("Handoff.acme.com:443", 200), ("[::1]", 200), ("127.0.0.1", 421)):
            with server.client(host=host) as client:
                assert client.get("/openapi.json").status_code == status
                assert client.get("/readyz").status_code == 200  # a probe knows the address alone


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:1", "http://127.0.0.1", "x"]
)
def test_pages_from_elsewhere_may_not_call(server: Serving, origin: str) -> None:
    with server.client(origin=origin) as client:
        refused = client.post("/v1/conversations", json={})
        assert refused.status_code == 403
        assert refused.json()["type"].endswith(":wrong-origin")
        assert client.options("/v1/conversations").status_code == 403


def test_its_own_page_may_call(server: Serving) -> None:
    with server.client(origin=f"http://{urlsplit(server.url).netloc}") as client:
        assert client.post("/v1/conversations", json={}).status_code == 201


def test_pages_that_are_set_may_call(tmp_path: Path) -> None:
    allowed = "https://intranet.acme.com"
    with (
        serving(tmp_path, settings=with_keys(cors_origins=f"{allowed},http://localhost:3000")) as server,
        server.client(ACME, origin=allowed) as client,
    ):
        asked = {
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization,content-type,idempotency-key",
        }
        preflight = client.options("/v1/conversations", headers=asked)
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == allowed
        made = client.post("/v1/conversations", json={})
        assert made.status_code == 201
        assert made.headers["access-control-allow-origin"] == allowed
        assert "Location" in made.headers["access-control-expose-headers"]
        assert "access-control-allow-credentials" not in made.headers
        # Refusals can be read there, too.
        assert client.get("/v1/conversations/x").headers["access-control-allow-origin"] == allowed
        # A page of this server behind a proxy that keeps its name.
        client.headers |= {"origin": "https://handoff.acme.com", "host": "handoff.acme.com"}
        assert client.post("/v1/conversations", json={}).status_code == 201


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status", "kind"),
    [
        ("POST", "", {"content-type": "application/json"}, b"{", 400, "bad-request"),
        ("POST", "", {"content-type": "application/json"}, b"[" * 900_000, 400, "bad-request"),
        ("POST", "", {"content-type": "application/json"}, b"\xff", 400, "bad-request"),
        ("POST", "", {"content-type": "application/json"}, b"[]", 422, "invalid"),
        ("POST", "", {"content-type": "application/json"}, b'{"text": 5}', 422, "invalid"),
        ("POST", "", {"content-type": "application/json"}, b'{"texts": "a"}', 422, "invalid"),
        ("POST", "", {"content-type": "application/json"}, b'{"user": {"tenant": "x"}}', 422, "invalid"),
        ("POST", "", {"content-type": "application/json"}, b'"' + b"x" * 2**20 + b'"', 413, "too-large"),
        ("POST", "", {"content-type": "text/plain"}, b"{}", 415, "not-json"),
        ("POST", "", {"content-type": "application/x-www-form-urlencoded"}, b"text=a", 415, "not-json"),
        ("POST", "", {}, b"{}", 415, "not-json"),
        ("POST", "/x/actions", {"content-type": "application/json"}, b'{"action": "link"}', 404, "not-found"),
        ("GET", "/x/actions", {}, b"", 405, "method-not-allowed"),
        ("PUT", "/x", {}, b"", 405, "method-not-allowed"),
        ("GET", "/x/y", {}, b"", 404, "not-found"),
    ],
)
def test_what_is_wrong_is_told_as_a_problem(
    server: Serving, method: str, path: str, headers: dict[str, str], body: bytes, status: int, kind: str
) -> None:
    with server.client() as client:
        answer = client.request(method, f"/v1/conversations{path}", headers=headers, content=body)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["type"] == f"urn:live-agent-handoff:problem:{kind}"
        assert problem["status"] == status
        assert problem["detail"]


def test_a_mistake_is_named_with_its_place_and_not_repeated(server: Serving) -> None:
    with server.client() as client:
        answer = client.post(
            "/v1/conversations", json={"user": {"email": ["ada@acme.com"]}, "texd": "secret"}
        )
        found = {mistake["where"]: mistake["what"] for mistake in answer.json()["errors"]}
        assert found.keys() == {"body.user.email", "body.texd"}
        assert "string" in found["body.user.email"]
        assert "secret" not in answer.text
        assert "ada" not in answer.text


def test_half_a_character_does_no_harm(server: Serving) -> None:
    with server.client() as client:
        headers = {"content-type": "application/json", "idempotency-key": "half"}
        body = b'{"user": {"name": "\\ud800"}, "text": "my SQL database \\udfff is slow"}'
        assert client.post("/v1/conversations", headers=headers, content=body).status_code == 201


def test_a_body_without_end_is_cut_off(server: Serving) -> None:
    at = urlsplit(server.url)
    with socket.create_connection((at.hostname or "", at.port or 0)) as connection:
        head = "POST /v1/conversations HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        connection.sendall(f"{head}transfer-encoding: chunked\r\n\r\n".encode())
        for _ in range(17):
            connection.sendall(b"10000\r\n" + b" " * 65536 + b"\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"api_keys": "acme"}, "TENANT:KEY"),
        ({"api_keys": "acme:short"}, "too short"),
        ({"api_keys": "a b:0123456789abcdef"}, "TENANT:KEY"),
        ({"cors_origins": "*"}, "no origin"),
        ({"cors_origins": "https://a.example/path"}, "no origin"),
        ({"hosts": "https://a.example"}, "no host name"),
        ({"links": "http://a.example"}, "https address"),
        ({"token_key": "x" * 32}, "HANDOFF_TOKEN_ISSUER"),
        ({"token_algorithm": "none"}, "HS256"),
        ({"drain": -1}, "greater than"),
    ],
)
def test_settings_that_are_wrong_are_named(values: dict[str, str], named: str) -> None:
    with pytest.raises(ValueError, match=named) as caught:
        settings(**values)
    assert "0123456789abcdef" not in str(caught.value)
    assert "x" * 32 not in str(caught.value)
