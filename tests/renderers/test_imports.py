"""What renderers bring along."""

import subprocess
import sys

PROGRAM = """
import sys, agent.records.reply
before = set(sys.modules)
from agent.renderers import adaptive_card, html, markdown, plain, purple_chat, slack
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before} - sys.stdlib_module_names))
"""


def test_no_renderer_needs_a_library_that_a_reply_does_not_need() -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60
    )
    assert set(done.stdout.split()) <= {"agent", "pydantic"}
