"""Secrets come from the environment or a file, and go nowhere but to the appliance."""

import logging
from base64 import b64encode
from pathlib import Path

import pytest
from click.testing import CliRunner

from agent.agent import HandoffAgent
from agent.catalogue.source import CatalogueSource
from agent.cli.main import main
from agent.errors import SettingsError
from agent.models.embedded import EmbeddedModel
from agent.stores.memory import MemoryStore
from agent.targets.beyondtrust.credentials import read_credentials
from tests.support import small
from tests.support.appliance import Running

from .setting import FALLBACK, agent_on, catalogue, host_of, proposed

ID, SECRET, FOLDER, CA = (
    f"HANDOFF_BEYONDTRUST_{name}" for name in ("CLIENT_ID", "CLIENT_SECRET", "SECRETS_DIR", "CA_FILE")
)


@pytest.mark.parametrize("fault", [None, "no-rights", "bad-token", "cut", "broken", "rate-limit"])
async def test_never_in_logs_errors_dumps_or_reprs(
    fault: str | None, appliance: Running, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    store = MemoryStore()
    agent = agent_on(catalogue(tmp_path, host_of(appliance), FALLBACK), store=store, seconds=4)
    chat = await proposed(agent)
    if fault:
        appliance.faults.add(fault)  # type: ignore[arg-type]
    await chat.press("start")
    token = next(record.stored.document for id_, record in store._kept.items() if ":token:" in id_)
    issued = [entry[0] for entry in appliance.accounts._tokens["full"]]
    assert any(entry in token for entry in issued)  # it is in the store, as the docs say
    target = agent._runtime.desk()[1]
    seen = "\n".join(
        [
            caplog.text,
            chat.dump(),
            repr(target),
            repr(vars(target)),
            repr(read_credentials()),
            repr(chat.conversation),
        ]
    )
    basic = b64encode(f"full:{appliance.client_secret}".encode()).decode()
    for secret in [appliance.client_secret, basic, *issued]:
        assert secret not in seen
    if fault:
        summary = "The SQL database is slow."
        assert summary not in caplog.text
        assert "Ada" not in "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("agent"))
    await agent.close()


def test_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ID.lower()).write_text("the id\n")
    (tmp_path / SECRET.lower()).write_text("the secret\n")
    monkeypatch.setenv(FOLDER, str(tmp_path))
    found = read_credentials()
    assert (found.client_id.get_secret_value(), found.client_secret.get_secret_value()) == (
        "the id",
        "the secret",
    )
    monkeypatch.setenv(SECRET, "from the environment")
    assert read_credentials().client_secret.get_secret_value() == "from the environment"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, f"needs {ID} and {SECRET}: take them from an API account"),
        ({ID: "x"}, f"needs {SECRET}: take"),
        ({ID: "x", SECRET: ""}, f"needs {SECRET}: take"),
        ({FOLDER: "/nowhere"}, f"{FOLDER}: there is no directory /nowhere"),
        ({ID: "x", SECRET: "rosebud", CA: "/nowhere.pem"}, f"{CA}: /nowhere.pem cannot be used"),
        ({ID: "x", SECRET: "rosebud", CA: __file__}, f"{CA}: {__file__} cannot be used"),
    ],
)
def test_what_is_missing_is_told_when_the_agent_is_made(
    given: dict[str, str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    catalogue(tmp_path, "support.example.com")
    with pytest.raises(SettingsError) as caught:
        HandoffAgent.from_file(tmp_path / "queues.yaml", model="embedded")
    assert said in str(caught.value)
    assert "rosebud" not in str(caught.value)
    result = CliRunner().invoke(main, ["chat", "--queues", str(tmp_path / "queues.yaml")], input=b"hello\n")
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output


async def test_a_changed_catalogue_that_needs_what_is_missing_is_not_taken_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "queues.yaml"
    path.write_text(small.YAML)
    seconds = iter(range(0, 10_000, 2))
    source = CatalogueSource(path, clock=lambda: float(next(seconds)))
    agent = HandoffAgent(source, model=EmbeddedModel(), clock=lambda: small.OPEN)
    chat = agent.start()
    assert (await chat.send("my SQL database is slow")).proposal
    catalogue(tmp_path, "support.example.com")
    for _ in range(3):
        reply = await chat.send("and it is urgent")
        assert reply.proposal
        assert reply.proposal.to == "https://chat.example.com"
    warnings = [record for record in caplog.records if record.levelname == "WARNING"]
    assert len(warnings) == 1
    assert f"needs {ID} and {SECRET}" in warnings[0].getMessage()
    assert (await chat.press("start")).handoff
    await agent.close()
