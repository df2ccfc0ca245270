"""The page in a real Chromium: what is shown, and the one button."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from agent import background
from tests.mcp.setting import over_http, page_in, proposed, start
from tests.support.browser import browser

__all__ = ["browser"]

HOSTILE = (
    "SQL is slow </blockquote><script>document.title='owned'</script><img src=x onerror=alert(1)> & <b>bold"
)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})  # a phone
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert [text for text in complaints if "favicon" not in text] == []
    context.close()


def run(url: str, what: Any) -> Any:
    async def with_client() -> Any:
        async with over_http(url) as client:
            return await what(client)

    return background.run(with_client())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_person_sees_what_is_sent_and_agrees(url: str, page: Page, tmp_path: Path, scheme: Any) -> None:
    async def begun(client: Any) -> tuple[str, dict[str, Any], str]:
        id_, proposal = await proposed(client, HOSTILE)
        return id_, proposal, page_in(await start(client, id_))

    id_, proposal, address = run(url, begun)
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    assert page.get_by_role("heading").inner_text() == f"Start a chat with {proposal['queue']}?"
    assert page.locator("script, img, b").count() == 0
    assert page.locator("dd").all_inner_texts() == list(proposal["sends"].values())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.screenshot(path=tmp_path / f"{scheme}.png", full_page=True)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the button is the first thing that the keyboard reaches
    page.wait_for_selector("a")
    made = run(url, lambda client: start(client, id_))["handoff"]["url"]
    assert page.locator("a").get_attribute("href") == made
    assert page.get_by_role("button").count() == 0
    page.reload()  # sends nothing again
    assert page.locator("a").get_attribute("href") == made
