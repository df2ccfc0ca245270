"""What goes wrong on purpose: over the wire, and as the command line writes it."""

import json
import time
from typing import Any
from xml.etree import ElementTree as ET

import httpx2
import pytest

from agent.appliance.faults import Endpoint, Fault, Kind
from agent.errors import InputError
from tests.support.appliance import Running, running_appliance, xml

KEY = {"action": "generate_session_key", "type": "support", "queue_id": "general"}
CALLS: dict[Endpoint, tuple[str, str, dict[str, Any]]] = {
    "command": ("POST", "/api/command", {"data": KEY}),
    "configuration": ("GET", "/api/config/v1/team", {}),
    "reporting": (
        "GET",
        "/api/reporting",
        {"params": {"generate_report": "SupportSession", "start_time": "0"}},
    ),
}


def call(appliance: Running, endpoint: Endpoint) -> httpx2.Response:
    method, path, options = CALLS[endpoint]
    return appliance.api(method, path, **options)


@pytest.mark.parametrize("endpoint", CALLS)
def test_cut_closes_the_connection_in_the_middle_of_the_answer(
    appliance: Running, endpoint: Endpoint
) -> None:
    appliance.faults.add("cut", times=1)
    with pytest.raises(httpx2.RemoteProtocolError, match="without sending complete"):
        call(appliance, endpoint)
    assert call(appliance, endpoint).status_code == 200


def test_cut_over_plain_http_shows_half_an_answer() -> None:
    with running_appliance(tls=False) as appliance:
        assert appliance.url.startswith("http://")
        assert appliance.ca_file is None
        appliance.faults.add("cut", on="token")
        with pytest.raises(httpx2.RemoteProtocolError):
            appliance.token()


def test_a_key_was_made_though_its_answer_was_lost(appliance: Running) -> None:
    appliance.faults.add("cut", on="command", times=1)
    with pytest.raises(httpx2.RemoteProtocolError):
        call(appliance, "command")
    assert len(appliance.keys.all) == 1


@pytest.mark.parametrize("endpoint", CALLS)
def test_broken_answers_cannot_be_read(appliance: Running, endpoint: Endpoint) -> None:
    appliance.faults.add("broken")
    answer = call(appliance, endpoint)
    assert answer.status_code == 200
    if endpoint == "configuration":
        with pytest.raises(json.JSONDecodeError):
            answer.json()
    else:
        with pytest.raises(ET.ParseError):
            xml(answer)


def test_slow_answers_come_late(appliance: Running) -> None:
    appliance.faults.add("slow", 0.4, on="command", times=1)
    began = time.monotonic()
    assert call(appliance, "command").status_code == 200
    assert time.monotonic() - began >= 0.4


@pytest.mark.parametrize("status", [429, 503, 200])
def test_a_refusal_for_too_many_requests(appliance: Running, status: int) -> None:
    appliance.faults.add("rate-limit", status)
    assert call(appliance, "command").status_code == status
    assert xml(call(appliance, "command")).tag == "error"
    assert call(appliance, "configuration").json()["message"] == "Too many requests."
    assert appliance.keys.all == []


@pytest.mark.parametrize(("value", "status"), [(None, 200), (500, 500)])
def test_an_error_instead(appliance: Running, value: float | None, status: int) -> None:
    appliance.faults.add("error", value)
    answer = call(appliance, "command")
    assert (answer.status_code, xml(answer).tag) == (status, "error")
    assert appliance.keys.all == []


def test_missing_rights_and_bad_tokens(appliance: Running) -> None:
    appliance.faults.add("no-rights", times=3)
    assert "Permission denied" in (xml(call(appliance, "command")).text or "")
    assert call(appliance, "configuration").status_code == 403
    assert xml(call(appliance, "reporting")).tag == "error"
    appliance.faults.add("bad-token", times=1)
    assert [call(appliance, "command").status_code for _ in range(2)] == [401, 200]


def test_a_fault_strikes_only_where_and_as_often_as_it_should(appliance: Running) -> None:
    appliance.faults.add("error", 500, on="reporting", times=2)
    statuses = [call(appliance, e).status_code for e in ("command", "reporting", "reporting", "reporting")]
    assert statuses == [200, 500, 500, 200]
    appliance.faults.add("error", 500)
    appliance.faults.clear()
    assert call(appliance, "command").status_code == 200


def test_several_at_once(appliance: Running) -> None:
    appliance.faults.add("slow", 0.2)
    appliance.faults.add("error", 500)
    appliance.faults.add("cut")
    began = time.monotonic()
    with pytest.raises(httpx2.RemoteProtocolError):
        call(appliance, "command")
    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("slow=3", Fault("slow", 3)),
        ("cut", Fault("cut")),
        ("cut@command:1", Fault("cut", None, "command", 1)),
        ("rate-limit=503:5", Fault("rate-limit", 503, None, 5)),
        ("error=200@token", Fault("error", 200, "token")),
        ("no-rights@reporting", Fault("no-rights", None, "reporting")),
    ],
)
def test_as_the_command_line_writes_it(text: str, fault: Fault) -> None:
    assert Fault.parse(text) == fault
    assert str(fault) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("fire", "slow, cut, broken, error, rate-limit, no-rights, bad-token"),
        ("slow", "seconds"),
        ("slow=-1", "seconds"),
        ("slow=nan", "seconds"),
        ("error=7", "HTTP status"),
        ("rate-limit=", "HTTP status"),
        ("cut=3", "no value"),
        ("cut@portal", "token, command, configuration, reporting"),
        ("cut:0", "TIMES is 1 or more"),
        ("cut:often", "TIMES is 1 or more"),
    ],
)
def test_mistakes_on_the_command_line(text: str, says: str) -> None:
    with pytest.raises(InputError, match=f"--fault {text}: .*{says}"):
        Fault.parse(text)


def test_every_kind_is_tried_here() -> None:
    from typing import get_args

    assert set(get_args(Kind)) == {"slow", "cut", "broken", "error", "rate-limit", "no-rights", "bad-token"}
