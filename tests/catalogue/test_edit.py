"""A changed description, and every other byte of the file as it was."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.catalogue.edit import redescribed, replace_catalogue
from agent.catalogue.load import load_bytes
from agent.catalogue.schema import Catalogue
from agent.errors import CatalogueError, InputError
from agent.language.clean import DECEIVING

from .texts import GOOD

HEAD = """\
# Kept: the first comment, with ümlauts and 😀
version: 1
target: {kind: url_template, url: "https://chat.example.com/?q={queue_id}"}   # kept
default_queue: desk
queues:
  - id: desk
    name: Service Desk
    description: Everything that fits nowhere else, and general questions.

"""
TAIL = """\

  # kept, too
  - {id: last, name: Last, description: "what comes last: of all"}
"""
WAYS = {
    "plain": "  - id: q\n    name: Q\n    description: Printers and more printers   # why\n    owner: x\n",
    "plain over lines": "  - id: q\n    name: Q\n    description: Printers\n      and more\n\n      paper # c\n",
    "single quotes": "  - id: q\n    name: Q\n    description: 'It''s printers: all'\n",
    "double quotes": '  - id: q\n    name: Q\n    description: "Printers \\"\\u00e9\\" # no comment"\n',
    "double quotes over lines": '  - id: q\n    name: Q\n    description: "Printers\n\n      and\n      more"\n',
    "folded": "  - id: q\n    name: Q\n    description: >-  # head\n      Printers and\n      scanners: ä.\n\n\n  # c\n",
    "folded, clipped": "  - id: q\n    name: Q\n    description: >\n        Printers and\n\n        scanners\n    owner: x\n",
    "folded, kept": "  - id: q\n    name: Q\n    description: >+\n      Printers\n\n    owner: x\n",
    "folded, indented": "  - id: q\n    name: Q\n    description: >2-\n      Printers and\n      scanners\n    owner: x\n",
    "folded, with a list": "  - id: q\n    name: Q\n    description: >-\n      Printers:\n        - one\n        - two\n",
    "literal": "  - id: q\n    name: Q\n    description: |\n      Printers\n      and scanners\n\n    owner: x\n",
    "flow": "  - {id: q, name: 'Q, q', description: Printers and more, owner: x}\n",
    "flow over lines": "  - {id: q,\n     name: Q,   # c\n     description: 'Printers',\n     owner: x}\n",
    "anchor and tag": "  - id: q\n    name: Q\n    description: &it !!str Printers and more\n",
    "anchored block": "  - id: q\n    name: Q\n    description: &it >-\n      Printers\n      and more\n",
    "empty": "  - id: q\n    name: Q\n    description:\n    owner: x\n",
    "empty quotes": "  - id: q\n    name: Q\n    description: ''\n    owner: x\n",
    "none": "  - id: q\n    name: Q  # c\n    owner: x\n",
    "none, and the name last": "  - owner: x\n    id: q\n    name: >-\n      Q\n      q\n",
    "none, in flow": "  - {owner: x, id: q, name: Q}\n",
    "keys in quotes": '  - "id": "q"\n    "name": Q\n    "description": Printers\n',
}
TEXTS = [
    "Drucker & Scanner: alles – “so” 😀",
    "a, b: c # d",
    "- a 'b' \"c\" \\d {e} [f] *g &h !i %j @k `l",
    "no",
    "x" * 300 + " " + "word " * 99 + "end",
    "two\nlines\n\nand a third",
]


def catalogue(content: bytes) -> Catalogue:
    return load_bytes(content, "queues.yaml").catalogue


def check(content: bytes, description: str, id_: str = "q") -> bytes:
    before = catalogue(content)
    changed = redescribed(content, {id_: description})
    after = catalogue(changed)
    wanted = tuple(
        queue.model_copy(update={"description": description}) if queue.id == id_ else queue
        for queue in before.queues
    )
    assert after == before.model_copy(update={"queues": wanted, "hash": after.hash})
    return changed


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("way", WAYS)
def test_only_the_description_changes(way: str, mark: bytes, newline: str) -> None:
    head, body, tail = ((text.replace("\n", newline)).encode() for text in (HEAD, WAYS[way], TAIL))
    content = mark + head + body + tail
    old = catalogue(content).by_id["q"].description
    for text in [*TEXTS, *(f"{old} {text}".strip() for text in TEXTS)]:
        changed = check(content, text)
        assert changed.startswith(mark + head)
        assert changed.endswith(tail)
        middle = changed[len(mark + head) : len(changed) - len(tail)].decode()
        if newline == "\r\n":
            assert "\n" not in middle.replace("\r\n", "")
        for comment in ("# why", "# head", "# c"):
            assert (comment in middle) == (comment in WAYS[way])
        lines = [line for line in middle.split(newline) if "owner: x" in line and "{" not in line]
        assert lines == [line for line in WAYS[way].split("\n") if "owner: x" in line and "{" not in line]


PRINTABLE = st.text(
    st.characters(
        exclude_categories=("Cc", "Cs", "Cf", "Cn"),
        exclude_characters="\u2028\u2029\ufeff" + "".join(DECEIVING),
    ),
    min_size=1,
    max_size=200,
).map(str.strip)


@given(st.sampled_from(sorted(WAYS)), PRINTABLE, st.booleans())
def test_any_text_can_be_written(way: str, text: str, behind: bool) -> None:
    content = (HEAD + WAYS[way] + TAIL).encode()
    old = catalogue(content).by_id["q"].description
    changed = check(content, f"{old} {text}".strip() if behind else text)
    assert changed.startswith(HEAD.encode())
    assert changed.endswith(TAIL.encode())


def test_added_words_are_a_line_more() -> None:
    old = "Payslips, salaries and tax forms of people in Europe."
    block = GOOD.replace(f"description: {old}", f"description: >-\n      {old}")
    changed = check(block.encode(), f"{old} Wages, bonuses.", "payroll").decode()
    assert changed.replace("\n      Wages, bonuses.", "") == block


@pytest.mark.parametrize(
    ("way", "written"),
    [
        ("plain", "New text   # why\n"),
        ("single quotes", "'New text'\n"),
        ("double quotes", '"New text"\n'),
        ("folded", ">-  # head\n      New text\n\n\n  # c\n"),
        ("literal", "|\n      New text\n\n    owner"),
        ("flow", "New text, owner"),
    ],
)
def test_the_style_stays(way: str, written: str) -> None:
    changed = redescribed((HEAD + WAYS[way] + TAIL).encode(), {"q": "New text"}).decode()
    assert f" description: {written}" in changed


def test_several_at_once() -> None:
    changed = redescribed(
        (HEAD + WAYS["plain"] + TAIL).encode(), {"last": "the end", "desk": "the rest", "q": "r"}
    )
    assert [queue.description for queue in catalogue(changed).queues] == ["the rest", "r", "the end"]


def test_an_unknown_queue() -> None:
    with pytest.raises(InputError, match='no queue with the id "nobody"'):
        redescribed(GOOD.encode(), {"nobody": "x"})


def test_a_key_that_is_written_oddly_is_left_to_people() -> None:
    body = "  - ? id\n    : q\n    ? name\n    : Q\n"
    with pytest.raises(InputError, match="write it by hand"):
        redescribed((HEAD + body + TAIL).encode(), {"q": "x"})


def test_the_file_is_replaced_with_its_mode_and_through_a_link(tmp_path: Path) -> None:
    file, link = tmp_path / "queues.yaml", tmp_path / "link.yaml"
    file.write_text(GOOD)
    file.chmod(0o640)
    link.symlink_to(file)
    new = redescribed(GOOD.encode(), {"payroll": "Wages of everybody, everywhere."})
    replace_catalogue(link, new, instead_of=GOOD.encode())
    assert link.is_symlink()
    assert file.read_bytes() == new
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(tmp_path.iterdir()) == [link, file]


@pytest.mark.parametrize(
    ("new", "instead_of", "error"),
    [
        (GOOD.replace("version: 1", "version: 2"), GOOD, CatalogueError),
        (GOOD.replace("Payroll", "Wages"), GOOD + "# older", InputError),
    ],
)
def test_what_must_not_be_written(tmp_path: Path, new: str, instead_of: str, error: type[Exception]) -> None:
    file = tmp_path / "queues.yaml"
    file.write_text(GOOD)
    with pytest.raises(error, match=r"queues\.yaml"):
        replace_catalogue(file, new.encode(), instead_of=instead_of.encode())
    assert file.read_text() == GOOD
    assert list(tmp_path.iterdir()) == [file]
