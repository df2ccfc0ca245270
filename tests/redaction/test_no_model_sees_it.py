"""No request to a model, and no summary that model or code writes, holds a secret; the person's own words stay theirs."""

import json
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent import Chat, HandoffAgent, Reply, User, background
from agent.catalogue.schema import Catalogue
from agent.catalogue.source import CatalogueSource
from agent.data import example_path
from agent.errors import ModelUnavailable, SettingsError
from agent.models.embedded import EmbeddedModel
from agent.models.messages import Decisions
from agent.models.openai_chat import OpenAIModel
from agent.models.scripted import ScriptedModel
from tests.support import openai_answers as answers
from tests.support import small
from tests.support.openai_answers import Canned
from tests.support.openai_stub import OpenAIStub, Request
from tests.support.without import run_without

from .planted import Planted, planted, shipped

QUICK = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
# What is done with the secret, one after the other; the first word is how.
WAYS = [
    "say my SQL database is slow, {}",
    "say and {} is about my laptop, not the database",
    "say {}",
    "edit The database is slow. {}",
    "press skip",
    "press other",
    "press edit",
    "press start",
    "say nobody came",
]


class Parrot:
    """A model that gives everything back that it is told, and breaks the rules each third time."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def __call__(self, request: Request) -> Canned:
        self.heard.append(json.dumps(request.body, ensure_ascii=False))
        told = request.said[-300:]
        if len(self.heard) % 3 == 0:
            return answers.text(f"I have connected you because of {told}")
        if not request.tools:
            fields = {"summary": told, "queue": "database_support", "question": "", "second_issue": told}
            return answers.content(fields)
        if "search_queues" in request.tools and len(self.heard) % 2:
            return answers.call("search_queues", query=told)
        return answers.call(
            "select_queue",
            queue_id=small.DATABASE,
            summary=told,
            reason=told,
            second_issue=told,
            second_queue_id=small.LAPTOP,
        )


def in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def do(chat: Chat, way: str, planted: Planted) -> Reply:
    how, what = way.split(" ", 1)
    if how == "say":
        return chat.send_sync(what.replace("{}", planted.text))
    if how == "edit":
        return chat.press_sync("edit", text=what.replace("{}", planted.text))
    return chat.press_sync(what)


def redacting(folder: Path, model: OpenAIModel) -> HandoffAgent:
    source = CatalogueSource.fixed(small.catalogue(folder))
    return HandoffAgent(source, model=model, clock=lambda: small.OPEN, redactor=shipped())


@pytest.mark.parametrize("decisions", ["tools", "json"])
@pytest.mark.parametrize("listed", [True, False])
def test_over_the_wire(decisions: Decisions, listed: bool, tmp_path: Path) -> None:
    parrot = Parrot()

    @QUICK
    @given(secret=planted, ways=st.lists(st.sampled_from(WAYS), min_size=1, max_size=5))
    def run(secret: Planted, ways: list[str]) -> None:
        chat = agent.start(User(name="Ada"))
        for way in [WAYS[0], *ways]:
            do(chat, way, secret)
        said = [m.text for m in chat.conversation.messages if m.role == "user" and m.action is None]
        assert said[0] == f"my SQL database is slow, {secret.text}"  # the person's own words
        assert parrot.heard
        for request in parrot.heard:
            assert in_json(secret.secret) not in request
        parrot.heard.clear()

    with OpenAIStub(parrot) as stub:
        tokens = 8_000 if listed else 1
        model = OpenAIModel("m", base_url=stub.base_url, decisions=decisions, catalogue_tokens=tokens)
        agent = redacting(tmp_path, model)
        run()
        background.run(agent.close())
    assert not stub.refused


def test_what_is_sent_does_not_depend_on_whether_the_model_answered(tmp_path: Path) -> None:
    @QUICK
    @given(secret=planted, way=st.sampled_from(["press skip", "say I need a human", "press other"]))
    def run(secret: Planted, way: str) -> None:
        chat = agent.start()
        chat.send_sync(f"my SQL database is slow, {secret.text}")
        replied = do(chat, way, secret)
        shown = chat.press_sync("skip").proposal
        handoff = chat.press_sync("start").handoff
        assert shown
        assert handoff
        assert "removed]" in shown.summary
        for text in (replied.text, shown.summary, json.dumps(shown.sends), unquote(handoff.url)):
            assert secret.secret not in text

    with OpenAIStub(lambda _: answers.failure(401, "no")) as stub:
        agent = redacting(tmp_path, OpenAIModel("m", base_url=stub.base_url, attempts=1))
        run()
        background.run(agent.close())


OWN = "The database is slow, my password is hunter2"


async def test_a_summary_of_ones_own_is_sent_word_for_word_with_a_warning(catalogue: Catalogue) -> None:
    agent = HandoffAgent(
        CatalogueSource.fixed(catalogue), model=EmbeddedModel(), clock=lambda: small.OPEN, redactor=shipped()
    )
    chat = agent.start()
    before = await chat.send(OWN)
    assert before.proposal
    assert before.proposal.summary == OWN.replace("hunter2", "[password removed]")
    assert "seems to hold a password" not in before.text
    edited = await chat.press("edit", text=OWN)
    assert edited.proposal
    assert edited.proposal.summary == OWN
    assert "seems to hold a password" in edited.text
    handoff = (await chat.press("start")).handoff
    assert handoff
    assert f"text={quote(OWN)}" in handoff.url


async def test_a_placeholder_is_no_word_of_the_problem(catalogue: Catalogue) -> None:
    """It leads to no queue, is no reason, and alone describes nothing."""
    agent = HandoffAgent(
        CatalogueSource.fixed(catalogue), model=EmbeddedModel(), clock=lambda: small.OPEN, redactor=shipped()
    )
    alone = await agent.start().send("4111 1111 1111 1111")
    assert alone.phase == "gathering"
    with_text = (await agent.start().send("4111 1111 1111 1111 is not in the SQL backup")).proposal
    assert with_text
    assert with_text.queue_id == small.DATABASE
    assert with_text.summary == "[card number removed] is not in the SQL backup"
    assert "card" not in with_text.reason


class Broken:
    def redact(self, text: str, language: str) -> str:
        raise RuntimeError(text)


async def test_where_a_redactor_fails_the_whole_text_goes(
    catalogue: Catalogue, caplog: pytest.LogCaptureFixture
) -> None:
    model = ScriptedModel([ModelUnavailable("gone")])
    agent = HandoffAgent(
        CatalogueSource.fixed(catalogue), model=model, clock=lambda: small.OPEN, redactor=Broken()
    )
    chat = agent.start()
    await chat.send(OWN)
    assert [m.text for m in model.briefings[0].messages if m.role == "user"] == ["[text removed]"]
    assert (await chat.press("skip")).proposal  # nobody is stuck
    assert "hunter2" not in caplog.text
    assert "the redactor failed with RuntimeError" in caplog.text


def test_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDOFF_REDACT", "passwords")
    chat = HandoffAgent.from_file(example_path(), model="embedded").start()
    chat.send_sync(OWN)
    reply = chat.press_sync("skip")
    assert reply.proposal
    assert reply.proposal.summary.endswith("my password is [password removed]")
    monkeypatch.setenv("HANDOFF_REDACT", "all")
    with pytest.raises(SettingsError):
        HandoffAgent.from_file(example_path(), model="embedded")


def test_without_the_package() -> None:
    result = run_without("stdnum", "chat", HANDOFF_REDACT="cards", HANDOFF_MODEL="embedded")
    assert result.returncode == 2
    assert "pip install 'live-agent-handoff[redact]'" in result.stderr
    assert "Traceback" not in result.stderr
