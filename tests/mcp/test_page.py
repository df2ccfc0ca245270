"""The page where a person says yes: a GET confirms nothing, and only its own form is taken."""

import asyncio
import re
from collections.abc import Awaitable, Callable

import httpx2
import pytest

from tests.mcp.setting import call, over_http, page_in, proposed, start

CROSS_SITE = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}


def once(page: str) -> str:
    found = re.search(r'name="once" value="([^"]+)"', page)
    assert found, page
    return found[1]


async def test_what_a_person_presses_there_the_model_gets_with_its_next_call(url: str) -> None:
    async with over_http(url) as client, httpx2.AsyncClient() as browser:
        id_, proposal = await proposed(client)
        page = page_in(await start(client, id_))
        shown = await browser.get(page)
        for part in (proposal["queue"], proposal["summary"], proposal["to"], *proposal["sends"].values()):
            assert part in shown.text
        pressed = await browser.post(page, data={"once": once(shown.text)}, follow_redirects=True)
        again = await start(client, id_)
        assert again["handoff"]["proposal"] == proposal["id"]
        assert not again["handoff"]["relayed"]
        said = await call(client, "send_message", conversation_id=id_, text="thanks")
    link = again["handoff"]["url"].replace("&", "&amp;")
    assert f'href="{link}"' in pressed.text
    assert again["handoff"]["url"] in [button["url"] for button in said["buttons"]]


async def test_the_headers_keep_it_out_of_caches_frames_and_referrers(url: str) -> None:
    async with over_http(url) as client, httpx2.AsyncClient() as browser:
        id_, _ = await proposed(client)
        page = page_in(await start(client, id_))
        shown = await browser.get(page)
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["referrer-policy"] == "no-referrer"
    policy = shown.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy
    assert "script" not in policy
    cookie = shown.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert len(page.rpartition("/")[2]) == 32  # 128 bits, in hexadecimal digits


async def test_a_get_confirms_nothing(url: str) -> None:
    async with over_http(url) as client, httpx2.AsyncClient() as browser:
        id_, _ = await proposed(client)
        page = page_in(await start(client, id_))
        shown = await browser.get(page)
        for address in (page, f"{page}?once={once(shown.text)}", f"{page}?action=start"):
            assert (await browser.get(address)).status_code == 200
            assert (await browser.head(address)).status_code == 200
        assert page_in(await start(client, id_)) == page


@pytest.mark.parametrize(
    "forged",
    ["nothing", "no cookie", "made up", "from a neighbour", "another's field", "two fields", "large", "json"],
)
async def test_only_its_own_form_is_taken(url: str, forged: str) -> None:
    async with (
        over_http(url) as client,
        httpx2.AsyncClient() as browser,
        httpx2.AsyncClient() as other,
        httpx2.AsyncClient() as bare,
    ):
        id_, _ = await proposed(client)
        page = page_in(await start(client, id_))
        mine, theirs = once((await browser.get(page)).text), once((await other.get(page)).text)
        send: Callable[[], Awaitable[httpx2.Response]] = {
            "nothing": lambda: browser.post(page, headers=CROSS_SITE),
            "no cookie": lambda: bare.post(page, data={"once": mine}, headers=CROSS_SITE),
            "made up": lambda: bare.post(page, data={"once": "a.b"}, headers={"cookie": "handoff-page=a.b"}),
            "from a neighbour": lambda: browser.post(
                page, data={"once": mine}, headers={"sec-fetch-site": "same-site"}
            ),
            "another's field": lambda: browser.post(page, data={"once": theirs}),
            "two fields": lambda: browser.post(page, data={"once": [theirs, mine]}),
            "large": lambda: browser.post(page, data={"pad": "x" * 2000, "once": mine}),
            "json": lambda: browser.post(page, json={"once": mine}),
        }[forged]
        refused: httpx2.Response = await send()
        assert refused.status_code == 403
        assert once(refused.text)  # and there is a new form, for the person
        assert (await start(client, id_))["handoff"] is None


async def test_double_clicks_make_one_handoff(url: str) -> None:
    async with over_http(url) as client, httpx2.AsyncClient() as browser:
        id_, _ = await proposed(client)
        page = page_in(await start(client, id_))
        form = {"once": once((await browser.get(page)).text)}
        clicks = await asyncio.gather(
            *(browser.post(page, data=form, follow_redirects=True) for _ in range(6))
        )
        links = {re.findall(r'href="([^"]+)"', click.text)[0] for click in clicks}
        made = (await start(client, id_))["handoff"]["url"]
    assert links == {made.replace("&", "&amp;")}


async def test_a_page_is_for_one_proposal(url: str) -> None:
    async with over_http(url) as client, httpx2.AsyncClient() as browser:
        id_, _ = await proposed(client)
        page = page_in(await start(client, id_))
        form = {"once": once((await browser.get(page)).text)}
        edit = {"conversation_id": id_, "action": "edit", "text": "Reset the password of the director"}
        await call(client, "press_button", **edit)
        pressed = await browser.post(page, data=form)
        assert pressed.status_code == 410
        assert (await browser.get(page)).status_code == 410
        newer = page_in(await start(client, id_))
        assert newer != page
        assert "Reset the password" in (await browser.get(newer)).text


async def test_an_address_that_nobody_gave_out(url: str) -> None:
    async with httpx2.AsyncClient() as browser:
        for token in ("0" * 32, "x", "%00", "0" * 4000):
            address = url.replace("/mcp", f"/confirm/{token}")
            for answer in (await browser.get(address), await browser.post(address, data={"once": "x"})):
                assert answer.status_code in (404, 410)
