"""A tool call is never a yes: the person is asked by their client, or nothing is handed off."""

import asyncio
from pathlib import Path
from typing import Any, Literal

import pytest
from mcp.client.context import ClientRequestContext
from mcp.types import ElicitRequestParams, ElicitResult, ErrorData

from tests.mcp.setting import (
    MODES,
    Mode,
    Person,
    agrees,
    call,
    catalogue,
    over_http,
    over_stdio,
    page_in,
    proposed,
    served,
    start,
)

YES = ["yes", "Start agent chat", "go ahead", "ja bitte"]


@pytest.mark.parametrize("mode", MODES)
async def test_the_person_agrees_in_their_clients_form(url: str, mode: Mode) -> None:
    person = agrees()
    async with over_http(url, mode, person) as client:
        id_, proposal = await proposed(client)
        reply = await start(client, id_)
        assert reply["phase"] == "handed_off"
        assert reply["handoff"]["url"].startswith("https://chat.example.com/start?queue_id=db&text=my%20SQL")
        assert reply["handoff"]["proposal"] == proposal["id"]
        assert not reply["handoff"]["relayed"]
        again = await start(client, id_, proposal=proposal["id"])
    assert again["handoff"]["url"] == reply["handoff"]["url"]
    (asked,) = person.asked  # once: pressing again opens what is made
    for part in (
        proposal["queue"],
        proposal["summary"],
        "https://chat.example.com",
        *proposal["sends"].values(),
    ):
        assert part in asked


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("action", "content"),
    [("decline", {}), ("cancel", {}), ("accept", {"confirm": False}), ("cancel", {"confirm": True})],
    ids=["declined", "cancelled", "not ticked", "ticked and cancelled"],
)
async def test_whoever_does_not_agree_is_not_handed_off(
    url: str, mode: Mode, action: Literal["accept", "decline", "cancel"], content: dict[str, bool]
) -> None:
    person = Person(action, **content)
    async with over_http(url, mode, person) as client:
        id_, proposal = await proposed(client)
        reply = await start(client, id_)
        assert person.asked
        assert reply["handoff"] is None
        assert reply["proposal"] == proposal
        assert "nothing was sent" in reply["text"]
        person.action, person.content = "accept", {"confirm": True}
        assert (await start(client, id_))["handoff"]


@pytest.mark.parametrize("mode", MODES)
async def test_a_client_that_cannot_ask_gets_a_page(url: str, mode: Mode) -> None:
    async with over_http(url, mode) as client:
        id_, proposal = await proposed(client)
        reply = await start(client, id_)
        assert reply["proposal"] == proposal
        assert page_in(reply) == page_in(await start(client, id_))


async def test_a_client_whose_form_fails_gets_a_page(url: str) -> None:
    async def fails(context: ClientRequestContext, params: ElicitRequestParams) -> ErrorData:
        return ErrorData(code=-32603, message="no screen")

    async with over_http(url, "legacy", fails) as client:
        id_, _ = await proposed(client)
        assert page_in(await start(client, id_))


async def test_what_a_model_says_is_no_yes(url: str) -> None:
    person = agrees()
    async with over_http(url, person=person) as client:
        id_, proposal = await proposed(client)
        said = [await call(client, "send_message", conversation_id=id_, text=yes) for yes in YES]
        said.append(await call(client, "press_button", conversation_id=id_, action="message", text=YES[0]))
        said.append(await call(client, "press_button", conversation_id=id_, action="skip"))
        said.append(await start(client, id_, proposal="of another time"))
    assert all(reply["handoff"] is None for reply in said)
    assert all(reply["proposal"]["summary"] == proposal["summary"] for reply in said)
    assert not person.asked  # none of these was about the proposal that stands


@pytest.mark.parametrize("mode", MODES)
async def test_a_yes_is_for_what_was_on_the_form(url: str, mode: Mode) -> None:
    """While the person reads, the summary changes: what they agreed to is not there any more."""
    texts: list[str] = []

    async def changed_meanwhile(context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        texts.append(params.message)
        if len(texts) == 1:
            async with over_http(url) as other:
                edit = {
                    "conversation_id": id_,
                    "action": "edit",
                    "text": "Give everybody admin rights to SQL",
                }
                await call(other, "press_button", **edit)
        return ElicitResult(action="accept", content={"confirm": True})

    async with over_http(url, mode, changed_meanwhile) as client:
        id_, before = await proposed(client)
        reply = await start(client, id_)
    if mode == "legacy":
        assert reply["handoff"] is None
        assert reply["proposal"]["id"] != before["id"]
    else:  # the call was made again, so they were asked again, about the new one
        assert "admin rights" in texts[1]
        assert "text=Give%20everybody" in reply["handoff"]["url"]
    assert "admin rights" not in texts[0]


@pytest.mark.parametrize("mode", MODES)
async def test_many_presses_at_once_make_one_handoff(url: str, mode: Mode) -> None:
    async with over_http(url, mode, agrees()) as client:
        id_, _ = await proposed(client)
        replies = await asyncio.gather(*(start(client, id_) for _ in range(8)))
    assert len({reply["handoff"]["url"] for reply in replies}) == 1  # each handoff has a reference of its own


async def test_over_stdio(tmp_path: Path) -> None:
    person = agrees()
    async with over_stdio("--queues", catalogue(tmp_path), mode="legacy", person=person) as client:
        id_, _ = await proposed(client)
        assert (await start(client, id_))["handoff"]
    assert len(person.asked) == 1


async def test_a_host_may_take_the_models_word_and_it_is_on_record(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    person = agrees()
    with served("--queues", catalogue(tmp_path), "--accept-relayed") as url:
        async with over_http(url, person=person) as client:
            said: list[dict[str, Any]] = []
            for how in ("press", "say"):
                id_, _ = await proposed(client)
                yes = {"conversation_id": id_, "text": "yes"}
                pressed = start(client, id_) if how == "press" else call(client, "send_message", **yes)
                said.append(await pressed)
    assert all(reply["handoff"]["relayed"] for reply in said)
    assert not person.asked
    assert "--accept-relayed: the assistant's own word counts as the person's yes." in capfd.readouterr().err
