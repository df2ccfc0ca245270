"""`handoff serve` in a process of its own."""

import contextlib
import os
import re
import subprocess
import sys
import time
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


def wait_until_ready(url: str) -> None:
    while httpx2.get(f"{url}/readyz", trust_env=False).status_code == 503:
        time.sleep(0.02)


@contextlib.contextmanager
def process(
    store: Path | str,
    stub: OpenAIStub | None = None,
    *,
    port: int = 0,
    queues: Path | None = None,
    **environ: str,
) -> Iterator[Process]:
    """While this holds, a process serves `queues` or the example; it is killed at the end if it has not ended."""
    if stub:
        environ |= {"OPENAI_BASE_URL": stub.base_url, "HANDOFF_MODEL": "stub"}
    command = [sys.executable, "-m", "agent.cli.main", "serve", "--port", str(port), "--store", str(store)]
    command += ["--queues", str(queues)] if queues else []
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
