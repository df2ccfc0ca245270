"""A whole conversation on the page, as a person has it."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from agent.records.decision import Ask
from tests.server.setting import Serving, serving
from tests.server.test_events import SQL, Held

from .seen import Seen, opened

SAID = "my SQL database is slow"
THREE = ["Start agent chat", "Edit / Add details", "Other help options"]


def tab_to(page: Page, name: str, *, back: bool = False) -> None:
    """Go to a button or link by the keyboard alone."""
    for _ in range(30):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate("document.activeElement.innerText ?? ''").startswith(name):
            return
    raise AssertionError(f"{name} cannot be reached")


def read(seen: Seen, server: Serving) -> Any:
    id_ = seen.page.evaluate("sessionStorage.getItem('handoff-id')")
    with server.client() as client:
        return client.get(f"/v1/conversations/{id_}").json()


def test_by_keyboard_alone(browser: Browser, server: Serving) -> None:
    with opened(browser, server.url) as seen:
        page = seen.page
        expect(page.get_by_label("Your message")).to_be_focused()
        expect(seen.replies).to_have_count(1)
        page.keyboard.type("I'd like to speak to a live agent")
        page.keyboard.press("Enter")
        expect(seen.replies).to_have_count(2)
        assert "tell me more about the issue" in seen.replies.last.inner_text()
        page.keyboard.type(SAID)
        page.keyboard.press("Shift+Enter")
        page.keyboard.type("since this morning")
        page.keyboard.press("Enter")
        expect(page.locator(".card")).to_be_visible()
        assert page.locator(".mine").last.locator("p").all_inner_texts() == [SAID, "since this morning"]
        expect(page.get_by_label("Your message")).to_be_focused()
        tab_to(page, "Start agent chat", back=True)
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        page.keyboard.press("Enter")
        expect(page.locator(".handoff")).to_be_visible()
        expect(seen.replies.last).to_be_focused()  # what was pressed is gone; here it goes on
        tab_to(page, "Open the chat")
        link = page.evaluate_handle("document.activeElement").as_element()
        assert link
        assert link.get_attribute("href") == read(seen, server)["reply"]["handoff"]["url"]
        assert (link.get_attribute("target"), link.get_attribute("rel")) == ("_blank", "noopener noreferrer")
        assert len(page.context.pages) == 1  # nothing opens by itself
        steps = page.locator(".steps li.success").all_inner_texts()
        assert [step.split(" (")[0][:16] for step in steps] == ["Determining appr", "Taking you to ht"]


def test_the_card_shows_all_that_is_sent(browser: Browser, server: Serving) -> None:
    with opened(browser, server.url) as seen:
        seen.say(SAID)
        proposal = read(seen, server)["reply"]["proposal"]
        card = seen.page.get_by_role("group", name="Suggested team")
        values = card.locator(".sent dd[data-name]")
        shown = {value.get_attribute("data-name"): value.inner_text() for value in values.all()}
        assert shown == {name: value or "(empty)" for name, value in proposal["sends"].items()}
        assert set(shown) == {"queue_id", "summary", "reference", "name"}
        assert card.locator(".sent .to").inner_text() == proposal["to"] == "https://chat.example.com"
        assert card.locator("h2").inner_text() == "Database Support"
        assert card.locator(".badge").inner_text() == "Open now"
        assert card.locator(".known dd").all_inner_texts() == [proposal["reason"], SAID]
        assert seen.buttons() == THREE
        assert [button.get_attribute("class") for button in card.locator(".row button").all()] == [
            "filled",
            "outlined",
            "outlined",
        ]
        # Every line of the text is there once: in the bubble, in the card, or as one of its values.
        assert seen.replies.last.locator(".bubble p").count() == 2
        assert card.locator(".notes p").all_inner_texts() == [
            "Not the right team? Say “wrong team”, or choose Other help options."
        ]


def test_the_summary_is_edited_in_its_place(browser: Browser, server: Serving) -> None:
    words = "Queries on ORDERS hang\n  <b>since</b> 8 o'clock; 100 % of them"
    with opened(browser, server.url) as seen:
        seen.say(SAID)
        page = seen.page
        page.get_by_role("button", name=THREE[1]).click()
        area = page.get_by_label("Summary")
        expect(area).to_be_focused()
        assert area.input_value() == SAID
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name=THREE[1])).to_be_focused()
        page.keyboard.press("Enter")
        area.fill("x" * 16_001)
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".editor [role=alert]")).to_contain_text("16001 characters")
        area.fill(words)
        page.get_by_role("button", name="Save").click()
        expect(seen.replies).to_have_count(3)
        assert read(seen, server)["reply"]["proposal"]["summary"] == words
        assert page.locator(".card").last.locator(".summary").inner_text() == words
        assert read(seen, server)["messages"][-2]["action"] == "summary"
        before = page.locator("#log").inner_text()
        page.reload()
        expect(seen.replies).to_have_count(2)
        assert (
            page.locator("#log").inner_text() in before
        )  # but for the greeting, which no reload brings back


def test_skipping_before_the_first_word(browser: Browser, server: Serving) -> None:
    with opened(browser, server.url) as seen:
        seen.press("Skip, connect me now")
        assert seen.page.locator(".card h2").inner_text() == "Service Desk"
        assert seen.buttons() == THREE
        assert read(seen, server)["messages"][0]["action"] == "skip"


def test_other_help_and_back_again(browser: Browser, server: Serving) -> None:
    with opened(browser, server.url) as seen:
        seen.say(SAID)
        seen.press("Other help options")
        portal = seen.page.get_by_role("link", name="Portal")
        assert portal.get_attribute("href") == "https://help.example.com/?q=my%20SQL%20database%20is%20slow"
        assert portal.get_attribute("rel") == "noopener noreferrer"
        seen.press("Back to Database Support")
        assert seen.buttons() == THREE
        seen.press("Other help options")
        seen.press("Never mind")
        assert "nothing was sent" in seen.replies.last.inner_text()


def test_a_reload_keeps_it_and_nobody_came(browser: Browser, server: Serving) -> None:
    with opened(browser, server.url) as seen:
        seen.say(SAID)
        seen.page.get_by_label("Your message").fill("not sent yet")
        seen.page.reload()
        assert seen.page.get_by_label("Your message").input_value() == "not sent yet"
        expect(seen.page.locator(".card")).to_be_visible()
        seen.press("Start agent chat")
        url = seen.page.get_by_role("link", name="Open the chat").get_attribute("href")
        seen.page.reload()
        expect(seen.page.locator(".handoff")).to_be_visible()
        assert seen.page.get_by_role("link", name="Open the chat").get_attribute("href") == url
        seen.press("Nobody came")
        assert seen.page.locator(".mine").last.inner_text().endswith("Nobody came")
        assert "sorry that nobody came" in seen.replies.last.inner_text()
        seen.page.get_by_role("button", name="Start over").click()
        expect(seen.replies).to_have_count(1)
        assert seen.page.evaluate("sessionStorage.getItem('handoff-id')") is None


def test_a_double_click_presses_once(browser: Browser, server: Serving) -> None:
    with opened(browser, server.url) as seen:
        seen.say(SAID)
        start = seen.page.get_by_role("button", name="Start agent chat")
        start.evaluate("button => { button.click(); button.click(); }")
        expect(seen.page.locator(".handoff")).to_have_count(1)
        said = [one for one in read(seen, server)["messages"] if one["role"] == "user"]
        assert [one["action"] for one in said] == [None, "start"]
        assert sum(url.endswith("/actions") for url in seen.asked) == 1


def test_messages_during_a_turn_are_joined(browser: Browser, tmp_path: Path) -> None:
    model = Held([SQL, SQL])
    with serving(tmp_path, model=model) as server, opened(browser, server.url) as seen:
        for said in ("the database is odd", "it has to do with SQL"):
            seen.page.get_by_label("Your message").fill(said)
            seen.page.keyboard.press("Enter")
            assert model.asked.wait(20)
        expect(seen.page.locator(".dots")).to_have_count(2)
        expect(seen.page.locator(".steps")).to_have_count(3)
        model.let.set()
        expect(seen.page.locator(".dots")).to_have_count(0)
        expect(seen.page.locator(".card")).to_have_count(1)
        order = seen.page.locator("#log > *").evaluate_all("all => all.map(one => one.className)")
        assert order == ["reply", "mine", "mine", "reply"]


def test_a_reply_stands_behind_what_was_said_meanwhile(browser: Browser, tmp_path: Path) -> None:
    model = Held([SQL, SQL])
    held: list[Route] = []
    with serving(tmp_path, model=model) as server, opened(browser, server.url) as seen:
        area = seen.page.get_by_label("Your message")
        area.fill(SAID)
        area.press("Enter")
        assert model.asked.wait(20)
        seen.page.route("**/messages", lambda route: held.append(route), times=1)  # noqa: PLW0108 - playwright marks it
        area.fill("and it is urgent")
        area.press("Enter")
        expect(seen.page.locator(".dots")).to_have_count(2)
        model.let.set()
        expect(seen.page.locator(".card")).to_have_count(1)
        assert "card" in seen.page.locator("#log > *").last.inner_html()
        held[0].continue_()
        expect(seen.page.locator(".dots")).to_have_count(0)


def test_what_comes_after_starting_over_belongs_to_nobody(browser: Browser, tmp_path: Path) -> None:
    model = Held([SQL, Ask(question="What is it about?"), Ask(question="What else?")])
    with serving(tmp_path, model=model) as server, opened(browser, server.url) as seen:
        seen.page.get_by_label("Your message").fill(SAID)
        seen.page.keyboard.press("Enter")
        assert model.asked.wait(20)
        seen.page.get_by_role("button", name="Start over").click()
        expect(seen.page.locator(".dots")).to_have_count(0)
        model.let.set()
        seen.say("hello")  # the reply to what came before is there before this one's
        seen.say("hello")
        assert seen.page.locator(".card").count() == 0
        assert seen.page.locator(".mine").count() == 2
        assert seen.page.locator("button[aria-disabled]").count() == 0


def test_a_reload_in_the_middle_of_a_turn_gets_its_reply(browser: Browser, tmp_path: Path) -> None:
    model = Held([SQL])
    with serving(tmp_path, model=model) as server, opened(browser, server.url) as seen:
        seen.page.get_by_label("Your message").fill(SAID)
        seen.page.keyboard.press("Enter")
        assert model.asked.wait(20)
        seen.page.reload()
        expect(seen.page.locator(".dots")).to_have_count(1)
        model.let.set()
        expect(seen.page.locator(".card")).to_have_count(1)


def test_a_link_that_has_expired_asks_again(browser: Browser, server: Serving) -> None:
    url = "https://chat.example.com/once"
    events: list[dict[str, Any]] = [
        {"type": "text", "text": "Your chat is ready."},
        {"type": "handoff", "url": url, "queue_id": "db", "expires": "2020-01-01T00:00:00Z"},
        {"type": "turn_end", "phase": "handed_off", "model_calls": 0},
    ]
    told = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)

    def answer(route: Route) -> None:
        route.fulfill(content_type="text/event-stream", body=told)

    with opened(browser, server.url) as seen:
        seen.say(SAID)
        seen.page.route("**/actions", answer, times=1)
        seen.press("Start agent chat")
        seen.page.get_by_role("link", name="Open the chat").click()
        expect(seen.replies).to_have_count(4)  # the server's own: it had made none before
        assert seen.page.get_by_role("link", name="Open the chat").last.get_attribute("href") != url
        assert len(seen.page.context.pages) == 1


def test_in_the_language_of_the_browser(browser: Browser, server: Serving) -> None:
    with opened(browser, server.url, locale="de-AT") as seen:
        page = seen.page
        expect(page.get_by_label("Ihre Nachricht")).to_be_focused()
        assert page.evaluate("document.documentElement.lang") == "de"
        page.keyboard.type("meine SQL Datenbank ist langsam")
        page.keyboard.press("Enter")
        expect(page.locator(".badge")).to_have_text("Jetzt geöffnet")
        assert page.locator(".card .row button").first.inner_text() == "Chat mit Mitarbeiter starten"


def test_the_summary_can_be_copied_where_the_link_does_not_carry_it(browser: Browser, tmp_path: Path) -> None:
    with (
        serving(tmp_path, example=True) as server,
        opened(browser, server.url, permissions=["clipboard-read", "clipboard-write"]) as seen,
    ):
        seen.say(SAID)
        seen.press("Start agent chat")
        seen.page.get_by_role("button", name="Copy the summary").last.click()
        expect(seen.page.locator(".handoff [role=status]")).to_have_text("Copied")
        assert seen.page.evaluate("navigator.clipboard.readText()") == SAID


@pytest.mark.parametrize("notice", ["", "Chats are recorded. <b>Thanks</b>"])
def test_a_notice_stands_above_the_conversation(browser: Browser, server: Serving, notice: str) -> None:
    def with_notice(route: Route) -> None:
        setting = route.fetch().json()
        setting["texts"]["en"]["notice"] = notice
        route.fulfill(json=setting)

    with opened(browser, "about:blank") as seen:
        seen.page.route("**/setting.json", with_notice)
        seen.page.goto(server.url)
        expect(seen.replies).to_have_count(1)
        assert seen.page.locator("#notice").inner_text() == notice
        assert seen.page.locator("#notice").is_visible() == bool(notice)
        seen.asked.clear()
