"""Promise 2: what was gathered for a queue that a person may not see changes nothing for them."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.catalogue.load import load
from agent.catalogue.view import View, Views
from agent.records.user import User
from agent.retrieval import learned
from tests.support import small

EVERYBODY, EU = User(), User(attributes={"region": "EU"})
OWN = f'    examples: ["my {small.CANARY} payslip is wrong", "{small.SECRETS[small.EU]} sings"]\n'
SEEN = [("the quux of my query frobs", small.DATABASE), ("lid does not close", small.LAPTOP)]
HIDDEN = [(f"my {small.CANARY} bonus query {number}", small.EU) for number in range(40)]
words = st.sampled_from(f"my {small.CANARY} payslip bonus query quux lid laptop backup wrong 7".split())


def view(folder: Path, user: User, *, hidden: bool) -> View:
    examples = SEEN + HIDDEN if hidden else SEEN
    lines = [json.dumps({"opening": text, "expect": {"queue": queue}}) for text, queue in examples]
    # The hidden ones stand first and last.
    (folder / "cases.jsonl").write_text(
        "\n".join(lines[len(SEEN) :] + lines[: len(SEEN)] + lines[len(SEEN) :])
    )
    text = small.YAML if hidden else small.YAML.replace(OWN, "")
    assert hidden == (OWN in text)
    path = folder / "queues.yaml"
    path.write_text(text + "examples_from: [cases.jsonl]\n", "utf-8")
    return Views(load(path)).of(user)


def scores(view: View, text: str) -> list[tuple[str, float]]:
    return [(hit.queue.id, hit.score) for hit in view.search(text, 10)]


@pytest.fixture
def views(tmp_path: Path) -> tuple[View, View]:
    return view(tmp_path, EVERYBODY, hidden=True), view(tmp_path, EVERYBODY, hidden=False)


@given(text=st.lists(words, max_size=8).map(" ".join) | st.text(max_size=30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_scores_are_the_same_with_and_without(views: tuple[View, View], text: str) -> None:
    with_hidden, without = views
    assert scores(with_hidden, text) == scores(without, text)


def test_they_teach_who_may_see_it(tmp_path: Path) -> None:
    """Else the test above could not fail."""
    text = f"{small.CANARY} bonus"
    before, after = view(tmp_path, EU, hidden=False), view(tmp_path, EU, hidden=True)
    assert dict(scores(after, text))[small.EU] > dict(scores(before, text))[small.EU]


def test_they_take_no_room_from_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are: what is learned is bounded, but after the filter."""
    monkeypatch.setattr(learned, "MOST", len(SEEN))
    with_hidden = view(tmp_path, EVERYBODY, hidden=True)
    assert scores(with_hidden, "quux frobs") == scores(view(tmp_path, EVERYBODY, hidden=False), "quux frobs")
    assert scores(with_hidden, "quux frobs")[0][0] == small.DATABASE
    assert len(with_hidden._examples()) == len(SEEN)


def test_own_examples_go_before_gathered_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learned, "MOST", 3)
    texts = [example.text for example in view(tmp_path, EU, hidden=True)._examples()]
    assert texts[0] == f"my {small.CANARY} payslip is wrong"
    assert len(texts) == 3
    monkeypatch.setattr(learned, "MOST", 0)
    assert len(view(tmp_path, EU, hidden=True)._examples()) == 2  # searched, then, as parts of its queue
