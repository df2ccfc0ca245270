"""What a server may send instead of an answer: nonsense in good JSON, and everything that is no JSON at all."""

import json
from typing import Any

from hypothesis import strategies as st

from tests.support.openai_answers import Canned, body, calls, content, failure, html, refusal, text

from .hostile import EVIL, texts
from .words import ids, named

TOOLS = [
    "ask",
    "select_queue",
    "create_handoff",
    "not_for_agents",
    "search_queues",
    "handoff",
    "start",
    "",
    EVIL,
]
HANDLES = [
    "database_support",
    "service_desk",
    "kanarienvogel_payroll",
    "unclear",
    "not_for_agents",
    "UNCLEAR",
]
queues = st.one_of(st.sampled_from(HANDLES), ids)
odd: st.SearchStrategy[Any] = st.sampled_from(
    [None, 7, -1.5, True, [], {}, ["db"], {"id": "db"}, [[None]], "HUGE"]
).map(lambda value: "x" * 20_000 if value == "HUGE" else value)
either = named("either", st.one_of(odd, texts, queues))
fields = st.fixed_dictionaries(
    {},
    optional={
        "queue_id": st.one_of(queues, odd),
        "queue": st.one_of(queues, odd),
        "question": either,
        "summary": either,
        "reason": either,
        "suggestions": st.one_of(st.lists(either, max_size=4), odd),
        "between": st.one_of(st.lists(queues, max_size=4), odd),
        "second_issue": either,
        "second_queue_id": either,
        "query": either,
        "url": st.just(EVIL),
        "name": st.sampled_from(TOOLS),
        "arguments": either,
    },
)


def _cut(pair: tuple[str, int]) -> str:
    return pair[0][: pair[1]]


cut_off = st.tuples(fields.map(json.dumps), st.integers(0, 60)).map(_cut)
arguments: st.SearchStrategy[Any] = st.one_of(
    fields,
    fields,
    cut_off,
    st.sampled_from(["", "null", "[]", '"db"', "{" * 2_000, "NaN", '{"queue_id": 1e999}']),
)
finishes = st.sampled_from([None, None, None, "stop", "length", "content_filter", "tool_calls", "odd"])
called = st.builds(
    lambda pairs, finish, said: calls(*pairs, finish=finish, text=said),
    st.lists(st.tuples(st.sampled_from(TOOLS), arguments), min_size=1, max_size=4),
    finishes,
    st.one_of(st.none(), texts),
)
objects = st.builds(lambda value, finish: content(value, finish=finish), fields, finishes)
spoken = st.builds(
    lambda said, frame, finish: text(frame.format(said), finish=finish),
    st.one_of(texts, cut_off),
    st.sampled_from(
        [
            "{}",
            "<think>{}</think>",
            "<think>{}",
            "{}</think>What is it about?",
            "```json\n{}\n```",
            "{}\n{{}}",
        ]
    ),
    finishes,
)
choose = st.builds(
    lambda queue, said: content({"summary": said, "queue": queue, "question": "", "second_issue": ""}),
    queues,
    texts,
)
select = st.builds(
    lambda queue, said: calls(("select_queue", {"queue_id": queue, "summary": said})), queues, texts
)
bodies = st.builds(
    body,
    st.sampled_from(
        [
            "",
            "{",
            "[]",
            "null",
            "7",
            "{}",
            '{"choices": []}',
            '{"choices": null}',
            '{"choices": [null]}',
            '{"choices": [{"message": null}]}',
            '{"choices": [{"message": {"content": 7}}]}',
            '{"choices": [{"message": {"content": ["What?"]}}], "usage": "none"}',
            '{"choices": [{"message": {"tool_calls": [{}]}}]}',
            '{"choices": [{"message": {"tool_calls": [{"function": {"name": 7, "arguments": [7]}}]}}]}',
            '{"choices": [{"message": {"content": "What?"}, "finish_reason": 7}], "usage": {"prompt_tokens": -5}}',
            '{"choices": [{"message": {"content": "What?"}}], "usage": {"prompt_tokens": 1e999}}',
            '{"error": "out of cheese"}',
            '{"error": {"message": null}}',
            "[" * 10_000,
            "data: {}\n\n",
            "data: [DONE]\n\n",
            "data: null\n\n",
            "data: {\n\ndata: [DONE]\n\n",
            'data: {"choices": 7}\n\n',
            'data: {"choices": [{"delta": null, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n',
            'data: {"choices": [{"delta": {"content": 7}, "finish_reason": "stop"}]}\n\n',
            'data: {"choices": [{"delta": {"tool_calls": [{"index": null}]}, "finish_reason": "stop"}]}\n\n',
            'event: error\ndata: {"error": {"message": "overloaded"}}\n\n',
            ": ping\n\n" * 500,
            "data: " + "x" * 20_000,
            "\x00\x01\x02",
            "HTTP/1.1 200 OK\r\n\r\n",
        ]
    ),
    st.sampled_from(["application/json", "text/event-stream", "text/html", "text/plain; charset=utf-7", "x"]),
)
refused = st.builds(
    failure,
    st.sampled_from([400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 529]),
    st.sampled_from(
        [
            "",
            f"See {EVIL}",
            "temperature",
            "response_format json_schema",
            "strict",
            "system role must come first",
            "tools",
        ]
    ),
    code=st.sampled_from([None, "insufficient_quota", "context_length_exceeded", "model_not_found"]),
    retry_after=st.sampled_from(["0", "1", "99999", "soon", "-1", "Wed, 21 Oct 2099 07:28:00 GMT"]),
)
broken = st.builds(
    lambda answer, cut, quiet: Canned(
        text=answer.text, calls=answer.calls, cut=cut if quiet is None else None, quiet_end=quiet
    ),
    st.one_of(called, spoken),
    st.integers(0, 5),
    st.one_of(st.none(), st.integers(0, 5)),
)
answers = named(
    "answers",
    st.one_of(select, choose, called, spoken, objects, called, bodies, refused, broken)
    | st.sampled_from([refusal(), refusal("Start agent chat?"), html(), html(403), html(502), text("")]),
)
moves = st.lists(answers, min_size=1, max_size=4)
AGREED = [calls(("create_handoff", {}))]
UNUSABLE = [calls(("handoff", {"url": EVIL})), content({"queue": 7})]
SILENT = [text("Who is there?", delay=0.1)]
