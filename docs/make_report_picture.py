"""Makes docs/report.png from a real run: `.venv/bin/python docs/make_report_picture.py`. Needs a Chromium."""  # noqa: INP001 - a script

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from evals import evaluate
from evals.cli.planning import plan_of

PICTURE = Path(__file__).with_name("report.png")


def report(folder: Path) -> Path:
    """The report of the shipped cases with the embedded model."""
    plan = plan_of(queues=None, cases=(), model="embedded", user=None, record=None, replay=None, cache=False)
    evaluate(plan, folder)
    return folder / "report.html"


def main() -> None:
    """Write the picture: the top of the page, and the confusion matrix."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1240, "height": 700})
        page.goto(report(Path(name) / "embedded").as_uri())
        page.evaluate("document.getElementById('confusions').scrollIntoView()")
        page.evaluate("for (const s of ['metrics', 'slices', 'queues']) document.getElementById(s).remove()")
        page.evaluate("window.scrollTo(0, 0)")
        page.set_viewport_size({"width": 1240, "height": 1000})
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
