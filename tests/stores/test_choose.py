"""From the text of a setting to a store, with one clear message for what is none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent import HandoffAgent
from agent.data import example_path
from agent.errors import SettingsError
from agent.stores.base import Store
from agent.stores.choose import choose_store, file_of
from agent.stores.memory import MemoryStore
from agent.stores.postgres import PostgresStore
from agent.stores.redis import RedisStore
from agent.stores.sqlite import SQLiteStore


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("memory", MemoryStore),
        (" chats.db ", SQLiteStore),
        ("./memory", SQLiteStore),
        ("sqlite:///chats.db", SQLiteStore),
        ("sqlite:////var/lib/chats.db", SQLiteStore),
        ("postgresql://ada:pw@db.acme.com:5432/handoff?sslmode=verify-full&schema=helpdesk", PostgresStore),
        ("postgres://db/handoff", PostgresStore),
        ("postgresql:///handoff", PostgresStore),
        ("redis://:pw@cache.acme.com:6379/3?prefix=helpdesk:", RedisStore),
        ("rediss://cache.acme.com", RedisStore),
    ],
)
def test_finds_the_store(text: str, kind: type[Store]) -> None:
    assert type(choose_store(text)) is kind


def test_knows_its_file() -> None:
    assert file_of("sqlite:////var/lib/chats.db") == Path("/var/lib/chats.db")
    assert file_of("sqlite:///chats.db") == file_of("chats.db") == Path("chats.db")
    assert file_of("memory") is file_of("redis://host/0") is None


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "is none that is known: give a file"),
        ("mysql://ada:s3cret@db/x", "'mysql' is none that is known"),
        ("sqlite://chats.db", "'sqlite' is none that is known"),
        ("sqlite:///", "is none that is known"),
        ("redis", "is none that is known"),
        ("postgresql://ada:s3cret@db:port/x", "looks like postgresql://host/database"),
        ("postgresql://ada:s3c/ret@db/x", "an @ too many"),
        ("postgresql://ada:s3c#ret@db/x", "an @ too many"),
        ("postgresql://ada:s3cret@db/x?schema=a;b", "schema is a name of a-z"),
        ("postgresql://ada:s3cret@db/x?schema=Robert'); DROP", "schema is a name of a-z"),
        ("redis://:s3c?ret@cache", "an @ too many"),
        ("redis://:s3cret@cache?socket_timeout=soon", "option of it is wrong"),
        ("redis://:s3cret@cache?colour=blue", "option of it is wrong"),
    ],
)
def test_refuses_what_is_none_and_repeats_no_password(text: str, match: str) -> None:
    with pytest.raises(SettingsError, match=match) as caught:
        choose_store(text)
    assert not any(part in str(caught.value) for part in ("s3c", "ret@", "\n"))


def test_makes_nothing_where_something_has_to_be_there(tmp_path: Path) -> None:
    path = tmp_path / "chats.db"
    with pytest.raises(SettingsError, match="no such file"):
        choose_store(str(path), there=True)
    assert not path.exists()
    with pytest.raises(SettingsError, match="ends with its process"):
        choose_store("memory", there=True)


@pytest.mark.parametrize(
    ("package", "place", "extra"),
    [("asyncpg", "postgresql://db/x", "postgres"), ("redis", "redis://cache", "redis")],
)
def test_without_the_extra_it_says_how_to_get_it(package: str, place: str, extra: str) -> None:
    code = (
        "import sys; sys.modules[sys.argv[1]] = None\n"
        "from agent.errors import SettingsError\n"
        "from agent.stores.choose import choose_store\n"
        "try: choose_store(sys.argv[2])\n"
        "except SettingsError as error: print(error)"
    )
    command = [sys.executable, "-c", code, package, place]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)  # noqa: S603
    assert done.stdout.endswith(f"needs the package {package}: pip install 'live-agent-handoff[{extra}]'\n")


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.db")}


async def test_an_agent_takes_the_text_or_the_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for given, expected in ((str(tmp_path / "0.db"), {"0.db"}), (None, {"0.db", "1.db"})):
        monkeypatch.setenv("HANDOFF_STORE", str(tmp_path / "1.db"))
        async with HandoffAgent.from_file(example_path(), store=given) as agent:
            await agent.start().send("hello")
        assert files(tmp_path) == expected
    monkeypatch.setenv("HANDOFF_STORE", "mysql://db")
    with pytest.raises(SettingsError, match="'mysql' is none that is known"):
        HandoffAgent.from_file(example_path())


def test_a_folder_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such folder"):
        choose_store(str(tmp_path / "missing" / "chats.db"))
