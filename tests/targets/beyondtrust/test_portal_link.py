"""The portal link: what it says, within every limit, and never anywhere but on a configured host."""

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent import User
from agent.catalogue.beyondtrust import BeyondTrust, PortalLinkSettings
from agent.catalogue.schema import Queue
from agent.errors import TargetError
from agent.targets.base import Packet
from agent.targets.beyondtrust.portal_link import PortalLink
from tests.support.appliance import Running

from .setting import ADA, agent_on, catalogue, handoff_of, host_of, proposed
from .test_limits import texts

TARGET = """\
  kind: portal_link
  host: {host}
  company: "text:Acme"
  send_summary: true
  fields: {{department: attribute:region, summary: queue}}
"""
QUEUE = Queue(id="db", name="Database", beyondtrust=BeyondTrust(issue="db_support", skills=("sql", "win")))
OTHER = Queue(id="pc", name="PC", beyondtrust=BeyondTrust(issue="0042", host="help.example.com:8443"))
ALL: dict[str, object] = {
    "kind": "portal_link",
    "host": "support.example.com",
    "company": "attribute:company",
    "send_summary": True,
    "fields": {f"f{n}": "attribute:long" for n in range(20)} | {"who": "email", "queue": "queue"},
}


def target(**changes: object) -> PortalLink:
    return PortalLink(PortalLinkSettings.model_validate({**ALL, **changes}), [QUEUE, OTHER])


def packet(queue: Queue = QUEUE, summary: str = "It is slow.", user: User = ADA) -> Packet:
    return Packet(queue=queue, summary=summary, user=user, reference="ab" * 16)


async def opened(under_test: PortalLink, sent: Packet) -> dict[str, str]:
    sends = under_test.sends(sent)
    url = (await under_test.open(sent.queue, sends)).url
    parts = urlsplit(url)
    assert under_test.owns(url)
    assert f"{parts.scheme}://{parts.netloc}" == under_test.to(sent.queue)
    assert (parts.path, parts.fragment) == ("/api/start_session", "")
    assert len(url) < 8_000
    assert url.isascii()
    assert url.isprintable()
    assert dict(parse_qsl(parts.query, keep_blank_values=True)) == sends  # what arrives is what was shown
    assert len(parse_qsl(parts.query)) == len(sends)
    return sends


async def test_every_parameter() -> None:
    user = User(name="Ada", locale="de-AT", attributes={"company": "Acme", "region": ["EU", "UK"]})
    sends = await opened(target(fields={"area": "attribute:region", "none": "email"}), packet(user=user))
    assert sends == {
        "issue_menu": "1",
        "codeName": "db_support",
        "c2cjs": "1",
        "session.skills": "sql,win",
        "session.custom.external_key": "ab" * 16,
        "customer.details": "It is slow.",
        "customer.name": "Ada",
        "customer.company": "Acme",
        "locale": "de-AT",
        "session.custom.area": "EU, UK",
    }


async def test_an_issue_by_number_on_a_host_of_its_own() -> None:
    sends = await opened(target(fields={}), packet(OTHER))
    assert sends["id"] == "0042"
    assert "codeName" not in sends
    assert target().to(OTHER) == "https://help.example.com:8443"


async def test_the_summary_only_where_it_is_switched_on() -> None:
    off = target(send_summary=False)
    assert not off.carries_summary
    assert not any("slow" in value for value in (await opened(off, packet())).values())
    assert target().carries_summary


@given(texts, texts, texts, st.text(max_size=20))
async def test_any_value_within_every_limit(summary: str, name: str, attribute: str, locale: str) -> None:
    user = User(
        name=name,
        email=attribute,
        locale=locale,
        attributes={"long": attribute, "company": [name, attribute]},
    )
    sends = await opened(target(), packet(summary=summary, user=user))
    assert len(sends.get("customer.name", "")) <= 100
    assert len(sends.get("customer.company", "")) <= 100
    assert len(sends.get("customer.details", "").encode()) <= 1024
    custom = {key: value for key, value in sends.items() if key.startswith("session.custom.")}
    assert all(len(value) <= 1024 for value in custom.values())
    assert len(custom) <= 30
    assert sum(len(key.encode()) + len(value.encode()) for key, value in custom.items()) <= 10_000
    assert sends["session.custom.external_key"] == "ab" * 16  # whatever else is cut
    assert sends["codeName"] == "db_support"


@pytest.mark.parametrize(
    "url",
    [
        "http://support.example.com/api/start_session?x=1",
        "https://support.example.com.evil.com/api/start_session",
        "https://evil.com/api/start_session",
        "https://user@support.example.com/api/start_session",
        "https://support.example.com:444/api/start_session",
        "https://support.example.com/login",
        "https://support.example.com/?ak=zz",
        "https://support.example.com/api/start_session#x",
        "https://[bad/api/start_session",
        "javascript:alert(1)",
        "",
    ],
)
def test_what_is_not_ours(url: str) -> None:
    assert not target().owns(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://support.example.com/api/start_session?short_key=1234567&c2cjs=1",
        "https://SUPPORT.example.com:443/api/start_session",
        "https://help.example.com:8443/?ak=" + "0a" * 16,
    ],
)
def test_what_is_ours(url: str) -> None:
    assert target().owns(url)


async def test_the_values_have_to_be_the_queues() -> None:
    with pytest.raises(TargetError):
        await target().open(OTHER, target().sends(packet()))
    with pytest.raises(TargetError):
        await target().open(QUEUE, {})


async def test_the_stand_in_takes_it(appliance: Running, tmp_path: Path) -> None:
    agent = agent_on(catalogue(tmp_path, host_of(appliance), TARGET))
    chat = await proposed(agent)
    handoff = handoff_of(await chat.press("start"))
    assert handoff.expires is None
    assert appliance.get(handoff.url.removeprefix(appliance.url)).status_code == 200
    given = appliance.sessions.last.given
    assert given.warnings == ()
    assert given.customer["name"] == "Ada"
    assert given.customer["details"] == "The SQL database is slow."
    assert given.custom == {"department": "EU", "summary": "Database Support"}
    assert given.place.name == "Database Support"
    await agent.close()
