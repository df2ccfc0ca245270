"""The widget on another site's page: the snippet that the command prints, tokens that are renewed, and a server that is off."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.server.setting import Serving, serving, settings, token, with_tokens

from .intranet import Intranet
from .seen import opened

FALLBACK = "https://livechat.acme.com/start-chat?queue_id=0c5d1e52-9f0b-4b7e-8a53-6f2f2f0f7c11"
SAID = "my SQL database is slow"


def open_it(page: Page) -> FrameLocator:
    page.get_by_role("button", name="Talk to a live agent").click()
    return page.frame_locator("iframe")


@contextlib.contextmanager
def allowing(folder: Path, site: Intranet) -> Iterator[Serving]:
    with serving(folder, settings=settings(embed_origins=site.url)) as server:
        site.embed(server)
        yield server


def test_a_conversation_in_a_foreign_page(browser: Browser, tmp_path: Path, intranet: Intranet) -> None:
    with (
        allowing(tmp_path, intranet) as server,
        opened(browser, intranet.url, origins=(server.url,)) as seen,
    ):
        page = seen.page
        link = page.locator("a.handoff-link")
        expect(link).to_be_hidden()
        assert link.get_attribute("href") == FALLBACK
        assert not any(
            url.endswith("/widget") for url in seen.asked
        )  # nothing is loaded before it is asked for
        chat = open_it(page)
        expect(chat.locator(".reply")).to_have_count(1)
        chat.get_by_label("Your message").fill(SAID)
        chat.get_by_label("Your message").press("Enter")
        expect(chat.locator(".card h2")).to_have_text("Database Support")
        page.get_by_role("button", name="Close the chat").click()
        expect(page.locator("iframe")).to_be_hidden()
        expect(page.get_by_role("button", name="Talk to a live agent")).to_be_focused()
        page.reload()
        expect(open_it(page).locator(".card h2")).to_have_text("Database Support")
        expect(page.locator(".instead")).to_be_empty()
        page.get_by_role("button", name="Close the chat").focus()
        page.keyboard.press("Escape")
        expect(page.locator("iframe")).to_be_hidden()


def test_on_a_phone_it_fills_the_window(browser: Browser, tmp_path: Path, intranet: Intranet) -> None:
    size = {"width": 360, "height": 640}
    with (
        allowing(tmp_path, intranet) as server,
        opened(browser, intranet.url, origins=(server.url,), viewport=size) as seen,
    ):
        expect(open_it(seen.page).get_by_label("Your message")).to_be_visible()
        assert seen.page.locator(".panel").bounding_box() == {"x": 0, "y": 0, **size}


def test_tokens_come_from_the_host_and_are_renewed(
    browser: Browser, tmp_path: Path, intranet: Intranet
) -> None:
    tokens = [token("ada", iat=1, exp=2), token("ada"), token("ada", name="Ada")]
    intranet.give_tokens(tokens)
    configured = with_tokens(embed_origins=intranet.url)
    with (
        serving(tmp_path, settings=configured) as server,
        opened(browser, intranet.url, origins=(server.url,), may_complain=True) as seen,
    ):
        intranet.embed(server, "--get-token", "acme.handoffToken")
        seen.page.goto(intranet.url)
        chat = open_it(seen.page)
        expect(chat.locator(".reply")).to_have_count(1)
        chat.get_by_label("Your message").fill(SAID)
        chat.get_by_label("Your message").press("Enter")
        expect(chat.locator(".card")).to_be_visible()
        assert len(tokens) == 1  # the first one had expired
        assert not any("eyJ" in url for url in seen.asked)
        # Without one it is told so, and the static link is no way round: the person may reload.
        intranet.embed(server)
        seen.page.goto(intranet.url)
        expect(open_it(seen.page).get_by_role("alert").first).to_contain_text("not signed in")


def test_the_page_alone_takes_a_token_from_its_address(browser: Browser, tmp_path: Path) -> None:
    with (
        serving(tmp_path, settings=with_tokens(embed_origins="https://intranet.acme.com")) as server,
        opened(browser, server.url, may_complain=True) as seen,
    ):
        page = seen.page
        page.get_by_label("Your message").fill(SAID)
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert").first).to_contain_text("not signed in")
        for site, taken in (("https://evil.example", None), ("https://intranet.acme.com/help", token("ada"))):
            page.goto("about:blank")
            page.goto(f"{server.url}/#token={token('ada')}", referer=site)
            expect(page.locator(".reply")).to_have_count(1)
            assert page.url == f"{server.url}/"
            assert (page.evaluate("sessionStorage.getItem('handoff-token')") is None) == (taken is None)
        seen.say(SAID)
        page.reload()
        expect(page.locator(".card")).to_be_visible()
        seen.asked = [url for url in seen.asked if url != "about:blank"]


def test_a_site_that_is_not_named_gets_the_link(
    browser: Browser, server: Serving, intranet: Intranet
) -> None:
    intranet.embed(server)
    with opened(browser, intranet.url, origins=(server.url,), may_complain=True) as seen:
        seen.page.clock.install()
        open_it(seen.page)
        seen.page.clock.fast_forward(7000)
        expect(seen.page.get_by_role("alert")).to_contain_text("does not answer")
        expect(seen.page.locator(".instead a")).to_have_attribute("href", FALLBACK)
        assert any("frame-ancestors" in complaint for complaint in seen.complaints)
        assert not any(url.endswith("/v1/conversations") for url in seen.asked)


def test_a_server_that_is_off_leaves_the_link(browser: Browser, tmp_path: Path, intranet: Intranet) -> None:
    with allowing(tmp_path, intranet) as server, opened(browser, intranet.url, origins=(server.url,)):
        pass
    with opened(browser, intranet.url, origins=(server.url,), may_complain=True) as seen:
        link = seen.page.get_by_role("link", name="Talk to a live agent")
        expect(link).to_be_visible()
        assert link.get_attribute("href") == FALLBACK
        assert link.get_attribute("rel") == "noopener noreferrer"


def test_a_server_that_stops_in_the_middle_gives_the_link(
    browser: Browser, tmp_path: Path, intranet: Intranet
) -> None:
    with (
        contextlib.ExitStack() as running,
        opened(browser, intranet.url, may_complain=True, origins=("http://127.0.0.1",)) as seen,
    ):
        server = running.enter_context(allowing(tmp_path, intranet))
        page = seen.page
        page.goto(intranet.url)
        chat = open_it(page)
        expect(chat.locator(".reply")).to_have_count(1)
        area = chat.get_by_label("Your message")
        area.fill("hello")
        area.press("Enter")
        expect(chat.locator(".reply")).to_have_count(2)
        running.close()
        area.fill(SAID)
        area.press("Enter")
        expect(page.locator(".instead a")).to_have_attribute("href", FALLBACK)
        expect(chat.locator(".mine").last).to_contain_text(SAID)
        page.get_by_role("button", name="Close the chat").click()
        seen.asked = [url for url in seen.asked if not url.startswith(server.url)]
