"""The examples of docs/chat_page.md, as they stand there."""

import re
import shlex
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from playwright.sync_api import Browser, expect

import agent
from tests.server.setting import SECRET, serving, with_tokens

from .intranet import Intranet, run
from .seen import opened

DOC = (Path(agent.__file__).parents[1] / "docs" / "chat_page.md").read_text("utf-8")
SERVER = "https://handoff.acme.com"


def block(language: str, *, holds: str = "") -> str:
    found = re.findall(rf"```{language}\n(.*?)```", DOC, re.DOTALL)
    text: str = next(text for text in found if holds in text)
    return text


def printed() -> str:
    """What the documented command prints, which is what is documented."""
    command, _, documented = (
        block("console", holds="queues widget").removeprefix("$ handoff ").partition("\n")
    )
    output = run(*shlex.split(command))
    assert output == documented
    return output


def test_the_documented_site_shows_the_chat(browser: Browser, tmp_path: Path, intranet: Intranet) -> None:
    known: dict[str, Any] = {}
    exec(block("python"), known)  # noqa: S102 - our own example
    ada = SimpleNamespace(id="ada", name="Ada")
    intranet.files = {
        "/handoff-token": lambda: known["handoff_token"](ada, SECRET),
        "/page.js": lambda: block("js"),
    }
    with (
        serving(tmp_path, settings=with_tokens(embed_origins=intranet.url)) as server,
        opened(browser, intranet.url, origins=(server.url,)) as seen,
    ):
        policy = re.findall(rf"`((?:script|frame)-src) {SERVER}`", DOC)
        assert policy == ["script-src", "frame-src"]
        intranet.policy = f"default-src 'self'; script-src 'self' {server.url}; frame-src {server.url}"
        intranet.body = "<script src=/page.js></script>" + printed().replace(SERVER, server.url)
        seen.page.goto(intranet.url)
        seen.page.get_by_role("button", name="Talk to a live agent").click()
        expect(seen.page.frame_locator("iframe").locator(".reply")).to_have_count(1)
        area = seen.page.frame_locator("iframe").get_by_label("Your message")
        area.fill("my SQL database is slow")
        area.press("Enter")
        sent = seen.page.frame_locator("iframe").locator(".sent dd[data-name=name]")
        expect(sent).to_have_text("Ada")  # who the token names
