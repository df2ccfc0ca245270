"""Clients of a test's own server."""

from pathlib import Path

from pydantic import SecretStr

from agent.stores.base import Store
from agent.stores.memory import MemoryStore
from agent.targets.beyondtrust.commands import Commands
from agent.targets.beyondtrust.credentials import Credentials
from agent.targets.beyondtrust.make import make_commands

CLIENT_ID, SECRET = "client-of-the-test", "rosebud-of-the-test"


def credentials(ca_file: Path | None) -> Credentials:
    """Credentials that any server may have."""
    return Credentials(client_id=SecretStr(CLIENT_ID), client_secret=SecretStr(SECRET), ca_file=ca_file)


def commands(host: str, ca_file: Path | None, store: Store | None = None, seconds: float = 5) -> Commands:
    """The APIs of `host`."""
    return make_commands(host, credentials(ca_file), store or MemoryStore(), seconds=seconds)
