"""A catalogue that changes under a conversation."""

from pathlib import Path

from agent import Chat, HandoffAgent, User
from agent.catalogue.source import CatalogueSource
from agent.models.embedded import EmbeddedModel
from tests.support import small


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        self.now += 2
        return self.now


def agent_on(path: Path) -> HandoffAgent:
    source = CatalogueSource(path, clock=Seconds())
    return HandoffAgent(source, model=EmbeddedModel(), clock=lambda: small.OPEN)


async def shown(path: Path) -> Chat:
    chat = agent_on(path).start(User(attributes={"region": "EU"}))
    assert (await chat.send("my SQL database is slow")).proposal
    return chat


async def test_a_renamed_queue_asks_again(tmp_path: Path) -> None:
    path = tmp_path / "queues.yaml"
    path.write_text(small.YAML)
    chat = await shown(path)
    before = chat.conversation.catalogue
    path.write_text(small.YAML.replace("name: Database Support", "name: Data Platform Support"))
    reply = await chat.press("start")
    assert reply.handoff is None
    assert reply.proposal
    assert reply.proposal.queue == "Data Platform Support"
    assert chat.conversation.catalogue != before
    assert (await chat.press("start")).handoff


async def test_another_target_asks_again(tmp_path: Path) -> None:
    path = tmp_path / "queues.yaml"
    path.write_text(small.YAML)
    chat = await shown(path)
    path.write_text(small.YAML.replace("https://chat.example.com", "https://other.example.com"))
    reply = await chat.press("start")
    assert reply.handoff is None
    assert "other.example.com" in reply.text
    started = await chat.press("start")
    assert started.handoff
    assert started.handoff.url.startswith("https://other.example.com/start/db?")


async def test_a_queue_that_is_gone_falls_to_the_default(tmp_path: Path) -> None:
    path = tmp_path / "queues.yaml"
    path.write_text(small.YAML)
    chat = await shown(path)
    begin = small.YAML.index(f"  - id: {small.DATABASE}")
    path.write_text(small.YAML[:begin] + small.YAML[small.YAML.index(f"  - id: {small.LAPTOP}") :])
    for reply in (await chat.send("what now?"), await chat.press("skip"), await chat.press("edit")):
        assert reply.handoff is None
    reply = await chat.press("skip")
    assert reply.proposal
    assert reply.proposal.queue_id == small.DESK
    assert (await chat.press("start")).handoff


async def test_a_queue_that_is_hidden_meanwhile_is_not_handed_off_to(tmp_path: Path) -> None:
    path = tmp_path / "queues.yaml"
    path.write_text(small.YAML)
    chat = await shown(path)
    hidden = '    description: "SQL databases'
    path.write_text(small.YAML.replace(hidden, f"    only_for: {{region: [US]}}\n{hidden}"))
    reply = await chat.press("start")
    assert reply.handoff is None
    assert reply.proposal
    assert reply.proposal.queue_id == small.DESK


async def test_a_broken_file_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "queues.yaml"
    path.write_text(small.YAML)
    chat = await shown(path)
    path.write_text("version: 1\nqueues: oops")
    assert (await chat.press("start")).handoff


async def test_a_link_to_where_nothing_leads_any_more_is_not_given_out(tmp_path: Path) -> None:
    path = tmp_path / "queues.yaml"
    path.write_text(small.YAML)
    chat = await shown(path)
    first = (await chat.press("start")).handoff
    assert first
    path.write_text(small.YAML.replace("https://chat.example.com", "https://other.example.com"))
    again = await chat.press("start")
    assert again.handoff is None
    assert again.proposal
    started = await chat.press("start")
    assert started.handoff
    assert started.handoff.url.startswith("https://other.example.com/")


async def test_no_reply_gives_out_a_link_to_where_nothing_leads(tmp_path: Path) -> None:
    path = tmp_path / "queues.yaml"
    path.write_text(small.YAML)
    chat = await shown(path)
    await chat.press("start")
    path.write_text(small.YAML.replace("https://chat.example.com", "https://other.example.com"))
    for words in ("thanks", "skip", "I want a human"):
        reply = await chat.send(words)
        assert reply.handoff is None
        assert "chat.example.com" not in repr(reply.buttons)


async def test_a_second_problem_whose_queue_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "queues.yaml"
    path.write_text(small.YAML)
    chat = agent_on(path).start()
    await chat.send("my SQL database is failing and my laptop screen is dark")
    await chat.press("choose", queue_id=small.DATABASE)
    await chat.press("start")
    begin, end = small.YAML.index(f"  - id: {small.LAPTOP}"), small.YAML.index(f"  - id: {small.NIGHT}")
    path.write_text(small.YAML[:begin] + small.YAML[end:])
    reply = await chat.send("yes")
    assert reply.proposal
    assert (reply.proposal.queue_id, reply.proposal.summary) == (small.DESK, "my laptop screen is dark")
