"""The replies of the seed's conversation, made by the agent itself, and of *Other help options* in it."""

from dataclasses import dataclass

import pytest

from agent import HandoffAgent, User
from agent.background import run
from agent.data import example_path
from agent.records.reply import Reply

URL = "https://livechat.acme.com/start-chat?queue_id=71f1cbd2-83ae-4e54-a03a-2ee8d31a7dee"
SAID = "I'm running into a strange issue with a SQL database that I'm using."


@dataclass(frozen=True)
class Seed:
    asked: Reply
    proposed: Reply
    other: Reply
    handed_off: Reply


@pytest.fixture(scope="session")
def seed() -> Seed:
    agent = HandoffAgent.from_file(example_path(), model="embedded")
    chat = agent.start(User(name="Ada", email="ada@acme.com"))
    asked, proposed = chat.send_sync("I'd like to speak to a live agent"), chat.send_sync(SAID)
    other, handed_off = chat.press_sync("other"), chat.press_sync("start")
    run(agent.close())
    return Seed(asked, proposed, other, handed_off)
