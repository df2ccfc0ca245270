"""The BeyondTrust targets in the catalogue: what is taken, and every mistake on its line."""

from pathlib import Path

import pytest

from agent.catalogue.beyondtrust import PortalLinkSettings, SessionKeySettings
from agent.catalogue.load import load

from .texts import GOOD, line_of, mistakes, write

KEY = """\
  kind: session_key
  host: Support.Example.com:443
  ttl: 900
  correlation: custom:handoff_id
  fields:
    external_key: attribute:ticket
    chat_summary: summary
    source: "text:the bot"
  on_failure: portal_link
  send_summary: true
"""
LINK = """\
  kind: portal_link
  host: support.example.com
  company: "text:Acme"
  fields: {who: email}
"""
ADDRESS = "    beyondtrust: {issue: general}\n"


def with_target(target: str) -> str:
    """The good catalogue with another target, and an issue for every queue."""
    start, end = GOOD.index("  kind:"), GOOD.index("default_queue:")
    text = GOOD[:start] + target + GOOD[end:]
    text = text.replace("    name: Service Desk\n", "    name: Service Desk\n" + ADDRESS)
    return text.replace("    name: Payroll\n", "    name: Payroll\n" + ADDRESS)


def test_a_session_key(tmp_path: Path) -> None:
    target = load(write(tmp_path, with_target(KEY))).target
    assert target == SessionKeySettings(
        kind="session_key",
        host="support.example.com",
        ttl=900,
        correlation="custom:handoff_id",
        fields={
            "external_key": "attribute:ticket",
            "chat_summary": "summary",
            "source": "text:the bot",
        },
        on_failure="portal_link",
        send_summary=True,
    )
    assert target.correlation == "handoff_id"
    assert target.address == "https://support.example.com"


def test_a_portal_link(tmp_path: Path) -> None:
    text = with_target(LINK).replace(
        "{issue: db_support, team: 12}", "{issue: 17, host: help.example.com:8443}"
    )
    catalogue = load(write(tmp_path, text))
    assert isinstance(catalogue.target, PortalLinkSettings)
    address = catalogue.by_id["0123"].beyondtrust
    assert address
    assert (address.issue, address.issue_code, address.host) == ("17", None, "help.example.com:8443")


def test_little_is_enough(tmp_path: Path) -> None:
    target = load(write(tmp_path, with_target("  kind: session_key\n  host: support.example.com\n"))).target
    assert isinstance(target, SessionKeySettings)
    assert (target.ttl, target.correlation, target.fields) == (600, "external_key", {})
    assert (target.on_failure, target.availability) == (None, None)


@pytest.mark.parametrize("target", [KEY, LINK])
def test_availability(target: str, tmp_path: Path) -> None:
    found = load(write(tmp_path, with_target(target + '  availability: "60"\n'))).target
    assert isinstance(found, SessionKeySettings | PortalLinkSettings)
    assert found.availability == 60


def test_a_team_is_enough_for_a_key(tmp_path: Path) -> None:
    text = with_target("  kind: session_key\n  host: support.example.com\n")
    load(write(tmp_path, text.replace("issue: general", "issue: 17, team: 3")))
    load(write(tmp_path, text.replace("issue: general", "team: 3")))


MISTAKES = [
    # target, old, new, where, what
    (
        KEY,
        "host: Support",
        "host: https://Support",
        "host: https",
        "write the name alone, without https:// and path",
    ),
    (
        KEY,
        "Support.Example.com:443",
        "support.example.com/x",
        "host: s",
        '"support.example.com/x" is no host',
    ),
    (KEY, "Support.Example.com:443", '"{queue_id}.example.com"', 'host: "{', "a placeholder may not stand"),
    (KEY, "Support.Example.com:443", "user@example.com", "host: u", "user name or password"),
    (KEY, "  host: Support.Example.com:443\n", "", "target", '"target" needs the key "host"'),
    (KEY, "ttl: 900", "ttl: 59", "ttl: 59", '"ttl" must be a whole number from 60 on, not "59"'),
    (KEY, "ttl: 900", "ttl: 1 h", "ttl: 1 h", '"ttl" must be a whole number, not "1 h"'),
    (KEY, "ttl: 900", "ttl: 86400", "ttl: 86400", '"ttl" must be a whole number up to 3600, not "86400"'),
    (KEY, "ttl: 900", "availability: 9", "avail", '"availability" must be a whole number from 10 on'),
    (KEY, "ttl: 900", "availability: 1 min", "avail", '"availability" must be a whole number, not "1 min"'),
    (LINK, "company:", "availability: 3601 #", "avail", "must be a whole number up to 3600"),
    (KEY, "custom:handoff_id", "handoff_id", "correlation: h", "write external_key, or custom:CODE"),
    (KEY, "custom:handoff_id", "custom:a b", "correlation: c", '"a b" is no code name'),
    (
        KEY,
        "custom:handoff_id",
        "custom:chat_summary",
        "target",
        "write correlation: custom:CODE with a field of its own",
    ),
    (KEY, "custom:handoff_id", "external_key", "target", "the field external_key would carry both"),
    (KEY, "chat_summary: summary", "chat summary: summary", "chat summary", '"chat summary" is no code name'),
    (KEY, "chat_summary: summary", f"{'x' * 65}: summary", "xxx", "too long (65 characters): at most 64"),
    (
        KEY,
        ": attribute:ticket",
        ": ticket",
        "external_key: ticket",
        '"ticket" is nothing that can be sent: write name',
    ),
    (KEY, ": attribute:ticket", ': "attribute:"', "external_key: ", "is nothing that can be sent"),
    (KEY, "portal_link", "give_up", "on_failure", '"on_failure" must be "portal_link", not "give_up"'),
    (
        KEY,
        "send_summary: true",
        "send_summary: maybe",
        "send_summary",
        '"send_summary" must be true or false',
    ),
    (KEY, "  on_failure: portal_link\n", "", "target", "send_summary is for the link of on_failure"),
    (
        KEY,
        "chat_summary: summary",
        "chat_summary: name",
        "target",
        "send_summary is for the link of on_failure",
    ),
    (KEY, "ttl: 900", "url: x", "url: x", 'unknown key "url" in "target": The keys are host, correlation'),
    (LINK, "company:", "compny:", "compny", 'unknown key "compny" in "target": did you mean "company"?'),
    (LINK, "{who: email}", "{who: summary}", "target", "say send_summary: true if you want that"),
    (LINK, "{who: email}", "[who]", "fields", '"fields" must be keys with values'),
    (LINK, "{who: email}", "{" + ", ".join(f"f{n}: name" for n in range(30)) + "}", "fields", "at most 29"),
]


@pytest.mark.parametrize(("target", "old", "new", "where", "what"), MISTAKES)
def test_a_mistake(target: str, old: str, new: str, where: str, what: str, tmp_path: Path) -> None:
    text = with_target(target)
    assert old in text
    text = text.replace(old, new, 1)
    found = mistakes(tmp_path, text)
    assert any(line == line_of(text, where) and what in said for line, said in found), found
    assert len(found) == 1


ADDRESSES = [
    (
        LINK,
        "{issue: db_support, team: 12}",
        "{team: 12}",
        '"Databases" has no issue, and a portal link needs one',
    ),
    (LINK, ADDRESS, "", '"Service Desk" has no issue, and a portal link needs one: write beyondtrust'),
    (
        KEY,
        "{issue: db_support, team: 12}",
        "{team: 12}",
        '"Databases" needs an issue\'s code name, which key and',
    ),
    (
        KEY,
        "{issue: db_support, team: 12}",
        "{issue: 17}",
        '"Databases" needs an issue\'s code name, which key and',
    ),
    (
        KEY.replace("  on_failure: portal_link\n  send_summary: true\n", ""),
        "{issue: db_support, team: 12}",
        "{issue: 17}",
        "has only an issue's number, and a session key needs its code name",
    ),
    (
        KEY.replace("  on_failure: portal_link\n  send_summary: true\n", ""),
        "{issue: db_support, team: 12}",
        "{skills: [sql]}",
        '"Databases" has neither issue nor team, and a session key needs one',
    ),
    (LINK, "issue: db_support", "issue: 9999999999", "numbers of issues are smaller than 2,147,483,648"),
    (
        LINK,
        "issue: db_support",
        "issue: db_support, priority: 4",
        '"priority" must be "1", "2" or "3", not "4"',
    ),
    (LINK, "issue: db_support", "issue: db_support, skills: [a b]", '"a b" is no code name'),
    (LINK, "issue: db_support", "issue: db_support, host: https://x", "write the name alone"),
]


@pytest.mark.parametrize(("target", "old", "new", "what"), ADDRESSES)
def test_a_queue_that_cannot_be_reached(target: str, old: str, new: str, what: str, tmp_path: Path) -> None:
    text = with_target(target)
    assert old in text
    text = text.replace(old, new, 1)
    ((line, said),) = mistakes(tmp_path, text)
    assert what in said
    place = "    beyondtrust" if new else "  - id: desk"
    assert line in (line_of(text, place), line_of(text, new or place))
