"""A call of a model as a span and in the metrics, in the words of OpenTelemetry's GenAI conventions.

What was said and decided is recorded only with OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true, and then as the
model sees it: after the redactor.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

from agent.models.base import Briefing, ChatModel, provider_of
from agent.models.breaker import LeftAlone
from agent.records.conversation import Message
from agent.records.decision import Decision
from agent.telemetry.api import Attributes
from agent.telemetry.meters import measure
from agent.telemetry.spans import Kind, error_type, span

CAPTURE = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
_CAPTURED = ("true", "span_only", "span_and_event")
_MODEL = re.compile(r"[\w.:/@+-]{1,100}")
"""What a model's name looks like; anything else that a server calls it stays out."""

Answered = Callable[[Decision, int, int, str], None]


@contextmanager
def model_call(model: ChatModel, briefing: Briefing, conversation: str) -> Iterator[Answered]:
    """Around a call of `model`. What is yielded takes its decision, its tokens (input, output), and what the server calls it."""
    provider = provider_of(model)
    called: Attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": model.name,
    }
    content = os.environ.get(CAPTURE, "").lower() in _CAPTURED
    kind: Kind = "INTERNAL" if provider == "embedded" else "CLIENT"
    told = {**called, "gen_ai.conversation.id": conversation}
    began, failed, asked = perf_counter(), None, True
    with span(f"chat {model.name}", told, kind=kind) as traced:
        if content:
            traced.set({"gen_ai.input.messages": json.dumps([_said(m) for m in briefing.messages])})

        def answered(decision: Decision, input_tokens: int, output_tokens: int, name: str) -> None:
            traced.set(
                {
                    "gen_ai.response.model": name if _MODEL.fullmatch(name) else None,
                    "gen_ai.usage.input_tokens": input_tokens or None,
                    "gen_ai.usage.output_tokens": output_tokens or None,
                    "handoff.decision": decision.kind,
                    "gen_ai.output.messages": json.dumps([_decided(decision)]) if content else None,
                }
            )
            for type_, count in (("input", input_tokens), ("output", output_tokens)):
                if count:  # 0 where the server does not say
                    measure("gen_ai.client.token.usage", count, {**called, "gen_ai.token.type": type_})

        try:
            yield answered
        except BaseException as error:
            failed, asked = error_type(error), not isinstance(error, LeftAlone)
            raise
        finally:
            if asked:
                seconds = perf_counter() - began
                measure("gen_ai.client.operation.duration", seconds, {**called, "error.type": failed})


def _said(message: Message) -> dict[str, object]:
    text = message.text if message.role == "user" else message.reply.text
    return {"role": message.role, "parts": [{"type": "text", "content": text}]}


def _decided(decision: Decision) -> dict[str, object]:
    arguments = decision.model_dump(mode="json", exclude={"kind"})
    call = {"type": "tool_call", "name": decision.kind, "arguments": arguments}
    return {"role": "assistant", "parts": [call], "finish_reason": "tool_call"}
