"""What texts mean, by a sentence model that the operator has: a folder with `model.onnx` and `tokenizer.json`.

That is what any export of Hugging Face's is. It runs in this process, on the CPU; nothing is downloaded. Needs the
extra `sentences`.
"""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.errors import SettingsError
from agent.retrieval.terms import meanings
from agent.retrieval.vectors import Meaning

if TYPE_CHECKING:
    from agent.retrieval.vectors import Vector

_TOKENS = 256  # of a text, at most; every such model takes as many
_CHARACTERS = 4_000  # more hold more tokens than that
_KEPT = 4_096  # texts whose vectors are kept: clauses of descriptions, and what was asked last
_SHARE, _UNRELATED = 0.8, 0.25


def sentence_meaning(folder: Path) -> Meaning:
    """Compares by the sentence model in `folder`. Raises `SettingsError` where it cannot be used."""
    try:
        model = _SentenceModel(folder)
        model.embed("a")
    except Exception as error:  # whatever the two libraries make of a file that is no such model
        why = " ".join(str(error).split())[:200]
        raise SettingsError(
            f"{folder}: is no sentence model that can be used: {why or type(error).__name__}"
        ) from error
    return Meaning(lru_cache(_KEPT)(model.embed), share=_SHARE, unrelated=_UNRELATED)


class _SentenceModel:
    """May be used in several threads at once: the session is made for that, and the tokenizer stays as it is."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_TOKENS)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # a short text is no work for more, and other conversations run, too
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = [given.name for given in self._session.get_inputs()]
        outputs = [output.name for output in self._session.get_outputs()]
        self._output = "sentence_embedding" if "sentence_embedding" in outputs else outputs[0]

    def embed(self, text: str) -> "Vector":
        """The direction of `text` and of what its terms mean."""
        import numpy as np

        told = self._tokenizer.encode("\n".join([text[:_CHARACTERS], *meanings(text)]))
        ids, mask = np.array([told.ids], np.int64), np.array([told.attention_mask], np.int64)
        known = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (output,) = self._session.run([self._output], {name: known[name] for name in self._inputs})
        vector: Any = output[0] if output.ndim == 2 else mask[0] @ output[0]  # the mean, but for its length
        return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)
