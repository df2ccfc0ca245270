"""Outbound events: form POSTs in order, and nothing past one that was not answered with 200."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl

import pytest

from tests.appliance.test_commands import begin
from tests.support.appliance import running_appliance


class Receiver:
    """Takes events; `status` is what it answers, `tried` what arrived, `taken` what it answered with 200."""

    def __init__(self) -> None:
        self.status = 200
        self.tried: list[dict[str, str]] = []
        self.taken: list[dict[str, str]] = []
        self.types: set[str] = set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                outer.types.add(self.headers["content-type"])
                outer.tried.append(dict(parse_qsl(body, keep_blank_values=True)))
                if outer.status == 200:
                    outer.taken.append(outer.tried[-1])
                self.send_response(outer.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/events?token=geheim"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def wait_for(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_every_act_is_told_in_order(receiver: Receiver) -> None:
    with running_appliance(events=receiver.url) as appliance:
        lsid = begin(appliance)
        act = f"/stand-in/sessions/{lsid}"
        appliance.request("POST", f"{act}/accept", data={"representative": "3"})
        appliance.request("POST", f"{act}/transfer", data={"team": "3"})
        appliance.request("POST", f"{act}/leave")
        wait_for(lambda: len(receiver.taken) == 9)
        assert appliance.events.state == "9 delivered, 0 waiting"
    assert [event["event"].removeprefix("support_conference_") for event in receiver.taken] == [
        "begin",
        "member_added",
        "owner_changed",
        "member_added",
        "owner_changed",
        "member_departed",
        "owner_changed",
        "member_departed",
        "end",
    ]
    assert receiver.types == {"application/x-www-form-urlencoded"}
    for event in receiver.taken:
        assert set(event) == {
            "event",
            "version",
            "timestamp",
            "lsid",
            "external_key",
            "conference_id",
            "conference_name",
        } | ({"type", "name"} if "member" in event["event"] else set())
        assert event["lsid"] == lsid
    assert [event["type"] for event in receiver.taken if "type" in event] == [
        "customer",
        "representative",
        "representative",
        "customer",
    ]
    assert [receiver.taken[number]["conference_name"] for number in (2, 4, 6)] == [
        "Database Support",
        "Edsger D.",
        "Network",
    ]


def test_after_another_answer_no_later_event_is_sent(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.status = 500
    with running_appliance(events=receiver.url) as appliance, caplog.at_level(logging.WARNING):
        appliance.events.retry = 0.02
        begin(appliance)
        wait_for(lambda: len(receiver.tried) >= 3)
        assert {event["event"] for event in receiver.tried} == {"support_conference_begin"}
        assert "answered with 500, not with 200" in appliance.events.state
        receiver.status = 200
        wait_for(lambda: len(receiver.taken) == 3)
    assert [record.getMessage() for record in caplog.records] == [
        (
            "the receiver of outbound events answered with 500, not with 200: "
            "no later event is sent until it takes this one"
        )
    ]


def test_an_unreachable_receiver_is_logged_and_the_page_comes_all_the_same(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with running_appliance(events="http://127.0.0.1:9/?token=geheim") as appliance:
        appliance.events.retry = 0.02
        assert appliance.get("/api/start_session?issue_menu=1&codeName=db_support").status_code == 200
        wait_for(lambda: "unreachable" in appliance.events.state)
        assert "unreachable" in appliance.get("/").text
    assert "unreachable" in caplog.text
    assert "geheim" not in caplog.text
