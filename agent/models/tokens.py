"""How many tokens a text has: exactly where the encoding is on disk already, else more than it can have.

tiktoken downloads an encoding at first use, without a time-out. So it is only asked where its own cache has the
file; otherwise the bytes are counted, since no token is shorter than a byte.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

_BLOBS = "https://openaipublic.blob.core.windows.net/encodings/"
# The encodings of chat models: the file that tiktoken wants, and its SHA-256, without which it downloads again.
_FILES = {
    "o200k_base": (
        _BLOBS + "o200k_base.tiktoken",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    ),
    "cl100k_base": (
        _BLOBS + "cl100k_base.tiktoken",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    ),
}
_FILES["o200k_harmony"] = _FILES["o200k_base"]

Count = Callable[[str], int]


def in_bytes(text: str) -> int:
    """The bytes of `text` in UTF-8: never fewer than its tokens."""
    return len(text.encode("utf-8", "replace"))


def counter(model: str) -> Count:
    """A function that counts the tokens of a text for `model`; reads a file of some megabytes, no network."""
    import tiktoken

    try:
        name = tiktoken.encoding_name_for_model(model)
    except KeyError:
        name = "o200k_base"  # the tokenizer of an unknown model is not far from it
    if not on_disk(name):
        return in_bytes
    encoding = tiktoken.get_encoding(name)
    return lambda text: len(encoding.encode_ordinary(text))


def on_disk(encoding: str) -> bool:
    """Whether tiktoken can load `encoding` without the network: its file is cached, and whole."""
    if encoding not in _FILES:
        return False
    url, sha256 = _FILES[encoding]
    folder = _cache()
    if folder is None:
        return False
    try:
        data = (folder / hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest()).read_bytes()
    except OSError:
        return False
    return hashlib.sha256(data).hexdigest() == sha256


def cut(text: str, budget: int, count: Count, marker: str) -> str:
    """The longest beginning of `text` that fits into `budget` together with `marker`, which shows the cut."""
    if count(text) <= budget:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count(text[:middle] + marker) <= budget else (low, middle - 1)
    return text[:low] + marker


def _cache() -> Path | None:
    # The same rules as in tiktoken.load: an empty value turns its cache off.
    for variable in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"):
        if variable in os.environ:
            return Path(os.environ[variable]) if os.environ[variable] else None
    return Path(tempfile.gettempdir()) / "data-gym-cache"
