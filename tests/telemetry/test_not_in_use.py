"""Without OpenTelemetry nothing is missing, and where nobody has loaded it, it is not loaded from here either."""

import os
import subprocess
import sys

import pytest

TALK = """
import asyncio, sys
{before}
from agent import HandoffAgent
from agent.data import example_path

async def main():
    async with HandoffAgent.from_file(example_path()) as agent:
        chat = agent.start()
        await chat.send("my SQL database is slow")
        reply = await chat.press("start")
        print(reply.handoff.url)
        print(chat.conversation.messages[-1].traceparent)

asyncio.run(main())
print("loaded" if sys.modules.get("opentelemetry") else "not loaded")
"""


def run(program: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, **environ},
    )


@pytest.mark.parametrize("before", ["", "sys.modules['opentelemetry'] = None"])
def test_a_conversation_without(before: str) -> None:
    url, traceparent, loaded = run(TALK.format(before=before)).stdout.splitlines()
    assert url.startswith("https://livechat.acme.com/start-chat?queue_id=71f1cbd2")
    assert (traceparent, loaded) == ("None", "not loaded")


def test_with_the_api_but_no_sdk() -> None:
    url, traceparent, loaded = run(TALK.format(before="import opentelemetry.trace")).stdout.splitlines()
    assert url.startswith("https://livechat.acme.com/start-chat?queue_id=71f1cbd2")
    assert (traceparent, loaded) == ("None", "loaded")


def test_with_an_api_that_is_too_old() -> None:
    old = """
import importlib.metadata, opentelemetry.trace
from unittest import mock
versions = importlib.metadata.version
importlib.metadata.version = lambda name: "1.9.1" if name == "opentelemetry-api" else versions(name)
"""
    done = run(TALK.format(before=old))
    assert done.stdout.splitlines()[1] == "None"
    assert done.stderr.count("opentelemetry-api is 1.9.1, it takes 1.31 or newer") == 1


SEND = """
import sys
{before}
from agent.telemetry.export import exporting
with exporting():
    print("loaded" if sys.modules.get("opentelemetry") else "not loaded")
"""


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"},
        {
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
            "OTEL_TRACES_EXPORTER": "none",
            "OTEL_METRICS_EXPORTER": "none",
        },
    ],
)
def test_nothing_is_sent_where_nothing_says_so(environ: dict[str, str]) -> None:
    done = run(SEND.format(before=""), **environ)
    assert (done.stdout, done.stderr) == ("not loaded\n", "")


@pytest.mark.parametrize(
    ("before", "environ", "told"),
    [
        (
            "sys.modules['opentelemetry'] = None",
            {},
            "sending traces to a collector needs the package opentelemetry: pip install 'live-agent-handoff[otel]'",
        ),
        (
            "",
            {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
            "OTEL_EXPORTER_OTLP_PROTOCOL is 'grpc': it is http/protobuf",
        ),
    ],
)
def test_what_cannot_be_sent_is_told_and_the_server_runs(
    before: str, environ: dict[str, str], told: str
) -> None:
    done = run(SEND.format(before=before), OTEL_EXPORTER_OTLP_TRACES_ENDPOINT="http://127.0.0.1:9", **environ)
    assert done.stdout == "not loaded\n"
    assert done.stderr.splitlines() == [f"no traces are sent: {told}"]
