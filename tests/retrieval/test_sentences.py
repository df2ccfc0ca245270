"""Search by a sentence model that the operator has."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import SettingsError
from agent.retrieval.index import Index
from agent.retrieval.learned import Example
from agent.retrieval.sentences import sentence_meaning
from agent.retrieval.vectors import Meaning
from tests.support.sentence_model import CABLE, DIMENSIONS, INPUTS, MONEY, PAPER, WORDS, sentence_model

QUEUES = [[("Printing", 2.0)], [("Salaries", 2.0)], [("Networks", 2.0)]]
TEXTS = st.lists(st.sampled_from([*WORDS, "zzz", "ქაღალდი", "!", "\n"])).map(" ".join) | st.text(max_size=200)


@pytest.fixture(name="meaning", scope="module")
def _meaning(tmp_path_factory: pytest.TempPathFactory) -> Meaning:
    return sentence_meaning(sentence_model(tmp_path_factory.mktemp("model")))


def test_a_text_is_the_mean_of_its_tokens(meaning: Meaning) -> None:
    wanted = np.zeros(DIMENSIONS)
    wanted[[PAPER, MONEY, -1]] = 2, 1, 0.2  # the last are those of the two special tokens, not of any padding
    assert meaning.embed("Quux quux frob") == pytest.approx(wanted / np.linalg.norm(wanted), abs=1e-6)


@pytest.mark.parametrize("inputs", [INPUTS, INPUTS[:2], INPUTS[:1]])
@pytest.mark.parametrize("pooled", [False, True])
def test_models_of_every_shape_say_the_same(
    tmp_path: Path, meaning: Meaning, inputs: tuple[str, ...], pooled: bool
) -> None:
    other = sentence_meaning(sentence_model(tmp_path, inputs=inputs, pooled=pooled))
    for text in ("quux", "printer frob frob", "zzz"):
        assert other.embed(text) == pytest.approx(meaning.embed(text), abs=1e-6)
    assert other.unrelated == pytest.approx(meaning.unrelated, abs=1e-6)


@given(TEXTS)
def test_any_text_has_a_direction_or_says_nothing(meaning: Meaning, text: str) -> None:
    vector = meaning.embed(text)
    assert vector.dtype == np.dtype(np.float32)
    assert vector.shape == (DIMENSIONS,)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-3) or not vector.any()


@pytest.mark.parametrize("text", ["", " ", "ქაღალდი zzz"])
def test_without_a_known_token_nothing_is_said(meaning: Meaning, text: str) -> None:
    assert not meaning.embed(text).any()
    assert Index(QUEUES, meaning=meaning).search(text, 3) == []


def test_what_terms_mean_counts(meaning: Meaning) -> None:
    assert (
        meaning.embed("Okta")[MONEY] > 0.8
    )  # it means "sign-in, …", and the model knows only "sign" of that
    assert meaning.embed("Oktb")[MONEY] == 0


def test_of_a_long_text_the_beginning_counts(meaning: Meaning) -> None:
    assert meaning.embed("quux " * 250)[MONEY] == 0
    assert meaning.embed("quux " * 250 + "frob")[MONEY] > 0
    assert meaning.embed("quux " * 300 + "frob " * 100_000)[MONEY] == 0


@pytest.mark.parametrize(("text", "best"), [("quux", PAPER), ("frob", MONEY), ("grault", CABLE)])
def test_the_nearest_clause_is_the_models(meaning: Meaning, text: str, best: int) -> None:
    assert Index(QUEUES).search(text, 3) == []
    (found, score), *others = Index(QUEUES, meaning=meaning).search(text, 3)
    assert found == best
    assert all(score > 10 * other for _, other in others)


def test_what_examples_teach_spreads_by_the_model(meaning: Meaning) -> None:
    """The example shares no piece of a word with the query."""
    teaches = [Example("frob", CABLE)]
    plain, taught = (dict(Index(QUEUES, examples, meaning).search("salary", 3)) for examples in ([], teaches))
    assert taught.get(CABLE, 0) > plain.get(CABLE, 0)
    assert taught[MONEY] < plain[MONEY]


@given(TEXTS)
def test_scores_fall_and_stay_within_bounds(meaning: Meaning, text: str) -> None:
    scores = [score for _, score in Index(QUEUES, meaning=meaning).search(text, 3)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_threads_share_a_model(tmp_path: Path) -> None:
    texts = [f"{one} {other} {n}" for n in range(20) for one in WORDS for other in WORDS]
    shared, alone = sentence_meaning(sentence_model(tmp_path)), sentence_meaning(tmp_path)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(shared.embed, texts, chunksize=1))
    assert np.array_equal(found, [alone.embed(text) for text in texts])


@pytest.mark.parametrize("broken", ["model.onnx", "tokenizer.json"])
@pytest.mark.parametrize("content", [b"", b"no such thing", b"{}"])
def test_a_broken_file_is_told_in_one_line(tmp_path: Path, broken: str, content: bytes) -> None:
    sentence_model(tmp_path).joinpath(broken).write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        sentence_meaning(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path}: cannot be used as a sentence model: ")
    assert "\n" not in str(caught.value)


def test_a_model_that_wants_more_is_refused(tmp_path: Path) -> None:
    sentence_model(tmp_path, inputs=(*INPUTS, "pixel_values"))
    with pytest.raises(SettingsError, match="it wants pixel_values as well"):
        sentence_meaning(tmp_path)
