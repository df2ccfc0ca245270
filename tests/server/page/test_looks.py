"""What everybody can read and reach: axe's rules, light and dark, a phone's width; and no picture is empty."""

from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.server.setting import Serving

from .seen import opened

SAID = "my SQL database is slow"
Scheme = Literal["light", "dark"]
PHONE = {"width": 320, "height": 640}


def violations(page: Page) -> list[Any]:
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


@pytest.mark.parametrize(("scheme", "width"), [("light", 900), ("dark", 900), ("light", 320)])
def test_everybody_can_read_it(browser: Browser, server: Serving, scheme: Scheme, width: int) -> None:
    size = {"width": width, "height": 700}
    with opened(browser, server.url, color_scheme=scheme, viewport=size) as seen:
        page = seen.page
        seen.say("I'd like to speak to a live agent")
        seen.say(SAID)
        assert violations(page) == []
        page.get_by_role("button", name="Edit / Add details").click()
        assert violations(page) == []
        page.keyboard.press("Escape")
        seen.press("Other help options")
        assert violations(page) == []
        seen.press("Back to Database Support")
        seen.press("Start agent chat")
        assert violations(page) == []
        # Nothing is wider than the window, and what is pressed is large enough for a finger.
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate(
            "document.getElementById('log').scrollWidth <= document.getElementById('log').clientWidth"
        )
        for button in page.locator("#log .row a, #log .row button, #send, .handoff a").all():
            box = button.bounding_box()
            assert box
            assert box["height"] >= 44


def test_light_and_dark_are_light_and_dark(browser: Browser, server: Serving) -> None:
    brightness = []
    for scheme in ("light", "dark"):
        with opened(browser, server.url, color_scheme=scheme) as seen:
            colour = seen.page.evaluate("getComputedStyle(document.getElementById('app')).backgroundColor")
            brightness.append(sum(int(part) for part in colour[4:-1].split(",")))
    assert brightness[0] > 3 * 200 > 3 * 60 > brightness[1]


def test_nothing_moves_for_who_wants_no_motion(browser: Browser, server: Serving) -> None:
    running = "document.getAnimations().length"
    with opened(browser, server.url) as seen:
        seen.say(SAID)
        assert seen.page.evaluate(running) == 0
    with opened(browser, server.url, reduced_motion="no-preference") as seen:
        seen.page.get_by_label("Your message").fill(SAID)
        seen.page.keyboard.press("Enter")
        seen.page.wait_for_function(f"{running} > 0")


def test_a_long_reply_is_shown_from_its_beginning(browser: Browser, server: Serving) -> None:
    with opened(browser, server.url, viewport=PHONE) as seen:
        seen.say(SAID)
        expect(seen.replies.last.locator(".bubble")).to_be_in_viewport()


def test_what_is_said_is_read_out(browser: Browser, server: Serving) -> None:
    with opened(browser, server.url) as seen:
        seen.say(SAID)
        tree = seen.page.locator("body").aria_snapshot()
        for line in (
            'log "Conversation"',
            "article",
            'group "Suggested team"',
            'heading "Database Support" [level=2]',
            'textbox "Your message"',
            "Determining appropriate live agent queue (done)",
        ):
            assert line in tree
