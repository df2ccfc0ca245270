import hashlib
import inspect
from pathlib import Path

import pytest
import tiktoken
import tiktoken.load
from hypothesis import given
from hypothesis import strategies as st
from tiktoken_ext import openai_public  # type: ignore[import-untyped]

from agent.models import tokens
from agent.models.tokens import counter, cut, in_bytes, on_disk


def tiny() -> tiktoken.Encoding:
    """A real encoding, small enough to be made here: all bytes, and some merges."""
    ranks = {bytes([n]): n for n in range(256)}
    for word in (b"th", b"the", b"er", b"in", b" t", b"qu", b"que", b"\xc3\xbc"):
        ranks[word] = len(ranks)
    return tiktoken.Encoding("tiny", pat_str=r"\s?\w+|\s+|[^\w\s]+", mergeable_ranks=ranks, special_tokens={})


TINY = tiny()


@given(st.text())
def test_bytes_never_count_fewer_than_tokens(text: str) -> None:
    assert in_bytes(text) >= len(TINY.encode_ordinary(text))


def test_the_files_are_those_that_tiktoken_asks_for() -> None:
    """Otherwise it would download, or remove what it finds and download."""
    for name, (url, sha256) in tokens._FILES.items():
        source = inspect.getsource(getattr(openai_public, name.replace("harmony", "base")))
        assert url in source
        assert sha256 in source


def test_without_the_file_bytes_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    assert counter("gpt-5-mini") is in_bytes
    assert counter("some-local-model") is in_bytes


def _cached(folder: Path, monkeypatch: pytest.MonkeyPatch, data: bytes) -> Path:
    url = tokens._FILES["o200k_base"][0]
    path = folder / hashlib.sha1(url.encode()).hexdigest()  # noqa: S324 - tiktoken's own naming
    path.write_bytes(data)
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(folder))
    return path


def test_a_damaged_file_is_not_used_and_not_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _cached(tmp_path, monkeypatch, b"half a file")
    assert counter("gpt-5-mini") is in_bytes
    assert path.read_bytes() == b"half a file"


def test_with_the_file_tokens_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"stands for the real file"
    _cached(tmp_path, monkeypatch, data)
    url = tokens._FILES["o200k_base"][0]
    monkeypatch.setitem(tokens._FILES, "o200k_base", (url, hashlib.sha256(data).hexdigest()))
    monkeypatch.setattr(tiktoken, "get_encoding", lambda _: TINY)
    assert counter("gpt-5-mini")("the queue") == len(TINY.encode_ordinary("the queue")) < 9


@pytest.mark.parametrize("variable", ["TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"])
def test_a_cache_that_is_turned_off_has_no_file(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "")
    assert not on_disk("o200k_base")


def test_our_cache_rules_are_those_of_tiktoken() -> None:
    source = inspect.getsource(tiktoken.load.read_file_cached)
    assert source.index("TIKTOKEN_CACHE_DIR") < source.index("DATA_GYM_CACHE_DIR")
    assert 'os.path.join(tempfile.gettempdir(), "data-gym-cache")' in source
    assert 'if cache_dir == ""' in source
    assert "hashlib.sha1(blobpath.encode()).hexdigest()" in source


def test_encodings_of_old_models_are_counted_in_bytes() -> None:
    assert not on_disk("r50k_base")
    assert counter("davinci") is in_bytes


@given(st.text(), st.integers(8, 60))
def test_cut_keeps_the_longest_beginning_that_fits(text: str, budget: int) -> None:
    shorter = cut(text, budget, in_bytes, "[cut]")
    assert in_bytes(shorter) <= budget
    if shorter != text:
        beginning = shorter.removesuffix("[cut]")
        assert text.startswith(beginning)
        assert in_bytes(text[: len(beginning) + 1] + "[cut]") > budget
