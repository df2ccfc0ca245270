"""The same promises, with the BeyondTrust targets: whatever the appliance does, and however late a press comes."""

import os
import ssl
from collections.abc import Mapping
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from agent.catalogue.schema import Catalogue
from agent.errors import StoreError, TargetError
from agent.records.reply import Handoff, Reply
from agent.targets.availability import Online
from agent.targets.beyondtrust.commands import Commands
from agent.targets.beyondtrust.key_form import Key
from agent.targets.beyondtrust.problems import Transient
from tests.targets.beyondtrust import setting

from .machine import Promises
from .size import play

HOST = "support.example.com"
PORTAL = "  kind: portal_link\n  host: {host}\n  send_summary: true\n  fields: {{email: email}}\n"
TLS = ssl.create_default_context()
CREDENTIALS = {f"HANDOFF_BEYONDTRUST_CLIENT_{name}": "of-a-test" for name in ("ID", "SECRET")}


class PortalLinkPromises(Promises):
    address = ("https", HOST)

    @classmethod
    def make_catalogue(cls, folder: Path) -> Catalogue:
        return setting.catalogue(folder, HOST, PORTAL)

    def sent(self, handoff: Handoff) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(handoff.url).query, strict_parsing=True))


class SessionKeyPromises(Promises):
    """An appliance that makes a key, loses the answer, refuses, or breaks; it notes every key that it makes."""

    address = ("https", HOST)
    target = setting.FALLBACK

    @classmethod
    def make_catalogue(cls, folder: Path) -> Catalogue:
        return setting.catalogue(folder, HOST, cls.target)

    def __init__(self) -> None:
        self.next_problem: Exception | None = None
        self.lost: list[str] = []
        self.made: dict[str, Mapping[str, str]] = {}
        self.patches: list[Any] = [
            patch.dict(os.environ, CREDENTIALS),
            patch("agent.targets.beyondtrust.credentials.Credentials.tls", lambda _: TLS),  # read once
            patch("agent.targets.beyondtrust.key_form.KeyForm.make", self.make),
        ]
        for each in self.patches:
            each.start()
        super().__init__()

    def teardown(self) -> None:
        for each in self.patches:
            each.stop()
        dump = self.chat.dump()
        assert not any(short in dump for short in self.lost)
        super().teardown()

    async def make(self, sends: Mapping[str, str]) -> Key:
        short = f"{1_000_000 + len(self.made) + len(self.lost)}"
        problem, self.next_problem = self.next_problem, None
        if problem:
            self.lost.append(short)
            raise problem
        self.made[short] = dict(sends)
        return Key(short, "https://evil.example.com/?ak=" + "0" * 32, timedelta(seconds=600))

    @rule(
        problem=st.sampled_from(
            [
                Transient("lost", reached=True),
                TargetError("no rights"),
                StoreError("gone"),
                RuntimeError("bug"),
            ]
        )
    )
    def something_goes_wrong_next(self, problem: Exception) -> None:
        self.next_problem = problem

    @rule(seconds=st.sampled_from([1, 599, 600]))
    def seconds_pass(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def check_visible(self, reply: Reply) -> None:
        super().check_visible(reply)
        dead = {h.url for h in self.chat.conversation.handoffs if h.expires and h.expires <= self.now}
        shown = {button.url for button in reply.buttons} | {reply.handoff.url if reply.handoff else None}
        assert not dead & shown

    def sent(self, handoff: Handoff) -> dict[str, str]:
        query = dict(parse_qsl(urlsplit(handoff.url).query, strict_parsing=True))
        if handoff.expires:
            assert handoff.expires == self.now + timedelta(seconds=600)
            assert handoff.expires > self.now
            return dict(self.made[query["short_key"]])
        # The portal link says less than was shown, and nothing else.
        shown = self.shown_for(handoff)
        issue = query.pop("codeName")
        assert shown["queue_id"] == f"issue:{issue}"
        del query["issue_menu"], query["c2cjs"]
        assert query.items() <= shown.items()
        assert "session.custom.summary" not in query
        return shown

    def shown_for(self, handoff: Handoff) -> dict[str, str]:
        replies = [m.reply for m in self.chat.conversation.messages if m.role == "assistant"]
        return next(r.proposal.sends for r in replies if r.proposal and r.proposal.id == handoff.proposal)


class SessionKeyAlonePromises(SessionKeyPromises):
    """Without a portal link; how many agents are online changes with every look-up, which may fail."""

    target = setting.TARGET + "  availability: 10\n"

    def __init__(self) -> None:
        self.counts: cycle[int | Exception] = cycle([2, 0, TargetError("no rights"), 1, RuntimeError("bug")])
        look_up = patch("agent.targets.beyondtrust.make.look_up", self.look_up)
        look_up.start()
        super().__init__()
        self.patches.append(look_up)

    async def look_up(self, _: Commands) -> Online:
        found = next(self.counts)
        if isinstance(found, Exception):
            raise found
        count = found
        return lambda _: count


@pytest.mark.timeout(0)
@pytest.mark.parametrize("machine", [PortalLinkPromises, SessionKeyPromises, SessionKeyAlonePromises])
def test_every_promise_holds(machine: type[Promises]) -> None:
    play(machine, "boundary", 0.2)
