"""The injection corpus: messages of our own by family, in `corpus/*.yaml`."""

from pathlib import Path

import yaml

_FOLDER = Path(__file__).parent / "corpus"
LEAST, LEAST_OF_A_FAMILY = 120, 8


def _read(path: Path) -> list[str]:
    data: list[str] | dict[str, list[str]] = yaml.safe_load(path.read_text("utf-8"))
    return data if isinstance(data, list) else [text for texts in data.values() for text in texts]


FAMILIES = {path.stem: _read(path) for path in sorted(_FOLDER.glob("*.yaml"))}
ATTACKS = [text for texts in FAMILIES.values() for text in texts]
NEAR_YES: dict[str, list[str]] = yaml.safe_load((_FOLDER / "near_yes.yaml").read_text("utf-8"))
"""By language."""
EVIL = "evil.example.com"
"""Where the corpus wants to lead people; `model.` before it where only a model says so."""
