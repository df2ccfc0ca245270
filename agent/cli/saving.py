"""Conversations in files: `--save` and `--resume`."""

from pathlib import Path

from agent.errors import InputError
from agent.files import replace_file


class SavedFile:
    """The file of `--save`: replaced as a whole, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        """Raise `InputError` where `path` is something that must not be replaced."""
        if path.exists() and not path.is_file():
            raise InputError(f"--save {path}: is not a regular file; give the name of one")
        self.path = path
        self._path = path.resolve()  # a link stays a link

    def keep_older(self) -> Path | None:
        """Put what the file holds aside, as FILE.bak, if it holds anything; returns where it is now."""
        if not self._path.exists() or not self._path.stat().st_size:
            return None
        aside = self._path.with_name(f"{self._path.name}.bak")
        return self._path.replace(aside)

    def write(self, document: str) -> None:
        """Replace what the file holds; raises `OSError`, and then the file is as it was."""
        replace_file(self._path, document.encode())


def read_conversation(path: Path) -> str:
    """The text of a saved conversation; raises `InputError` where there is none."""
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise InputError(f"--resume {path}: {error.strerror}; give a file that --save wrote") from error
    except UnicodeDecodeError as error:
        raise InputError(f"--resume {path}: is no text; give a file that --save wrote") from error
