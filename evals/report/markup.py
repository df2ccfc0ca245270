"""The frame of the report: a page on its own, with its style and script in it."""

from importlib.resources import files

from agent.markup import Node, node, page_text, raw, source_hash


def asset(name: str) -> str:
    """A file beside this one."""
    return (files("evals.report") / name).read_text("utf-8")


def document(title: str, body: Node) -> str:
    """A page that runs nothing, loads nothing and sends nothing but its own style and script."""
    style, script = asset("page.css"), asset("page.js")
    policy = (
        f"default-src 'none'; style-src {source_hash(style)}; script-src {source_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    head = node(
        "head",
        node("meta", charset="utf-8"),
        node("meta", http_equiv="Content-Security-Policy", content=policy),
        node("meta", name="viewport", content="width=device-width, initial-scale=1"),
        node("meta", name="color-scheme", content="light dark"),
        node("title", title),
        raw("style", style),
    )
    body.append(raw("script", script))
    return page_text(head, body)
