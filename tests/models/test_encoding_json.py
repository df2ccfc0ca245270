import json

import pytest

from agent.errors import ModelAnswerInvalid
from agent.models.completion import Completion
from agent.models.encoding_json import kind, parameters, parse
from agent.models.json_text import first_object
from agent.records.decision import Ask, Decision, NotForAgents, SelectQueue
from tests.support.openai_checks import schema

ANSWER = {"summary": "s", "queue": "q1", "question": "What?"}


def test_one_field_decides_among_the_visible_queues() -> None:
    wanted = parameters(["q1", "q2"])["response_format"]["json_schema"]["schema"]
    schema(wanted, "decision")
    assert list(wanted["properties"]) == ["summary", "queue", "question", "second_issue"]
    assert wanted["properties"]["queue"]["enum"] == ["q1", "q2", "unclear", "not_for_agents"]


@pytest.mark.parametrize(
    ("queue", "expected"),
    [
        ("q1", SelectQueue(queue_id="q1", summary="s")),
        ("unclear", Ask(question="What?")),
        ("not_for_agents", NotForAgents(reason="s")),
    ],
)
def test_only_the_queue_decides(queue: str, expected: Decision) -> None:
    text = json.dumps({**ANSWER, "queue": queue})
    assert parse(Completion(text=text), {}, "What?") == expected
    assert kind(text) == expected.kind


@pytest.mark.parametrize(
    ("answered", "meant"),
    [
        ("databases", "q1"),
        (" databases ", "q1"),
        ("q1", "q1"),  # servers that take no schema, and models that know ids from elsewhere
        ("Databases", "Databases"),  # nobody's, which the turn refuses
        ("unheard_of", "unheard_of"),
    ],
)
def test_a_handle_is_its_queue_and_an_id_stays_one(answered: str, meant: str) -> None:
    text = json.dumps({**ANSWER, "queue": answered})
    decision = parse(Completion(text=text), {"databases": "q1"}, "What?")
    assert decision == SelectQueue(queue_id=meant, summary="s")


@pytest.mark.parametrize(
    ("given", "kept"), [(" The printer. ", "The printer."), ("", ""), (None, ""), (7, "")]
)
def test_a_second_problem_is_taken_along_and_decides_nothing(given: object, kept: str) -> None:
    decision = parse(Completion(text=json.dumps({**ANSWER, "second_issue": given})), {}, "What?")
    assert decision == SelectQueue(queue_id="q1", summary="s", second_issue=kept)
    asked = parse(
        Completion(text=json.dumps({**ANSWER, "queue": "unclear", "second_issue": given})), {}, "What?"
    )
    assert asked == Ask(question="What?")


@pytest.mark.parametrize(
    "text", ["```json\n{}\n```", "Sure! {} I hope this helps.", '{{"a": 1}} then {}', "{ not json {}"]
)
def test_the_object_is_found_in_what_surrounds_it(text: str) -> None:
    whole = text.replace("{}", json.dumps(ANSWER))
    assert parse(Completion(text=whole), {}, "What?") == SelectQueue(queue_id="q1", summary="s")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("What is wrong?", "one JSON object"),
        ('{"summary": "s", "queue": "q', "one JSON object"),
        ('["q1"]', "one JSON object"),
        ('{"queue": null}', "`queue` has to be"),
        ('{"queue": ["q1"]}', "`queue` has to be"),
    ],
)
def test_the_model_is_told_what_was_wrong(text: str, told: str) -> None:
    with pytest.raises(ModelAnswerInvalid, match=told):
        parse(Completion(text=text), {}, "What?")


@pytest.mark.parametrize("asked", ["", " ", None, 7, ["What?"]])
def test_a_question_that_is_missing_is_the_languages_own(asked: object) -> None:
    text = json.dumps({**ANSWER, "queue": "unclear", "question": asked})
    assert parse(Completion(text=text), {}, "Was genau?") == Ask(question="Was genau?")


def test_kind_is_known_only_when_the_field_is_complete() -> None:
    text = json.dumps({"summary": 'he said "queue": "q9"', "queue": "unclear", "question": "What?"})
    end = text.index('unclear"') + len('unclear"')
    assert {kind(text[:n]) for n in range(end)} == {None}
    assert kind(text[:end]) == "ask"


def test_a_text_full_of_braces_is_given_up() -> None:
    assert first_object("{" * 100_000, "queue") is None
