import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import ModelAnswerInvalid
from agent.models.completion import Call, Completion, without_thoughts
from agent.models.encoding_tools import names, parameters, parse
from agent.records.decision import Ask, CreateHandoff, Decision, NotForAgents, SearchQueues, SelectQueue
from tests.support.openai_checks import schema


def one(name: str, arguments: str, *, search: bool = False) -> Decision:
    return parse(Completion(calls=(Call(name, arguments),)), search=search)


@pytest.mark.parametrize("search", [True, False])
def test_tools_are_strict(search: bool) -> None:
    tools = parameters(search=search)["tools"]
    assert tuple(tool["function"]["name"] for tool in tools) == names(search=search)
    assert ("search_queues" in names(search=search)) == search
    for tool in tools:
        assert tool["function"]["strict"] is True
        schema(tool["function"]["parameters"], tool["function"]["name"])


def test_create_handoff_takes_nothing() -> None:
    assert one("create_handoff", '{"queue_id": "evil"}') == CreateHandoff()
    assert one("create_handoff", '{"cut off') == CreateHandoff()


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("ask", '{"question": " Which? ", "suggestions": ["a", 1, ""], "between": null}',
         Ask(question="Which?", suggestions=("a",))),
        ("ask", '{"question": "Which?", "between": ["q1", "q2"]}', Ask(question="Which?", between=("q1", "q2"))),
        ("select_queue", '{"queue_id": "q1"}', SelectQueue(queue_id="q1")),
        ("select_queue", '{"queue_id": "q1", "summary": 3, "reason": [], "second_issue": null, "x": 1}',
         SelectQueue(queue_id="q1")),
        ("select_queue", '{"queue_id": "q1", "summary": "s", "second_issue": "None", "second_queue_id": "q2"}',
         SelectQueue(queue_id="q1", summary="s", second_queue_id="q2")),
        ("not_for_agents", "", NotForAgents()),
        ("not_for_agents", '{"reason": "weather"}', NotForAgents(reason="weather")),
        ("search_queues", '{"query": "printer"}', SearchQueues(query="printer")),
    ],
)  # fmt: skip
def test_odd_values_are_taken_as_nothing(name: str, arguments: str, expected: Decision) -> None:
    assert one(name, arguments, search=True) == expected


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("select_queue", '{"summary": "s"}', "needs `queue_id`"),
        ("select_queue", '{"queue_id": null}', "needs `queue_id`"),
        ("select_queue", '{"queue_id": 7}', "needs `queue_id`"),
        ("select_queue", '{"queue_id": "71f1', "not a JSON object"),
        ("select_queue", "[]", "not a JSON object"),
        ("ask", "{}", "needs `question`"),
        ("transfer", "{}", "The tools are: ask, select_queue, create_handoff, not_for_agents."),
        ("search_queues", '{"query": "x"}', "no such tool"),
    ],
)
def test_the_model_is_told_what_was_wrong(name: str, arguments: str, told: str) -> None:
    with pytest.raises(ModelAnswerInvalid, match=told.replace(".", r"\.")):
        one(name, arguments)


def test_the_first_valid_call_counts() -> None:
    calls = (Call("nothing", "{}"), Call("select_queue", '{"queue_id": "q1"}'), Call("create_handoff", "{}"))
    assert parse(Completion(calls=calls), search=False) == SelectQueue(queue_id="q1")


def test_text_is_a_question() -> None:
    assert parse(Completion(text="What is wrong?"), search=False) == Ask(question="What is wrong?")


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "select_queue", "arguments": {"queue_id": "q1"}}',
        '<tool_call>\n{"name": "select_queue", "arguments": {"queue_id": "q1"}}\n</tool_call>',
        '```json\n{"name": "select_queue", "parameters": {"queue_id": "q1"}}\n```',
    ],
)
def test_a_call_that_is_written_out_is_a_call(text: str) -> None:
    assert parse(Completion(text=text), search=False) == SelectQueue(queue_id="q1")


@pytest.mark.parametrize(
    "text", ["", "{}", '{"queue_id": "q1"}', "<tool_call>{", '{"name": ["ask"], "arguments": {}}']
)
def test_half_a_call_in_text_is_no_question(text: str) -> None:
    with pytest.raises(ModelAnswerInvalid):
        parse(Completion(text=text), search=False)


@given(st.sampled_from(names(search=True)), st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(
        ["question", "suggestions", "between", "queue_id", "summary", "reason", "second_issue", "query"]), inner),
))  # fmt: skip
def test_any_json_is_a_decision_or_told_to_be_none(name: str, arguments: Any) -> None:
    try:
        decision = one(name, json.dumps(arguments), search=True)
    except ModelAnswerInvalid:
        return
    assert decision.kind == name


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<think>why?</think>What?", "What?"),
        ("why? hm\n</think>\n\nWhat?", "What?"),
        ("<think>a</think>x<think>b</think> y", "x y"),
        ("<think>never ends", ""),
        ("What about <thinking>?", "What about <thinking>?"),
    ],
)
def test_thoughts_are_not_part_of_the_answer(text: str, left: str) -> None:
    assert without_thoughts(text) == left
