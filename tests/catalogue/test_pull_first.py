"""The first file, and which queue takes what no other does."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.catalogue.advice import advice
from agent.catalogue.beyondtrust import PortalLinkSettings, SessionKeySettings
from agent.catalogue.load import load_bytes
from agent.catalogue.pull.first import first_catalogue, likely_default
from agent.catalogue.pull.offered import Offer, as_queues, clean_name

PORTAL = PortalLinkSettings(kind="portal_link", host="support.example.com")


def offer(code: str, name: str, description: str = "") -> Offer:
    return Offer(code, name, code, 1, (f"issue:{code}",), description)


def test_the_whole_file() -> None:
    queues = as_queues([offer("desk", "Service Desk"), offer("db", "DB: all", "SQL and all that, too.")])
    content = first_catalogue(SessionKeySettings(kind="session_key", host="localhost:8443"), "desk", queues)
    text = content.decode()
    head, entries = text.split("\nqueues:\n")
    assert 'target:\n  kind: session_key\n  host: "localhost:8443"\n' in head
    assert "\ndefault_queue: desk\n" in head
    assert "https://localhost:8443 has them" in head
    assert entries == (
        "  - id: desk\n"
        "    name: Service Desk\n"
        '    description: ""  # to be written: what people need help with, in their words\n'
        '    beyondtrust: {issue: desk, team: 1}  # on the appliance: "Service Desk", team 1\n'
        "\n"
        "  - id: db\n"
        '    name: "DB: all"\n'
        '    description: "SQL and all that, too."\n'
        '    beyondtrust: {issue: db, team: 1}  # on the appliance: "DB: all", team 1\n'
    )
    loaded = load_bytes(content, "queues.yaml")
    assert list(loaded.catalogue.queues) == queues
    assert [warning.text for warning in advice(*loaded)] == [
        '"Service Desk" has no description: only its name says what belongs there'
    ]


@pytest.mark.parametrize("out", ["# calendars:", "#   office:", "# other_help:", "#   - {label"])
def test_what_is_commented_out_can_be_used(out: str) -> None:
    text = first_catalogue(PORTAL, "a", as_queues([offer("a", "A")])).decode()
    assert text.count(f"\n{out}") == 1
    for line in ("# calendars:", "#   office:", "# other_help:", "#   - {label"):
        text = text.replace(line, line.replace("# ", "", 1))
    assert load_bytes(text.encode(), "queues.yaml").catalogue.calendars


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Database", "IT Service Desk", "Other"], 1),
        (["General", "Help-Desk"], 1),
        (["Database", "Something else"], 1),
        (["Printers", "Sonstiges"], 1),
        (["Allgemeine Fragen", "Drucker"], 0),
        (["Database", "General questions"], 1),
        (["Other databases", "Generator failures", "Desk phones"], None),
        ([], None),
    ],
)
def test_the_likely_default(names: list[str], expected: int | None) -> None:
    queues = as_queues(offer(f"n{n}", name) for n, name in enumerate(names))
    assert likely_default(queues) == (None if expected is None else queues[expected])


def test_a_code_name_tells_it_too() -> None:
    queues = as_queues([offer("db", "Database"), offer("it_service_desk", "Not listed")])
    assert likely_default(queues) == queues[1]


def test_ids_stand_once() -> None:
    offers = [offer("a", "A"), offer("a-2", "B"), offer("a", "C"), offer("a", "D")]
    assert [queue.id for queue in as_queues(offers)] == ["a", "a-2", "a-3", "a-4"]
    assert [queue.id for queue in as_queues(offers[:1], ["a", "a-2"])] == ["a-3"]


@example(["no", "0123", "}", "|", "\u202ex", "\x1b]0;t\x07", "~", "null", "2026-12-24", "{queue_id}"])
@given(st.lists(st.text(max_size=150), min_size=1, max_size=8))
def test_any_names(names: list[str]) -> None:
    cleaned = [clean_name(name, "Issue 1") for name in names]
    queues = as_queues(offer(f"n{n}", name) for n, name in enumerate(cleaned))
    loaded = load_bytes(first_catalogue(PORTAL, "n0", queues), "queues.yaml").catalogue
    assert [queue.name for queue in loaded.queues] == cleaned
    for name, clean in zip(names, cleaned, strict=True):
        if name.isprintable() and name.split() == name.split(" ") and 0 < len(name) <= 100:
            assert clean == name
