"""A case: what it takes, and what it says about itself."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from agent.cli.lines import Press, Say
from evals.case import NOON, Act, Case

from .made import case, data


def test_what_need_not_be_said() -> None:
    found = case()
    assert found.now == NOON == datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
    assert NOON.strftime("%A") == "Wednesday"
    assert found.expect.queue == ("db",)
    assert found.expect.clarify == "allowed"
    assert (found.tags, found.user.facts, found.user.acts) == ((), {}, ())
    assert found.user.fallback == "I don't know."


def test_the_person_as_the_host_knows_them() -> None:
    user = case(user={"name": "Ada", "locale": "de", "attributes": {"region": ["EU"]}}).user.user
    assert (user.name, user.email, user.locale, user.attributes) == ("Ada", None, "de", {"region": ["EU"]})


@pytest.mark.parametrize(
    ("do", "line"),
    [
        ("no, another team", Say("no, another team")),
        (" /skip ", Press("skip")),
        ("/edit it is urgent", Press("edit", text="it is urgent")),
        ("/choose db", Press("choose", queue_id="db")),
        ("/CANCEL", Press("cancel")),
    ],
)
def test_an_act_is_a_line_of_the_terminal(do: str, line: Say | Press) -> None:
    assert Act(do=do).line == line


@pytest.mark.parametrize(
    ("do", "said"),
    [
        ("/choose", "which queue"),
        ("/dance", "no such action"),
        ("/skip it", "stands alone"),
        ("/quit", "/quit does nothing for the agent"),
        ("/state", "/state does nothing for the agent"),
    ],
)
def test_an_act_that_is_none(do: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said) as caught:
        Act(do=do)
    assert "Nothing was sent" not in str(caught.value)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"expect": {"outcome": "handoff"}}, "has to name the queue"),
        ({"expect": {"outcome": "handoff", "queue": []}}, "has to name the queue"),
        ({"expect": {"outcome": "no_handoff", "handoff_queue": "q"}}, "contradicts the outcome no_handoff"),
        ({"now": "2026-11-18T12:00:00"}, "must be a time with its zone"),
        ({"opening": "  "}, "at least 1 character"),
    ],
)
def test_a_case_that_cannot_be(more: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Case.model_validate(data(**more))


@pytest.mark.parametrize(
    ("expect", "acts", "out_of_scope"),
    [
        ({"outcome": "no_handoff"}, [], True),
        ({"outcome": "no_handoff"}, [{"do": "/cancel"}], False),
        ({"outcome": "no_handoff", "queue": "q"}, [], False),
        ({"outcome": "handoff", "queue": "q"}, [], False),
    ],
)
def test_out_of_scope_is_what_no_agent_is_for(
    expect: dict[str, Any], acts: list[dict[str, str]], *, out_of_scope: bool
) -> None:
    assert case(expect=expect, user={"acts": acts}).out_of_scope is out_of_scope


def test_every_queue_that_is_named() -> None:
    expect = {"outcome": "handoff", "queue": ["a", "b"], "final_queue": "c", "handoff_queue": "d"}
    assert case(expect=expect).expect.queues == ("a", "b", "c", "d")
    assert case().expect.queues == ("db",)


def test_it_is_the_same_after_a_file() -> None:
    found = case(now="2026-11-18T13:00:00+01:00", tags=["ü"], user={"facts": {"b": "1", "a": "2"}})
    again = Case.model_validate_json(found.model_dump_json())
    assert again == found
    assert list(again.user.facts) == ["b", "a"]
