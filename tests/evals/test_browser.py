"""`report.html` in a real browser: read, searched and walked by keyboard; hostile text stays text."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from agent import Answer, Briefing
from agent.models.embedded import EmbeddedModel
from evals import evaluate
from tests.evals.runs import CASES, PRINTERS, case, plan, write
from tests.support.browser import browser

__all__ = ["browser"]

HOSTILE = (
    '</script><script>document.title="owned"</script><img src=x onerror="document.title=1"> & \u202egnirts'
)


class Sure(EmbeddedModel):
    """An embedded model that says how sure it is."""

    async def decide(self, briefing: Briefing, started: Callable[[str], None] | None = None) -> Answer:
        answer = await super().decide(briefing, started)
        return Answer(decision=answer.decision, confidence=0.9 if "SQL" in str(briefing.messages) else 0.4)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    hostile = case("<b>id</b>", HOSTILE + " the SQL database is slow", PRINTERS, tags=["<i>tag</i>"])
    evaluate(plan(folder, [*CASES, hostile]), folder / "before")
    write(folder / "cases.jsonl", [*CASES, hostile])
    evaluate(plan(folder, [*CASES, hostile]), folder / "out", model=Sure(), baseline=folder / "before")
    return folder / "out" / "report.html"


@pytest.fixture
def page(browser: Browser, report: Path) -> Iterator[Page]:
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    yield page
    assert complaints == []  # the policy let through what is ours, and nothing else was tried
    assert asked == [report.as_uri()]
    context.close()


def test_it_shows_everything_without_network(page: Page) -> None:
    assert page.title().startswith("Routing report out (queues.yaml; cases.jsonl; ")
    headings = page.locator("h2").all_inner_texts()
    assert headings == [
        "Metrics",
        "Comparison",
        "Slices",
        "Queues",
        "Confusions",
        "Confidence",
        "Effort and cost",
        "Conversations",
        "Configuration",
    ]
    assert page.locator("table.heat td.hit").count() > 0
    assert page.locator("svg[aria-label='Calibration curve'] circle").count() == 2
    assert page.locator(".card .big").first.inner_text() == "60.0 %"


def test_a_failing_conversation_is_read_with_the_keyboard(page: Page) -> None:
    wrong = page.locator("details", has_text="proposed Database Support instead of Printers").first
    assert not wrong.locator(".talk").is_visible()
    wrong.locator("summary").focus()
    page.keyboard.press("Enter")
    assert wrong.locator(".talk").is_visible()
    assert "✓ Determining appropriate live agent queue" in wrong.inner_text()
    assert "model: select_queue Database Support (confidence 0.90)" in wrong.inner_text()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_every_stop_of_the_tab_key_can_be_seen(page: Page) -> None:
    seen = set()
    page.keyboard.press("Tab")
    while (tag := page.evaluate("document.activeElement.tagName")) != "BODY":  # once round
        seen.add(tag)
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        page.keyboard.press("Tab")
    assert {"A", "DIV", "INPUT", "SUMMARY"} <= seen


def test_the_search_narrows_the_list(page: Page) -> None:
    page.locator("#filter").fill("<B>id")
    assert page.locator("details.case:visible").count() == 1
    assert page.locator("#count").inner_text() == "1 of 2 conversations"
    page.locator("#filter").fill("")
    assert page.locator("details.case:visible").count() == 2


def test_a_link_opens_the_conversation_that_it_names(page: Page) -> None:
    page.locator("#confusions a", has_text="wrong").click()
    assert page.locator("#case-wrong .talk").is_visible()


def test_hostile_text_is_text(page: Page) -> None:
    assert page.title().startswith("Routing report out (queues.yaml; cases.jsonl; ")
    assert page.locator("img, b, i, script[src]").count() == 0
    hostile = page.locator("details", has_text="<b>id</b>")
    hostile.locator("summary").click()
    assert '</script><script>document.title="owned"</script>' in hostile.locator(".person").first.inner_text()
    assert "<i>tag</i>" in hostile.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_it_can_be_read_in_light_and_dark_and_on_a_phone(
    browser: Browser,
    report: Path,
    tmp_path: Path,
    scheme: str,
    width: int,
) -> None:
    context = browser.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        offline=True,
        viewport={"width": width, "height": 800},
    )
    page = context.new_page()
    page.goto(report.as_uri())
    back, text = page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )
    light, dark = _brightness(back), _brightness(text)
    assert light > dark + 150 if scheme == "light" else dark > light + 150
    # Wide tables scroll by themselves; the page does not.
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shot = tmp_path / "report.png"
    page.screenshot(path=shot)
    assert shot.stat().st_size > 10_000
    context.close()


def _brightness(colour: str) -> float:
    numbers = json.loads("[" + colour.split("(")[1].rstrip(")") + "]")
    return float(sum(numbers[:3]) / 3)
