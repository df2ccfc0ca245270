"""One event loop in a thread of its own, for callers without one, or inside a running one (a notebook)."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
_THREAD = "live-agent-handoff"
_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` on the shared loop and wait for it. All synchronous calls of a process share this loop.

    Raises `RuntimeError` where the shared loop itself would have to wait.
    """
    if threading.current_thread().name == _THREAD:
        work.close()
        raise RuntimeError(
            "a synchronous call inside a turn would wait for itself: await the asynchronous one"
        )
    return asyncio.run_coroutine_threadsafe(work, _running_loop()).result()


def _running_loop() -> asyncio.AbstractEventLoop:
    global _loop  # noqa: PLW0603  # one per process, made when it is first needed
    with _lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name=_THREAD, daemon=True).start()
        return _loop
