"""`handoff serve` in a process of its own."""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.support.openai_stub import OpenAIStub


@dataclass
class Process:
    url: str
    started: "subprocess.Popen[str]"

    def client(self, **headers: str) -> httpx2.Client:
        return httpx2.Client(base_url=self.url, headers=headers, trust_env=False, timeout=30)


@contextlib.contextmanager
def process(store: Path | str, stub: OpenAIStub | None = None, **environ: str) -> Iterator[Process]:
    """While this holds, a process serves the example catalogue; it is killed at the end if it has not ended."""
    if stub:
        environ |= {"OPENAI_BASE_URL": stub.base_url, "HANDOFF_MODEL": "stub"}
    command = [sys.executable, "-m", "agent.cli.main", "serve", "--port", "0", "--store", str(store)]
    started = subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **environ}
    )
    assert started.stdout
    with started:
        try:
            said = re.fullmatch(r"Listening at (http://127\.0\.0\.1:\d+)\n", started.stdout.readline())
            assert said
            yield Process(said[1], started)
        finally:
            started.kill()
