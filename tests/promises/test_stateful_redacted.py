"""The same promises, with a redactor that takes out a lot."""

import re

from hypothesis import settings

from agent import HandoffAgent, Reply
from tests.support import small

from .test_stateful import Promises

_TAKEN = re.compile(r"\b(?:SQL|database|laptop|[^\W_]*\d[^\W_]*)\b", re.IGNORECASE)


class Eager:
    def redact(self, text: str, language: str) -> str:
        return _TAKEN.sub("[password removed]", text)


class RedactedPromises(Promises):
    def new_agent(self) -> HandoffAgent:
        return small.agent_over(
            self.catalogue, self.puppet, now=lambda: self.now, state_key="k" * 16, redactor=Eager()
        )

    def check_visible(self, reply: Reply) -> None:
        """No briefing has what is taken out: neither in what was said, nor in what quotes the person's own summary."""
        for briefing in self.puppet.briefings:
            told = [m.text if m.role == "user" else m.reply.text for m in briefing.messages]
            shown = briefing.proposal
            told += [
                briefing.own_summary or "",
                shown.summary if shown else "",
                *(shown.sends if shown else ()),
            ]
            assert not any(map(_TAKEN.search, told))
        super().check_visible(reply)


RedactedPromises.TestCase.settings = settings(
    Promises.TestCase.settings, max_examples=max(10, Promises.TestCase.settings.max_examples // 4)
)
TestRedactedPromises = RedactedPromises.TestCase
del Promises
