"""From the text of a setting to a store."""

from pathlib import Path

from agent.errors import SettingsError
from agent.stores.base import Store
from agent.stores.memory import MemoryStore

_SQLITE = "sqlite:///"
_KINDS = "a file, sqlite:///FILE, postgresql://HOST/DATABASE, redis://HOST/0, or 'memory'"


def choose_store(text: str, *, there: bool = False) -> Store:
    """The store that `text` names: a file or sqlite:///FILE, postgresql://…, redis://…, rediss://…, or "memory".

    It connects nowhere and makes nothing yet. With `there`, it has to hold something already: a file that is missing
    and memory are refused. Raises `SettingsError`.
    """
    text = text.strip()
    file = file_of(text)
    if file:
        if there and not file.is_file():
            raise SettingsError(f"the store {file}: there is no such file")
        if not file.absolute().parent.is_dir():
            raise SettingsError(f"the store {file}: there is no such folder; make it, or give another file")
        from agent.stores.sqlite import SQLiteStore

        return SQLiteStore(file)
    match text.partition("://")[0]:
        case "memory" if not there:
            return MemoryStore()
        case "postgresql" | "postgres" if "://" in text:
            from agent.stores.postgres import PostgresStore

            return PostgresStore(text)
        case "redis" | "rediss" if "://" in text:
            from agent.stores.redis import RedisStore

            return RedisStore(text)
    raise SettingsError(_refusal(text))


def file_of(text: str) -> Path | None:
    """The file that `text` names as a store; None where it is none."""
    text = text.strip()
    name = text.removeprefix(_SQLITE)
    if "://" in name or name in ("", "memory", "sqlite", "postgres", "postgresql", "redis", "rediss"):
        return None
    return Path(name)


def _refusal(text: str) -> str:
    if text == "memory":
        return "the store 'memory' ends with its process, so that nothing is to be found there"
    # What comes after the first word may be a password.
    return f"the store {text.partition('://')[0]!r} is none that is known: give {_KINDS}"
