import sys
from pathlib import Path

import pytest

from agent.errors import SettingsError
from agent.models.choose import choose_model
from agent.models.embedded import EmbeddedModel
from agent.models.openai_chat import OpenAIModel
from agent.settings import SURE, Settings


def test_embedded_by_default_with_a_hint() -> None:
    settings = Settings.from_environment({})
    assert settings == Settings(model="embedded", hint=settings.hint)
    assert settings.hint
    assert "HANDOFF_MODEL" in settings.hint
    assert "\n" not in settings.hint
    assert isinstance(choose_model(settings), EmbeddedModel)


def test_no_hint_where_embedded_was_chosen() -> None:
    assert Settings.from_environment({"HANDOFF_MODEL": "embedded"}).hint is None
    assert Settings.from_environment({}, model="embedded").hint is None


def test_everything() -> None:
    environ = {
        "HANDOFF_MODEL": "gpt-5-mini",
        "OPENAI_API_KEY": "sk-1",
        "OPENAI_BASE_URL": "http://localhost:11434/v1",
        "HANDOFF_DECISIONS": "json",
        "HANDOFF_TIMEOUT": "12.5",
        "HANDOFF_STATE_KEY": "0123456789abcdef",
    }
    settings = Settings.from_environment(environ)
    assert settings == Settings(
        model="gpt-5-mini",
        api_key="sk-1",
        base_url="http://localhost:11434/v1",
        decisions="json",
        timeout=12.5,
        state_key="0123456789abcdef",
    )
    assert "sk-1" not in repr(settings)
    assert "0123456789abcdef" not in repr(settings)
    model = choose_model(settings)
    assert isinstance(model, OpenAIModel)
    assert model.name == "gpt-5-mini"


def test_the_flag_goes_before_the_variable() -> None:
    environ = {"HANDOFF_MODEL": "a", "OPENAI_API_KEY": "sk-1"}
    assert Settings.from_environment(environ, model="b").model == "b"
    assert Settings.from_environment(environ, model="embedded").api_key is None


def test_a_local_server_needs_no_key() -> None:
    environ = {"OPENAI_BASE_URL": "http://localhost:8000/v1", "OPENAI_API_KEY": ""}
    assert Settings.from_environment(environ, model="qwen").api_key is None


OPENAI = {"HANDOFF_MODEL": "m", "OPENAI_API_KEY": "sk-1"}


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"HANDOFF_MODEL": "gpt-5-mini"}, "'gpt-5-mini' needs a server: set OPENAI_API_KEY"),
        ({"HANDOFF_MODEL": ""}, "HANDOFF_MODEL is empty"),
        ({"HANDOFF_MODEL": "  "}, "HANDOFF_MODEL is empty"),
        ({**OPENAI, "OPENAI_BASE_URL": "localhost:11434/v1"}, "OPENAI_BASE_URL is no http"),
        ({**OPENAI, "OPENAI_BASE_URL": "ftp://x/v1"}, "OPENAI_BASE_URL is no http"),
        ({**OPENAI, "OPENAI_BASE_URL": "https://"}, "OPENAI_BASE_URL is no http"),
        ({**OPENAI, "OPENAI_BASE_URL": "http://[1/v1"}, "OPENAI_BASE_URL is no http"),
        ({**OPENAI, "OPENAI_API_KEY": "“sk-1”"}, "OPENAI_API_KEY has characters"),
        ({**OPENAI, "OPENAI_API_KEY": "sk-1\nx"}, "OPENAI_API_KEY has characters"),
        ({"HANDOFF_DECISIONS": "xml"}, "HANDOFF_DECISIONS is 'xml'"),
        ({"HANDOFF_TIMEOUT": "soon"}, "HANDOFF_TIMEOUT is 'soon'"),
        ({"HANDOFF_TIMEOUT": "0"}, "HANDOFF_TIMEOUT is '0'"),
        ({"HANDOFF_TIMEOUT": "nan"}, "HANDOFF_TIMEOUT is 'nan'"),
        ({"HANDOFF_TIMEOUT": "inf"}, "HANDOFF_TIMEOUT is 'inf'"),
        ({"HANDOFF_SURE": "very"}, "HANDOFF_SURE is 'very': it is a number from 0 to 1, for example 0.2"),
        ({"HANDOFF_SURE": "1.01"}, "HANDOFF_SURE is '1.01'"),
        ({"HANDOFF_SURE": "-0.1"}, "HANDOFF_SURE is '-0.1'"),
        ({"HANDOFF_SURE": "50%"}, "HANDOFF_SURE is '50%'"),
        ({"HANDOFF_SURE": "0,5"}, "HANDOFF_SURE is '0,5'"),
        ({"HANDOFF_SURE": "nan"}, "HANDOFF_SURE is 'nan'"),
        ({"HANDOFF_SURE": "inf"}, "HANDOFF_SURE is 'inf'"),
        ({**OPENAI, "HANDOFF_SURE": "2"}, "HANDOFF_SURE is '2'"),
        (
            {"HANDOFF_SENTENCES": "nowhere"},
            "HANDOFF_SENTENCES is 'nowhere', which is no folder: it is the folder",
        ),
        ({"HANDOFF_STATE_KEY": "short-secret"}, "HANDOFF_STATE_KEY is too short"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(environ: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(environ)
    message = str(caught.value)
    assert message.startswith(told) or told in message
    assert "\n" not in message
    for secret in ("sk-1", "short-secret"):
        assert secret not in message


@pytest.mark.parametrize(
    ("value", "sure"), [("", SURE), ("  ", SURE), ("0", 0), ("1", 1), (" 0.35 ", 0.35), ("5e-1", 0.5)]
)
def test_how_sure_the_embedded_model_has_to_be(value: str, sure: float) -> None:
    assert Settings.from_environment({"HANDOFF_SURE": value}).sure == sure
    assert Settings.from_environment({}).sure == SURE


def test_a_folder_of_a_sentence_model(tmp_path: Path) -> None:
    assert Settings.from_environment({"HANDOFF_SENTENCES": " "}).sentences is None
    environ = {"HANDOFF_SENTENCES": str(tmp_path)}
    for told, name in (
        ("which has no model.onnx and no tokenizer.json: it is", "model.onnx"),
        ("which has no tokenizer.json: it is the folder of a sentence model", "tokenizer.json"),
    ):
        with pytest.raises(SettingsError, match=told):
            Settings.from_environment(environ)
        (tmp_path / name).touch()
    assert Settings.from_environment(environ).sentences == tmp_path


@pytest.mark.parametrize("missing", ["onnxruntime", "tokenizers"])
def test_a_sentence_model_without_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for name in ("model.onnx", "tokenizer.json"):
        (tmp_path / name).touch()
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"HANDOFF_SENTENCES": str(tmp_path)})
    assert str(caught.value) == (
        f"HANDOFF_SENTENCES needs the package {missing}: pip install 'live-agent-handoff[sentences]'"
    )


def test_an_empty_flag() -> None:
    with pytest.raises(SettingsError, match="--model is empty"):
        Settings.from_environment(OPENAI, model="")
