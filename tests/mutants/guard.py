"""A guard of a promise, and how it is taken out."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Guard:
    """`source` stands exactly once in the file `file` and becomes `out`; one of `tests` has to notice.

    `says` is what the guard is for, `promise` the number of the design's promise that it keeps.
    """

    promise: int
    says: str
    file: str
    source: str
    out: str
    tests: tuple[str, ...]

    def problem(self) -> str | None:
        """What is wrong with this entry itself; None where it can be used."""
        path = ROOT / self.file
        count = path.read_text(encoding="utf-8").count(self.source) if path.is_file() else 0
        if count != 1:
            return f"{self.file}: {self.source!r} stands there {count} times: it has to be once"
        missing = [test for test in self.tests if not (ROOT / test.partition("::")[0]).exists()]
        return f"{self.says}: there is no {missing[0]}" if missing else None


def talk(*names: str) -> tuple[str, ...]:
    """Tests of `tests/conversation`, by the rest of their names."""
    return tuple(f"tests/conversation/test_{name}.py" for name in names)
