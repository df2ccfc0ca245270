"""What the person was shown is what arrives at the target, byte for byte, for any text, person and queue."""

from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent import Chat, HandoffAgent, Reply, User, background
from agent.appliance.dialect import Dialect
from agent.appliance.keys import Keys, SessionKey
from agent.models.embedded import EmbeddedModel
from agent.records.reply import Handoff
from tests.support import small
from tests.support.appliance import running_appliance
from tests.targets.beyondtrust import setting

QUICK = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
PORTAL = """\
  kind: portal_link
  host: {host}
  send_summary: true
  company: "attribute:company"
  fields: {{email: email, team: attribute:team, summary: summary}}
"""
KEY = """\
  kind: session_key
  host: {host}
  correlation: external_key
  fields: {{summary: summary, department: attribute:team}}
"""
texts = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "..",
            "a&b=c#d?e/%2e",
            "{queue_id}",
            "é" * 700,
            "👩\u200d🔧" * 60,
            "a\nb\tc",
            "<b>&amp;",
            "\u202e",
            "＝",
        ]
    ),
)
users = st.builds(
    lambda name, email, team, company: User(
        name=name, email=email, attributes={"region": "EU", "team": team, "company": company}
    ),
    *[texts] * 4,
)
QUEUES = [small.DESK, small.DATABASE, small.LAPTOP, small.EU]


def proposed(agent: HandoffAgent, user: User, queue: str, summary: str) -> Chat:
    """A chat whose proposal for `queue` has the person's own summary."""
    chat = agent.start(user)
    chat.send_sync("I need help with my computer")
    chat.press_sync("edit", text=f"x{summary}")
    chat.press_sync("choose", queue_id=queue)
    return chat


def check(chat: Chat, arrived: Callable[[Handoff], dict[str, str]]) -> None:
    reply = chat.conversation.last_reply
    assert reply
    shown = reply.proposal
    assert shown
    told = ", ".join(f"{name} = {value}" for name, value in shown.sends.items())
    assert f"Will be sent to {shown.to}: {told}\n" in reply.text
    done: Reply = chat.press_sync("start")
    assert done.handoff, done.text
    parts = urlsplit(done.handoff.url)
    assert f"{parts.scheme}://{parts.netloc}" == shown.to
    found = arrived(done.handoff)
    assert {name: value.encode() for name, value in found.items()} == {
        name: value.encode() for name, value in shown.sends.items()
    }


def test_a_url_template(tmp_path: Path) -> None:
    agent = small.agent_over(small.catalogue(tmp_path), EmbeddedModel())

    def arrived(handoff: Handoff) -> dict[str, str]:
        parts = urlsplit(handoff.url)
        query = parse_qs(parts.query, keep_blank_values=True, strict_parsing=True)
        path = {"queue_id": unquote(parts.path.removeprefix("/start/")), "name": unquote(parts.fragment)}
        return {**path, "summary": query["text"][0], "reference": query["ref"][0]}

    @QUICK
    @given(user=users, queue=st.sampled_from(QUEUES), summary=texts)
    def run(user: User, queue: str, summary: str) -> None:
        check(proposed(agent, user, queue, summary), arrived)

    run()


def test_a_portal_link(tmp_path: Path) -> None:
    agent = small.agent_over(setting.catalogue(tmp_path, "support.example.com", PORTAL), EmbeddedModel())

    @QUICK
    @given(user=users, queue=st.sampled_from(QUEUES), summary=texts)
    def run(user: User, queue: str, summary: str) -> None:
        check(
            proposed(agent, user, queue, summary),
            lambda handoff: dict(parse_qsl(urlsplit(handoff.url).query, strict_parsing=True)),
        )

    run()


@pytest.mark.parametrize("json_commands", [True, False])
def test_a_session_key(json_commands: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    received: list[dict[str, str]] = []
    make = Keys.make

    def noted(self: Keys, wanted: Mapping[str, str]) -> SessionKey:
        received.append({name: value for name, value in wanted.items() if name != "action"})
        return make(self, wanted)

    monkeypatch.setattr(Keys, "make", noted)
    with running_appliance(dialect=Dialect(json_commands=json_commands, namespace="bomgar")) as appliance:
        setting.use(appliance, monkeypatch)
        catalogue = setting.catalogue(tmp_path, setting.host_of(appliance), KEY)
        agent = small.agent_over(catalogue, EmbeddedModel())

        @settings(QUICK, max_examples=8)
        @given(user=users, queue=st.sampled_from(QUEUES), summary=texts)
        def run(user: User, queue: str, summary: str) -> None:
            check(proposed(agent, user, queue, summary), lambda _: received[-1])
            given_ = appliance.keys.all[-1].given  # and what its agents are shown
            assert given_.custom.get("summary", "") == received[-1]["session.custom.summary"]

        run()
        background.run(agent.close())
