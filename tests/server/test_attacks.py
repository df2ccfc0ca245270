"""What attackers have tried, and what has to stay refused."""

import json
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from agent.pseudonyms import Pseudonyms
from agent.stores.memory import MemoryStore

from .setting import ACME, Serving, begin, serving, settings, token, with_keys, with_tokens


@pytest.mark.parametrize("origin", ["http://[", "http://[::1%", "://", "null", "http://", "//127.0.0.1"])
def test_an_origin_that_is_none_is_another_one(server: Serving, origin: str) -> None:
    with server.client(origin=origin) as client:
        answer = client.post("/v1/conversations", json={})
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("wrong-origin")


def test_the_person_in_a_header_is_read_as_clients_write_it(tmp_path: Path) -> None:
    with serving(tmp_path, settings=with_tokens()) as server:
        name = "m\u00fcller".encode()
        headers = [(b"authorization", f"Bearer {ACME}".encode()), (b"handoff-user", name)]
        with httpx2.Client(base_url=server.url, headers=headers, trust_env=False) as client:
            id_ = begin(client)["id"]
        with server.client(token("m\u00fcller")) as own, server.client(token("m\u00fcler")) as other:
            assert own.get(f"/v1/conversations/{id_}").status_code == 200
            assert other.get(f"/v1/conversations/{id_}").status_code == 404


@pytest.mark.parametrize("users", [[b""], [b"\xff"], [b"ada", b"bob"]])
def test_a_header_that_names_nobody_does_not_mean_everybody(tmp_path: Path, users: list[bytes]) -> None:
    with serving(tmp_path, settings=with_keys()) as server:
        with server.client(ACME, **{"handoff-user": "ada"}) as ada:
            id_ = begin(ada)["id"]
        headers = [
            (b"authorization", f"Bearer {ACME}".encode()),
            *((b"handoff-user", user) for user in users),
        ]
        with httpx2.Client(base_url=server.url, headers=headers, trust_env=False) as client:
            assert client.get(f"/v1/conversations/{id_}").status_code == 422


def test_the_numbers_are_not_for_a_persons_token(tmp_path: Path) -> None:
    with (
        serving(tmp_path, settings=with_tokens()) as server,
        server.client(token()) as person,
        server.client(ACME) as host,
    ):
        assert person.get("/metrics").status_code == 403
        assert host.get("/metrics").status_code == 200


def test_of_somebody_unknown_no_body_is_read(tmp_path: Path) -> None:
    with serving(tmp_path, settings=with_keys()) as server:
        place = urlsplit(server.url)
        with socket.create_connection((place.hostname or "", place.port or 0), 10) as wire:
            wire.sendall(
                f"POST /v1/conversations HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: 1000\r\n\r\n{{".encode()
            )
            began = time.monotonic()
            answer = b""
            while chunk := wire.recv(4096):
                answer += chunk
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert time.monotonic() - began < 10  # a body that never comes is waited for much longer


async def test_the_record_of_a_repeated_start_is_found_with_its_person_and_tells_no_text(
    tmp_path: Path,
) -> None:
    store, body = MemoryStore(), {"text": "hello", "user": {"id": "ada"}}
    with serving(tmp_path, settings=settings(), store=store) as server:
        says = []
        for key in ("one", "two"):
            with server.client(**{"idempotency-key": key}) as client:
                assert client.post("/v1/conversations", json=body).status_code == 201
        ids = await store.tagged(await Pseudonyms(store).of_name("ada"))
        records = [id_ for id_ in ids if id_.startswith("handoff:idem:")]
        for id_ in records:
            stored = await store.load(id_)
            assert stored
            says.append(json.loads(stored.document)["says"])
    assert len(records) == len(set(says)) == 2
