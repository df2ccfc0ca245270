"""Short names by which a model that answers in JSON chooses a queue: a long id says nothing to a small one."""

import re
import unicodedata
from collections.abc import Collection, Iterable

from agent.catalogue.schema import Queue

LONGEST = 40
"""Characters of a handle."""
_NOT_IN_HANDLES = re.compile(r"[\W_]+")


def handles(queues: Iterable[Queue], reserved: Collection[str] = ()) -> dict[str, str]:
    """The handle of each of `queues` by its id: letters, digits and _ of its name, at most `LONGEST`.

    No two are the same, none is in `reserved`, and none is the id of another queue.
    """
    named = {queue.id: slug(queue.name) for queue in queues}
    found: dict[str, str] = {}
    taken = {*reserved}
    numbers: dict[str, int] = {}  # the last one of each name, so that many of one name are no work
    for id_, name in named.items():
        handle, number = name, numbers.get(name, 1)
        while handle in taken or (handle in named and handle != id_):
            number += 1
            handle = f"{name[: LONGEST - len(str(number)) - 1]}_{number}"
        numbers[name] = number
        taken.add(handle)
        found[id_] = handle
    return found


def slug(name: str) -> str:
    """`name` in small letters, digits and _, without accents; "queue" where nothing is left."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    words = _NOT_IN_HANDLES.sub("_", plain.casefold()).strip("_")
    return words[:LONGEST].rstrip("_") or "queue"
