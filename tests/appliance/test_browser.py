"""The chat page in a real browser: over TLS, without script, hostile text as text, light and dark, on a phone."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page

from agent.markup import visible
from tests.promises.attacks import FAMILIES
from tests.support.appliance import Running
from tests.support.browser import browser

__all__ = ["browser"]

HOSTILE = '</td><script>document.title="owned"</script><img src=x onerror="document.title=1"> & \u202egnirts'


def link(appliance: Running, **more: str) -> str:
    """What a session key gives, with hostile text in its fields."""
    root = appliance.command(
        "generate_session_key",
        type="support",
        queue_id="issue:db_support",
        session_custom_external_key="K-42 <i>",
        **{"session_custom_summary": "Nightly report fails: ORA-12170.\nSince yesterday. " + HOSTILE, **more},
    )
    return root.findtext("key_url") or ""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    # The throw-away authority is not in the browser's store; the HTTP client's tests check it.
    context = browser.new_context(ignore_https_errors=True, viewport={"width": 1000, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []  # the policy let through what is ours, and nothing else was tried
    context.close()


def test_hostile_text_is_text(page: Page, appliance: Running) -> None:
    page.goto(link(appliance))
    assert page.title() == "Session 1: Database Support - stand-in appliance"
    assert page.locator("script, img, i, b").count() == 0
    assert page.locator(".banner").inner_text().startswith("Stand-in appliance: nobody is here.")
    received = page.locator("table.received").inner_text()
    assert "K-42 <i>" in received
    assert '</td><script>document.title="owned"</script><img src=x' in received
    assert "‹U+202E›gnirts" in received


def test_nothing_that_anybody_wrote_runs(page: Page, appliance: Running) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    attacks = [
        text
        for name in ("invisible", "markdown_html", "terminal", "delimiters")
        for text in FAMILIES[name][::4]
    ]  # 20 keys a second at most
    links = [link(appliance, session_custom_summary=text) for text in attacks]
    links += [f"{appliance.url}/api/start_session?{_details(text)}" for text in attacks[::2]]
    for url, text in zip(links, attacks + attacks[::2], strict=True):
        assert url, ascii(text)
        page.goto(url)
        assert page.title().endswith("stand-in appliance")
        assert page.locator("script, img, svg, iframe, style ~ style, b").count() == 0
        shown = page.locator("table.received").first.text_content() or ""
        for line in visible(text).split():
            assert line in shown, ascii(text)
    assert all(url.startswith((appliance.url, "https://127.0.0.1", "https://localhost")) for url in asked)


def _details(text: str) -> str:
    fields = {"issue_menu": "1", "codeName": "nothing", "customer.name": text, "customer.details": text}
    return urlencode(fields, errors="replace")


def test_the_whole_way_is_walked_with_the_buttons(page: Page, appliance: Running) -> None:
    page.goto(link(appliance))
    page.get_by_label("Representative").select_option("Edsger D.")
    page.get_by_role("button", name="Accept").click()
    assert page.locator(".state").inner_text() == "Edsger D. has it"
    page.get_by_label("Team").select_option("Network")
    page.get_by_role("button", name="Transfer").click()
    assert page.locator(".state").inner_text() == "Waiting in the queue of Network"
    page.get_by_role("button", name="Leave the chat").click()
    assert page.locator("form").count() == 0
    page.get_by_role("link", name="All sessions, teams and representatives").click()
    page.get_by_role("row", name="Barbara L.").get_by_role("button", name="Log in").click()
    assert 4 in appliance.sessions.logged_in
    page.get_by_role("link", name="Session 1").click()
    assert page.locator("h1").inner_text() == "Session 1: Network"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1000])
def test_it_can_be_read_in_light_and_dark_and_on_a_phone(
    browser: Browser, appliance: Running, tmp_path: Path, scheme: str, width: int
) -> None:
    context = browser.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        ignore_https_errors=True,
        java_script_enabled=False,
        viewport={"width": width, "height": 800},
    )
    page = context.new_page()
    query = "issue_menu=1&codeName=nothing&customer.name=Ada&customer.details=" + "x" * 1100
    for name, url in (
        ("session", link(appliance)),
        ("link", f"{appliance.url}/api/start_session?{query}"),
        ("all", appliance.url),
    ):
        page.goto(url)
        shot = tmp_path / f"{name}.png"
        page.screenshot(path=shot, full_page=True)
        assert shot.stat().st_size > 10_000
    context.close()
    context = browser.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        ignore_https_errors=True,
        viewport={"width": width, "height": 800},
    )
    page = context.new_page()
    for url in (link(appliance), f"{appliance.url}/api/start_session?{query}", appliance.url):
        page.goto(url)
        # Nothing is wider than the screen.
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        colours = "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
        light, dark = map(_brightness, page.evaluate(colours))
        assert light > dark + 150 if scheme == "light" else dark > light + 150
    context.close()


def _brightness(colour: str) -> float:
    numbers = json.loads("[" + colour.split("(")[1].rstrip(")") + "]")
    return float(sum(numbers[:3]) / 3)
