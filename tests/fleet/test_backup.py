"""The backup that docs/deploy.md tells of can be restored."""

import asyncio
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from agent.stores.base import Terms
from agent.stores.choose import choose_store
from tests.stores.places import on_postgres, place_of

TEXT = Path(__file__).parents[2].joinpath("docs", "deploy.md").read_text("utf-8")


async def test_a_backup_of_postgresql_has_everything(tmp_path: Path) -> None:
    if not shutil.which("pg_dump"):
        pytest.skip("no pg_dump here: Debian's package is postgresql-client")
    found = re.search(r"## Backup\n\n```sh\n(pg_dump .*) > handoff.sql\n(psql .*)\n```", TEXT)
    assert found
    async with place_of("postgres", tmp_path) as place:
        address = urlsplit(place)
        (schema,) = parse_qs(address.query)["schema"]
        backup, restore = (
            command.replace("--schema=handoff", f"--schema={schema}").replace(
                "postgresql://handoff@db.acme.com/handoff", address._replace(query="").geturl()
            )
            for command in found.groups()
        )
        before = choose_store(place)
        await before.save("one", "{}", revision=3, expected=None, terms=Terms(["tag"], 100, "entry"))
        await before.close()
        dumped = await _run(backup, tmp_path)
        (tmp_path / "handoff.sql").write_text(dumped, "utf-8")
        async with on_postgres() as admin:
            await admin.execute(f"DROP SCHEMA {schema} CASCADE")
        await _run(restore, tmp_path)
        after = choose_store(place)
        assert await after.load("one") == (3, "{}")
        assert await after.tagged("tag") == ["one"]
        assert await after.history("one") == ["entry"]
        await after.close()


async def _run(command: str, folder: Path) -> str:
    done = await asyncio.to_thread(
        subprocess.run,
        shlex.split(command),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
