"""The corpus as what stands in a catalogue: refused with a clear message, or data that stays in its place."""

import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from agent import User
from agent.catalogue.load import load
from agent.catalogue.schema import Catalogue, Queue
from agent.catalogue.view import Views
from agent.errors import CatalogueError
from agent.language.clean import DECEIVING
from agent.models.catalogue_text import queue_lines
from agent.models.embedded import EmbeddedModel
from agent.models.messages import Decisions
from agent.models.openai_chat import OpenAIModel
from tests.support import small
from tests.support.openai_stub import OpenAIStub

from .as_text import check_screens
from .attacks import ATTACKS, FAMILIES
from .gullible import obedient_server
from .test_hostile_users import DECEPTIVE, check_request
from .walk import PERSON, walk

HOSTILE = "hostile"
# Each is a catalogue of its own, so of the families that are only words not every one.
WORST = sorted({*(text for name in DECEPTIVE for text in FAMILIES[name]), *ATTACKS[::5]})
EVERYBODY = User()
Texts = dict[str, str | list[str]]


def written(folder: Path, texts: Texts, only_for: str = "") -> Path:
    """The small catalogue with one more queue, which has `texts`."""
    entry = {"id": HOSTILE, "name": "Printers", **texts}
    return with_queues(folder, entry, only_for=only_for)


def with_queues(folder: Path, *entries: Texts, only_for: str = "") -> Path:
    """The small catalogue with more queues; every text is quoted as YAML has it, on one line."""
    rows = (yaml.safe_dump(entry, default_style='"', width=10**6, sort_keys=False) for entry in entries)
    more = "".join("  - " + row.rstrip().replace("\n", "\n    ") + "\n" + only_for for row in rows)
    path = folder / "queues.yaml"
    path.write_text(small.YAML + more, "utf-8")
    return path


def accepted(folder: Path, **texts: str | list[str]) -> Catalogue | str:
    """The catalogue, or why it is refused."""
    try:
        return load(written(folder, texts))
    except CatalogueError as error:
        return str(error)


def deceives(text: str, *, lines: str = "") -> bool:
    return any(
        c in DECEIVING or (unicodedata.category(c) in ("Cc", "Zl", "Zp") and c not in lines) for c in text
    )


def check_refusal(said: str, key: str) -> None:
    """Where, what, and nothing of it that a terminal would obey."""
    assert "queues.yaml:" in said
    assert key in said
    assert not deceives(said, lines="\n")


@pytest.mark.parametrize("key", ["name", "description", "not_for", "examples", "owner"])
def test_what_cannot_be_read_safely_is_refused(tmp_path: Path, key: str) -> None:
    longest = {"name": 100, "owner": 200}.get(key, 1_000)
    prose = key in ("description", "not_for")
    for text in (text[:longest].strip() for text in WORST):
        found = accepted(tmp_path, **{key: [text] if key == "examples" else text})
        if deceives(text, lines="\n\t\u2028\u2029" if prose else ""):
            assert isinstance(found, str), ascii(text)
            check_refusal(found, key)
        else:
            assert isinstance(found, Catalogue), ascii(text)


def test_an_id_cannot_hold_what_separates_ids(tmp_path: Path) -> None:
    for text in WORST:
        found = accepted(tmp_path, id=text[:200])
        if isinstance(found, str):
            check_refusal(found, "id")
        else:
            assert not set("<>|{} \n") & set(text.strip())


def readable() -> list[str]:
    """What a catalogue takes, also as a name and an example."""
    return [text for text in ATTACKS if not deceives(text.strip())]


@pytest.mark.parametrize("decisions", ["tools", "json"])
def test_no_text_leaves_its_line(decisions: Decisions) -> None:
    queues = [
        Queue(
            id=f"q{number}",
            name=text[:100],
            description=text[:600],
            not_for=text,
            examples=(text, text),
            languages=("en",),
        )
        for number, text in enumerate(readable())
    ]
    lines = queue_lines(queues, {q.id: q.id for q in queues}, examples=decisions == "tools").split("\n")
    assert len(lines) == len(queues) == len("\n".join(lines).splitlines())
    for number, line in enumerate(lines):
        assert line.startswith(f"q{number} | ")
        assert line.count(" | ") == 2
        assert not set("<>") & set(line)
        assert line.isprintable()


@given(st.text(st.sampled_from("<>|/\n\r\u2028\x85\x0b＜＞｜‹›queuesdata "), max_size=40))
def test_no_spelling_of_a_delimiter_is_left(text: str) -> None:
    queue = Queue(id="q", name="N").model_copy(update={"name": text, "description": text, "not_for": text})
    (line,) = queue_lines([queue], {"q": "q"}).splitlines()
    assert not set("<>＜＞") & set(line)
    assert line.replace("｜", "|").count("|") == 2


@pytest.mark.parametrize("family", ["markdown_html", "delimiters", "formulas", "already_agreed", "urls"])
async def test_they_move_nothing_and_are_shown_as_text(tmp_path: Path, family: str) -> None:
    for text in FAMILIES[family]:
        if deceives(text.strip()):
            continue
        found = accepted(tmp_path, name=text[:100], description=text, examples=[text], not_for=text)
        assert isinstance(found, Catalogue)
        async with small.agent_over(found, EmbeddedModel()) as agent:
            chat = agent.start()
            shown = await chat.press("choose", queue_id=HOSTILE)
            assert shown.proposal
            assert shown.proposal.queue == text[:100].strip()
            done = await chat.press("start")
            assert done.handoff
            assert done.handoff.url.startswith(f"https://chat.example.com/start/{HOSTILE}?text=&ref=")
            check_screens(chat)


@pytest.mark.parametrize("decisions", ["tools", "json"])
async def test_the_application_still_says_what_it_says(tmp_path: Path, decisions: Decisions) -> None:
    """A catalogue of nothing but attacks, over the wire: sections, lines and roles stay what they are."""
    texts = [text for name in ("fake_system_turns", "delimiters") for text in FAMILIES[name]]
    usable = [text for text in texts if not deceives(text.strip())]
    rows: list[Texts] = [
        {"id": f"{HOSTILE}-{n}", "name": text[:100], "description": text, "examples": [text], "not_for": text}
        for n, text in enumerate(usable)
    ]
    with OpenAIStub(obedient_server()) as stub:
        model = OpenAIModel("m", base_url=stub.base_url, decisions=decisions)
        async with small.agent_over(load(with_queues(tmp_path, *rows)), model) as agent:
            for text in usable[:6]:
                await walk(agent.start(PERSON), text)
        await model.close()
    (system,) = {request.system for request in stub.requests}
    assert system.count("\n<queues>\n") == system.count("\n</queues>") == 1
    listed = system.split("\n<queues>\n")[1].split("\n</queues>")[0].splitlines()
    assert len(listed) == len(rows) + 4  # those of the small catalogue that everybody sees
    for request in stub.requests:
        check_request(request)


def test_where_it_is_hidden_nobody_else_reads_it(tmp_path: Path) -> None:
    for text in readable()[::4]:
        texts: Texts = {"name": text[:100], "description": text, "not_for": text, "examples": [text]}
        path = written(tmp_path, texts, only_for="    only_for: {region: [EU]}\n")
        view = Views(load(path)).of(EVERYBODY)
        assert view.get(HOSTILE) is None
        assert text not in repr(view.queues)
