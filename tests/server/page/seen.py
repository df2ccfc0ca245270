"""The chat page as a person finds it, in a browser that may not complain and asks nobody but our server."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect


@dataclass
class Seen:
    page: Page
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def replies(self) -> Locator:
        return self.page.locator(".reply:not(:has(.dots))")

    def say(self, text: str) -> None:
        """Type it and press Enter; the reply is there afterwards."""
        expect(self.replies.first).to_be_visible()
        before = self.replies.count()
        self.page.get_by_label("Your message").fill(text)
        self.page.keyboard.press("Enter")
        expect(self.replies).to_have_count(before + 1)

    def press(self, name: str) -> None:
        """Press a button by its name; the reply is there afterwards."""
        expect(self.replies.first).to_be_visible()
        before = self.replies.count()
        self.page.get_by_role("button", name=name, exact=True).click()
        expect(self.replies).to_have_count(before + 1)

    def buttons(self) -> list[str]:
        return self.page.locator("#log .row").last.locator("button, a").all_inner_texts()


@contextlib.contextmanager
def opened(
    browser: Browser, url: str, *, origins: tuple[str, ...] = (), may_complain: bool = False, **context: Any
) -> Iterator[Seen]:
    """While this holds, the page is open. At its end the browser has said nothing, and has asked `url` (and `origins`) alone."""
    context = {
        "viewport": {"width": 900, "height": 900},
        "reduced_motion": "reduce",
        "locale": "en-US",
        **context,
    }
    tab = browser.new_context(**context)
    tab.set_default_timeout(15_000)
    seen = Seen(tab.new_page())
    seen.page.on("console", lambda message: seen.complaints.append(message.text))
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    tab.on("request", lambda request: seen.asked.append(request.url))
    seen.page.goto(url)
    yield seen
    assert may_complain or seen.complaints == []
    allowed = tuple(f"{origin.rstrip('/')}/" for origin in (url, *origins))
    assert [asked for asked in seen.asked if not asked.startswith(allowed)] == []
    tab.close()
