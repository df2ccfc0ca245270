"""What texts mean, as vectors: one for each piece of a word, added up. No model runs, nothing is downloaded.

The file `agent/data/vectors.npz` was fitted so that a text's sum points where the sentence model all-MiniLM-L6-v2
(Apache-2.0) puts it; `benchmarks/make_vectors.py` says from what, and makes it again.
"""

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, NamedTuple

from agent.retrieval.terms import meanings
from agent.retrieval.wordpiece import pieces

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

DIMENSIONS = 256


class Meaning(NamedTuple):
    """How texts are compared by what they mean."""

    embed: "Callable[[str], Vector]"
    """A text's direction, of length 1, or 0 where it says nothing; always of as many dimensions."""
    share: float
    """How much a cosine counts beside the words' score, which counts 1."""
    unrelated: float
    """The cosine that texts about nothing in common have, too."""
    elsewhere: float
    """Below this score of a search it is nobody's here. Low, because nobody is to be sent away."""


class _Table(NamedTuple):
    vocabulary: Mapping[str, int]
    values: "NDArray[np.int8]"
    scales: "Vector"


def embed(text: str) -> "Vector":
    """The direction of `text` and of what its terms mean, of length 1; 0 where no piece of it is known."""
    import numpy as np

    table = _table()
    known = pieces("\n".join([text, *meanings(text)]), table.vocabulary)
    if not known:
        return np.zeros(DIMENSIONS, np.float32)
    total = table.scales[known] @ table.values[known].astype(np.float32)
    vector: Vector = total / max(float(np.linalg.norm(total)), 1e-9)
    return vector


def products(rows: "Vector", vector: "Vector") -> "Vector":
    """The product of each of `rows` with `vector`.

    Not `rows @ vector`: its threads wait for one another, which on a busy machine takes thirty times as long.
    """
    import numpy as np

    found: Vector = np.einsum("ij,j->i", rows, vector)
    return found


STATIC = Meaning(embed, share=0.8, unrelated=0.25, elsewhere=0.08)
"""By the vectors that are shipped.

Its numbers were set on the open cases and train rows. `elsewhere` is below whatever an open case says whose person
should get an agent; of train rows that are nobody's it finds .85 at .9 precision.
"""


@cache
def _table() -> _Table:
    import numpy as np

    with as_file(files("agent") / "data" / "vectors.npz") as path, np.load(path) as file:
        tokens = bytes(file["tokens"]).decode().split("\n")
        return _Table(
            {token: number for number, token in enumerate(tokens)},
            file["values"],
            file["scales"].astype(np.float32),
        )
