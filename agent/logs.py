"""What is logged: events with fixed names and fields, under the logger `agent`, without what anybody wrote.

A record's message is for people; its `event` and `fields` are for machines, and `JsonFormatter` writes them. Ids, phases,
counts and the names of classes are logged, never a text, a person, or an address with values in it. The words that a
person says are logged only where the operator has switched that on, and then as the model sees them.
"""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from agent.telemetry.spans import trace_ids

Fields = dict[str, Any]


def fields(event: str, **values: str | float | bool | list[str] | None) -> Fields:
    """The `extra` of a record: the event's name, and its fields but for those that are None."""
    return {"event": event, "fields": {name: value for name, value in values.items() if value is not None}}


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, event, its fields, the trace, and the message for people."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON; of an exception only its class."""
        written = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": getattr(record, "event", "message"),
            **getattr(record, "fields", {}),
            **trace_ids(),
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            written["error"] = record.exc_info[0].__name__
        return json.dumps(written, ensure_ascii=True, default=str)
