"""The HTML fragment, read by a real Chromium."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from playwright.sync_api import Browser, Page

from agent.language.clean import clean
from agent.records.reply import Reply, Step
from agent.renderers import html
from agent.renderers.layout import opens, press_of
from tests.renderers.seed import URL, Seed
from tests.support.browser import browser
from tests.support.replies import few, own_urls, replies, squeezed

__all__ = ["browser"]

READ = """text => {
    document.body.innerHTML = text
    const all = [...document.body.querySelectorAll("*")]
    return {
        tags: [...new Set(all.map(e => e.localName))],
        names: [...new Set(all.flatMap(e => e.getAttributeNames()))],
        hrefs: all.filter(e => e.href).map(e => e.getAttribute("href")),
        pressed: all.filter(e => e.localName == "button").map(e => ({...e.dataset})),
        text: document.querySelector(".handoff-text")?.textContent ?? "",
        ran: window.ran ?? null,
    }
}"""
TAGS = {"article", "ol", "ul", "li", "div", "p", "a", "button"}
NAMES = {"class", "dir", "href", "target", "rel", "type", *(f"data-{n}" for n in ("action", "queue_id"))}
NAMES |= {"data-queue-id", "data-proposal", "data-text"}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def read(page: Page, reply: Reply) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(READ, html.from_reply(reply))
    return found


@few
@given(reply=replies())
def test_nothing_that_anyone_wrote_becomes_html(page: Page, reply: Reply) -> None:
    found = read(page, reply)
    assert set(found["tags"]) <= TAGS
    assert set(found["names"]) <= NAMES
    assert set(found["hrefs"]) == own_urls(reply)
    assert squeezed(clean(reply.text)) in squeezed(found["text"])
    pressed = [press_of(button) for button in reply.buttons if not opens(button)]
    assert [set(one) for one in found["pressed"]] == [
        {name.replace("queue_id", "queueId") for name in one} for one in pressed
    ]


def test_the_seed_as_a_screen_reader_hears_it(page: Page, seed: Seed) -> None:
    page.set_content(html.from_reply(seed.proposed))
    assert page.get_by_role("article").count() == 1
    assert page.get_by_role("list").count() == 2
    labels = [button.inner_text() for button in page.get_by_role("button").all()]
    assert labels == ["Start agent chat", "Edit / Add details", "Other help options"]
    page.set_content(html.from_reply(seed.handed_off))
    assert page.locator("article").get_attribute("class") == "handoff-reply handoff-handed-off"
    hrefs = [link.get_attribute("href") for link in page.get_by_role("link").all()]
    assert hrefs == [URL, URL]
    assert all(link.get_attribute("rel") == "noopener noreferrer" for link in page.get_by_role("link").all())


def test_a_press_has_the_arguments_of_the_chats(page: Page, seed: Seed) -> None:
    proposal = seed.proposed.proposal
    assert proposal
    pressed = read(page, seed.proposed)["pressed"]
    assert pressed == [{"action": "start", "proposal": proposal.id}, {"action": "edit"}, {"action": "other"}]


def test_a_quoted_script_does_not_run(page: Page) -> None:
    text = "<script>window.ran = 1</script><img src=x onerror='window.ran = 1'>"
    step = Step(id="1", text=text, status="pending")
    found = read(page, Reply(id="r", phase="gathering", text=text, steps=(step,)))
    assert (found["ran"], found["text"]) == (None, text)


def test_an_address_that_the_catalogue_would_refuse_is_no_link(page: Page) -> None:
    reply = Reply.model_validate(
        {
            "id": "r",
            "phase": "closed",
            "text": "",
            "buttons": [{"label": "x", "action": "link", "url": "javascript:alert(1)"}],
        }
    )
    assert read(page, reply)["hrefs"] == []
