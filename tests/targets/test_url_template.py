"""Promise 3: whatever the values are, the URL stays where the configuration put it."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent import User
from agent.catalogue.schema import Queue
from agent.catalogue.templates import LIMITS, names_in
from agent.errors import TargetError
from agent.targets.base import Packet
from agent.targets.url_template import UrlTemplate

TEMPLATE = "https://chat.example.com:8443/a/{queue_id}/{name}?s={summary}&e={email}&r={reference}#x={summary}"
nasty = st.one_of(
    st.text(),
    st.sampled_from(
        ["..", ".", "/../..", "%2e%2e", "@evil.com", "//evil.com", "{queue_id}", "a&b=c#d?e", "é" * 2000]
    ),
)


def packet(queue_id: str = "q-1", **values: str) -> Packet:
    return Packet(
        queue=Queue(id=queue_id, name="Q"),
        summary=values.get("summary", ""),
        user=User(name=values.get("name"), email=values.get("email")),
        reference=values.get("reference", "r"),
    )


@given(summary=nasty, name=nasty, email=nasty, reference=nasty)
async def test_any_value_stays_in_its_place(summary: str, name: str, email: str, reference: str) -> None:
    target = UrlTemplate(TEMPLATE)
    sent = packet(summary=summary, name=name, email=email, reference=reference)
    sends = target.sends(sent)
    url = (await target.open(sent.queue, sends)).url
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc) == ("https", "chat.example.com:8443")
    assert url.isascii()
    assert url.isprintable()
    assert len(url) < 8_000
    folders = parts.path.split("/")
    assert folders[:3] == ["", "a", "q-1"]
    assert unquote(folders[3]) == sends["name"]
    assert unquote(folders[3]) not in (".", "..")
    # What arrives is what was shown, byte for byte.
    query = parse_qs(parts.query, keep_blank_values=True)
    assert query == {"s": [sends["summary"]], "e": [sends["email"]], "r": [sends["reference"]]}
    for key, value in sends.items():
        assert len(value.encode()) <= LIMITS[key]


async def test_limits_cut_between_characters() -> None:
    target = UrlTemplate("https://chat.example.com/{queue_id}?s={summary}")
    sends = target.sends(packet(summary="€" * 400))
    assert sends["summary"] == "€" * 341  # 1,024 bytes hold 341 characters of three bytes


def test_control_characters_and_line_breaks_are_gone() -> None:
    target = UrlTemplate("https://chat.example.com/{queue_id}?s={summary}#{name}")
    sends = target.sends(packet(summary="a\x00b\x1b[31m\u202ec", name="Ada\r\nBcc: x\ty"))
    assert sends == {"queue_id": "q-1", "summary": "ab[31mc", "name": "Ada Bcc: x y"}


async def test_the_values_have_to_be_the_queues() -> None:
    target = UrlTemplate("https://chat.example.com/{queue_id}")
    with pytest.raises(TargetError):
        await target.open(Queue(id="q-1", name="Q"), {"queue_id": "q-2"})


def test_carries_summary() -> None:
    assert UrlTemplate(TEMPLATE).carries_summary
    assert not UrlTemplate("https://chat.example.com/{queue_id}").carries_summary
    assert names_in(TEMPLATE) == ("queue_id", "name", "summary", "email", "reference")
