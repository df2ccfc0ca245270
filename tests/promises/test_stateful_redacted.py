"""The same promises, with a redactor that takes out a lot."""

import re

import pytest

from agent import HandoffAgent

from .machine import Promises
from .oracle import KEY
from .size import play

_TAKEN = re.compile(r"\b(?:SQL|database|laptop|[^\W_]*\d[^\W_]*)\b", re.IGNORECASE)


class Eager:
    def redact(self, text: str, language: str) -> str:
        return _TAKEN.sub("[password removed]", text)


class RedactedPromises(Promises):
    def new_agent(self) -> HandoffAgent:
        return HandoffAgent(
            self.source(), model=self.model, clock=lambda: self.now, state_key=KEY, redactor=Eager()
        )

    def heard(self) -> None:
        """No briefing has what is taken out: neither in what was said, nor in what quotes the person's own summary."""
        for briefing in self.model.briefings:
            said = [m for m in briefing.messages if m.role == "assistant" or m.action in (None, "summary")]
            told = [m.text if m.role == "user" else m.reply.text for m in said]  # labels are the catalogue's
            shown = briefing.proposal
            told += [briefing.own_summary or "", *([shown.summary, *shown.sends.values()] if shown else [])]
            # A model that meddles may have written into what it was handed.
            assert not any(map(_TAKEN.search, told)) or "https://evil.example.com/" in told
        super().heard()


@pytest.mark.timeout(0)
def test_every_promise_holds() -> None:
    play(RedactedPromises, "boundary", 0.2)
