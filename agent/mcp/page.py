"""What the page of a proposal looks like. It needs no script."""

from agent.language.locale import Locale
from agent.markup import Node, node, small_page
from agent.records.reply import Proposal

STYLE = (
    ":root{color-scheme:light dark;--line:#8886;--box:#8881}"
    "body{font:1.05rem/1.5 system-ui,sans-serif;max-width:36rem;margin:8vh auto;padding:0 1rem}"
    "h1{font-size:1.5rem;line-height:1.3}"
    "blockquote{margin:1rem 0;padding:.6rem 1rem;border-left:.25rem solid #0b62c4;background:var(--box)}"
    "blockquote,dd,.note{white-space:pre-wrap;overflow-wrap:anywhere}"
    "dl{border:1px solid var(--line);border-radius:.5rem;padding:.6rem 1rem}"
    "dt{font-size:.85rem;opacity:.8}dd{margin:0 0 .6rem}dd:last-child{margin:0}"
    ".note{border:1px solid #b45309;border-radius:.5rem;padding:.6rem 1rem}"
    "button,a{display:inline-block;font:inherit;font-weight:600;padding:.7rem 1.5rem;border:0;border-radius:.5rem;"
    "background:#0b62c4;color:#fff;text-decoration:none;cursor:pointer}"
    "button:focus-visible,a:focus-visible{outline:.2rem solid currentColor;outline-offset:.2rem}"
)


def proposal_page(locale: Locale, proposal: Proposal, once: str, note: str = "") -> str:
    """The proposal with everything that would be sent, and the button; `note` is what came of the last press."""
    return _page(
        locale,
        locale("yes_ask", queue=proposal.queue),
        node("p", note, class_="note", role="status") if note else None,
        node("p", locale("yes_prepared")),
        node("p", locale("yes_sends", to=proposal.to)),
        node("dl", *(part for name, value in proposal.sends.items() for part in _sent(name, value))),
        *_unsent(locale, proposal),
        node(
            "form",
            node("input", type="hidden", name="once", value=once),
            node("button", locale("start"), type="submit"),
            method="post",
        ),
    )


def ready_page(locale: Locale, queue: str, url: str) -> str:
    """After the yes: the link."""
    link = node("a", locale("yes_open"), href=url, rel="noreferrer")
    return _page(locale, locale("yes_ready", queue=queue), node("p", link))


def gone_page(locale: Locale) -> str:
    """Nothing is proposed here: the address is wrong or too old, or the conversation has gone on."""
    return _page(locale, locale("yes_gone"))


def _unsent(locale: Locale, proposal: Proposal) -> list[Node]:
    """The summary, where the target takes none along."""
    if proposal.carries_summary or not proposal.summary:
        return []
    return [node("p", locale("summary_not_sent")), node("blockquote", proposal.summary)]


def _sent(name: str, value: str) -> tuple[Node, Node]:
    return node("dt", name), node("dd", value)


def _page(locale: Locale, heading: str, *parts: Node | None) -> str:
    return small_page(heading, STYLE, locale.language, *parts)
