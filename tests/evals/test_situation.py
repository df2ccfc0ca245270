"""What a reply is to the person: by what is on the screen, in every shipped language."""

import pytest

from agent.language.locale import locales
from agent.records.reply import Button, Reply
from evals.situation import situation

from .made import handoff, proposal, reply

SKIP = Button(label="Skip, connect me now", action="skip")
CHOOSE = Button(label="Database Support", action="choose", queue_id="db")
LINK = Button(label="Portal", action="link", url="https://help.example.com")


@pytest.mark.parametrize(
    ("shown", "kind"),
    [
        (reply(), "question"),
        (reply(buttons=(SKIP,)), "question"),
        (reply(buttons=(CHOOSE, SKIP)), "question"),  # which of two teams
        (reply(buttons=(CHOOSE,)), "other_help"),
        (reply(buttons=(LINK, SKIP)), "other_help"),
        (reply(buttons=(Button(label="My laptop", action="message", text="my laptop"),)), "question"),
        (reply(phase="proposed", proposal=proposal()), "proposal"),
        (reply(phase="proposed", proposal=proposal(), buttons=(CHOOSE, LINK)), "proposal"),
        (reply(phase="handed_off", handoff=handoff()), "handoff"),
        (reply(phase="closed", handoff=handoff()), "handoff"),
        (reply(phase="closed", buttons=(LINK,)), "closed"),
    ],
)
def test_what_it_is(shown: Reply, kind: str) -> None:
    assert situation(shown) == kind


@pytest.mark.parametrize("language", sorted(locales()))
def test_talk_to_an_agent_anyway_is_no_question(language: str) -> None:
    button = Button(label=locales()[language]("anyway"), action="skip")
    assert situation(reply(buttons=(button,))) == "other_help"
