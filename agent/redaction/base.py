"""What a redactor is: text in, text with placeholders out."""

from typing import Protocol


class Redactor(Protocol):
    """Takes out what a model is not to see. The shipped one is made by `agent.redaction.make`.

    It is called in the event loop for every message of a turn, so it has to be quick, and again for its own output,
    which it has to leave alone. Where it raises, nothing of the text goes on.
    """

    def redact(self, text: str, language: str) -> str:
        """`text` with a placeholder in `language` ("en", "de") for everything that was taken out."""
        ...
