"""Arbitrary replies, with what hostile people, models and catalogues would like to be taken for markup."""

import re
from urllib.parse import quote

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from agent.records.reply import ACTIONS, Button, Handoff, Proposal, Reply, Step

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<!channel> <!here> <@U024BE7LH> <#C024BE7LR> <https://evil.com|bank.com>",
    "@channel :tada: *bold* _it_ ~gone~ `code` ```",
    "[a](https://evil.com) ![b](https://evil.com/x.png) [c]: https://evil.com",
    "<https://evil.com> https://evil.com www.evil.com evil.com me@evil.com javascript:alert(1)",
    "# Heading\n===\n- item\n1. item\n> quote\n---\n    code\n\n| a | b |\n|---|---|",
    "{{DATE(2026-11-18T12:00:00Z, SHORT)}} {{TIME(2026-11-18T12:00:00Z)}} ${a}",
    "&amp; &lt;b&gt; &#60; \\ \\* ]]> \x00\x1b[2J \u202e",
    "ünïcödé 数据库 😀 ",
)


def _encoded(text: str) -> str:
    """`text` as a value in a URL, as long as one may be, and with all that stands in URLs as it is."""
    return re.sub("%.?$", "", quote(text, safe="()*_'!")[:7_800])


# Parsers of markup take their time on long texts, and this machine may be busy.
few = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
texts = st.lists(st.sampled_from(HOSTILE) | words | st.just("\n"), max_size=6).map("".join)
long_texts = st.builds(lambda text, n: text * n, texts, st.sampled_from([1, 1, 3, 200])).map(
    lambda text: text[:20_000]
)
labels = st.sampled_from(HOSTILE) | st.text(max_size=75).map(
    lambda text: text.encode(errors="replace").decode()
)
ids = st.from_regex(r"[a-z0-9-]{1,36}", fullmatch=True)
values = st.builds(lambda text, n: _encoded(text * n), words, st.sampled_from([1, 1, 100]))
urls = values.map(lambda value: f"https://livechat.acme.com/start_chat?queue_id=7&summary={value}")
help_urls = urls | values.map(lambda value: f"mailto:help@acme.com?body={value}") | st.just("tel:+1-555-0100")

steps = st.builds(
    Step, id=ids, text=texts.map(lambda t: t[:400]), status=st.sampled_from(["pending", "success", "error"])
)
proposals = st.builds(
    Proposal,
    id=ids,
    queue_id=ids,
    queue=labels,
    summary=long_texts,
    reason=texts,
    sends=st.dictionaries(ids, texts, max_size=3),
    to=st.just("https://livechat.acme.com"),
    carries_summary=st.booleans(),
    wanted=ids,
    reference=ids,
    revision=st.integers(0, 9),
    fingerprint=ids,
)


def _buttons() -> st.SearchStrategy[Button]:
    style = st.sampled_from(["filled", "outlined", "text"])
    optional = {"queue_id": st.none() | ids, "proposal": st.none() | ids}
    return (
        st.builds(Button, label=labels, action=st.sampled_from(ACTIONS), style=style, **optional)
        | st.builds(Button, label=labels, action=st.just("start"), style=style, url=urls, proposal=ids)
        | st.builds(Button, label=labels, action=st.just("message"), style=style, text=st.none() | long_texts)
        | st.builds(Button, label=labels, action=st.just("link"), style=style, url=help_urls)
    )


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    """Any reply that fits the model, and more of everything than the agent makes."""
    handoff = draw(st.none() | st.builds(Handoff, url=urls, queue_id=ids, proposal=ids))
    shown = draw(st.lists(steps, max_size=3))
    if handoff and draw(st.booleans()):
        shown.append(Step(id="link", text=f"Taking you to {handoff.url}", status="success"))
    return Reply(
        id=draw(ids),
        phase=draw(st.sampled_from(["gathering", "proposed", "handed_off", "closed"])),
        text=draw(long_texts),
        steps=tuple(shown),
        buttons=tuple(draw(st.lists(_buttons(), max_size=12))),
        proposal=draw(st.none() | proposals),
        handoff=handoff,
    )


def own_urls(reply: Reply) -> set[str]:
    """The only addresses that may be links."""
    urls = {button.url for button in reply.buttons if button.url}
    return urls | ({reply.handoff.url} if reply.handoff else set())


def squeezed(text: str) -> str:
    """`text` without any space, for comparing what can be read."""
    return "".join(text.split())
