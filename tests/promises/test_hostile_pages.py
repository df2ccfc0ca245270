"""The corpus in a real browser and in the terminal's report: what was written is what is read, and nothing runs."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Page

from agent.cli.main import main
from agent.markup import visible
from tests.support import small
from tests.support.browser import browser

from .as_text import check_terminal
from .attacks import ATTACKS, FAMILIES

__all__ = ["browser"]

WRONG = {"outcome": "handoff", "queue": small.NIGHT}  # every conversation stands in the report


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run over cases whose every text is an attack."""
    folder = tmp_path_factory.mktemp("hostile")
    small.catalogue(folder)
    cases = [
        {
            "id": f"{number} {text}"[:200],
            "opening": f"Hello, {text}",  # one of them has nothing that can be seen
            "user": {"facts": {f"{number}": f"Well, {text}"}, "fallback": f"Well, {text}"},
            "expect": WRONG,
            "tags": [text[:60]],
        }
        for number, text in enumerate(ATTACKS)
    ]
    (folder / "cases.jsonl").write_text("\n".join(map(json.dumps, cases)), "utf-8")
    result = eval_(folder, "--model", "embedded", "--out", folder / "out")
    assert "Routing accuracy" in result, result
    return folder


def eval_(folder: Path, *arguments: str | Path) -> str:
    """What `handoff eval` prints: never anything that a terminal would obey."""
    given = ["eval", "--queues", folder / "queues.yaml", "--cases", folder / "cases.jsonl", *arguments]
    result = CliRunner().invoke(main, list(map(str, given)))
    assert not result.exception or isinstance(result.exception, SystemExit)
    check_terminal(result.output)
    return result.output


@pytest.fixture
def page(browser: Browser, folder: Path) -> Iterator[Page]:
    context = browser.new_context(offline=True)
    page = context.new_page()
    seen: list[str] = []
    page.on("console", lambda message: seen.append(message.text))
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("dialog", lambda dialog: seen.append(dialog.message))
    page.on("request", lambda request: seen.append(request.url))
    address = (folder / "out" / "report.html").as_uri()
    page.goto(address)
    yield page
    assert seen == [address]  # no script ran or failed, and nothing else was asked for
    context.close()


def test_the_report_shows_every_attack_as_text(page: Page) -> None:
    assert page.title().startswith("Routing report")
    assert (
        page.locator("img, svg[onload], iframe, form, a[href^='http'], script[src], base, object").count()
        == 0
    )
    assert page.locator("details.case").count() == len(ATTACKS)
    read = page.evaluate(
        "[...document.querySelectorAll('.person')].map(each => each.textContent).join('\\n')"
    )
    for text in ATTACKS:
        for line in filter(None, map(str.strip, visible(text).splitlines())):
            assert line in visible(read), ascii(line)


def test_the_terminal_prints_them_as_text(folder: Path) -> None:
    lines = (folder / "out" / "results.jsonl").read_text("utf-8").strip().split("\n")
    ids = [json.loads(line)["id"] for line in lines]
    worst = [f"{ATTACKS.index(text)} " for name in ("terminal", "invisible") for text in FAMILIES[name]]
    for id_ in (id_ for id_ in ids if id_.startswith(tuple(worst))):
        shown = CliRunner().invoke(main, ["eval", "show", str(folder / "out"), id_])
        assert shown.exit_code == 0, shown.output
        assert "Hello, " in shown.output
        check_terminal(shown.output)
