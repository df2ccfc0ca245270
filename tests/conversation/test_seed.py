"""The seed's conversation, on the example catalogue, with the embedded model."""

from agent import HandoffAgent, User
from agent.data import example_path
from agent.models.embedded import EmbeddedModel

URL = "https://livechat.acme.com/start-chat?queue_id=71f1cbd2-83ae-4e54-a03a-2ee8d31a7dee"


async def test_the_seed_comes_out() -> None:
    async with HandoffAgent.from_file(example_path(), model=EmbeddedModel()) as agent:
        chat = agent.start(user=User(name="Ada", email="ada@acme.com"))
        asked = await chat.send("I'd like to speak to a live agent")
        assert asked.phase == "gathering"
        assert asked.text.endswith("?")
        assert asked.steps == ()
        assert [b.label for b in asked.buttons] == ["Skip, connect me now"]

        proposed = await chat.send("I'm running into a strange issue with a SQL database that I'm using.")
        assert proposed.phase == "proposed"
        assert [(s.text, s.status) for s in proposed.steps] == [
            ("Determining appropriate live agent queue", "success")
        ]
        assert "SQL database" in proposed.text
        assert [(b.label, b.style) for b in proposed.buttons] == [
            ("Start agent chat", "filled"),
            ("Edit / Add details", "outlined"),
            ("Other help options", "outlined"),
        ]
        assert proposed.proposal
        assert proposed.proposal.queue == "Database Support"
        assert proposed.proposal.sends == {"queue_id": "71f1cbd2-83ae-4e54-a03a-2ee8d31a7dee"}
        assert asked.model_calls + proposed.model_calls == 2

        started = await chat.press("start")
        assert started.phase == "handed_off"
        assert [(s.text, s.status) for s in started.steps] == [(f"Taking you to {URL}", "success")]
        assert started.handoff
        assert started.handoff.url == URL
        assert started.model_calls == 0
        assert (await chat.press("start")).handoff == started.handoff


async def test_a_clear_issue_is_proposed_after_one_call() -> None:
    async with HandoffAgent.from_file(example_path(), model="embedded") as agent:
        reply = await agent.start().send("My SQL query against the database hangs, I need an agent")
        assert reply.phase == "proposed"
        assert reply.model_calls == 1
