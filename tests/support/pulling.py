"""`handoff queues pull`, run against a stand-in."""

import pytest
from click.testing import CliRunner, Result

from agent.appliance.site import Issue, Site, Team, example_site_path, load_site
from agent.cli.main import main
from tests.support.appliance import Running


def run(*arguments: object, lines: str = "", color: bool = False) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)), input=lines, color=color)


def pull(*arguments: object) -> Result:
    return run("queues", "pull", *arguments)


def use(appliance: Running, monkeypatch: pytest.MonkeyPatch, account: str = "read-only") -> None:
    monkeypatch.setenv("HANDOFF_BEYONDTRUST_CLIENT_ID", account)
    monkeypatch.setenv("HANDOFF_BEYONDTRUST_CLIENT_SECRET", appliance.secret(account))
    monkeypatch.setenv("HANDOFF_BEYONDTRUST_CA_FILE", str(appliance.ca_file))


def host(appliance: Running) -> str:
    return appliance.url.removeprefix("https://")


def first(appliance: Running, *arguments: object) -> Result:
    return pull("--host", host(appliance), "--yes", *arguments)


def alone(*names: str) -> Site:
    """A site whose only team has these issues."""
    example = load_site(example_site_path())
    issues = tuple(Issue(id=n, code_name=f"n{n}", name=name) for n, name in enumerate(names, 1))
    team = Team(id=1, name="Team", code_name="team", issues=issues)
    return example.model_copy(update={"teams": (team,), "representatives": ()})
