"""What is told where a package of an extra is missing."""

from collections.abc import Iterator
from contextlib import contextmanager

from agent.errors import SettingsError


@contextmanager
def needs_extra(what: str, extra: str) -> Iterator[None]:
    """Around the imports that `what` cannot do without: `SettingsError` says which extra brings them."""
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        raise SettingsError(
            f"{what} needs the package {package}: pip install 'live-agent-handoff[{extra}]'"
        ) from error
