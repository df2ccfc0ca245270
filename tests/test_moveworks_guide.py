"""The commands of docs/moveworks.md, run by curl against the server."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.renderers.seed import URL
from tests.server.setting import serving, settings

Json = dict[str, Any]
PAGE = Path(__file__).parent.parent.joinpath("docs", "moveworks.md").read_text("utf-8")
COMMANDS = re.findall(r"```sh\n(curl .*?)```", PAGE, re.DOTALL)
KEY, EMAIL = "test-key-1234567890", "ada@acme.com"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """`handoff serve` over the example catalogue, with a key."""
    with serving(tmp_path, settings=settings(api_keys=f"acme:{KEY}"), example=True) as server:
        yield server.url


def test_the_commands_lead_to_the_link(served: str) -> None:
    known = {"HANDOFF": served, "KEY": KEY, "EMAIL": EMAIL}
    replies: list[Json] = []
    assert len(COMMANDS) == 3
    for command in COMMANDS:
        done = subprocess.run(  # noqa: S603
            ["bash", "-c", command],  # noqa: S607
            env={**os.environ, **known},
            capture_output=True,
            check=True,
            timeout=60,
        )
        reply = json.loads(done.stdout)
        replies.append(reply)
        known |= {"ID": reply["id"], "PROPOSAL": (reply["proposal"] or {}).get("id", "")}
    assert [reply["phase"] for reply in replies] == ["gathering", "proposed", "handed_off"]
    assert replies[-1]["handoff"]["url"] == URL
