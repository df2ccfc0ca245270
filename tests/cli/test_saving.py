"""The file of `--save` is always whole."""

import os
from pathlib import Path

import pytest

from agent.cli.saving import SavedFile, read_conversation
from agent.errors import InputError


def test_replaces_the_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "chat.json"
    file = SavedFile(path)
    file.write("one")
    file.write("zwei ü 👩‍💻")
    assert read_conversation(path) == "zwei ü 👩‍💻"
    assert list(tmp_path.iterdir()) == [tmp_path / "chat.json"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "chat.json", tmp_path / "latest.json"
    link.symlink_to(path)
    SavedFile(link).write("{}")
    assert link.is_symlink()
    assert path.read_text() == "{}"


def test_a_disk_that_is_full_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = SavedFile(tmp_path / "chat.json")
    file.write("whole")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        file.write("half")
    assert list(tmp_path.iterdir()) == [tmp_path / "chat.json"]
    assert read_conversation(tmp_path / "chat.json") == "whole"


@pytest.mark.parametrize("path", ["/dev/null", "."])
def test_replaces_no_device_and_no_directory(path: str) -> None:
    with pytest.raises(InputError, match="not a regular file"):
        SavedFile(Path(path))


def test_what_cannot_be_read_is_an_input_error(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    for path in (tmp_path / "missing", tmp_path, binary):
        with pytest.raises(InputError, match="--save wrote"):
            read_conversation(path)
