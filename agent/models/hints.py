"""What the search makes of the person's words, said to models that are too small to be sure by themselves."""

from collections.abc import Mapping

from agent.language.understand import describes_problem
from agent.models.base import Briefing
from agent.models.catalogue_text import quoted
from agent.models.embedded.said import telling_words
from agent.retrieval.confidence import ENOUGH, enough
from prompts import line

_BEST = 3
_SAID = 1_000  # characters of the person's words that stand once more where a small model looks


def hints_of(briefing: Briefing, said: str, shown: Mapping[str, str]) -> list[str]:
    """Lines for the state about `said`; `shown` says what the model knows the queues' ids as."""
    may_ask = briefing.questions_left > 0
    if not describes_problem(said):
        return [line("state", "nothing_said")] if may_ask else []
    hits = briefing.view.search(said, _BEST, language=briefing.language)
    sure = enough([hit.score for hit in hits], telling_words([said])) >= ENOUGH
    words = line("state", "said", words=quoted(said, _SAID))
    if may_ask and not sure:
        return [words, line("state", "unsure")]
    if not hits:
        return [words]
    best, *others = (shown[hit.queue.id] for hit in hits)
    return [words, line("state", "likely", best=best, others=", ".join(others) or "none")]
