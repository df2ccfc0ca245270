"""What goes wrong is told as text, with a way to try again; nothing that was typed is lost."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from agent.errors import StoreError
from agent.stores.base import PLAIN, Stored, Terms
from agent.stores.memory import MemoryStore
from tests.server.setting import Serving, serving

from .seen import opened

SAID = "my SQL database is slow"


class Failing(MemoryStore):
    fails = False

    async def load(self, id_: str) -> Stored | None:
        if self.fails:
            raise StoreError("the disk is gone")
        return await super().load(id_)

    async def save(
        self, id_: str, document: str, *, revision: int, expected: int | None, terms: Terms = PLAIN
    ) -> bool:
        if self.fails:
            raise StoreError("the disk is gone")
        return await super().save(id_, document, revision=revision, expected=expected, terms=terms)


def test_a_store_that_fails(browser: Browser, tmp_path: Path) -> None:
    store = Failing()
    with (
        serving(tmp_path, store=store) as server,
        opened(browser, server.url, may_complain=True) as seen,
    ):
        page = seen.page
        seen.say("I'd like to speak to a live agent")
        store.fails = True
        page.get_by_label("Your message").fill(SAID)
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert").first).to_contain_text("could not be saved just now")
        assert page.locator(".mine").last.inner_text().endswith(SAID)
        skip = page.get_by_role("button", name="Skip, connect me now").last
        assert skip.get_attribute("aria-disabled") is None  # what could be done before still can
        store.fails = False
        page.get_by_role("button", name="Try again").click()
        expect(page.locator(".card")).to_be_visible()
        expect(page.locator(".problem")).to_have_count(0)
        assert page.locator(".mine").count() == 2


def test_an_answer_that_is_lost_is_fetched_again_and_nothing_happens_twice(
    browser: Browser, server: Serving
) -> None:
    keys = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        assert route.fetch().ok  # it is done, and nobody hears of it
        route.abort()

    with opened(browser, server.url, may_complain=True) as seen:
        page = seen.page
        seen.say(SAID)
        page.route("**/actions", lose, times=1)
        page.get_by_role("button", name="Start agent chat").click()
        expect(page.get_by_role("alert").first).to_contain_text("does not answer")
        page.on("request", lambda request: keys.append(request.headers.get("idempotency-key", "")))
        page.get_by_role("button", name="Try again").click()
        expect(page.locator(".handoff")).to_be_visible()
        assert keys[0] == keys[1]
        assert len(keys[0]) == 32
        page.reload()
        expect(page.locator(".mine")).to_have_count(2)


@pytest.mark.parametrize("body", ["", 'event: text\ndata: {"type":"text","text":"half"}\n\n'])
def test_a_stream_that_breaks_off_is_no_reply(browser: Browser, server: Serving, body: str) -> None:
    with opened(browser, server.url, may_complain=True) as seen:
        page = seen.page
        page.route(
            "**/messages", lambda route: route.fulfill(content_type="text/event-stream", body=body), times=1
        )
        page.get_by_label("Your message").fill(SAID)
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Try again").click()
        expect(page.locator(".card")).to_be_visible()


def test_a_problem_is_told_in_its_own_words(browser: Browser, server: Serving) -> None:
    detail = "<b>8</b> event streams are open already"
    with opened(browser, server.url, may_complain=True) as seen:
        page = seen.page
        problem = json.dumps({"type": "urn:x", "title": "Too Many", "status": 429, "detail": detail})
        page.route(
            "**/messages",
            lambda route: route.fulfill(status=429, content_type="application/problem+json", body=problem),
        )
        page.get_by_label("Your message").fill(SAID)
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert").first).to_have_text(detail)


def test_a_conversation_that_is_gone_begins_anew_with_the_same_words(
    browser: Browser, server: Serving
) -> None:
    with opened(browser, server.url, may_complain=True) as seen, server.client() as client:
        page = seen.page
        seen.say("hello")
        id_ = page.evaluate("sessionStorage.getItem('handoff-id')")
        client.delete(f"/v1/conversations/{id_}")
        page.get_by_label("Your message").fill(SAID)
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert").first).to_contain_text("no longer there")
        page.get_by_role("button", name="Start a new one").click()
        expect(page.locator(".card")).to_be_visible()
        # A reload that finds nothing greets.
        client.delete(f"/v1/conversations/{page.evaluate('sessionStorage.getItem(`handoff-id`)')}")
        page.reload()
        expect(seen.replies).to_have_count(1)
        assert page.evaluate("sessionStorage.getItem('handoff-id')") is None


def test_what_could_not_be_sent_stays_until_it_is(browser: Browser, server: Serving) -> None:
    with opened(browser, server.url, may_complain=True) as seen:
        page = seen.page
        seen.say("hello")
        page.route("**/messages", lambda route: route.abort(), times=1)
        page.get_by_label("Your message").fill(SAID)
        page.keyboard.press("Enter")
        expect(page.locator(".problem")).to_have_count(1)
        page.get_by_label("Your message").fill("is anybody there")
        page.keyboard.press("Enter")
        expect(page.locator(".dots")).to_have_count(0)
        page.get_by_role("button", name="Try again").click()
        expect(page.locator(".card h2")).to_have_text("Database Support")
        expect(page.locator(".problem")).to_have_count(0)


def test_too_long_a_message_stays_where_it_was_typed(browser: Browser, server: Serving) -> None:
    with opened(browser, server.url) as seen:
        area = seen.page.get_by_label("Your message")
        area.fill("😀" * 16_001)
        area.press("Enter")
        expect(seen.page.locator("#message-error")).to_contain_text("16001 characters")
        assert len(area.input_value()) == 16_001
        area.fill("😀" * 16_000)
        area.press("Enter")
        expect(seen.replies).to_have_count(2)
        assert area.input_value() == ""
