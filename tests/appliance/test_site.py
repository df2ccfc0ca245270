"""The site: what is shipped fits the catalogue; mistakes are told with their line."""

from pathlib import Path

import pytest

from agent.appliance.site import example_site_path, load_site
from agent.catalogue.load import load
from agent.data import example_path
from agent.errors import FileError


def test_the_shipped_site_has_an_issue_for_every_queue_of_the_shipped_catalogue() -> None:
    site, catalogue = load_site(example_site_path()), load(example_path())
    assert len(site.issues) == len(catalogue.queues)
    names = {issue.name for issue in site.issues} | {"IT Service Desk"}
    assert {queue.name for queue in catalogue.queues} <= names
    for queue in catalogue.queues:
        if queue.beyondtrust and queue.beyondtrust.issue:
            found = site.issue(queue.beyondtrust.issue)
            assert found, queue.name
            assert queue.beyondtrust.team in (None, found[0].id)


@pytest.mark.parametrize(
    ("old", "new", "line_of", "says"),
    [
        (
            "members: [ada, grace]",
            "members: [ada, nobody]",
            None,
            "no representative has the user name nobody",
        ),
        (
            "{id: 2, username: grace",
            "{id: 1, username: grace",
            None,
            "the representative id 1 stands there twice",
        ),
        (
            "code_name: network\n",
            "code_name: net work\n",
            "code_name: net work",
            "string should match pattern",
        ),
        ("command: deny", "command: none", "command: none", "'deny', 'read_only' or 'full'"),
        ("skills: [sql, windows]", "skill: [sql]", "skill: [sql]", "skill: there is no such key"),
        ("id: 12\n", "id: 12\n    portals: [2, 3]\n", None, "no portal has the id 3"),
        ("id: 12\n", "id: twelve\n", "id: twelve", "valid integer"),
    ],
)
def test_mistakes(tmp_path: Path, old: str, new: str, line_of: str | None, says: str) -> None:
    text = example_site_path().read_text("utf-8")
    assert old in text
    path = tmp_path / "site.yaml"
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(FileError) as caught:
        load_site(path)
    assert says in str(caught.value)
    if line_of:
        line = (
            path.read_text("utf-8")
            .splitlines()
            .index(next(t for t in path.read_text("utf-8").splitlines() if line_of in t))
            + 1
        )
        assert f"{path}:{line}: " in str(caught.value)


@pytest.mark.parametrize(
    ("content", "says"), [("", "empty"), ("a: [", "no valid YAML"), ("- 1", "valid dictionary")]
)
def test_files_that_are_no_site(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(content, "utf-8")
    with pytest.raises(FileError, match=says):
        load_site(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        load_site(tmp_path / "none.yaml")
