"""The report page: hostile text is text, nothing is loaded or run but its own, and every failure is on it."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.markup import source_hash, visible
from evals.comparison import compared
from evals.report.page import page
from evals.report.talks import SHOWN
from evals.result import Call, Result, Shown, Turn

from .made import result, summary
from .pages import Page

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style></title><img src=x onerror=alert(1)>",
    "<!--",
    "--><b onclick='x'>",
    "]]><a href='https://evil.example.com'>x</a>",
    "\"' onmouseover=alert(1) style='background:url(https://evil.example.com)' x='",
    "javascript:alert(1)",
    "a\u202eb\u2066c\u200f",
    "a\x00b\x1b[31mc\x07\x85",
    "&lt;script&gt; &#60; &amp;amp;",
    "{{7*7}} ${7*7} %s %(x)s {x}",
    "</details></main></body></html>",
    "<svg/onload=alert(1)>",
    "x" * 5000,
]


def hostile(text: str) -> list[Result]:
    """Conversations in which every text is this one."""
    turn = Turn(
        said=text,
        situation="proposal",
        reply=text,
        phase="proposed",
        steps=((text, "success"), (text, text)),
        buttons=(text, text),
        proposal=Shown(queue=text, name=text, wanted=text, summary=text, reason=text),
        handoff=text,
        calls=(Call(decision=text, queue=text, text=text, confidence=0.5), Call(error=text)),
        degraded=True,
    )
    a, b = f"a{text}a", f"b{text}b"
    return [
        result(f"1{text}1", a, (b,), tags=(f"t{text}t",), transcript=(turn,), confidence=0.5),
        result(f"2{text}2", b, (b,), tags=(f"t{text}t", "held"), error=text, transcript=(turn,)),
        result(f"3{text}3", a, (a,), confidence=0.5),
    ]


def made(results: list[Result], baseline: list[Result] | None = None, **configuration: Any) -> Page:
    """The page of a run, taken apart."""
    found = summary(results, **configuration)
    before = compared((summary(baseline), baseline), (found, results)) if baseline else None
    seconds = {"seconds": None, "prices": [1.0, 2.0]}
    return Page(page(found, results, seconds, before))


def hostile_page(text: str) -> Page:
    results = hostile(text)
    before = [one.model_copy(update={"correct": not one.correct}) for one in results if not one.error]
    return made(results, before, model=f"m{text}m", server=f"s{text}s")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(text: str) -> None:
    found, harmless = hostile_page(text), hostile_page("harmless")
    assert [tag.name for tag in found.tags] == [tag.name for tag in harmless.tags]
    assert [sorted(tag.attributes) for tag in found.tags] == [sorted(tag.attributes) for tag in harmless.tags]
    assert found.comments == []
    for shown in (f"1{text}1", f"2{text}2", f"t{text}t", f"a{text}a", f"b{text}b", f"m{text}m", f"s{text}s"):
        assert visible(shown) in found.text
    assert found.text.count(visible(text)) >= harmless.text.count("harmless")


@settings(max_examples=30)
@given(st.text(st.characters(codec="utf-8") | st.sampled_from("<>&\"'/\u202e\x00"), min_size=1))
def test_any_text_is_text(text: str) -> None:
    assert [tag.name for tag in hostile_page(text).tags] == [tag.name for tag in hostile_page("x").tags]


@pytest.mark.parametrize("text", ["harmless", *HOSTILE])
def test_nothing_runs_and_nothing_is_loaded_but_its_own(text: str) -> None:
    found = hostile_page(text)
    names = [tag.name for tag in found.tags]
    assert (names.count("script"), names.count("style")) == (1, 1)
    assert not {"img", "link", "iframe", "object", "embed", "base", "form", "image", "use"} & set(names)
    for tag in found.tags:
        assert not [name for name in tag.attributes if name.startswith("on") or name in ("style", "src")]
    assert all(address.startswith("#") for name in ("href", "xlink:href") for address in found.values(name))
    assert found.values("http-equiv") == ["Content-Security-Policy"]
    (policy,) = [tag.attributes["content"] for tag in found.tags if "http-equiv" in tag.attributes]
    assert policy == (
        f"default-src 'none'; style-src {source_hash(found.raw['style'][0])}; "
        f"script-src {source_hash(found.raw['script'][0])}; base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r"https?:|@import|url\(|//[a-z]", found.raw["style"][0])
    assert not re.search(r"https?:|innerHTML|fetch|eval|document\.write", found.raw["script"][0])


def test_the_policy_stands_before_what_it_is_about() -> None:
    names = [tag.name for tag in hostile_page("x").tags]
    found = hostile_page("x").tags
    place = next(number for number, tag in enumerate(found) if "http-equiv" in tag.attributes)
    assert place < names.index("style") < names.index("script")


def folded(found: Page) -> list[str]:
    return [tag.attributes.get("id", "") for tag in found.tags if tag.name == "details"]


def test_every_conversation_that_failed_is_on_it() -> None:
    results = [
        result("good"),
        result("wrong", "r"),
        result("lost", None),
        result("broken", error="it broke"),
        result("degraded", degraded=True),
        result("faulty", user_faults=1),
        result("violated", violations=("no_reply",)),
        result("too-much", "q", ()),
        result("fine", None, ()),
    ]
    found = made(results)
    assert folded(found) == [f"case-{one.id}" for one in results if one.id not in ("good", "fine")]
    assert "7 conversations did not go as expected." in found.text
    assert "1 in which the model failed; 1 in which the played person failed; 1 broken off" in found.text
    assert "This run is not complete." in found.text


def test_every_trial_that_failed_is_on_it_and_no_id_stands_twice() -> None:
    found = made([result("a", "r", trial=n) for n in range(3)], trials=3)
    assert folded(found) == ["case-a", "", ""]
    assert "a · trial 3" in found.text
    ids = found.values("id")
    assert len(ids) == len(set(ids))


def test_where_all_is_well() -> None:
    found = made([result("a"), result("b", None, ())])
    assert folded(found) == []
    assert "Every conversation went as expected." in found.text
    assert "not complete" not in found.text


def test_of_very_many_the_first_are_shown_and_the_rest_counted() -> None:
    found = made([result(str(n), "r") for n in range(SHOWN + 3)])
    assert len(folded(found)) == SHOWN
    assert "3 more are not on this page" in found.text


def test_a_run_without_a_single_conversation() -> None:
    assert "This run is not complete." in made([]).text


def test_the_numbers_of_the_comparison() -> None:
    found = made([result("a"), result("b", "r")], [result("a", "r"), result("b"), result("c")])
    assert "1 better, 1 worse (exact McNemar p = 1): which may be chance." in found.text
    assert "1 cases are gone, 0 are new." in found.text
    assert "Comparison" in found.text
    assert "Comparison" not in made([result("a")]).text


def test_every_section_can_be_reached() -> None:
    found = made([result("a", "r", confidence=0.5)])
    links = [address.removeprefix("#") for address in found.values("href")]
    assert set(links) <= set(found.values("id"))
    sections = {tag.attributes["id"] for tag in found.tags if tag.name == "section"}
    assert sections <= set(links)
    assert len(sections) >= 8


@pytest.mark.parametrize(
    ("results", "before"),
    [
        ([result("a", trial=0), result("a", "r", trial=1)], None),
        ([result("a")], [result("a", "r")]),
    ],
)
def test_every_link_leads_somewhere(results: list[Result], before: list[Result] | None) -> None:
    found = made(results, before, trials=2)
    assert {address.removeprefix("#") for address in found.values("href")} <= set(found.values("id"))
