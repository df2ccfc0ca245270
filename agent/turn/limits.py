"""The bounds of a turn (promise 5)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """`seconds` bounds the whole turn; `model_calls` and `questions` are per turn and per issue."""

    model_calls: int = 3
    seconds: float = 30.0
    questions: int = 2
    message_chars: int = 16_000
    summary_chars: int = 1_000
    """Of a summary that the model or the code writes; the person's own is only bounded as a message is."""
    question_chars: int = 400
    reason_chars: int = 200

    @property
    def asking(self) -> float:
        """Of `seconds`, those in which model and target must have answered; the rest is for the commit."""
        return 0.8 * self.seconds

    @property
    def storing(self) -> float:
        """Seconds that one call of the store may take, its waiting for others included."""
        return max(1.0, self.seconds / 6)
