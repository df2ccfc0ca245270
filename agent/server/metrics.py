"""What Prometheus reads: turns, how long they take, what they cost and where they end. Nothing of any person."""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from agent.records.conversation import AssistantMessage, Conversation

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60)


class Metrics:
    """The numbers of one server, in a registry of their own. `input` is "message", or the action that was pressed."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "handoff_turn_seconds",
            "How long turns took.",
            ["input"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._ended = Counter(
            "handoff_turns",
            "Turns, by the phase in which they ended.",
            ["input", "phase"],
            registry=self.registry,
        )
        self._calls = Counter("handoff_model_calls", "Calls of the model.", registry=self.registry)
        self._degraded = Counter(
            "handoff_degraded_turns",
            "Turns in which the model failed and the code went on.",
            registry=self.registry,
        )
        self.failed = Counter(
            "handoff_failed_turns", "Turns that did not happen: the store failed.", registry=self.registry
        )
        self.streams = Gauge("handoff_open_streams", "Event streams that are open.", registry=self.registry)
        self.problems = Counter(
            "handoff_problems", "What operators were warned of, by kind.", ["kind"], registry=self.registry
        )

    def turn(self, said: str, begun: float, conversation: Conversation) -> None:
        """A turn that began at `begun`, on the clock that never goes back, has ended with `conversation`."""
        self._seconds.labels(said).observe(time.monotonic() - begun)
        self._ended.labels(said, conversation.phase).inc()
        last = conversation.messages[-1] if conversation.messages else None
        if isinstance(last, AssistantMessage):
            self._calls.inc(last.reply.model_calls)
            self._degraded.inc(last.degraded)

    def text(self) -> bytes:
        """In Prometheus's format."""
        return generate_latest(self.registry)
