"""What texts mean, by a sentence model that the operator has: a folder with `model.onnx` and `tokenizer.json`.

Exports of Hugging Face's models are such folders. The model runs in this process, on the CPU; nothing is downloaded.
Needs the extra `sentences`.
"""

from collections.abc import Callable
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.errors import SettingsError
from agent.retrieval.terms import meanings
from agent.retrieval.vectors import Meaning

if TYPE_CHECKING:
    from agent.retrieval.vectors import Vector

_INPUTS = {"input_ids", "attention_mask", "token_type_ids"}
_POOLED = "sentence_embedding"  # what exports of sentence-transformers call it
_TOKENS = 256  # that are read of a text
_CHARACTERS = 4_000  # more hold more tokens than that
_KEPT = 4_096  # texts whose vectors are kept: clauses of descriptions, and what was said last
_SHARE, _ELSEWHERE = 1.2, 0.14  # set on the open cases and train rows, with all-MiniLM-L6-v2
_NOTHING_IN_COMMON = (
    "the printer jams",
    "when is my salary paid",
    "two tickets to the opera",
    "a river in the mountains",
    "my knee hurts",
    "who won the match",
    "bake the bread for an hour",
    "the roof of the old church",
)


def sentence_meaning(folder: Path) -> Meaning:
    """Compares by the sentence model in `folder`, in any number of threads.

    The vectors of its tokens are averaged, unless it does that itself. Raises `SettingsError` where it cannot be used.
    """
    try:
        model = _SentenceModel(folder)
        unrelated = _unrelated(model.embed)
    except Exception as error:  # the two libraries raise their own
        why = " ".join(str(error).split())[:200] or type(error).__name__
        raise SettingsError(f"{folder}: cannot be used as a sentence model: {why}") from error
    kept = lru_cache(_KEPT)(model.embed)
    return Meaning(lambda text: kept(text[:_CHARACTERS]), _SHARE, unrelated, _ELSEWHERE)


def _unrelated(embed: "Callable[[str], Vector]") -> float:
    """The mean cosine of texts about nothing in common: near 0 with some models, 0.7 with others."""
    pairs = list(combinations(map(embed, _NOTHING_IN_COMMON), 2))
    return sum(float(one @ other) for one, other in pairs) / len(pairs)


class _SentenceModel:
    """Never changes once it is made, so threads can share it."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_TOKENS)
        self._unknown = {self._tokenizer.token_to_id(token) for token in ("[UNK]", "<unk>")}
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = (
            1  # a short text is no work for more, and others wait for the processors
        )
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {given.name for given in self._session.get_inputs()}
        if self._inputs - _INPUTS:
            raise SettingsError(f"it wants {min(self._inputs - _INPUTS)} as well")
        outputs = [output.name for output in self._session.get_outputs()]
        self._output = _POOLED if _POOLED in outputs else outputs[0]

    def embed(self, text: str) -> "Vector":
        """The direction of `text` and of what its terms mean."""
        import numpy as np

        told = self._tokenizer.encode("\n".join([text, *meanings(text)]))
        ids, mask = np.array([told.ids], np.int64), np.array([told.attention_mask], np.int64)
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (output,) = self._session.run([self._output], {name: given[name] for name in self._inputs})
        vector: Any = output[0] if output.ndim == 2 else mask[0] @ output[0]  # the mean, but for its length
        length = max(float(np.linalg.norm(vector)), 1e-9)
        tokens = zip(told.ids, told.special_tokens_mask, strict=True)
        says = any(not special and id_ not in self._unknown for id_, special in tokens)
        return np.asarray(vector / length * says, np.float32)
