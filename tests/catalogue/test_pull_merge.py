"""What is new, renamed or gone, and every other byte of the file as people wrote it."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.catalogue.load import load_bytes
from agent.catalogue.pull.merge import Merged, merged
from agent.catalogue.pull.offered import Offer, Offered, clean_description, clean_name
from agent.catalogue.schema import Catalogue
from agent.errors import CatalogueError, InputError

TODAY = date(2026, 11, 25)
MARK = "# gone from the appliance since 2026-11-25"
HEAD = """\
# Kept: ümlauts and 😀
version: 1
target: {kind: session_key, host: support.example.com}   # kept
default_queue: "desk"
"""
TAIL = "\n# kept, too\nother_help:\n  - {label: IT, url: 'https://it.example.com'}\n"
DESK = '  - id: desk\n    name:  "Service Desk"  # c\n    beyondtrust: {issue: desk}\n'
PRINT = "  - id: print\n    name: 'Printers'\n    hours: {timezone: Europe/Berlin, open: {mon: \"08:00-09:00\"}}\n"
ADDRESS = "    beyondtrust: {issue: printers, team: 2}"
RECORD = '  # on the appliance: "Printers", team 2'
QUEUES = {
    "as written here": f"queues:\n{DESK}\n{PRINT}{ADDRESS}{RECORD}\n",
    "without empty lines": f"queues:\n{DESK}{PRINT}{ADDRESS}{RECORD}\n",
    "comments behind": f"queues:\n{DESK}{PRINT}{ADDRESS}{RECORD}\n    # belongs to it\n  # this, too\n\n  # not this\n",
    "wide": "queues:\n    -   id: desk\n        name: Service Desk\n        beyondtrust:\n          issue: desk\n"
    "    -   id: print\n        beyondtrust:   # c\n          issue: 'printers'\n"
    f'          team: "2" {RECORD}\n        name: Printers\n',
    "at the margin": "queues:\n- id: desk\n  name: Service Desk\n  beyondtrust: {issue: desk}\n- name: Printers\n"
    f"  beyondtrust: {{issue: printers, team: 2}}{RECORD}\n  id: print\n# of the next key\n",
    "a dash alone": "queues:\n  -\n    id: desk\n    name: Service Desk\n    beyondtrust: {issue: desk}\n"
    f"  - # c\n\n    # c\n    id: print\n    name: Printers\n{ADDRESS}{RECORD}\n",
    "a block at the end": f"queues:\n{DESK}{PRINT}{ADDRESS}{RECORD}\n    description: |+\n      # gone from the appliance\n\n      x\n\n\n",
    "a folded end": f"queues:\n{DESK}{PRINT}{ADDRESS}{RECORD}\n    description: >\n      paper\n      jams\n  # c\n",
    "nothing at the end": f"queues:\n{DESK}{PRINT}{ADDRESS}{RECORD}\n    examples:\n      - paper jam\n    description:\n",
    "braces": "queues:\n  - {id: desk, name: Service Desk, beyondtrust: {issue: desk}}\n"
    f"  - {{id: print, name: Printers, beyondtrust: {{issue: printers, team: 2}}}}{RECORD}\n",
    "anchors": f"queues: &all\n  - &d\n    id: desk\n    name: &n Service Desk\n    beyondtrust: {{issue: desk}}\n"
    f"  - !!map\n    id: print\n    name: Printers\n{ADDRESS}{RECORD}\n",
    "brackets": "queues: [\n    {id: desk, name: Service Desk, beyondtrust: {issue: desk}},\n"
    "    # c\n    {id: print, name: Printers, beyondtrust: {issue: printers, team: 2}},  # c\n  ]\n",
    "on one line": "queues: [{id: desk, name: Service Desk, beyondtrust: {issue: desk}}, "
    "{id: print, name: Printers, beyondtrust: {issue: printers, team: 2}}]\n",
}  # fmt: skip
FILES = {
    **{name: HEAD + queues + TAIL for name, queues in QUEUES.items()},
    **{f"{name}; the end": HEAD + queues.rstrip("\n") for name, queues in QUEUES.items()},
    **{f"{name}; CRLF": (HEAD + queues + TAIL).replace("\n", "\r\n") for name, queues in QUEUES.items()},
    "byte order mark": "\ufeff" + HEAD + QUEUES["as written here"] + TAIL,
    "other keys last": HEAD.replace("version: 1\n", "") + QUEUES["braces"] + "version: 1\n",
}
A_FILE = FILES["as written here"].encode()
desk = Offer("desk", "Service Desk", "desk", 1, ("issue:desk", "issue:1"))
printers = Offer("printers", "Printers", "printers", 2, ("issue:printers", "issue:2"))
vpn = Offer("vpn", 'Network: "VPN" # {no}', "vpn", 3, ("issue:vpn", "issue:3"), "Tunnels: all of them.")
team = Offer("team-7", "no", None, 7, ("team:7",))
every_file = pytest.mark.parametrize("content", [text.encode() for text in FILES.values()], ids=FILES)


def offered(*offers: Offer, issues_told: bool = True) -> Offered:
    by_key = {key: offer for offer in offers for key in offer.keys}
    return Offered(offers, by_key, issues_told=issues_told, notes=())


def merge(content: bytes, *offers: Offer) -> Merged:
    return merged(content, "queues.yaml", offered(*offers), TODAY)


def catalogue(content: bytes) -> Catalogue:
    return load_bytes(content, "queues.yaml").catalogue


def kinds(result: Merged) -> list[str]:
    return [news.kind for news in result.news]


def only_added(old: bytes, new: bytes) -> bool:
    """Whether every byte of the old file stands in the new one, in the same order."""
    rest = iter(new)
    return all(byte in rest for byte in old)


@every_file
def test_nothing_changes_nothing(content: bytes) -> None:
    assert merge(content, desk, printers) == (content, ())


@every_file
def test_what_is_new_stands_at_the_end(content: bytes) -> None:
    result = merge(content, desk, vpn, printers, team)
    before, after = catalogue(content), catalogue(result.content)
    assert after.queues[:2] == before.queues
    first, second = after.queues[2:]
    assert (first.id, first.name, first.description) == ("vpn", vpn.name, vpn.description)
    assert (second.id, second.name, second.description) == ("team-7", "no", "")
    assert [queue.beyondtrust and queue.beyondtrust.model_dump(include={"issue", "team"}) for queue in (first, second)] == [
        {"issue": "vpn", "team": 3}, {"issue": None, "team": 7}]  # fmt: skip
    assert only_added(content, result.content)
    assert (b"\r\n" in content) == (b"\r\n" in result.content)
    assert result.content.count(b"\r") in (0, result.content.count(b"\n"))
    assert kinds(result) == ["new", "new"]
    assert merge(result.content, desk, vpn, printers, team) == (result.content, ())


@every_file
def test_what_is_gone_is_marked_once_until_it_comes_back(content: bytes) -> None:
    result = merge(content, desk)
    assert catalogue(result.content).queues == catalogue(content).queues
    if b"}, {id: print" in content:
        assert result.content == content
        assert "cannot be marked" in result.news[0].text
        return
    assert kinds(result) == ["gone"]
    lines = result.content.decode().splitlines()
    (at,) = [n for n, line in enumerate(lines) if line.strip() == MARK]
    assert lines[:at] + lines[at + 1 :] == content.decode().splitlines()
    assert len(lines[at]) - len(MARK) == len(lines[at + 1]) - len(lines[at + 1].lstrip())
    later = merged(result.content, "queues.yaml", offered(desk), date(2027, 1, 1))
    assert (later.content, kinds(later)) == (result.content, ["note"])
    back = merge(result.content, desk, printers)
    assert (back.content, kinds(back)) == (content, ["back"])


@every_file
def test_a_name_that_was_pulled_follows(content: bytes) -> None:
    renamed = printers._replace(name="Druck, 'Scan' & Co.", team=9)
    result = merge(content, desk, renamed)
    if RECORD.encode() not in content:
        assert result == (content, ())
        return
    assert kinds(result) == ["renamed", "renamed"]
    before, after = catalogue(content).queues, catalogue(result.content).queues
    assert after[0] == before[0]
    assert after[1].name == renamed.name
    assert after[1].beyondtrust
    assert after[1].beyondtrust.team == 9
    assert after[1].hours == before[1].hours
    assert merge(result.content, desk, renamed) == (result.content, ())
    back = merge(result.content, desk, printers).content
    assert back.translate(None, b"\"'") == content.translate(None, b"\"'")


def test_an_issues_team_is_named_and_the_name_moves_with_the_number() -> None:
    scanners = vpn._replace(team_name="Nets, and: more")
    pulled = merge(A_FILE, desk, printers, scanners).content
    address = catalogue(pulled).queues[-1].beyondtrust
    assert address
    assert (address.team, address.team_name) == (3, "Nets, and: more")
    moved = scanners._replace(team=4, team_name="Other's")
    address = catalogue(merge(pulled, desk, printers, moved).content).queues[-1].beyondtrust
    assert address
    assert (address.team, address.team_name) == (4, "Other's")
    kept = merge(pulled.replace(b"team: 3", b"team: 5"), desk, printers, moved).content
    address = catalogue(kept).queues[-1].beyondtrust
    assert address
    assert (address.team, address.team_name) == (5, "Nets, and: more")  # where people wrote another team


def test_a_name_of_ones_own_stays() -> None:
    content = A_FILE.replace(b"name: 'Printers'", b"name: 'Paper & Toner'").replace(b"team: 2}", b"team: 3}")
    result = merge(content, desk, printers._replace(name="Print", team=4))
    assert result.content == content.replace(RECORD.encode(), b'  # on the appliance: "Print", team 4')
    assert ["stays" in news.text for news in result.news] == [True, True]


def test_a_name_in_a_block_stays() -> None:
    content = A_FILE.replace(b"name: 'Printers'", b"name: >-  # c\n      Printers")
    result = merge(content, desk, printers._replace(name="Print"))
    assert result.content == content.replace(b'"Printers"', b'"Print"')


@pytest.mark.parametrize("record", ['# on the appliance: "a\\q", team 2', "# on the appliance: Printers"])
def test_a_comment_that_cannot_be_read_records_nothing(record: str) -> None:
    content = A_FILE.replace(RECORD.strip().encode(), record.encode())
    assert merge(content, desk, printers._replace(name="Print")) == (content, ())


def test_what_is_commented_out_stays_out() -> None:
    content = merge(A_FILE, desk, printers, vpn, team).content
    start = content.index(b"  - id: vpn")
    head, tail = content[:start], content[content.index(b"\n\n# kept, too") :]
    out = b"".join(
        b"#" + line for line in content[start : len(content) - len(tail)].splitlines(keepends=True)
    )
    content = head + out + tail
    assert len(catalogue(content).queues) == 2
    result = merge(content, desk, printers, vpn, team)
    assert result.content == content
    assert [*result.news] == [("note", f"{each.name}: stays out, as a comment") for each in (vpn, team)]


@pytest.mark.parametrize("comment", ["# beyondtrust: {[a]: b}", "# beyondtrust: {issue: [vpn]}", "# beyondtrust: {issue}"])  # fmt: skip
def test_other_comments_say_nothing(comment: str) -> None:
    content = A_FILE + comment.encode()
    assert kinds(merge(content, desk, printers, vpn)) == ["new"]


def test_ids_that_people_chose() -> None:
    content = A_FILE.replace(b"id: print", b"id: vpn")
    result = merge(content, desk, printers, vpn)
    assert [queue.id for queue in catalogue(result.content).queues] == ["desk", "vpn", "vpn-2"]


def test_numbers_are_addresses_too() -> None:
    content = A_FILE.replace(b"{issue: printers, team: 2}", b'{issue: "02", team: 2}')
    assert merge(content, desk, printers) == (content, ())


def test_a_default_queue_that_is_gone_is_said() -> None:
    (news,) = merge(A_FILE, printers).news
    assert news == (
        "gone",
        "Service Desk (desk): the appliance has it no more; it is the default_queue: choose another",
    )


def test_what_is_not_told_is_not_gone() -> None:
    result = merged(A_FILE, "queues.yaml", offered(desk, issues_told=False), TODAY)
    assert (result.content, kinds(result)) == (A_FILE, ["note"])
    by_team = A_FILE.replace(b"issue: printers, ", b"")
    assert kinds(merged(by_team, "queues.yaml", offered(desk, issues_told=False), TODAY)) == ["gone"]


def test_a_file_with_mistakes() -> None:
    with pytest.raises(CatalogueError, match=r"queues\.yaml:4"):
        merge(A_FILE.replace(b'"desk"', b'"nobody"'), desk)


def test_what_would_break_the_file_is_not_written() -> None:
    content = A_FILE.replace(b"example.com}", b"example.com, on_failure: portal_link}")
    with pytest.raises(InputError, match="written in a way"):
        merge(content, desk, printers, team)  # no portal link leads to a team


@example(["no", "0123", "}", "|"], "braces")
@example(["\u202egnp.exe", "\x1b[2J", '"', "# on the appliance: \\"], "as written here")
@example([": x", "- y", "a #b", "&c *d !e %f @g `h", "x" * 101], "at the margin")
@given(st.lists(st.text(max_size=120), min_size=1, max_size=4), st.sampled_from(sorted(FILES)))
def test_any_names(names: list[str], style: str) -> None:
    content = FILES[style].encode()
    new = [
        Offer(f"n{n}", clean_name(name, "?"), f"n{n}", 5, (f"issue:n{n}",), clean_description(name))
        for n, name in enumerate(names)
    ]
    result = merge(content, desk, printers, *new)
    found = catalogue(result.content).queues[2:]
    assert [queue.name for queue in found] == [offer.name for offer in new]
    assert [queue.description for queue in found] == [offer.description for offer in new]
    renamed = [offer._replace(name=offer.name[::-1].strip()) for offer in new]
    again = merge(result.content, desk, printers, *renamed)
    after = catalogue(again.content).queues[2:]
    expected = new if "brackets" in style or "on one line" in style else renamed
    assert [queue.name for queue in after] == [offer.name for offer in expected]
