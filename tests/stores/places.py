"""Where the tests keep conversations: a file, and a corner of its own on each real server.

HANDOFF_TEST_POSTGRES and HANDOFF_TEST_REDIS name other servers than the ones on this machine's usual ports.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_hex

import asyncpg
import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

# Read before any test has the environment cleaned.
POSTGRES = os.environ.get("HANDOFF_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")
REDIS = os.environ.get("HANDOFF_TEST_REDIS", "redis://127.0.0.1:6379/0")
SHARED = ("sqlite", "postgres", "redis")
"""The kinds of stores that several processes can share."""


@asynccontextmanager
async def place_of(kind: str, folder: Path) -> AsyncIterator[str]:
    """The text by which `choose_store` finds an empty store of this kind; it is taken away at the end."""
    if kind == "postgres":
        async with on_postgres() as admin:
            schema = f"handoff_test_{token_hex(6)}"
            yield f"{POSTGRES}?schema={schema}"
            await admin.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    elif kind == "redis":
        async with on_redis() as admin:
            prefix = f"handoff-test-{token_hex(6)}:"
            yield f"{REDIS}?prefix={prefix}&client_name={prefix}"
            keys = [key async for key in admin.scan_iter(f"{prefix}*", 1000)]
            await admin.unlink("nothing", *keys)
    else:
        yield "memory" if kind == "memory" else f"sqlite:///{folder / 'chats.db'}"


@asynccontextmanager
async def on_postgres() -> AsyncIterator["asyncpg.Connection"]:
    """A connection of the test's own to the real server."""
    try:
        admin = await asyncpg.connect(POSTGRES, timeout=5)
    except (OSError, asyncpg.PostgresError) as error:
        pytest.skip(f"no PostgreSQL at {POSTGRES}: {error}")
    try:
        yield admin
    finally:
        await admin.close()


@asynccontextmanager
async def on_redis() -> AsyncIterator[Redis]:
    """The same for Redis."""
    admin = Redis.from_url(REDIS, socket_timeout=5)
    try:
        await admin.ping()
    except (OSError, RedisError) as error:
        await admin.aclose()
        pytest.skip(f"no Redis at {REDIS}: {error}")
    try:
        yield admin
    finally:
        await admin.aclose()
