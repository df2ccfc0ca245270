"""`handoff events`: who may send, what is kept, and that what was answered with 200 is on the disk."""

import ipaddress
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from agent.outcomes.event_file import EventFile, read_events
from agent.outcomes.events import Event
from agent.outcomes.teams import Teams
from tests.support.without import run_without

from .setting import TOKEN, catalogue, catalogue_file, receiving, run, wait_for

LSID, REFERENCE = "a" * 32, "1" * 32
EVENT = {
    "event": "support_conference_owner_changed",
    "version": "1.0",
    "timestamp": "1795600000",
    "lsid": LSID,
    "external_key": REFERENCE,
    "conference_id": "7",
    "conference_name": "Database Support",
}
KEPT = Event(
    event=EVENT["event"], at=1_795_600_000, session=LSID, reference=REFERENCE, team="Database Support"
)


def post(url: str, form: dict[str, str] | bytes, **options: object) -> int:
    with httpx2.Client(trust_env=False, timeout=10) as client:
        if isinstance(form, bytes):
            return client.post(url, content=form).status_code
        return client.post(url, data=form).status_code


@pytest.fixture
def teams(tmp_path: Path) -> Teams:
    return Teams(catalogue(tmp_path))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


def test_the_token_is_a_parameter_of_the_url_or_of_the_form(teams: Teams, file: Path) -> None:
    with receiving(file, teams) as url:
        assert post(f"{url}?token={TOKEN}", EVENT) == 200
        assert post(url, {**EVENT, "token": TOKEN}) == 200
        for wrong in ("", "x", TOKEN[:-1], TOKEN + "0", "gehéim\udcff".encode("utf-8", "replace").decode()):
            assert post(url, {**EVENT, "token": wrong}) == 403
            assert post(f"{url}?token={wrong}", {**EVENT, "token": TOKEN}) == 403
        assert post(url, EVENT) == 403
        assert httpx2.get(f"{url}?token={TOKEN}", trust_env=False).status_code == 405
        assert read_events(file) == ([KEPT, KEPT], 0)
    assert file.stat().st_mode & 0o777 == 0o600
    assert TOKEN not in file.read_text("utf-8")


@pytest.mark.parametrize(("network", "status"), [("127.0.0.0/8", 200), ("10.0.0.0/8", 403), ("::1/128", 403)])
def test_the_list_of_networks(teams: Teams, file: Path, network: str, status: int) -> None:
    with receiving(file, teams, allow=(ipaddress.ip_network(network),)) as url:
        assert post(f"{url}?token={TOKEN}", EVENT) == status
    assert len(read_events(file).events) == (status == 200)


def test_one_that_is_too_large_is_refused_and_the_next_is_taken(teams: Teams, file: Path) -> None:
    with receiving(file, teams) as url:
        assert post(f"{url}?token={TOKEN}", {**EVENT, "more": "x" * 70_000}) == 413
        assert post(f"{url}?token={TOKEN}", EVENT) == 200
    assert read_events(file) == ([KEPT], 0)


def test_whatever_comes_is_answered_with_200_and_kept_as_it_is_known(teams: Teams, file: Path) -> None:
    with receiving(file, teams, clock=lambda: 1_795_700_000.5) as url:
        for form in (
            {"event": "support_conference_rep_exit_survey_completed", "lsid": LSID, "timestamp": "0"},
            {"event": "Kanarienvogel <x>", "lsid": "../../etc", "timestamp": "-5", "external_key": "INC001"},
            b"",
            b"\xff\xfe\x00{]",
            b"&".join(b"a=1" for _ in range(600)),
        ):
            assert post(f"{url}?token={TOKEN}", form) == 200
    nothing = Event(at=1_795_700_000)
    survey = Event(event="support_conference_rep_exit_survey_completed", at=1_795_700_000, session=LSID)
    assert read_events(file) == ([survey, nothing, nothing, nothing, nothing], 0)


def test_no_name_and_no_other_field_is_kept(teams: Teams, file: Path) -> None:
    personal = {
        **EVENT,
        "conference_name": "Edsger Kanarienvogel",
        "name": "Ada Kanarienvogel",
        "type": "customer",
        "customer_email": "kanarienvogel@example.com",
        "external_key": "kanarienvogel@example.com",
        "chat": "my Kanarienvogel",
    }
    with receiving(file, teams) as url:
        assert post(f"{url}?token={TOKEN}", personal) == 200
        assert (
            post(f"{url}?token={TOKEN}", {**personal, "event": "kanarienvogel!", "type": "kanarienvogel"})
            == 200
        )
    assert "kanarien" not in file.read_text("utf-8").lower()
    assert [set(json.loads(line)) for line in file.read_text("utf-8").splitlines()] == [
        {"event", "at", "session", "member"},
        {"at", "session"},
    ]


def test_many_at_once(teams: Teams, file: Path) -> None:
    with receiving(file, teams) as url, ThreadPoolExecutor(16) as pool:
        times = range(1_795_600_000, 1_795_600_060)
        forms = [{**EVENT, "timestamp": str(at)} for at in times]
        assert set(pool.map(lambda form: post(f"{url}?token={TOKEN}", form), forms)) == {200}
    events, damaged = read_events(file)
    assert sorted(event.at for event in events) == list(times)
    assert damaged == 0


def test_a_torn_line_is_left_and_the_next_event_is_whole(teams: Teams, file: Path) -> None:
    file.write_bytes(KEPT.model_dump_json().encode() + b'\n{"event": "support_conf')
    with receiving(file, teams) as url:
        assert post(f"{url}?token={TOKEN}", EVENT) == 200
    assert read_events(file) == ([KEPT, KEPT], 1)


def test_what_cannot_be_written_is_not_answered_with_200(
    teams: Teams, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, half = os.write, [True]

    def full(handle: int, data: bytes) -> int:
        if data.startswith(b'{"event"') and half.pop():
            real(handle, data[:20])
            raise OSError(28, "No space left on device")
        return real(handle, data)

    with receiving(file, teams) as url:
        half.append(True)
        monkeypatch.setattr("agent.outcomes.event_file.os.write", full)
        assert post(f"{url}?token={TOKEN}", EVENT) == 503
        monkeypatch.undo()
        assert post(f"{url}?token={TOKEN}", EVENT) == 200
    assert read_events(file) == ([KEPT], 1)


@contextmanager
def started(folder: Path, file: Path, *arguments: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """The command as a process of its own, and where it listens."""
    queues = catalogue_file(folder)
    listen = ("--listen", "127.0.0.1:0", "--queues", str(queues), "--out", str(file))
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "agent.cli.main", "events", *listen, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "HANDOFF_EVENTS_TOKEN": TOKEN},
    )
    assert process.stdout
    try:
        line = process.stdout.readline()
        assert "Events are taken at http://127.0.0.1:" in line, (line, process.communicate()[1])
        yield process, line.split()[4].partition("?")[0]
    finally:
        process.kill()
        process.communicate()


def test_killed_it_loses_nothing_that_it_answered_200_for(tmp_path: Path, file: Path) -> None:
    taken: list[int] = []

    def send(url: str, begin: int) -> None:
        with httpx2.Client(trust_env=False, timeout=10) as client:
            for at in range(begin, begin + 100_000):
                try:
                    status = client.post(
                        f"{url}?token={TOKEN}", data={**EVENT, "timestamp": str(at)}
                    ).status_code
                except httpx2.HTTPError:
                    return  # it was killed
                assert status == 200
                taken.append(at)

    for turn in range(3):
        with started(tmp_path, file) as (process, url), ThreadPoolExecutor(4) as pool:
            begins = [1_700_000_000 + 1_000_000 * (4 * turn + number) for number in range(4)]
            sending = [pool.submit(send, url, begin) for begin in begins]
            wait_for(lambda: len(taken) >= 12)
            process.kill()
            assert process.wait(10) == -signal.SIGKILL
            assert [one.result() for one in sending] == [None] * 4
        assert len(taken) >= 12
        assert set(taken) <= {event.at for event in read_events(file).events}
        taken.clear()


def test_ctrl_c_and_what_is_said_of_a_refusal(tmp_path: Path, file: Path) -> None:
    with started(tmp_path, file) as (process, url):
        for _ in range(3):
            assert post(f"{url}?token=falsch", EVENT) == 403
        assert post(f"{url}?token={TOKEN}", EVENT) == 200
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=20)[1]
    assert process.returncode == 130
    assert said == "handoff: an event was refused (403): the token is missing or wrong\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--listen", "8090"], "--listen 8090: write an IP address and a port, such as 127.0.0.1:8090"),
        (["--listen", "example.com:80"], "write an IP address and a port"),
        (["--listen", "127.0.0.1:99999"], "write an IP address and a port"),
        (["--allow", "10.0.0.1/8"], "--allow 10.0.0.1/8: 10.0.0.1/8 has host bits set; write a network"),
        (
            ["--token-env", "NOBODY"],
            "NOBODY: put the token that the appliance sends into this variable, 16 char",
        ),
        (["--queues", "/nowhere.yaml"], "/nowhere.yaml: there is no such file"),
        (["--out", "/nowhere/events.jsonl"], "/nowhere/events.jsonl: No such file or directory"),
    ],
)
def test_mistakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], says: str) -> None:
    monkeypatch.setenv("HANDOFF_EVENTS_TOKEN", TOKEN)
    out = [] if "--out" in arguments else ["--out", str(tmp_path / "events.jsonl")]
    listen = [] if "--listen" in arguments else ["--listen", "127.0.0.1:0"]
    result = run("events", *arguments, *out, *listen)
    assert result.exit_code == 2, result.output
    assert says in result.stderr
    assert "Traceback" not in result.output


def test_a_short_token_and_a_port_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDOFF_EVENTS_TOKEN", "kurz")
    result = run("events --out", tmp_path / "events.jsonl")
    assert result.exit_code == 2
    assert "kurz" not in result.output
    monkeypatch.setenv("HANDOFF_EVENTS_TOKEN", TOKEN)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run(
            "events --out", tmp_path / "events.jsonl", "--listen", f"127.0.0.1:{taken.getsockname()[1]}"
        )
    assert result.exit_code == 2
    assert "Address already in use" in result.stderr


@pytest.mark.parametrize("package", ["starlette", "uvicorn"])
def test_without_the_extra_it_says_how_to_get_it(tmp_path: Path, package: str) -> None:
    file = tmp_path / "events.jsonl"
    done = run_without(package, "events", "--out", file, HANDOFF_EVENTS_TOKEN=TOKEN)
    assert done.returncode == 2
    assert f"needs the package {package}: pip install 'live-agent-handoff[events]'" in done.stderr
    assert not file.exists()


def test_a_slow_sender_holds_nobody_up(teams: Teams, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.outcomes.receiver.SECONDS", 0.3)
    with receiving(file, teams) as url:
        address = url.split("/")[2].split(":")
        with socket.create_connection((address[0], int(address[1])), timeout=10) as slow:
            slow.sendall(
                f"POST /events?token={TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nevent=".encode()
            )
            began = time.monotonic()
            assert post(f"{url}?token={TOKEN}", EVENT) == 200
            assert slow.recv(100).startswith(b"HTTP/1.1 408 ")
            assert time.monotonic() - began < 5
    assert read_events(file) == ([KEPT], 0)


def test_a_file_of_events_is_only_added_to(tmp_path: Path, file: Path) -> None:
    first = EventFile(file)
    second = EventFile(file)
    for number in range(20):
        (first, second)[number % 2].add(KEPT)
    first.close()
    second.close()
    assert read_events(file) == ([KEPT] * 20, 0)
