"""What goes wrong on purpose."""

import math
from dataclasses import dataclass
from typing import Literal, Self, get_args

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from agent.errors import InputError

Kind = Literal["slow", "cut", "broken", "error", "rate-limit", "no-rights", "bad-token"]
Endpoint = Literal["token", "command", "configuration", "reporting"]
API: tuple[Endpoint, ...] = ("command", "configuration", "reporting")
_STATUSES = {"error", "rate-limit"}
_FORM = "KIND[=VALUE][@ENDPOINT][:TIMES], such as slow=3, cut@command:1 or rate-limit=503:5"


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong.

    `slow`: the answer comes `value` seconds late; the request was carried out. `cut`: the connection is closed in
    the middle of the answer, `broken`: half an answer looks like a whole one; the request was carried out, too.
    `error`: an error instead, with status `value`. `rate-limit`: refused as too many, with status `value`.
    `no-rights`: the account may not do this. `bad-token`: the token is not taken, with status 401.
    `on`: the only endpoint that it strikes, else all but `token`. `left`: for so many requests, None for ever.
    """

    kind: Kind
    value: float | None = None
    on: Endpoint | None = None
    left: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """A fault as the command line writes it. Raises `InputError`."""
        rest, colon, times = text.partition(":")
        rest, at, on = rest.partition("@")
        kind, equals, value = rest.partition("=")
        if kind not in get_args(Kind):
            raise InputError(f"--fault {text}: the kind must be one of {', '.join(get_args(Kind))}")
        if at and on not in get_args(Endpoint):
            raise InputError(f"--fault {text}: the endpoint must be one of {', '.join(get_args(Endpoint))}")
        if colon and not (times.isdecimal() and int(times)):
            raise InputError(f"--fault {text}: write a fault as {_FORM}; TIMES is 1 or more")
        return cls(
            kind,  # type: ignore[arg-type]  # checked above
            _value(text, kind, value) if equals or kind == "slow" else None,
            on or None,  # type: ignore[arg-type]
            int(times) if colon else None,
        )

    def __str__(self) -> str:
        value = "" if self.value is None else f"={self.value:g}"
        on = f"@{self.on}" if self.on else ""
        return f"{self.kind}{value}{on}" + ("" if self.left is None else f":{self.left}")


def _value(text: str, kind: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if kind == "slow" and 0 <= number <= 600:
        return number
    if kind in _STATUSES and number in range(200, 600):
        return number
    wanted = {"slow": "seconds, up to 600, such as slow=3"} | dict.fromkeys(
        _STATUSES, f"an HTTP status, such as {kind}=503"
    )
    raise InputError(f"--fault {text}: {kind} takes {wanted.get(kind, 'no value')}")


class Faults:
    """The faults that are set; they can be changed while the stand-in runs."""

    def __init__(self) -> None:
        self._set: list[Fault] = []

    def add(
        self, kind: Kind, value: float | None = None, *, on: Endpoint | None = None, times: int | None = None
    ) -> None:
        """Let `kind` go wrong from the next request on; see `Fault`."""
        self._set.append(Fault(kind, value, on, times))

    def put(self, fault: Fault) -> None:
        """Let `fault` happen from the next request on."""
        self._set.append(fault)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._set = []

    def __str__(self) -> str:
        return ", ".join(map(str, self._set))

    def take(self, endpoint: Endpoint) -> dict[Kind, Fault]:
        """What strikes this request to `endpoint`; it counts as one of the fault's times."""
        struck = {
            fault.kind: fault
            for fault in self._set
            if fault.left != 0 and (fault.on == endpoint if fault.on else endpoint in API)
        }
        for fault in struck.values():
            if fault.left is not None:
                fault.left -= 1
        self._set = [fault for fault in self._set if fault.left != 0]
        return struck


class Cut(Response):
    """Another response whose connection is closed in the middle of its body."""

    def __init__(self, whole: Response) -> None:
        super().__init__(whole.body, whole.status_code)
        self.raw_headers = whole.raw_headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Promise the whole length, send half, and return: the server closes the connection."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})


def broken(whole: Response) -> Response:
    """The first half of `whole`, as if it were all: neither XML nor JSON can be read."""
    headers = {name: value for name, value in whole.headers.items() if name != "content-length"}
    return Response(bytes(whole.body)[: len(whole.body) // 2], whole.status_code, headers)
