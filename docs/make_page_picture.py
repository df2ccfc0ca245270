"""Makes docs/chat_page.png from real conversations: `.venv/bin/python docs/make_page_picture.py`. Needs a Chromium."""  # noqa: INP001 - a script

import base64
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

PICTURE = Path(__file__).with_name("chat_page.png")
ASKS = "I'd like to speak to a live agent"
SAYS = "I'm running into a strange issue with a SQL database that I'm using."
LAYOUT = """<style>
body { margin: 0; background: #e7e8f4; }
img { position: absolute; display: block; box-shadow: 0 2px 6px #1d223022; }
#desk { left: 56px; top: 56px; width: 760px; border-radius: 14px; }
#phone { right: 56px; top: 116px; width: 342px; border-radius: 30px; border: 7px solid #0b0d13; }
</style><img id="desk" src="data:image/png;base64,%s"><img id="phone" src="data:image/png;base64,%s">"""


def shot(browser: Browser, url: str, scheme: Literal["light", "dark"], width: int, *, start: bool) -> str:
    """The page after two messages, and the press if it is to `start`."""
    page = browser.new_page(
        color_scheme=scheme, viewport={"width": width, "height": 850}, reduced_motion="reduce"
    )
    page.goto(url)
    for number, text in enumerate((ASKS, SAYS), 2):
        page.get_by_label("Your message").fill(text)
        page.keyboard.press("Enter")
        page.locator(".reply:not(:has(.dots))").nth(number - 1).wait_for()
    if start:
        page.get_by_role("button", name="Start agent chat").click()
        page.locator(".handoff").wait_for()
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(0, 0)
    picture = base64.b64encode(page.screenshot()).decode()
    page.close()
    return picture


def main() -> None:
    """Write the picture: a proposal on a desktop, a handoff on a phone."""
    command = [
        sys.executable,
        "-m",
        "agent.cli.main",
        "serve",
        "--port",
        "0",
        "--store",
        "memory",
        "--model",
        "embedded",
    ]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,  # noqa: S603
        sync_playwright() as playwright,
    ):
        said = re.search(r"http://\S+", server.stdout.readline() if server.stdout else "")
        if not said:
            raise SystemExit("the server did not start")
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        desk = shot(browser, said[0], "light", 760, start=False)
        phone = shot(browser, said[0], "dark", 375, start=True)
        page: Page = browser.new_page(viewport={"width": 1280, "height": 962})
        page.set_content(LAYOUT % (desk, phone))
        page.screenshot(path=PICTURE)
        browser.close()
        server.terminate()


if __name__ == "__main__":
    main()
