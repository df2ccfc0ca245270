"""A real Chromium without network. Where there is none, tests skip; in CI it is installed."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# As root, as in most containers, it cannot have its sandbox; the rest keeps it from calling home.
_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser, one for a file of tests."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here: install it (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=_OPTIONS)
        yield chromium
        chromium.close()
