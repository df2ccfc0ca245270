"""A Slack app around the agent: `python examples/slack_app.py`, set up as docs/slack.md says.

Needs SLACK_SIGNING_SECRET and SLACK_BOT_TOKEN, and `pip install slack_sdk starlette uvicorn`.
One person in one channel has one conversation. Its id is in every button's block, and its user's id says whose it
is, so that only they can press. Conversations are kept in a file; which one goes on is known until a restart.
"""

import asyncio
import html
import json
import logging
import os
import re
import socket
from collections import OrderedDict
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web import SlackResponse
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agent import Chat, HandoffAgent, Reply, User
from agent.data import example_path
from agent.renderers import slack
from agent.stores.sqlite import SQLiteStore

log = logging.getLogger("slack_app")
REMEMBERED = 10_000  # events, so that one that Slack sends again is not answered again
FIELD_CHARS = 3_000  # what a text input of Slack holds
# <@U024BE7LH>, <https://acme.com|acme.com>, <!channel>: what is read of it, and nothing of a mention.
MARKED = re.compile(r"<([@#!]?)([^|>]*)\|?([^>]*)>")


class SlackApp:
    """The two addresses that Slack calls. Both answer at once; the work is done after that."""

    def __init__(self, agent: HandoffAgent, client: WebClient, signing_secret: str) -> None:
        self._agent, self._client = agent, client
        self._verifier = SignatureVerifier(signing_secret)
        self._chats: dict[str, Chat] = {}
        self._seen: OrderedDict[str, None] = OrderedDict()
        routes = [
            Route("/slack/events", self.events, methods=["POST"]),
            Route("/slack/actions", self.actions, methods=["POST"]),
        ]
        self.app = Starlette(routes=routes)

    # ── what Slack calls ─────────────────────────────────────────────────────────────────────────────────

    async def events(self, request: Request) -> Response:
        """A message to the app, or a mention of it. Slack sends it again if no answer comes within 3 s."""
        if not await self._is_from_slack(request):
            return Response(status_code=401)
        body = json.loads(await request.body())
        if body["type"] == "url_verification":
            return JSONResponse({"challenge": body["challenge"]})
        event = body.get("event", {})
        mine = event.get("type") == "app_mention" or event.get("channel_type") == "im"
        if not mine or event.get("bot_id") or event.get("subtype") or self._is_again(body["event_id"]):
            return Response()
        return Response(background=BackgroundTask(self._say, body["team_id"], event))

    async def actions(self, request: Request) -> Response:
        """A pressed button, or a summary that was edited."""
        if not await self._is_from_slack(request):
            return Response(status_code=401)
        payload = json.loads(parse_qs((await request.body()).decode())["payload"][0])
        if payload["type"] == "view_submission":
            return Response(background=BackgroundTask(self._submit, payload))
        if payload["type"] == "block_actions" and "value" in payload["actions"][0]:  # others only open a link
            return Response(background=BackgroundTask(self._press, payload))
        return Response()

    async def _is_from_slack(self, request: Request) -> bool:
        """Signed with the app's secret, and not older than five minutes."""
        try:
            return self._verifier.is_valid_request(await request.body(), dict(request.headers))
        except ValueError:  # a time that is no number, a body that is no text
            return False

    def _is_again(self, event_id: str) -> bool:
        again = event_id in self._seen
        self._seen[event_id] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return again

    # ── what is done then ────────────────────────────────────────────────────────────────────────────────

    async def _say(self, team: str, event: dict[str, Any]) -> None:
        key = _key(team, event["channel"], event["user"])
        if key not in self._chats:
            user = await self._user(key, event["user"])
            self._chats.setdefault(key, self._agent.start(user))
        chat = self._chats[key]
        await self._post(event["channel"], chat, await chat.send(_read(event["text"])))

    async def _press(self, payload: dict[str, Any]) -> None:
        action, channel = payload["actions"][0], payload["channel"]["id"]
        chat = await self._own(payload, channel, action["block_id"].partition(".")[0])
        if chat is None:
            return
        press = json.loads(action["value"])
        proposal = chat.conversation.proposal
        if press["action"] == "edit" and proposal and len(proposal.summary) <= FIELD_CHARS:
            view = _edit_view(action["text"]["text"], proposal.summary, f"{channel} {chat.id}")
            await self._call(self._client.views_open, trigger_id=payload["trigger_id"], view=view)
        else:
            await self._post(channel, chat, await chat.press(**press))

    async def _submit(self, payload: dict[str, Any]) -> None:
        channel, id_ = payload["view"]["private_metadata"].split()
        chat = await self._own(payload, channel, id_)
        if chat:
            text = payload["view"]["state"]["values"]["summary"]["text"]["value"]
            await self._post(channel, chat, await chat.press("edit", text=text))

    async def _own(self, payload: dict[str, Any], channel: str, id_: str) -> Chat | None:
        """The conversation, if it is that of the person who pressed; others are told so, and nothing happens."""
        key = _key(payload["team"]["id"], channel, payload["user"]["id"])
        chat = self._chats.get(key)
        if chat is None or chat.id != id_:
            chat = await self._agent.load(id_)
        if chat and chat.conversation.user.id == key:
            self._chats.setdefault(key, chat)
            return chat
        text = "Only the person who is asking can press this. Write to me, and you get your own."
        await self._call(
            self._client.chat_postEphemeral, channel=channel, user=payload["user"]["id"], text=text
        )
        return None

    async def _user(self, key: str, user: str) -> User:
        found = await self._call(self._client.users_info, user=user)
        profile = found.get("user", {}).get("profile", {})
        return User(id=key, name=profile.get("real_name"), email=profile.get("email"))

    async def _post(self, channel: str, chat: Chat, reply: Reply) -> None:
        for message in slack.from_reply(reply):
            for number, block in enumerate(message["blocks"]):
                block["block_id"] = f"{chat.id}.{number}"
            await self._call(self._client.chat_postMessage, channel=channel, **message)

    async def _call(self, method: Callable[..., SlackResponse], **arguments: Any) -> dict[str, Any]:
        try:
            answer = await asyncio.to_thread(method, **arguments)
        except SlackApiError as error:
            log.error("%s failed: %s", method.__name__, error.response.get("error"))  # noqa: TRY400  # no traceback needed
            return {}
        return dict(answer.data) if isinstance(answer.data, dict) else {}


def _key(team: str, channel: str, user: str) -> str:
    return f"slack:{team}:{channel}:{user}"


def _read(text: str) -> str:
    """What the person sees of their message."""
    shown = MARKED.sub(lambda match: "" if match[1] else match[3] or match[2], text)
    return html.unescape(shown).strip()


def _edit_view(title: str, summary: str, metadata: str) -> dict[str, Any]:
    field = {
        "type": "plain_text_input",
        "action_id": "text",
        "multiline": True,
        "initial_value": summary,
        "max_length": FIELD_CHARS,
    }
    label = {"type": "plain_text", "text": html.unescape(title)}
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Live agent"},
        "submit": {"type": "plain_text", "text": "OK"},
        "private_metadata": metadata,
        "blocks": [{"type": "input", "block_id": "summary", "label": label, "element": field}],
    }


async def main() -> None:
    client = WebClient(
        os.environ["SLACK_BOT_TOKEN"],
        base_url=os.environ.get("SLACK_API_URL", WebClient.BASE_URL),
    )
    store = SQLiteStore(os.environ.get("SLACK_APP_FILE", "slack_app.sqlite"))
    async with HandoffAgent.from_file(example_path(), store=store) as agent:
        app = SlackApp(agent, client, os.environ["SLACK_SIGNING_SECRET"]).app
        listener = socket.create_server(("127.0.0.1", int(os.environ.get("PORT", "3000"))))
        print("listening on http://{}:{}".format(*listener.getsockname()), flush=True)
        await uvicorn.Server(uvicorn.Config(app, log_level="warning")).serve([listener])


if __name__ == "__main__":
    asyncio.run(main())
