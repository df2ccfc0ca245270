"""Files that are replaced as a whole: whoever reads one sees the old content or the new one, never a part."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

PRIVATE = 0o600
"""The mode of what only its owner may read."""


def replace_file(path: Path, content: bytes, *, mode: int = PRIVATE) -> None:
    """Put `content` into the file `path`; raises `OSError`, and then the file is as it was. A link stays a link."""
    path = path.resolve()
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise
