"""Where the embedded engine sends people, by all that they tell: a search for each case, no conversation."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from agent.catalogue.schema import Catalogue
from agent.catalogue.view import Views
from agent.language.locale import locale_for
from agent.language.understand import describes_problem, language_of
from agent.records.user import User
from agent.retrieval.vectors import STATIC, Meaning
from evals.case import Case


class Told(NamedTuple):
    """What the person of a case would tell, and the queues that are right for it."""

    id: str
    text: str
    user: User
    language: str
    right: tuple[str, ...]


class Routed(NamedTuple):
    """A case, and the queue that the engine likes best."""

    told: Told
    queue: str

    @property
    def is_right(self) -> bool:
        """Whether it is one of the right ones."""
        return self.queue in self.told.right

    @property
    def belongs(self) -> str:
        """The queue that is right; of several the one that was found, or the first."""
        return self.queue if self.is_right else self.told.right[0]


def told_in(case: Case) -> Told | None:
    """What the engine would hear: every text that describes a problem. None where it says nothing about routing.

    That is a case without a right queue, or one whose person never says what it is about.
    """
    told = [text for text in (case.opening, *case.user.facts.values()) if describes_problem(text)]
    if not told or not case.expect.queue:
        return None
    text = " ".join(told)
    locale = locale_for(case.user.locale or language_of(text))
    return Told(case.id, text, case.user.user, locale.language, case.expect.queue)


def route(catalogue: Catalogue, told: Iterable[Told], meaning: Meaning = STATIC) -> list[Routed]:
    """Each case in the view of its person; what fits no queue goes to the default."""
    views = Views(catalogue, meaning)
    routed = []
    for one in told:
        hits = views.of(one.user).search(one.text, 1, language=one.language)
        routed.append(Routed(one, hits[0].queue.id if hits else catalogue.default_queue))
    return routed


def described(catalogue: Catalogue, descriptions: Mapping[str, str]) -> Catalogue:
    """`catalogue` with other descriptions, by the queues' ids; for routing only."""
    queues = tuple(
        queue.model_copy(update={"description": descriptions.get(queue.id, queue.description)})
        for queue in catalogue.queues
    )
    return catalogue.model_copy(update={"queues": queues})
