"""Every mistake in a catalogue is told, on its line, with what would be right."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.catalogue.load import load
from agent.errors import CatalogueError, Mistake

from .texts import GOOD, line_of, mistakes, write

SCHEMA = [
    # old, new, where the mistake is, what is said
    ("version: 1", "version: 2", "version: 2", '"version" must be "1", not "2"'),
    ("    name: Payroll", "    nam: Payroll", "nam:", 'unknown key "nam" in queue 3: did you mean "name"?'),
    ("    name: Payroll\n", "", "- id: payroll", 'queue 3 needs the key "name"'),
    ("default_queue: desk\n", "", "version", 'the catalogue needs the key "default_queue"'),
    ("default_queue: desk", "default_queue: desk\nhash: abc", "hash", 'unknown key "hash" in the catalogue'),
    ("not_for: reports", "not_for: [reports]", "not_for", '"not_for" must be text, not a list'),
    ("not_for: reports", "not_for: {reports: x}", "not_for", '"not_for" must be text, not keys with values'),
    (
        '["my query hangs", no]',
        "none",
        "examples",
        '"examples" must be a list, such as [one, two], not "none"',
    ),
    ('["my query hangs", no]', "[a, [b]]", "examples", 'item 2 of "examples" must be text, not a list'),
    ('["my query hangs", no]', "", "examples", '"examples" is empty'),
    ("    name: Payroll", '    name: "  "', 'name: "  "', '"name" is empty'),
    ("name: Payroll", "name: " + "x" * 101, "name: xxx", "too long (101 characters): at most 100"),
    ("id: payroll", "id: " + "x" * 201, "id: xxx", "too long (201 characters): at most 200"),
    ("id: payroll", "id: " + "ü" * 101, "id: ü", "at most 200 bytes"),
    ("id: payroll", 'id: ".."', 'id: ".."', '".." is no id'),
    ("reports", "x" * 5001, "not_for", "at most 5,000"),
    ("name: Payroll", r'name: "Pay\eroll"', r'"Pay\eroll"', r"control character ('\x1b')"),
    ("name: Payroll", r'name: "Pay\u202eroll"', r'"Pay\u202eroll"', r"control character ('\u202e')"),
    ("not_for: reports", r'not_for: "a\0"', "not_for", "control character"),
    ("languages: [en, no", "languages: [english, de_DE", "languages", '"english" is no language code'),
    ("      region: [EU]", "      region: EU", "      region: EU", '"region" must be a list'),
    ("      region: [EU]", "      region: []", "      region: []", '"region" is empty'),
    ("team: 12", "team: twelve", "beyondtrust", '"team" must be a whole number, not "twelve"'),
    ("team: 12", "team: 0", "beyondtrust", '"team" must be a whole number from 1 on, not "0"'),
    ("issue: db_support", "issue: db support", "beyondtrust", '"db support" is no code name'),
    ("{issue: db_support, team: 12}", "db", "beyondtrust: db", '"beyondtrust" must be keys with values'),
    (
        "team: 12",
        "taem: 12",
        "beyondtrust",
        'did you mean "team"? The keys are issue, team, host, skills, priority',
    ),
    ("  - label: Portal", "  - lable: Portal", "lable", 'in link 1 of other_help: did you mean "label"?'),
    ("  label: Ticket\n", "", "after_hours", '"after_hours" needs the key "label"'),
    (
        "kind: url_template",
        "kind: portal",
        "kind",
        '"kind" must be "url_template", "portal_link" or "session_key", not "portal"',
    ),
]

HOURS = [
    ("Europe/Berlin", "Europe/Berln", "timezone: E", 'unknown time zone "Europe/Berln": write an IANA name'),
    ("Europe/Berlin", "Europe", "timezone: E", "unknown time zone"),
    ("Europe/Berlin", "../../etc/passwd", "timezone: .", "unknown time zone"),
    ("mon-fri:", "mon-fry:", "mon-fry:", '"mon-fry" is no day'),
    ("mon-fri:", "Monday:", "Monday:", '"Monday" is no day'),
    ("mon-fri:", "mon-:", "mon-:", '"mon-" is no day'),
    ("2026-12-24:", "2026-02-30:", "2026-02-30", 'there is no date "2026-02-30"'),
    ("2026-12-24:", "24.12.2026:", "24.12.2026", "year-month-day"),
    ("[2026-12-25]", "[2026-13-01]", "closed", 'there is no date "2026-13-01"'),
    ("[2026-12-25]", "[christmas]", "closed", "such as 2026-12-25"),
    ("[2026-12-25]", "[2026-12-24]", "  office:", "2026-12-24 is both open and closed"),
    ("2026-12-24:", "fri:", "  office:", '"mon-fri" and "fri" both set the hours of the same day'),
    ('"08:00-18:00"', '"8-18"', "mon-fri", '"8-18" is no span of hours: write "08:00-18:00"'),
    ('"08:00-18:00"', '"08:00-25:00"', "mon-fri", "a time that does not exist"),
    ('"08:00-18:00"', '"08:60-18:00"', "mon-fri", "a time that does not exist"),
    ('"08:00-18:00"', '"24:00-06:00"', "mon-fri", "a time that does not exist"),
    ('"08:00-18:00"', '"08:00-08:00"', "mon-fri", 'write "00:00-24:00" for the whole day'),
    ('"08:00-18:00"', '"08:00-12:00, 11:00-18:00"', "mon-fri", "overlap"),
    ('"08:00-18:00"', "closed", "mon-fri", "leave a day that is closed out"),
    ('{fri-mon: "22:00-06:00"}', "{}", "      open: {}", '"open" is empty'),
]

CROSS = [
    ("id: payroll", "id: desk", "id: desk\n    name: Payroll", 'the id "desk" stands on line 20 already'),
    ("default_queue: desk", "default_queue: nobody", "default_queue", 'no queue with the id "nobody"'),
    ("default_queue: desk", "default_queue: Service Desk", "default_queue", "write its id, desk"),
    ("default_queue: desk", "default_queue: payroll", "    hours", 'the default queue "Payroll" has hours'),
    ("default_queue: desk", "default_queue: payroll", "    only_for: {", "take only_for away"),
    ("default_queue: desk", 'default_queue: "0123"', "    calendar", "take calendar away"),
    (
        "calendar: office",
        "calendar: ofice",
        "calendar: o",
        'unknown calendar "ofice": use one of calendars (office)',
    ),
    ("    hours:", "    calendar: office\n    hours:", "    hours:", "both calendar and hours: keep one"),
    ("fallback: desk", "fallback: nobody", "fallback: n", 'fallback: there is no queue with the id "nobody"'),
    (
        "fallback: desk\n",
        "fallback: payroll\n    owner: x\n",
        "fallback: payroll\n    owner: x",
        "circular fallback: ",
    ),
    ("fallback: desk", 'fallback: "0123"', "fallback: p", '"Databases" → "Payroll" → "Databases"'),
    ("fallback: desk", 'fallback: "0123"', 'fallback: "0', 'some who see "Payroll" may not see its fallback'),
    ("      region: [EU]", "      team: [A]", "fallback: p", 'may not see its fallback "Payroll"'),
    ("      region: [EU]", "      region: [EU, US]", "fallback: p", 'may not see its fallback "Payroll"'),
    (
        "version: 1",
        "version: 1\nversion: 2",
        "version: 2",
        'the key "version" stands here twice (first on line 1)',
    ),
]


@pytest.mark.parametrize(("old", "new", "where", "text"), [*SCHEMA, *HOURS, *CROSS])
def test_a_mistake_has_its_line_and_plain_words(
    tmp_path: Path, old: str, new: str, where: str, text: str
) -> None:
    assert old in GOOD
    content = GOOD.replace(old, new, 1)
    found = mistakes(tmp_path, content)
    assert (line_of(content, where), text) in [(line, text if text in told else told) for line, told in found]


@pytest.mark.parametrize(("old", "new"), [(old, new) for old, new, *_ in HOURS])
def test_a_mistake_in_hours_is_told_once(tmp_path: Path, old: str, new: str) -> None:
    assert len(mistakes(tmp_path, GOOD.replace(old, new, 1))) == 1


def test_one_value_instead_of_a_list_has_no_second_mistake_in_its_train(tmp_path: Path) -> None:
    assert len(mistakes(tmp_path, GOOD.replace("      region: [EU]", "      region: EU"))) == 1


def test_all_mistakes_come_together_in_the_order_of_the_file(tmp_path: Path) -> None:
    content = (
        GOOD.replace("default_queue: desk", "default_queue: nobody")
        .replace("Europe/Berlin", "Mars/Base")
        .replace("not_for: reports", "notfor: reports\n    not_for: a\n    not_for: b")
        .replace("fallback: desk", "fallback: payroll")
        .replace("    name: Payroll\n", "")
    )
    found = mistakes(tmp_path, content)
    assert [line for line, _ in found] == [
        line_of(content, part)
        for part in ("default_queue", "timezone: M", "notfor", "not_for: b", "- id: payroll")
    ] + [content[: content.rindex("fallback")].count("\n") + 1]


def test_queues_of_a_wrong_kind_hide_no_other_mistake(tmp_path: Path) -> None:
    content = GOOD[: GOOD.index("queues:")] + "queues: none\nextra: 1\n"
    assert [text.split(":")[0] for _, text in mistakes(tmp_path, content)] == [
        "default_queue",
        '"queues" must be a list, such as [one, two], not "none"',
        'unknown key "extra" in the catalogue',
    ]


def test_no_queues_at_all(tmp_path: Path) -> None:
    content = GOOD[: GOOD.index("queues:")].replace("default_queue: desk\n", "") + "queues: []\n"
    assert any(text.startswith('"queues" is empty') for _, text in mistakes(tmp_path, content))


def test_an_unknown_kind_of_target_is_one_mistake(tmp_path: Path) -> None:
    content = GOOD.replace("kind: url_template\n  url:", "kind: teleport\n  flux: 1\n  where:")
    assert len(mistakes(tmp_path, content)) == 1


def test_what_the_file_says_cannot_forge_lines_or_reach_the_terminal(tmp_path: Path) -> None:
    content = GOOD.replace("    not_for:", r'    "\e[2J\nqueues.yaml:1: fine":')
    ((_, text),) = mistakes(tmp_path, content)
    assert r"\x1b[2J\nqueues.yaml:1: fine" in text
    assert text.isprintable()


SNIPPETS = st.one_of(
    st.sampled_from(
        [
            "",
            "[",
            "]",
            "{",
            "}",
            ":",
            ": ",
            "- ",
            "\n",
            "\n  ",
            "&a ",
            "*a",
            "!!int ",
            "? ",
            "'",
            '"',
            "|\n",
            "\x85",
        ]
    ),
    st.text(st.characters(codec="utf-8"), max_size=5),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    edits=st.lists(st.tuples(st.integers(0, len(GOOD)), st.integers(0, 30), SNIPPETS), min_size=1, max_size=4)
)
def test_whatever_is_done_to_a_file_it_loads_or_gets_mistakes_on_its_lines(
    tmp_path: Path, edits: list[tuple[int, int, str]]
) -> None:
    content = GOOD
    for start, length, text in edits:
        content = content[:start] + text + content[start + length :]
    found: tuple[Mistake, ...] | None = None
    try:
        load(write(tmp_path, content))
    except CatalogueError as error:
        found = error.mistakes
    if found is not None:
        last = len(re.split("\r\n|[\r\n\x85\u2028\u2029]", content)) + 1
        assert found
        assert all(1 <= mistake.line <= last and mistake.text.isprintable() for mistake in found)


def test_a_long_circle_is_told_once_and_short(tmp_path: Path) -> None:
    ring = "".join(
        f"  - {{id: r{n}, name: R{n}, description: d, fallback: r{(n + 1) % 2000}}}\n" for n in range(2000)
    )
    ((_, text),) = mistakes(tmp_path, GOOD + ring)
    assert text.startswith('circular fallback: "R0" → "R1" → "R2" → "R3" → … → "R0"')


def test_everything_that_is_wrong_with_a_url_is_said(tmp_path: Path) -> None:
    text = GOOD.replace(
        "https://chat.example.com/start?q={queue_id}&text={summary}", "http://{name}.acme.com/{foo}"
    )
    ((_, mistake),) = mistakes(tmp_path, text)
    for part in (
        "unknown placeholder {foo}",
        'start with "https://"',
        "in host or port",
        "has no {queue_id}",
    ):
        assert part in mistake
