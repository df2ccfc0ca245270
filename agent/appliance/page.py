"""The pages: what a representative would receive of a session, and buttons to play one. No script; text is text."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

from starlette.responses import HTMLResponse, Response

from agent.appliance.sessions import Session, Sessions
from agent.appliance.site import Site
from agent.markup import Node, node, page_text, raw, source_hash

OWN = "/stand-in"
BANNER = "Stand-in appliance: nobody is here."
_EXPLAINED = " You see what a representative would receive. This is for trying and testing, and no BeyondTrust product."


def session_page(
    session: Session, site: Site, sessions: Sessions, notes: Iterable[str] = (), status: int = 200
) -> Response:
    """A session: everything that came with it, what happened, and what can be done."""
    place = session.place
    return page(
        f"Session {session.number}: {place.name}",
        node("p", _state(session), class_="state"),
        _notes((*notes, *session.given.warnings)),
        node("h2", "What the representative would receive"),
        _fields(session),
        *([] if session.ended is not None else _acts(session, site, sessions)),
        node("h2", "What happened"),
        node("ol", *(node("li", f"{_at(h.time)} {_told(h.what, h.by, h.to)}") for h in session.history)),
        node("p", node("a", "All sessions, teams and representatives", href="/")),
        status=status,
    )


def problem_page(text: str, status: int) -> Response:
    """A link that starts nothing."""
    return page(
        text,
        node("p", "A real appliance may show something else here.", class_="soft"),
        node("p", node("a", "All sessions, teams and representatives", href="/")),
        status=status,
    )


def overview(site: Site, sessions: Sessions, state: dict[str, str]) -> Response:
    """Everything at a glance; `state` is shown as it is."""
    listed = [
        (node("a", f"Session {session.number}", href=_address(session)), session.place.name, _state(session))
        for session in reversed(sessions.all)
    ]
    people = [
        (
            person.display_name,
            _teams_of(person.username, site),
            _switch(person.id, person.id in sessions.logged_in),
        )
        for person in site.representatives
    ]
    issues = [
        (team.name, issue.name, node("a", issue.code_name, href=_start(issue.code_name), class_="code"))
        for team in site.teams
        for issue in team.issues
    ]
    return page(
        "Stand-in appliance",
        node("h2", "Sessions"),
        _table(("Session", "Queue", "State"), listed) if listed else node("p", "None yet.", class_="soft"),
        node("h2", "Representatives"),
        _table(("Name", "Teams", "Logged in"), people),
        node("h2", "Teams and their issues"),
        _table(("Team", "Issue", "Code name, start link"), issues),
        node("h2", "State"),
        node("table", *(_row(name, text) for name, text in state.items()), class_="fields"),
    )


def page(title: str, *content: Node | None, status: int = 200) -> Response:
    """A page with the banner; it runs nothing and loads nothing, and its forms lead nowhere else."""
    style = _style()
    head = node(
        "head",
        node("meta", charset="utf-8"),
        node("meta", name="viewport", content="width=device-width, initial-scale=1"),
        node("meta", name="color-scheme", content="light dark"),
        node("title", f"{title} - stand-in appliance"),
        raw("style", style),
    )
    banner = node("div", node("p", node("strong", BANNER), _EXPLAINED), class_="banner", role="note")
    body = node("body", banner, node("main", node("h1", title), *content))
    headers = {
        "Content-Security-Policy": f"default-src 'none'; style-src {source_hash(style)}; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    return HTMLResponse(page_text(head, body), status, headers)


def _fields(session: Session) -> Node:
    given, issue = session.given, session.given.place.issue
    customer = {name.replace("_", " ").capitalize(): text for name, text in given.customer.items()}
    rows = {
        "Queue": session.place.name,
        "Issue": f"{issue.name} ({issue.code_name})" if issue else "",
        "External key": session.external_key,
        **customer,
        **{f"{code_name} (custom field)": text for code_name, text in session.custom.items()},
        "Priority": {1: "1 (high)", 2: "2 (medium)", 3: "3 (low)"}[given.priority],
        "Skills": ", ".join(given.skills),
        "Language": given.locale,
        "Started by": given.started_by,
        "Public site": given.portal,
        "Session id (lsid)": session.lsid,
    }
    return node("table", *(_row(name, text) for name, text in rows.items() if text), class_="fields received")


def _acts(session: Session, site: Site, sessions: Sessions) -> list[Node]:
    people = [(str(p.id), p.display_name) for p in site.representatives if p.id in sessions.logged_in]
    teams = [(str(team.id), team.name) for team in site.teams]
    return [
        node("h2", "Play the representative"),
        _form(session, "accept", _select("representative", people), "Accept")
        if people
        else node("p", "Nobody is logged in.", class_="soft"),
        _form(session, "transfer", _select("team", teams), "Transfer"),
        _form(session, "end", None, "End the session"),
        node("h2", "Play the customer"),
        _form(session, "leave", None, "Leave the chat"),
    ]


def _form(session: Session, act: str, choice: Node | None, label: str) -> Node:
    button = node("button", label, type="submit", class_="main" if act == "accept" else None)
    return node("form", choice, button, method="post", action=f"{_address(session)}/{act}")


def _select(name: str, options: Iterable[tuple[str, str]]) -> Node:
    made = [node("option", text, value=value) for value, text in options]
    return node("select", *made, name=name, aria_label=name.capitalize())


def _switch(id_: int, on: bool) -> Node:  # noqa: FBT001
    button = node("button", "Log out" if on else "Log in", type="submit")
    return node("form", "yes " if on else "no ", button, method="post", action=f"{OWN}/representatives/{id_}")


def _state(session: Session) -> str:
    if session.ended is not None:
        return f"Over since {_at(session.ended)}" + ("" if session.joined else "; nobody had taken it")
    if session.owner:
        return f"{session.owner.display_name} has it"
    return f"Waiting in the queue of {session.place.name}"


def _told(what: str, by: tuple[str, str], to: tuple[str, str] | None) -> str:
    return what + (f": {to[1]}" if to else "") + (f" (by {by[1]})" if by[0] != "system" else "")


def _teams_of(username: str, site: Site) -> str:
    return ", ".join(team.name for team in site.teams if username in team.members)


def _notes(notes: tuple[str, ...]) -> Node | None:
    return node("ul", *(node("li", _sentence(note)) for note in notes), class_="notes") if notes else None


def _sentence(text: str) -> str:
    first = text.partition(" ")[0]
    begun = text[:1].upper() + text[1:] if first.isalpha() else text  # a parameter's name stays as it is
    return begun if begun.endswith(".") else f"{begun}."


def _row(name: str, text: str) -> Node:
    return node("tr", node("th", name, scope="row"), node("td", text))


def _table(head: Iterable[str], rows: Iterable[Iterable[Node | str]]) -> Node:
    return node(
        "table",
        node("thead", node("tr", *(node("th", name, scope="col") for name in head))),
        node("tbody", *(node("tr", *(node("td", cell) for cell in row)) for row in rows)),
    )


def _address(session: Session) -> str:
    return f"{OWN}/sessions/{session.lsid}"


def _start(code_name: str) -> str:
    return f"/api/start_session?issue_menu=1&codeName={code_name}&c2cjs=1"


def _at(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%H:%M:%S UTC")


@cache
def _style() -> str:
    return (files("agent.appliance") / "page.css").read_text("utf-8")
