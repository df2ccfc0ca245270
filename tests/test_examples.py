"""The examples run as they stand."""

import os
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent / "examples"


def run(name: str, *arguments: str, said: str = "", **environment: str) -> str:
    result = subprocess.run(  # noqa: S603  # our own examples
        [sys.executable, str(EXAMPLES / name), *arguments],
        input=said,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **environment},
    )
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


def test_embed() -> None:
    printed = run("embed.py")
    assert (
        "Open https://livechat.acme.com/start-chat?queue_id=71f1cbd2-83ae-4e54-a03a-2ee8d31a7dee" in printed
    )


def test_resume() -> None:
    printed = run("resume.py").splitlines()
    assert printed[0].startswith("from the store: https://livechat.acme.com/start-chat?queue_id=")
    assert printed[1].startswith("from the document: https://livechat.acme.com/start-chat?queue_id=71f1cbd2")
