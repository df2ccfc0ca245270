"""The base of every record: frozen and strict about unknown keys."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """An immutable piece of data; a change is a copy (`model_copy`), so that a snapshot stays a snapshot."""

    model_config = ConfigDict(frozen=True, extra="forbid")
