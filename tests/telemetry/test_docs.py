"""The example of docs/observability.md does what stands there; in a process of its own, whose SDK it configures."""

import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "observability.md"


def test_the_example() -> None:
    command = [sys.executable, "-m", "doctest", "-v", str(PAGE)]
    done = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "Test passed." in done.stdout
