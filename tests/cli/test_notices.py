"""What the operator is told."""

import logging

import pytest

from agent.cli.notices import warnings_on_stderr


def test_each_warning_is_told_once_on_one_line_without_a_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logger = logging.getLogger("agent.models")
    with warnings_on_stderr():
        for _ in range(2):
            logger.warning("the model is\ndown \x1b[31m%s", "now", exc_info=ValueError("inner"))
        logger.info("of no interest")
        logger.error("worse")
    assert capsys.readouterr().err == "handoff: the model is down now\nhandoff: worse\n"
    assert not logging.getLogger("agent").handlers
