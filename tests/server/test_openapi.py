"""The server keeps to its own description: schemathesis plays honest and hostile clients of it."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema_rs import Draft202012Validator
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import ignored_auth

from agent.server.examples import HANDOFF, QUESTION

from .setting import ACME, Serving, begin, serving, with_keys

AnyCase = Case[Any]
BOUNDED = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def keyed(tmp_path: Path) -> Iterator[Serving]:
    with serving(tmp_path, settings=with_keys()) as running:
        yield running


def described(server: Serving) -> BaseSchema:
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    schema.config.update(headers={"Authorization": f"Bearer {ACME}"})
    return schema


def anew(case: AnyCase) -> None:
    """Every request is one of its own: a key that came before would be refused, as it should."""
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())


@pytest.mark.parametrize("mode", GenerationMode)
def test_every_answer_is_one_that_is_described(keyed: Serving, mode: GenerationMode) -> None:
    honest = mode is GenerationMode.POSITIVE
    client = keyed.client(ACME)
    known, seen = begin(client)["id"], set()
    for found in described(keyed).get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if not honest and operation.method != "post":
            continue  # there is nothing that could be wrong

        @given(case=operation.as_strategy(generation_mode=mode))
        @BOUNDED
        def plays(case: AnyCase) -> None:
            if honest:
                anew(case)
                if case.path_parameters:
                    id_ = begin(client)["id"] if case.method == "DELETE" else known
                    case.path_parameters["conversation_id"] = id_
            answer = case.call_and_validate(excluded_checks=[ignored_auth])
            seen.add((case.method, case.path, answer.status_code))

        plays()
    client.close()
    good = {(method, path) for method, path, status in seen if status < 400}
    if honest:
        assert len(good) == 8
    else:
        assert {400, 422} & {status for _, _, status in seen}


def test_conversations_from_their_start_to_their_end(keyed: Serving) -> None:
    class Machine(described(keyed).as_state_machine()):  # type: ignore[misc]
        def before_call(self, case: AnyCase) -> None:
            anew(case)

        def validate_response(self, response: Any, case: AnyCase, **more: Any) -> None:
            case.validate_response(response, excluded_checks=[ignored_auth], **more)

    Machine.run(settings=settings(BOUNDED, max_examples=4, stateful_step_count=6))


def test_the_examples_are_what_is_described(server: Serving) -> None:
    with server.client() as client:
        document = client.get("/openapi.json").json()
    schemas = document["components"]["schemas"]

    def check(name: str, value: Any) -> None:
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        Draft202012Validator(schema).validate(value)

    for name in ("Start", "Press"):
        for example in schemas[name]["examples"]:
            check(name, example)
    check("Reply", QUESTION)
    check("Reply", HANDOFF)
    paths = document["paths"]
    assert paths.keys() >= {"/v1/conversations", "/v1/conversations/{conversation_id}/actions", "/readyz"}
    for operation in (one for path in paths.values() for one in path.values()):
        assert operation["summary"]
        assert operation["description"]
        assert "security" not in operation  # this one has no key
