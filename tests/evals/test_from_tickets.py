"""A ticket export as cases: columns, delimiters, queues by name, and every row that makes none."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.catalogue.schema import Catalogue
from agent.catalogue.view import Views
from agent.errors import CaseFileError, InputError, Mistake
from agent.language.clean import clean
from evals.case import Case
from evals.case_file import check_cases
from evals.growing.from_tickets import LONGEST, read_tickets
from tests.support import small

HEAD = "number,text,queue\n"


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return small.catalogue(tmp_path)


def tickets(catalogue: Catalogue, folder: Path, content: str | bytes, **more: Any) -> list[Case]:
    path = folder / "tickets.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_tickets(path, catalogue, **{"text": "text", "queue": "queue", **more}).cases


def mistakes(catalogue: Catalogue, folder: Path, content: str | bytes, **more: Any) -> list[Mistake]:
    with pytest.raises(CaseFileError) as caught:
        tickets(catalogue, folder, content, **more)
    return list(caught.value.mistakes)


def test_a_row_is_a_case(catalogue: Catalogue, tmp_path: Path) -> None:
    rows = HEAD + '1,"It is slow,\nvery slow",Database Support\n2,Broken screen,laptop\n'
    first, second = tickets(catalogue, tmp_path, rows, tags=("t",))
    assert (first.id, first.opening) == ("tickets-3", "It is slow,\nvery slow")
    assert (first.expect.outcome, first.expect.queue) == ("handoff", (small.DATABASE,))
    assert (second.id, second.expect.queue, second.tags) == ("tickets-4", (small.LAPTOP,), ("t", "imported"))


def test_what_comes_out_is_a_case_file(catalogue: Catalogue, tmp_path: Path) -> None:
    found = tickets(catalogue, tmp_path, HEAD + "1,It is slow,db\n2,Broken,laptop\n")
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(case.model_dump_json() for case in found))
    assert list(check_cases([path], Views(catalogue))) == found


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiters(catalogue: Catalogue, tmp_path: Path, mark: str) -> None:
    rows = (HEAD + '1,"a, b; c\td | e",db\n').replace("text,queue", f"text{mark}queue")
    rows = rows.replace("number,", f"number{mark}").replace("1,", f"1{mark}").replace(",db", f"{mark}db")
    assert [case.opening for case in tickets(catalogue, tmp_path, rows)] == ["a, b; c\td | e"]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_byte_order_mark_and_line_ends(catalogue: Catalogue, tmp_path: Path, ends: str) -> None:
    rows = "\ufefftext,queue\nit is slow,db\n".replace("\n", ends)
    assert [case.opening for case in tickets(catalogue, tmp_path, rows)] == ["it is slow"]


def test_queues_by_id_by_name_and_as_they_are_mapped(catalogue: Catalogue, tmp_path: Path) -> None:
    rows = HEAD + "1,a,DB\n2,b, database support \n3,c,Oracle Team\n4,d,oracle team\n"
    found = tickets(catalogue, tmp_path, rows, names={"Oracle Team": "Database Support"})
    assert [case.expect.queue for case in found] == [(small.DATABASE,)] * 4


def test_a_map_to_nothing(catalogue: Catalogue, tmp_path: Path) -> None:
    with pytest.raises(InputError, match='--map "x=nope": the catalogue has no queue "nope"'):
        tickets(catalogue, tmp_path, HEAD, names={"x": "nope"})


def test_unknown_queues_are_told_once_each_the_most_frequent_first(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    rows = HEAD + "1,a,Facilities\n2,b,HR\n3,c,HR\n4,d,db\n"
    assert [mistake.text for mistake in mistakes(catalogue, tmp_path, rows)] == [
        'the catalogue has no queue "HR" (2 rows): give --map "HR=QUEUE_ID", or --skip-unknown',
        'the catalogue has no queue "Facilities" (1 row): give --map "Facilities=QUEUE_ID", or --skip-unknown',
    ]
    assert [case.opening for case in tickets(catalogue, tmp_path, rows, skip_unknown=True)] == ["d"]


def test_what_makes_no_case_is_counted(catalogue: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text(HEAD + '1,,db\n2,a,db\n3," \x07\u202e ",db\n4\n5,a,db\n6,b,nobody\n', "utf-8")
    found = read_tickets(path, catalogue, text="text", queue="queue", skip_unknown=True)
    assert [case.opening for case in found.cases] == ["a"]
    assert found.left_out == {"without a text": 3, "said before": 1, "of unknown queues": 1}


def test_a_column_may_have_the_ids(catalogue: Catalogue, tmp_path: Path) -> None:
    (found,) = tickets(catalogue, tmp_path, "number,text,queue\nINC7,slow,db\n", id_="number")
    assert found.id == "INC7"


def test_of_many_mistakes_the_first_are_shown(catalogue: Catalogue, tmp_path: Path) -> None:
    found = mistakes(catalogue, tmp_path, HEAD + "".join(f"1,a,no{n}\n" for n in range(1025)))
    assert len(found) == 21
    assert Mistake(0, "and 1,005 more mistakes") in found
    assert len(mistakes(catalogue, tmp_path, HEAD + "".join(f"1,a,no{n}\n" for n in range(20)))) == 20


def test_the_same_ticket_twice_is_one_case(catalogue: Catalogue, tmp_path: Path) -> None:
    rows = HEAD + "1,slow,db\n2, slow ,Database Support\n3,slow,laptop\n"
    found = tickets(catalogue, tmp_path, rows)
    assert [(case.id, case.expect.queue[0]) for case in found] == [
        ("tickets-2", "db"),
        ("tickets-4", "laptop"),
    ]


def test_long_texts_are_cut_and_control_characters_left_out(catalogue: Catalogue, tmp_path: Path) -> None:
    long = "x" * (LONGEST - 1) + " " + "y" * 100
    one, two = tickets(catalogue, tmp_path, HEAD + f"1,{long},db\n2,a\x00\x1b[31m\u202eb,db\n")
    assert one.opening == "x" * (LONGEST - 1)
    assert two.opening == "a[31mb"


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (
            "subject,body",
            'there is no column "text" and no column "queue"; the columns are "subject", "body"',
        ),
        ("text,team", 'there is no column "queue"; the columns are "text", "team"'),
        ("Text,queue", 'there is no column "text"; the columns are "Text", "queue"'),
        ("", 'there is no column "text" and no column "queue"; the columns are none'),
    ],
)
def test_columns_that_are_not_there(catalogue: Catalogue, tmp_path: Path, head: str, said: str) -> None:
    assert mistakes(catalogue, tmp_path, head) == [Mistake(1, said)]


def test_files_that_are_none(catalogue: Catalogue, tmp_path: Path) -> None:
    latin = (HEAD + "1,größer,db\n").encode("latin-1")
    assert mistakes(catalogue, tmp_path, latin) == [
        Mistake(0, "the file cannot be read as CSV (it is not UTF-8: save it as “CSV UTF-8”)")
    ]
    with pytest.raises(CaseFileError, match="cannot be read as CSV \\(No such file"):
        read_tickets(tmp_path / "missing.csv", catalogue, text="text", queue="queue")
    assert tickets(catalogue, tmp_path, HEAD) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text().filter(clean).filter(lambda text: '"' not in text), max_size=5))
def test_any_text_comes_through_as_it_is_cleaned(
    catalogue: Catalogue, tmp_path: Path, texts: list[str]
) -> None:
    file = StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerows([("text", "queue"), *((text, "db") for text in texts)])
    found = tickets(catalogue, tmp_path, file.getvalue())
    assert [case.opening for case in found] == list(dict.fromkeys(map(clean, texts)))


@pytest.mark.parametrize("head", ["text,queue", '"text","queue"'])
def test_quotes_within_a_text(catalogue: Catalogue, tmp_path: Path, head: str) -> None:
    rows = f'{head}\n"It says ""no"" twice, and stops",db\n'
    assert [case.opening for case in tickets(catalogue, tmp_path, rows)] == ['It says "no" twice, and stops']


def test_a_very_long_text_is_cut_too(catalogue: Catalogue, tmp_path: Path) -> None:
    (found,) = tickets(catalogue, tmp_path, HEAD + f"1,{'x' * 200_000},db\n")
    assert len(found.opening) == LONGEST
