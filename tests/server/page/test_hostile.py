"""What anybody wrote is text: queues, reasons, summaries and addresses that would like to be more."""

import json
from pathlib import Path

from playwright.sync_api import Browser, expect

from agent.models.scripted import ScriptedModel
from agent.records.decision import SelectQueue
from tests.server.setting import Serving, serving
from tests.support import small

from .seen import opened

IMAGE = "<img src=x onerror=document.title='owned'>"
SCRIPT = "</p><script>document.title='owned'</script> {summary} $& <a href=javascript:alert(1)>x</a>"


def test_markup_is_only_read(browser: Browser, tmp_path: Path) -> None:
    named = small.YAML.replace("name: Database Support", f"name: {json.dumps(IMAGE)}")
    chosen = SelectQueue(queue_id=small.DATABASE, summary=SCRIPT, reason="SQL databases")
    with (
        serving(tmp_path, queues=named, model=ScriptedModel([chosen])) as server,
        opened(browser, server.url) as seen,
    ):
        page = seen.page
        seen.say(f"my SQL database is slow {IMAGE}")
        assert page.locator(".card h2").inner_text() == IMAGE
        assert page.locator(".mine p").inner_text().endswith(IMAGE)
        summary = page.locator(".summary").inner_text()
        assert "<script>" in summary
        assert page.locator(".sent dd[data-name=summary]").inner_text() == summary
        assert page.locator(".badge").count() == 1  # the line with the odd name was found all the same
        seen.press("Start agent chat")
        page.reload()
        expect(page.locator(".handoff")).to_be_visible()
        assert page.locator("#app img:not([src='/page/icon.svg']), #log script").count() == 0
        assert all(a.get_attribute("href", timeout=999) for a in page.locator("#log a").all())
        assert page.title() == "Live agent"


def test_a_link_that_is_no_address_leads_nowhere(browser: Browser, server: Serving) -> None:
    bad = {"label": "Help", "action": "link", "style": "outlined", "url": "javascript:document.title='owned'"}
    events = [
        {"type": "text", "text": "Here"},
        {"type": "buttons", "buttons": [bad]},
        {"type": "handoff", "url": "data:text/html,<script>1</script>", "queue_id": "db"},
        {"type": "turn_end", "phase": "handed_off", "model_calls": 0},
    ]
    told = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
    with opened(browser, server.url) as seen:
        seen.page.route(
            "**/messages", lambda route: route.fulfill(content_type="text/event-stream", body=told)
        )
        seen.say("hello")
        assert seen.page.locator("#log a[href]").count() == 0
        assert seen.page.locator(".handoff a").count() == 1


def test_the_browser_itself_lets_no_script_write_markup(browser: Browser, server: Serving) -> None:
    with opened(browser, server.url, may_complain=True) as seen:
        page = seen.page
        tried = """() => { try { document.body.innerHTML = '<b>x</b>'; return 'done' } catch (e) { return e.name } }"""
        assert page.evaluate(tried) == "TypeError"
        image = (
            "document.body.append(Object.assign(document.createElement('img'), {src: 'https://192.0.2.1/'}))"
        )
        with page.expect_event("requestfailed") as blocked:
            page.evaluate(image)
        assert blocked.value.failure == "csp"  # it never left
        seen.asked.remove(blocked.value.url)


def test_its_files_are_the_ones_that_are_meant(server: Serving) -> None:
    with server.client() as client:
        for name in ("routes.py", "__init__.py", "page.html", "..%2Fapp.py", "nothing.js", "x/y.js"):
            assert client.get(f"/page/{name}").status_code == 404
        assert client.get("/page/main.js").headers["content-type"].startswith("text/javascript")
        policy = client.get("/").headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert client.get("/").headers["cross-origin-resource-policy"] == "same-origin"
