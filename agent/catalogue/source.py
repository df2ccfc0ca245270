"""The catalogue in use: read again when its file changes, or one of its files of examples."""

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Self

from agent.catalogue.load import load
from agent.catalogue.schema import Catalogue
from agent.catalogue.view import Views
from agent.errors import CatalogueError
from agent.logs import fields
from agent.retrieval.vectors import STATIC, Meaning

logger = logging.getLogger("agent.catalogue")

LOOK_EVERY = 1.0
"""Seconds between two looks at the file."""

_Stamp = tuple[int, int, int] | None


class CatalogueSource:
    """The newest catalogue without mistakes that was seen in a file.

    A changed file is checked whole and swapped at once; while it has mistakes, or is gone, the old catalogue
    stays, and one warning per change says why. `clock` counts seconds and never goes back; `meaning` is what its
    searches compare by.
    Raises `CatalogueError` where there is no good catalogue to begin with.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        clock: Callable[[], float] = time.monotonic,
        meaning: Meaning = STATIC,
    ) -> None:
        self._path: str | os.PathLike[str] | None = path
        self._meaning = meaning
        self._clock = clock
        self._looked = clock()
        self._stamps: dict[Path, _Stamp] = {}
        self._looking = Lock()
        self.views = self._load(path)
        """Those of the last look; no I/O."""

    @classmethod
    def fixed(cls, catalogue: Catalogue, meaning: Meaning = STATIC) -> Self:
        """A source of this very catalogue, which never changes."""
        source = cls.__new__(cls)
        source._path, source.views = None, Views(catalogue, meaning)  # noqa: SLF001 — its own parts
        return source

    @property
    def is_due(self) -> bool:
        """Whether `current` would look at the file."""
        return self._path is not None and self._clock() - self._looked >= LOOK_EVERY

    def current(self) -> Views:
        """The views of the catalogue as it is now. Looks at the file at most once a second; never raises.

        While one thread reads a changed file, the others go on with the old catalogue.
        """
        if self._path is not None and self.is_due and self._looking.acquire(blocking=False):
            try:
                self._looked = self._clock()
                if self._stamps != {path: _stamp(path) for path in self._stamps}:
                    self._reload(self._path)
            finally:
                self._looking.release()
        return self.views

    def _reload(self, path: str | os.PathLike[str]) -> None:
        try:
            views = self._load(path)
        except CatalogueError as error:
            logger.warning(
                "The catalogue cannot be taken over, the previous one stays in use:\n%s",
                error,
                extra=fields("catalogue_refused"),
            )
            return
        catalogue = views.catalogue
        if catalogue.hash != self.views.catalogue.hash:  # else the views, and what hangs on them, stay good
            self.views = views
            told = fields("catalogue_loaded", queues=len(catalogue.queues))
            logger.info("%s: %d queues are in use now", os.fspath(path), len(catalogue.queues), extra=told)

    def _load(self, path: str | os.PathLike[str]) -> Views:
        # Stamps before reading: what is written meanwhile is a change. A file that was not known has none yet, so it is
        # read once more at the next look.
        self._stamps = {file: _stamp(file) for file in (Path(path), *self._stamps)}
        try:
            catalogue = load(path)
        except CatalogueError as error:
            unknown = {Path(path).parent / name for name in error.beside} - self._stamps.keys()
            if not unknown:
                raise
            self._stamps |= dict.fromkeys(unknown)  # so that it is noticed when they are put right
            return self._load(path)
        files = (Path(path), *(Path(path).parent / name for name in catalogue.examples_from))
        self._stamps = {file: self._stamps.get(file) for file in files}
        return Views(catalogue, self._meaning)


def _stamp(path: str | os.PathLike[str]) -> _Stamp:
    try:
        status = os.stat(path)  # noqa: PTH116 — a path may be a str
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
