"""Another site: its pages, its tokens, and a policy as strict as one can be. And the command that prints the snippet."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from click.testing import CliRunner

from agent.cli.main import main
from tests.server.setting import Serving


@dataclass
class Intranet:
    url: str
    files: dict[str, Callable[[], str]] = field(default_factory=dict)
    body: str = ""
    policy: str = ""

    def embed(self, server: Serving, *more: str) -> None:
        """Take the snippet that the command prints for `server`, and a script of our own."""
        self.body = "<script src=/page.js></script>" + run("queues", "widget", "--server", server.url, *more)
        self.policy = f"default-src 'self'; script-src 'self' {server.url}; frame-src {server.url}"

    def give_tokens(self, tokens: list[str]) -> None:
        """Have the page's function `acme.handoffToken` give these, one after the other."""
        script = "window.acme = {handoffToken: async () => (await fetch('/token')).text()};"
        self.files = {"/token": lambda: tokens.pop(0), "/page.js": lambda: script}


def run(*command: str) -> str:
    """What `handoff` prints."""
    with ThreadPoolExecutor(1) as pool:  # playwright has a loop in this thread, and so has the command
        result = pool.submit(CliRunner().invoke, main, command).result()
    assert result.exit_code == 0, result.output
    return result.output


@contextmanager
def another_site() -> Iterator[Intranet]:
    """While this holds, the site is up."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = f"<!doctype html><html lang=en><title>Intranet</title>{site.body}"
            made = site.files.get(self.path, lambda: page if self.path == "/" else "")()
            kind = (
                "text/html"
                if self.path == "/"
                else "text/javascript"
                if self.path.endswith(".js")
                else "text/plain"
            )
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-security-policy", site.policy)
            self.end_headers()
            self.wfile.write(made.encode())

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as http:
        site = Intranet(f"http://127.0.0.1:{http.server_port}")
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield site
        http.shutdown()
