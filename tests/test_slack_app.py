"""The Slack app of the examples, as a process of its own, called with signed requests as Slack sends them."""

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

from tests.renderers.seed import SAID, URL
from tests.support.slack_api import SECRET, TOKEN, SlackAPI, post, signed

Json = dict[str, Any]
APP = Path(__file__).parent.parent / "examples" / "slack_app.py"
TEAM, ADA, BOB = "T061EG9R6", "U2147483697", "U061F7AUR"
numbers = itertools.count(1)


class Slack:
    """What Slack does: tells the app what people say and press, and shows what it posts."""

    def __init__(self, app: str, api: SlackAPI) -> None:
        self.app, self.api = app, api
        self.channel = f"D{next(numbers):08}"

    def event(self, **event: str) -> str:
        message = {"type": "message", "channel": self.channel, "channel_type": "im", "user": ADA, "ts": "1.2"}
        return json.dumps(
            {
                "type": "event_callback",
                "team_id": TEAM,
                "event_id": f"Ev{next(numbers):08}",
                "event": message | event,
            }
        )

    def send(self, body: str, path: str = "events", **headers: str) -> None:
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        response = post(f"{self.app}/slack/{path}", body, signed(body) | headers)
        assert (response.status_code, response.text) == (200, "")

    def say(self, text: str) -> Json:
        self.send(self.event(text=text))
        return self.api.next("chat.postMessage")

    def action(self, message: Json, label: str, user: str = ADA) -> str:
        """What Slack sends when `user` presses the button with this label in `message`."""
        pressed = next(
            {"block_id": block["block_id"], **button}
            for block in message["blocks"]
            if block["type"] == "actions"
            for button in block["elements"]
            if button["text"]["text"] == label
        )
        return self.payload(user, type="block_actions", channel={"id": self.channel}, actions=[pressed])

    def payload(self, user: str, **payload: Any) -> str:
        more = {"team": {"id": TEAM}, "user": {"id": user}, "trigger_id": "12321423423.333649436676.d8"}
        return "payload=" + quote_plus(json.dumps({**more, **payload}))

    def press(self, message: Json, label: str, user: str = ADA) -> None:
        self.send(self.action(message, label, user), "actions")

    def nothing_else(self) -> None:
        """Nothing was posted before the answer to this."""
        self.channel = f"D{next(numbers):08}"
        assert "problem" in self.say("hello")["text"]


@contextmanager
def running(api: SlackAPI, file: Path) -> Iterator[str]:
    environment = {
        **os.environ,
        "SLACK_API_URL": api.url,
        "SLACK_APP_FILE": str(file),
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "PORT": "0",
    }
    said = file.with_suffix(".err")
    with (
        said.open("w") as errors,
        subprocess.Popen(  # noqa: S603
            [sys.executable, str(APP)], env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        assert process.stdout
        try:
            yield process.stdout.readline().removeprefix("listening on ").strip()
        finally:
            process.terminate()
    assert said.read_text() == ""


@pytest.fixture(scope="module")
def api() -> Iterator[SlackAPI]:
    with SlackAPI() as api:
        yield api


@pytest.fixture(scope="module")
def app(api: SlackAPI, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(api, tmp_path_factory.mktemp("slack") / "app.sqlite") as address:
        yield address


@pytest.fixture
def slack(app: str, api: SlackAPI) -> Iterator[Slack]:
    slack = Slack(app, api)
    yield slack
    slack.nothing_else()


def test_slack_makes_sure_of_the_address(app: str) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHk"})
    answer = post(f"{app}/slack/events", body, signed(body))
    assert answer.json() == {"challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHk"}


@pytest.mark.parametrize("path", ["events", "actions"])
def test_only_slack_is_listened_to(slack: Slack, path: str) -> None:
    body = slack.event(text="hello")
    old = str(int(time.time()) - 301)
    for headers in (
        {},
        signed(body, secret="another"),
        signed(body, at=old),
        signed(body, at="now"),
        signed(body + " "),
        {"X-Slack-Request-Timestamp": old},
    ):
        assert post(f"{slack.app}/slack/{path}", body, headers).status_code == 401


def test_the_seeds_conversation(slack: Slack) -> None:
    assert "Could you please tell me more" in slack.say("I'd like to speak to a live agent")["text"]
    proposed = slack.say(SAID)
    slack.press(proposed, "Start agent chat")
    message = slack.api.next("chat.postMessage")
    assert message["unfurl_links"] is message["unfurl_media"] is False
    links = [block for block in message["blocks"] if block["type"] == "rich_text"]
    assert links[0]["elements"][0]["elements"][1] == {"type": "link", "url": URL}
    slack.press(message, "Open the chat again")  # Slack reports it, though it only opens the link


def test_what_slack_marks_is_read_as_the_person_sees_it(slack: Slack) -> None:
    said = "<@U024BE7LH> my Outlook &amp; mail at <https://mail.acme.com|mail.acme.com> hang"
    slack.send(slack.event(type="app_mention", channel_type="channel", text=said))
    assert "my Outlook &amp; mail at mail.acme.com hang" in slack.api.next("chat.postMessage")["text"]


def test_only_the_person_who_asks_can_press(slack: Slack) -> None:
    proposed = slack.say(SAID)
    slack.press(proposed, "Start agent chat", user=BOB)
    told = slack.api.next("chat.postEphemeral")
    assert (told["user"], told["channel"]) == (BOB, slack.channel)
    # Nor with a conversation of their own.
    slack.send(slack.event(text=SAID, user=BOB))
    slack.api.next("chat.postMessage")
    slack.press(proposed, "Other help options", user=BOB)
    slack.api.next("chat.postEphemeral")
    slack.press(proposed, "Start agent chat")
    assert URL in slack.api.next("chat.postMessage")["text"]


def test_what_slack_sends_again_is_not_answered_again(slack: Slack) -> None:
    body = slack.event(text=SAID)
    slack.api.open.clear()
    slack.send(body)  # it is answered while the app still waits for the Web API …
    slack.send(body, X_Slack_Retry_Num="1", X_Slack_Retry_Reason="http_timeout")
    slack.api.open.set()
    slack.api.next("chat.postMessage")  # … and once; the fixture looks that nothing else comes


def test_the_apps_own_messages_are_no_messages_to_it(slack: Slack) -> None:
    slack.send(slack.event(text="hello", bot_id="B01"))
    slack.send(slack.event(text="hello", subtype="message_changed"))
    slack.send(slack.event(text="hello", channel_type="channel"))


def test_the_summary_is_edited_in_a_window(slack: Slack) -> None:
    proposed = slack.say(SAID)
    slack.press(proposed, "Edit / Add details")
    view = slack.api.next("views.open")["view"]
    field = view["blocks"][0]
    assert (field["element"]["initial_value"], field["label"]["text"]) == (SAID, "Edit / Add details")
    values = {field["block_id"]: {field["element"]["action_id"]: {"value": "Oracle <19c> & backups fail"}}}
    submitted = view | {"state": {"values": values}}
    slack.send(slack.payload(BOB, type="view_submission", view=submitted), "actions")
    slack.api.next("chat.postEphemeral")
    slack.send(slack.payload(ADA, type="view_submission", view=submitted), "actions")
    assert "“Oracle &lt;19c&gt; &amp; backups fail”" in slack.api.next("chat.postMessage")["text"]


def test_buttons_still_work_after_a_restart(api: SlackAPI, tmp_path: Path) -> None:
    with running(api, tmp_path / "app.sqlite") as app:
        before = Slack(app, api)
        proposed = before.say(SAID)
    with running(api, tmp_path / "app.sqlite") as app:
        after = Slack(app, api)
        after.channel = before.channel
        after.press(proposed, "Start agent chat")
        assert URL in api.next("chat.postMessage")["text"]
