"""The appliance's APIs: commands in XML and in JSON, reports, configuration."""

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from agent.errors import TargetError
from agent.language.servers import harmless
from agent.targets.beyondtrust.client import Client
from agent.targets.beyondtrust.problems import Refused, Transient, refusal
from agent.targets.beyondtrust.transport import Answer
from agent.targets.beyondtrust.xml import NoXml, error_in, parse

PER_PAGE = 100
_MAX_PAGES = 1_000
_TOO_MANY = re.compile(r"too many requests|rate.?limit", re.IGNORECASE)


class Commands:
    """What an API account can ask for. `private` texts never appear in an error.

    Every call raises `TargetError` or `StoreError`. Reads may be repeated; what changes something is only where
    `repeat` says that twice does no harm.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    async def sign_in(self) -> None:
        """See whether the credentials are good for a token."""
        await self._client.sign_in()

    async def command(
        self,
        action: str,
        values: Mapping[str, str],
        *,
        private: Sequence[str] = (),
        low: bool = False,
        repeat: bool,
    ) -> Element:
        """The root of the XML answer to a command; an `<error>` is an error, whatever the status."""
        form = {"action": action, **values}
        hint = "commands that change something need full access to the command API, others read-only"
        return await self._client.send(
            "POST",
            "/api/command",
            lambda answer: self._xml(answer, action, hint, private),
            form=form,
            low=low,
            repeat=repeat,
        )

    async def report(self, report: str, values: Mapping[str, str]) -> Element:
        """The root of a report's XML, such as `SupportSession` with `lsid` or a time window."""
        hint = "reports need the right to the reporting API"
        return await self._client.send(
            "POST",
            "/api/reporting",
            lambda answer: self._xml(answer, report, hint, ()),
            form={"generate_report": report, **values},
            low=True,
            repeat=True,
        )

    async def v2(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        private: Sequence[str] = (),
        low: bool = False,
        repeat: bool | None = None,
    ) -> Any:
        """The answer of the JSON command API (`/api/command/v2/` + `path`), which newer appliances have."""
        return await self._client.send(
            method,
            f"/api/command/v2/{path}",
            lambda answer: self._json(answer, path, private)[0],
            json=body,
            low=low,
            repeat=method == "GET" if repeat is None else repeat,
        )

    async def pages(self, path: str) -> AsyncIterator[Any]:
        """Every entry of a list of the configuration API (`/api/config/v1/` + `path`), page by page."""
        page = last = 1
        while page <= min(last, _MAX_PAGES):
            entries, headers = await self._client.send(
                "GET",
                f"/api/config/v1/{path}",
                lambda answer: self._json(answer, path, ()),
                query={"per_page": str(PER_PAGE), "current_page": str(page)},
                low=True,
                repeat=True,
            )
            if not isinstance(entries, list):
                raise Refused(f"{self._client.host} answered {path} with no list", 200)
            for entry in entries:
                yield entry
            found = headers.get("x-bt-pagination-last-page", "")
            last = int(found) if found.isdecimal() else page
            page += 1

    def _xml(self, answer: Answer, what: str, hint: str, private: Sequence[str]) -> Element:
        try:
            root = parse(answer.body)
        except NoXml:
            self._raise_for(answer, what, "", hint)
            raise Refused(f"{self._client.host} answered {what} with something that is no XML", 200) from None
        said = error_in(root)
        if said is not None:
            raise self._refusal(answer, what, harmless(said, private), hint)
        self._raise_for(answer, what, "", hint)
        return root

    def _json(self, answer: Answer, what: str, private: Sequence[str]) -> tuple[Any, Mapping[str, str]]:
        try:
            data = json.loads(answer.body) if answer.body else None
        except (ValueError, RecursionError):
            data = None
        said = str(data.get("message") or data.get("error") or "") if isinstance(data, dict) else ""
        self._raise_for(answer, what, harmless(said, private), "give it access to this API")
        return data, answer.headers

    def _raise_for(self, answer: Answer, what: str, said: str, hint: str) -> None:
        if answer.status >= 400:
            raise self._refusal(answer, what, said, hint)

    def _refusal(self, answer: Answer, what: str, said: str, hint: str) -> TargetError:
        refused = refusal(self._client.host, what, answer.status, said, hint)
        if _TOO_MANY.search(said):  # with which status is not documented
            return Transient(str(refused), reached=False, after=1.0)
        if answer.status >= 500 and answer.status != 501:
            return Transient(str(refused), reached=True)
        return refused
