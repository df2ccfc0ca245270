"""Coroutines run by code that is none, also where it stands in a running event loop, as in a notebook."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def run_to_its_end(play: Coroutine[Any, Any, None]) -> None:
    """Run in this thread or, where a loop is running in it, in another. Ctrl-C stops it."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(play)
    else:
        _in_a_thread(play)


def _in_a_thread(play: Coroutine[Any, Any, None]) -> None:
    """Run in an event loop of another thread, and stop there when this one is interrupted."""
    runner: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[None] | None]] = []

    async def go() -> None:
        runner.append((asyncio.get_running_loop(), asyncio.current_task()))
        await play

    with ThreadPoolExecutor(1) as thread:
        try:
            thread.submit(asyncio.run, go()).result()
        except BaseException:
            for loop, task in runner:
                if task and loop.is_running():
                    loop.call_soon_threadsafe(task.cancel)
            raise
