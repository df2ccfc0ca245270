"""Every error that this package raises on purpose.

HandoffError
├── InputError                what somebody handed in is wrong; nothing was changed (exit code 2 in the CLI)
│   ├── FileError             a file, with every mistake and its line
│   │   ├── CatalogueError    queues.yaml
│   │   └── CaseFileError     cases for the eval suite, or what they are made from
│   ├── SettingsError         the environment or the flags: missing or contradictory
│   ├── DocumentError         a saved conversation: corrupt, tampered with, or of an unknown version
│   └── OnceError             the name of a call was used before, for another call
├── ModelError                the model gave no usable decision; the turn goes on without it
│   ├── ModelUnavailable      down, slow, rate limited: may work again by itself
│   ├── ModelRejected         bad key, bad request, no such model: an operator has to act
│   └── ModelAnswerInvalid    it answered, but not with a decision; it is told so once
├── TargetError               the support system could not take the handoff
├── StoreError                the store cannot be reached or written; the turn did not happen
│   ├── ConflictError         another writer won again and again; try the call again
│   └── DeletedError          the conversation was deleted meanwhile; only a new one can go on
└── RunError                  an eval run could not go on; what was played is kept

No message carries a secret or what a person wrote.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


class HandoffError(Exception):
    """The root: catch this to catch all of them."""


class InputError(HandoffError):
    """Bad input: the message says where, what is wrong, and what would be right."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a file: the line (counted from 1; 0: the file as a whole), and what would be right."""

    line: int
    text: str


class FileError(InputError):
    """A file with mistakes; ``mistakes`` has every one of them, in the order of the file."""

    def __init__(self, path: str, mistakes: Sequence[Mistake]) -> None:
        self.path = path
        self.mistakes = tuple(sorted(mistakes, key=lambda mistake: mistake.line))
        super().__init__(
            "\n".join(f"{path}:{m.line}: {m.text}" if m.line else f"{path}: {m.text}" for m in self.mistakes)
        )


class CatalogueError(FileError):
    """A catalogue with mistakes; `beside` are the files of examples that were read, too, relative to its folder."""

    beside: tuple[str, ...] = ()


class CaseFileError(FileError):
    """A file of eval cases with mistakes, or several of them."""

    @classmethod
    def of(cls, errors: Sequence[Self]) -> Self:
        """All of them in one; the first one's path and mistakes, and what all say."""
        first = errors[0]
        first.args = ("\n".join(map(str, errors)),)
        return first


class SettingsError(InputError):
    """A setting that is missing, wrong, or contradicts another one."""


class DocumentError(InputError):
    """A saved conversation that cannot be read back."""


class OnceError(InputError):
    """A call was named as one before it, and says something else."""


class ModelError(HandoffError):
    """The model gave no usable decision; `code` is the HTTP status of its server or "timeout", where it is either."""

    code: str = ""


class ModelUnavailable(ModelError):
    """Down, slow, rate limited or cut off, after the attempts that were allowed."""


class ModelRejected(ModelError):
    """The server refuses the call itself (key, model name, request); trying again cannot help.

    `of_this_request`: what was refused is what this one request says; others may pass.
    """

    def __init__(self, text: str = "", *, of_this_request: bool = False) -> None:
        super().__init__(text)
        self.of_this_request = of_this_request


class ModelAnswerInvalid(ModelError):
    """The answer is no decision; the text is written for the model, to be told once."""


class TargetError(HandoffError):
    """The support system could not take the handoff; the text is for the operator."""


class StoreError(HandoffError):
    """The store cannot be reached, read or written."""


class ConflictError(StoreError):
    """Other writers changed the conversation at every attempt."""


class DeletedError(StoreError):
    """The conversation was deleted while it was in use, or the time it was to be kept is over."""


class RunError(HandoffError):
    """An eval run could not go on; what was played before is kept, and the same command goes on."""
