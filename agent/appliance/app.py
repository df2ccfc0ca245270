"""The stand-in as a whole: its state, and its addresses."""

import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from agent.appliance import page
from agent.appliance.api import Gate, read
from agent.appliance.commands_json import JSON_ERRORS, JsonCommands
from agent.appliance.commands_xml import XmlCommands, xml_errors
from agent.appliance.configuration import Configuration
from agent.appliance.dialect import Dialect
from agent.appliance.events import OutboundEvents
from agent.appliance.faults import Faults
from agent.appliance.keys import Keys
from agent.appliance.limits import RateLimits
from agent.appliance.oauth import Accounts
from agent.appliance.reports import Reports
from agent.appliance.sessions import Place, Session, Sessions
from agent.appliance.site import Site, example_site_path, load_site
from agent.appliance.start import BadLink, Starter

log = logging.getLogger("agent.appliance")
HOSTS = ("localhost", "127.0.0.1")


class Appliance:
    """The stand-in. Its parts can be looked at and changed while it runs; `app` is what a server serves."""

    def __init__(
        self,
        site: Site | None = None,
        *,
        dialect: Dialect | None = None,
        events: str | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.site = site or load_site(example_site_path())
        self.dialect = dialect or Dialect()
        self.faults = Faults()
        self.events = OutboundEvents(events, clock)
        self.accounts = Accounts(self.site.accounts, clock)
        self.limits = RateLimits(clock)
        self.sessions = Sessions(self.site, clock, self.events.tell)
        self.keys = Keys(self.site, self.sessions, self.dialect, clock)
        self._starter = Starter(self.site, self.sessions, self.keys)
        self._clock = clock
        self.app = Starlette(
            routes=[*self._api(), *self._pages()],
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False)],
            lifespan=self._lifespan,
        )

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        async with self.events.sending():
            yield

    def _api(self) -> list[Route]:
        gate = Gate(self.accounts, self.limits, self.faults, self.dialect.rate_limit_status)
        xml = XmlCommands(self.site, self.sessions, self.keys, self.dialect, self._clock)
        reports = Reports(self.sessions, self.dialect, self._clock)
        configuration = Configuration(self.site)
        commands = gate.api("command", xml.answer, xml_errors(self.dialect, "command"))
        reporting = gate.api("reporting", reports.answer, xml_errors(self.dialect, "reporting"))
        routes = [
            Route("/oauth2/token", gate.token, methods=["POST"]),
            Route("/api/command", commands, methods=["GET", "POST"]),
            Route("/api/reporting", reporting, methods=["GET", "POST"]),
        ]
        for resource in configuration.resources:
            answer = gate.api("configuration", configuration.answer(resource), JSON_ERRORS)
            routes.append(Route(f"/api/config/v1/{resource}", answer))
        if self.dialect.json_commands:
            v2 = JsonCommands(self.site, self.sessions, self.keys)
            for path, method, run in (
                ("session-key", "POST", v2.session_key),
                ("team", "GET", v2.teams),
                ("team/{id}/issue", "GET", v2.issues),
            ):
                answer = gate.api("command", run, JSON_ERRORS)
                routes.append(Route(f"/api/command/v2/{path}", answer, methods=[method]))
        return routes

    def _pages(self) -> list[Route]:
        return [
            Route("/", self._front),
            Route("/api/start_session", self._start),
            Route(f"{page.OWN}/sessions/{{lsid}}", self._session),
            Route(f"{page.OWN}/sessions/{{lsid}}/{{act}}", self._act, methods=["POST"]),
            Route(f"{page.OWN}/representatives/{{id:int}}", self._log_in_or_out, methods=["POST"]),
        ]

    async def _front(self, request: Request) -> Response:
        if "ak" in request.query_params:
            return self._begin(request, lambda: self._starter.from_access_key(request.query_params["ak"]))
        state = {
            "Session keys": f"{sum(key.used is not None for key in self.keys.all)} of {len(self.keys.all)} used",
            "Faults": str(self.faults) or "none",
            "Outbound events": self.events.state,
        }
        return page.overview(self.site, self.sessions, state)

    async def _start(self, request: Request) -> Response:
        hostname = request.url.hostname or ""
        return self._begin(request, lambda: self._starter.from_link(request.url.query, hostname))

    def _begin(self, request: Request, start: Callable[[], Session]) -> Response:
        if request.method == "HEAD":  # a look at a link begins nothing
            return Response()
        try:
            session = start()
        except BadLink as bad:
            log.info("start link: %s", bad)
            if bad.used is not None:
                return page.session_page(bad.used, self.site, self.sessions, [str(bad)], bad.status)
            return page.problem_page(str(bad), bad.status)
        log.info("session %d begins by %s", session.number, session.given.started_by)
        return page.session_page(session, self.site, self.sessions)

    async def _session(self, request: Request) -> Response:
        session = self.sessions.get(request.path_params["lsid"])
        if session is None:
            return page.problem_page("There is no such session.", 404)
        return page.session_page(session, self.site, self.sessions)

    async def _act(self, request: Request) -> Response:
        session = self.sessions.get(request.path_params["lsid"])
        if session is None:
            return page.problem_page("There is no such session.", 404)
        form = dict(parse_qsl((await read(request)).decode("utf-8", "replace")))
        if not self._do(session, request.path_params["act"], form):
            return page.problem_page("This cannot be done.", 400)
        return RedirectResponse(f"{page.OWN}/sessions/{session.lsid}", 303)

    def _do(self, session: Session, act: str, form: dict[str, str]) -> bool:
        match act:
            case "accept" if person := self.site.representative(form.get("representative", "")):
                self.sessions.accept(session, person)
            case "transfer" if team := self.site.team(form.get("team", "")):
                self.sessions.transfer(session, Place.of_team(team))
            case "end":
                self.sessions.end(session)
            case "leave":
                self.sessions.leave(session)
            case _:
                return False
        return True

    async def _log_in_or_out(self, request: Request) -> Response:
        if self.site.representative(str(request.path_params["id"])) is None:
            return page.problem_page("There is no such representative.", 404)
        self.sessions.logged_in ^= {request.path_params["id"]}
        return RedirectResponse("/", 303)
