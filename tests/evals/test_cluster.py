"""`handoff eval --dask`: the same run on workers that are processes of their own, and that die."""

import gc
import json
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from distributed import Client

from agent.catalogue.load import load
from agent.catalogue.schema import Catalogue
from agent.catalogue.source import CatalogueSource
from agent.data import example_path
from agent.errors import InputError, RunError
from agent.settings import Settings
from evals.cluster import client, worker
from evals.cluster.worker import Batch, Shared, about, play_batch
from evals.plan import Plan
from evals.run import _seldom_collected, on_paper
from evals.run_dir import read_results
from evals.tape import about_of, begin
from tests.evals.cluster import Cluster
from tests.evals.runs import CASES, PRINTERS, plan, vague, wait_for_lines, write
from tests.support.openai_answers import Canned
from tests.support.openai_stub import OpenAIStub, Request, brain

KEY = "sk-a-key-that-stays-here"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("cluster")) as started:
        for _ in range(3):
            started.add()
        yield started


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "agent.cli.main", "eval", *map(str, arguments)]


def run(*arguments: str | Path, **more: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603
        command(*arguments), capture_output=True, text=True, timeout=100, check=False, **more
    )


def lines(out: Path) -> list[dict[str, Any]]:
    """The results, without how long they took."""
    return [json.loads(result.model_dump_json()) | {"seconds": 0} for result in read_results(out)]


def same(one: Path, other: Path) -> None:
    assert (one / "summary.json").read_bytes() == (other / "summary.json").read_bytes()
    assert lines(one) == lines(other)


def look_into(cluster: Cluster) -> Client:
    return Client(cluster.address, set_as_default=False)  # type: ignore[no-untyped-call]


def many(folder: Path, count: int) -> Path:
    return write(folder / "cases.jsonl", [vague(f"c{n}", "my printer jams", PRINTERS) for n in range(count)])


def test_it_comes_to_what_one_process_comes_to(tmp_path: Path, cluster: Cluster) -> None:
    options = ("--model", "embedded", "--trials", "2")
    one = run(*options, "--out", tmp_path / "one")
    spread = run(*options, "--out", tmp_path / "spread", "--dask", cluster.address)
    assert one.returncode == spread.returncode == 0, spread.stderr
    same(tmp_path / "one", tmp_path / "spread")
    again = run(*options, "--out", tmp_path / "spread", "--dask", cluster.address)
    assert "holds this very run already" in again.stderr


def test_a_worker_that_is_killed_costs_nothing_but_time(tmp_path: Path) -> None:
    cases, out = many(tmp_path, 900), tmp_path / "spread"
    options = ("--cases", cases, "--model", "embedded")
    with Cluster(tmp_path) as cluster:
        workers = [cluster.add(), cluster.add()]
        spread = subprocess.Popen(  # noqa: S603
            command(*options, "--out", out, "--dask", cluster.address), stderr=subprocess.PIPE, text=True
        )
        wait_for_lines(out / "results.jsonl", 100)
        workers[0].send_signal(signal.SIGKILL)
        cluster.add()  # another one comes
        wait_for_lines(out / "results.jsonl", 400)
        workers[1].send_signal(signal.SIGKILL)
        errors = spread.communicate(timeout=100)[1]
    assert spread.returncode == 0, errors
    assert run(*options, "--out", tmp_path / "one").returncode == 0
    same(tmp_path / "one", out)


def test_conversations_that_kill_their_workers_end_the_run(tmp_path: Path) -> None:
    options = ("--cases", many(tmp_path, 900), "--model", "embedded", "--out", tmp_path / "out")
    with Cluster(tmp_path, {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}) as cluster:
        workers = [cluster.add(), cluster.add()]
        process = subprocess.Popen(  # noqa: S603
            command(*options, "--dask", cluster.address), stderr=subprocess.PIPE, text=True
        )
        wait_for_lines(tmp_path / "out/results.jsonl", 50)
        workers[0].send_signal(signal.SIGKILL)
        errors = process.communicate(timeout=90)[1]
        assert process.returncode == 3, errors
        assert "handoff: workers died over the same conversations; run it again to go on" in errors
        assert run(*options, "--dask", cluster.address).returncode == 0


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_stopped_goes_on_where_it_was(
    tmp_path: Path, cluster: Cluster, how: signal.Signals
) -> None:
    options = ("--cases", many(tmp_path, 900), "--model", "embedded", "--out", tmp_path / "out")
    process = subprocess.Popen(  # noqa: S603
        command(*options, "--dask", cluster.address), stderr=subprocess.PIPE, text=True
    )
    wait_for_lines(tmp_path / "out/results.jsonl", 100)
    process.send_signal(how)
    errors = process.communicate(timeout=30)[1]
    if how == signal.SIGINT:
        assert process.returncode == 130, errors
        assert errors.splitlines()[-1].startswith("handoff: stopped; what was played is kept in ")
    kept = len((tmp_path / "out/results.jsonl").read_bytes().splitlines())
    assert 100 <= kept < 900
    assert run(*options, "--dask", cluster.address).returncode == 0
    assert json.loads((tmp_path / "out/run.json").read_text())["times"]["played_now"] == 900 - kept
    assert [result.position for result in read_results(tmp_path / "out")] == list(range(900))


def test_recordings_and_replays_are_those_of_one_process(tmp_path: Path) -> None:
    """The tape stays here, and so does the key; who replays needs neither key nor server."""
    cases = write(tmp_path / "cases.jsonl", CASES)
    with OpenAIStub(brain) as stub, Cluster(tmp_path) as cluster:
        here = {"OPENAI_BASE_URL": stub.base_url, "OPENAI_API_KEY": KEY, "PATH": ""}
        for _ in range(2):
            cluster.add({"OPENAI_BASE_URL": stub.base_url})
        options = ("--cases", cases, "--model", "m")
        for name, more in (("one", ()), ("spread", ("--dask", cluster.address))):
            recorded = run(
                *options, "--out", tmp_path / name, "--record", tmp_path / f"{name}.tape", *more, env=here
            )
            assert recorded.returncode == 0, recorded.stderr
        same(tmp_path / "one", tmp_path / "spread")
        entries = [
            [
                json.loads(line) | {"seconds": 0}
                for line in (tmp_path / f"{name}.tape").read_text().splitlines()
            ]
            for name in ("one", "spread")
        ]
        assert entries[0] == entries[1]
        asked = len(stub.requests)
        with_key = [request.headers.get("authorization") == f"Bearer {KEY}" for request in stub.requests]
        assert with_key == [True] * (asked // 2) + [False] * (asked // 2)  # from here, then from the workers
        replay = ("--cases", cases, "--replay", tmp_path / "spread.tape", "--out", tmp_path / "again")
        replayed = run(*replay, "--dask", cluster.address, env={"PATH": ""})
        assert replayed.returncode == 0, replayed.stderr
        assert len(stub.requests) == asked
        assert (tmp_path / "again/summary.json").read_bytes() == (tmp_path / "one/summary.json").read_bytes()


def test_what_was_paid_for_once_is_in_the_cache_here(tmp_path: Path) -> None:
    cases = write(tmp_path / "cases.jsonl", CASES)
    with OpenAIStub(brain) as stub, Cluster(tmp_path) as cluster:
        cluster.add({"OPENAI_BASE_URL": stub.base_url})
        here = {"OPENAI_BASE_URL": stub.base_url, "XDG_CACHE_HOME": str(tmp_path / "cache"), "PATH": ""}
        options = ("--cases", cases, "--model", "m", "--out", tmp_path / "out", "--fresh")
        assert run(*options, "--dask", cluster.address, env=here).returncode == 0
        asked = len(stub.requests)
        assert run(*options, "--dask", cluster.address, env=here).returncode == 0
        assert run(*options, env=here).returncode == 0
        assert len(stub.requests) == asked > 0


def test_a_worker_that_asks_another_server_plays_nothing(tmp_path: Path) -> None:
    with Cluster(tmp_path) as cluster:
        cluster.add({"OPENAI_BASE_URL": "http://127.0.0.1:9/other"})
        options = ("--cases", write(tmp_path / "cases.jsonl"), "--model", "m", "--out", tmp_path / "out")
        here = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "PATH": ""}
        refused = run(*options, "--dask", cluster.address, env=here)
    assert refused.returncode == 2
    assert "Error: on a worker: another server than where the run began" in refused.stderr
    assert (tmp_path / "out/results.jsonl").read_bytes() == b""


def test_what_was_played_elsewhere_is_kept_where_a_worker_is_wrong(tmp_path: Path) -> None:
    """Batches that others had were paid for."""

    def slowly(request: Request) -> Canned:
        time.sleep(0.1)
        return brain(request)

    tape = tmp_path / "tape"
    options = ("--cases", many(tmp_path, 200), "--model", "m", "--record", tape, "--out", tmp_path / "out")
    with OpenAIStub(slowly) as stub, Cluster(tmp_path) as cluster:
        cluster.add({"OPENAI_BASE_URL": stub.base_url})
        process = subprocess.Popen(  # noqa: S603
            command(*options, "--dask", cluster.address),
            env={"OPENAI_BASE_URL": stub.base_url, "PATH": ""},
            stderr=subprocess.PIPE,
            text=True,
        )
        while not stub.requests and process.poll() is None:
            time.sleep(0.05)
        cluster.add({"OPENAI_BASE_URL": "http://127.0.0.1:9/other"})
        errors = process.communicate(timeout=60)[1]
        assert process.returncode == 2, errors
        assert len(tape.read_bytes().splitlines()) - 1 == len(stub.requests)


def test_a_wrong_environment_is_said_to_be_a_workers(tmp_path: Path) -> None:
    tape = tmp_path / "tape"
    begin(tape, plan(tmp_path, base_url="http://127.0.0.1:9/v1").about_model)
    with Cluster(tmp_path) as cluster:
        cluster.add({"HANDOFF_SENTENCES": str(tmp_path / "nothing")})
        options = ("--cases", tmp_path / "cases.jsonl", "--replay", tape, "--out", tmp_path / "out")
        refused = run(*options, "--dask", cluster.address)
    assert refused.returncode == 2
    assert "Error: on a worker: HANDOFF_SENTENCES" in refused.stderr


def test_a_hopeless_run_stops_however_small_its_batches(tmp_path: Path, cluster: Cluster) -> None:
    tape = tmp_path / "empty"
    begin(tape, plan(tmp_path, base_url="http://127.0.0.1:9/v1").about_model)
    options = (
        "--cases",
        many(tmp_path, 200),
        "--replay",
        tape,
        "--concurrency",
        "1",
        "--out",
        tmp_path / "out",
    )
    stopped = run(*options, "--dask", cluster.address)
    assert stopped.returncode == 3
    assert "10 conversations in a row broke off" in stopped.stderr
    assert 10 <= len((tmp_path / "out/results.jsonl").read_bytes().splitlines()) < 200


def test_what_breaks_on_a_worker_is_told_by_its_kind_alone(cluster: Cluster) -> None:
    """Not taken for a connection that broke, and without a text in which a case may be."""
    with look_into(cluster) as dask:
        broken = dask.submit(open, "/nothing/Rumpelstiltskin")
        broken.exception()  # waits for it
        problem = client._take_in(broken, None, lambda _: None)
    assert str(problem) == "a worker could not play: FileNotFoundError; run it again to go on"


def test_a_large_catalogue_goes_out_without_a_warning(
    cluster: Cluster, recwarn: pytest.WarningsRecorder
) -> None:
    with client._client(cluster.address) as dask:
        assert dask.submit(len, b"x" * 20_000_000).result() == 20_000_000
    assert not [warning for warning in recwarn if "large graph" in str(warning.message)]


def test_a_workers_copy_of_the_tape_is_where_dask_clears_up(cluster: Cluster) -> None:
    """Outside of its own folder it would stay when the worker is killed."""
    with look_into(cluster) as dask:
        assert "/worker-" in dask.submit(worker._scratch).result()
    assert worker._scratch() is None


def test_several_threads_of_a_worker_share_one_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Plan] = []

    def slowly(catalogue: Catalogue, planned: Plan) -> CatalogueSource:
        made.append(planned)
        time.sleep(0.2)
        return on_paper(catalogue, planned)

    monkeypatch.setattr(worker, "on_paper", slowly)
    planned = plan(tmp_path)
    shared = Shared(planned, load(example_path()), about(planned))
    with ThreadPoolExecutor(2) as threads:
        played = list(threads.map(lambda _: play_batch(shared, Batch(tuple(planned.jobs()), b"")), range(2)))
    assert [len(part.results) for part in played] == [len(CASES)] * 2
    assert len(made) == 1


def test_runs_in_several_threads_leave_the_collector_as_it_was() -> None:
    found = gc.get_threshold()
    one, other = _seldom_collected(), _seldom_collected()
    gc.set_threshold(701, 11, 12)
    try:
        one.__enter__()
        other.__enter__()
        one.__exit__(None, None, None)
        other.__exit__(None, None, None)
        assert gc.get_threshold() == (701, 11, 12)
    finally:
        gc.set_threshold(*found)


def test_a_worker_without_a_key_says_so(tmp_path: Path, cluster: Cluster) -> None:
    options = ("--cases", write(tmp_path / "cases.jsonl"), "--model", "m", "--out", tmp_path / "out")
    here = {"OPENAI_API_KEY": KEY, "PATH": ""}
    refused = run(*options, "--dask", cluster.address, env=here)
    assert refused.returncode == 2
    assert "Error: on a worker: The model 'm' needs a server: set OPENAI_API_KEY" in refused.stderr
    assert KEY not in cluster.log()


def test_no_text_of_a_case_is_in_a_workers_log(tmp_path: Path, cluster: Cluster) -> None:
    """Not even where a task breaks, which Dask's workers log with its arguments."""
    secret = "my dog is called Rumpelstiltskin"
    planned = plan(tmp_path, [vague("c", secret)])
    jobs = tuple(planned.jobs())
    shared = Shared(planned, load(example_path()), about(planned))
    assert secret not in repr((shared, Batch(jobs, secret.encode()), play_batch(shared, Batch(jobs, b""))))


@pytest.mark.parametrize(("who", "has"), [("scheduler", None), ("workers", "0.0.1")])
def test_another_version_is_refused(
    tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, who: str, has: str | None
) -> None:
    versions = Client.get_versions

    def elsewhere(self: Client, *arguments: Any, **more: Any) -> Any:
        found: Any = versions(self, *arguments, **more)
        places = [found[who]] if who == "scheduler" else found[who].values()
        for place in places:
            place["packages"][client.PACKAGE] = has
        return found

    monkeypatch.setattr(Client, "get_versions", elsewhere)
    what = (
        "has live-agent-handoff 0.0.1: install "
        if has
        else "the scheduler has no live-agent-handoff: install "
    )
    with pytest.raises(InputError, match=what):
        client.run_on_cluster(plan(tmp_path), lambda _: None, done=(), scheduler=cluster.address)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://x", "", "tcp://127.0.0.1"])
def test_where_no_scheduler_answers_it_says_what_to_do(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "CONNECT", 1)
    with pytest.raises(
        InputError, match=r"no Dask scheduler answers there .*start one with `dask scheduler`"
    ):
        client.run_on_cluster(plan(tmp_path), lambda _: None, done=(), scheduler=address)


@pytest.mark.parametrize("who", ["nobody", "a worker"])
def test_a_wrong_address_is_one_line_at_once(tmp_path: Path, cluster: Cluster, who: str) -> None:
    """A `Client` that did not come up would end 20 s after the program, with a traceback."""
    with look_into(cluster) as dask:
        workers: list[str] = list(dask.nthreads())
    address = workers[0] if who == "a worker" else "nonsense://x"
    began = time.monotonic()
    refused = run("--model", "embedded", "--out", tmp_path / "out", "--dask", address)
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1, refused.stderr
    assert time.monotonic() - began < 15


def test_who_takes_the_connection_and_says_nothing_is_no_scheduler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "CONNECT", 1)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = f"tcp://127.0.0.1:{mute.getsockname()[1]}"
        with pytest.raises(InputError, match="no Dask scheduler answers there"):
            client.run_on_cluster(plan(tmp_path), lambda _: None, done=(), scheduler=address)
        process = subprocess.Popen(  # noqa: S603
            command("--model", "embedded", "--out", tmp_path / "out", "--dask", address)
        )
        connections = [mute.accept()[0] for _ in range(2)]  # the one of above, and this one
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=6) == 130  # not only when it gives up
        for connection in connections:
            connection.close()


def test_without_any_worker_it_does_not_wait_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "WAIT", 0.5)
    with Cluster(tmp_path) as cluster, pytest.raises(RunError, match="no worker was there"):
        client.run_on_cluster(plan(tmp_path), lambda _: None, done=(), scheduler=cluster.address)


def test_a_scheduler_that_goes_away_ends_the_run(tmp_path: Path) -> None:
    options = ("--cases", many(tmp_path, 900), "--model", "embedded", "--out", tmp_path / "out")
    with Cluster(tmp_path) as cluster:
        cluster.add()
        process = subprocess.Popen(  # noqa: S603
            command(*options, "--dask", cluster.address), stderr=subprocess.PIPE, text=True
        )
        wait_for_lines(tmp_path / "out/results.jsonl", 100)
        cluster.scheduler.send_signal(signal.SIGKILL)
        errors = process.communicate(timeout=90)[1]
    assert process.returncode == 3, errors
    assert "the Dask scheduler went away; run it again to go on" in errors
    assert "Traceback" not in errors


def test_both_kinds_of_workers_are_one_too_many(tmp_path: Path) -> None:
    refused = run("--workers", "2", "--dask", "tcp://127.0.0.1:9", "--out", tmp_path / "out")
    assert refused.returncode == 2
    assert "give one of them" in refused.stderr


def test_no_secret_goes_over_the_network(tmp_path: Path) -> None:
    settings = Settings(
        model="m",
        api_key=KEY,
        base_url="https://ada:hunter22@models.example.com/v1?key=hunter23",
        state_key="a state key of 16 characters",
        pseudonym_key="a pseudonym key of 16 characters",
        store="postgresql://ada:hunter24@db/x",
    )
    secret = replace(plan(tmp_path), settings=settings, user=settings)
    sent = Shared(client.to_be_sent(secret), load(example_path()), about(secret))
    pickled = pickle.dumps(sent)
    for text in (KEY, "hunter22", "hunter23", "hunter24", "a state key", "a pseudonym key", str(tmp_path)):
        assert text.encode() not in pickled
        assert text not in repr(sent)


def test_batches_are_small_enough_for_all_and_large_enough_for_each(tmp_path: Path) -> None:
    planned: Plan = plan(tmp_path)
    assert client._batch_size(planned, 100_000, 8) == 64
    assert client._batch_size(planned, 100, 8) == 4
    assert client._batch_size(planned, 3, 8) == 1
    assert client._batch_size(planned, 0, 8) == 1


def test_a_tape_can_be_cut_by_conversation(tmp_path: Path) -> None:
    with OpenAIStub(brain) as stub:
        planned = plan(tmp_path, base_url=stub.base_url, tape=tmp_path / "t", mode="record")
        from evals import evaluate
        from evals.tape import Tape

        evaluate(planned, tmp_path / "out")
    with (tmp_path / "t").open("ab") as file:
        damaged = {"key": "0" * 32, "case": [], "trial": 0}
        file.write(json.dumps(damaged, separators=(",", ":")).encode() + b"\n")
    with Tape(tmp_path / "t", "replay", None) as tape:
        parts = [tape.about_conversation(str(case["id"]), 0) for case in CASES]
        assert tape.about_conversation("nobody", 0) == b""
    whole = (tmp_path / "t").read_bytes().splitlines()[1:-1]
    assert sorted(line for part in parts for line in part.splitlines()) == sorted(whole)
    assert about_of(tmp_path / "t") == planned.about_model
