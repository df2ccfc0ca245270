"""A notice before the first message: in the person's language, and no part of the conversation."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agent import HandoffAgent, User
from agent.catalogue.edit import redescribed
from agent.catalogue.load import load, load_bytes
from agent.catalogue.schema import Catalogue
from agent.cli.main import main
from agent.errors import CatalogueError
from tests.support import small

ENGLISH, GERMAN = "What you write is read by a model.", "Was Sie schreiben, liest ein Modell."
BOTH = f'notice:\n  en: "{ENGLISH}"  # kept\n  de: "{GERMAN}"\n'


def catalogue(folder: Path, notice: str = BOTH) -> Catalogue:
    return small.catalogue(folder, small.YAML + notice)


@pytest.mark.parametrize(
    ("locale", "text"),
    [(None, ENGLISH), ("en-GB", ENGLISH), ("de_AT", GERMAN), ("DE", GERMAN), ("fr", ENGLISH)],
)
def test_in_the_persons_language(locale: str | None, text: str, tmp_path: Path) -> None:
    assert catalogue(tmp_path).notice_in(locale) == text


@pytest.mark.parametrize(
    ("notice", "locale", "text"),
    [
        ("", "de", ""),
        ("notice: Read this.\n", "de", "Read this."),
        ("notice: {de: A, '*': B}\n", "fr", "B"),
        ("notice: {de: A}\n", "fr", "A"),
        ("notice: {pt: A, pt-BR: B}\n", "pt-BR", "B"),
    ],
)
def test_for_others(notice: str, locale: str, text: str, tmp_path: Path) -> None:
    assert catalogue(tmp_path, notice).notice_in(locale) == text


@pytest.mark.parametrize(
    ("notice", "said"),
    [
        ("notice: {english: A}\n", '"english" is no language code'),
        ("notice: ''\n", '"notice" is empty'),
        ("notice: [A]\n", '"notice" must be keys with values'),
        ("notice: {en: [A]}\n", '"en" must be text'),
        ('notice: "a\\x1b[0m"\n', "control character"),
        (f"notice: {'x' * 2001}\n", "too long (2001 characters): at most 2,000"),
        ("notcie: A\n", 'did you mean "notice"?'),
    ],
)
def test_mistakes_are_told_on_their_line(notice: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(CatalogueError) as raised:
        catalogue(tmp_path, notice)
    (mistake,) = raised.value.mistakes
    assert mistake.line == small.YAML.count("\n") + 1
    assert said in mistake.text


def test_an_edit_keeps_it(tmp_path: Path) -> None:
    catalogue(tmp_path)
    path = tmp_path / "queues.yaml"
    edited = redescribed(path.read_bytes(), {small.DATABASE: "SQL, and nothing else."})
    assert BOTH.encode() in edited
    assert load_bytes(edited, path).catalogue.notice == load(path).notice


async def test_it_is_no_part_of_the_conversation(tmp_path: Path) -> None:
    catalogue(tmp_path)
    agent = HandoffAgent.from_file(tmp_path / "queues.yaml", model="embedded")
    chat = agent.start(User(locale="de"))
    assert (agent.notice(), agent.notice("de"), chat.notice) == (ENGLISH, GERMAN, GERMAN)
    assert (chat.conversation.revision, chat.conversation.messages) == (0, ())
    reply = await chat.send("Die SQL-Datenbank ist langsam")
    assert GERMAN not in chat.dump() + reply.text


def chat(folder: Path, *arguments: str, said: str = "my SQL database is slow\n") -> Result:
    environ = {"HANDOFF_MODEL": "embedded"}
    result = CliRunner(env=environ).invoke(
        main, ["chat", "--queues", str(folder / "queues.yaml"), *arguments], input=said
    )
    assert result.exit_code == 0, result.output
    return result


def test_in_the_terminal(tmp_path: Path) -> None:
    catalogue(tmp_path)
    assert chat(tmp_path).stdout.startswith(f"{ENGLISH}\n\n✓ ")
    first, *rest = map(json.loads, chat(tmp_path, "--json", "--locale", "de").stdout.splitlines())
    assert first == {"type": "notice", "text": GERMAN}
    assert [event["type"] for event in rest].count("turn_end") == 1
    saved = str(tmp_path / "chat.json")
    chat(tmp_path, "--save", saved)
    assert ENGLISH not in chat(tmp_path, "--resume", saved, said="").stdout  # nobody is told twice
