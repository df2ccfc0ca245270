"""What docs/models.md promises is what the code does."""

import inspect
import re
from pathlib import Path

from agent.models.openai_chat import OpenAIModel
from agent.models.quirks import _REFUSABLE
from agent.settings import Settings

TEXT = Path(__file__).parents[2].joinpath("docs", "models.md").read_text("utf-8")


def test_every_example_of_settings_is_accepted() -> None:
    blocks = [block for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) if "export" in block]
    assert len(blocks) == 5
    for block in blocks:
        environ = dict(re.findall(r"^export (\w+)=(\S+)", block, re.MULTILINE))
        assert Settings.from_environment(environ).model == environ["HANDOFF_MODEL"]


def test_parameters_and_defaults_are_named() -> None:
    for name in (*_REFUSABLE, "HANDOFF_TIMEOUT"):
        assert f"`{name}`" in TEXT
    defaults = inspect.signature(OpenAIModel).parameters
    for limit in ("prompt_tokens", "catalogue_tokens"):
        assert f"{defaults[limit].default:,} tokens" in TEXT
