"""Files that are shipped: the example catalogue and the fixed texts."""

from importlib.resources import files
from pathlib import Path


def example_path() -> Path:
    """The shipped example of a `queues.yaml`."""
    return Path(str(files(__name__) / "queues.yaml"))
