"""What is logged when something breaks: where, never what was in hand."""

from __future__ import annotations

import pytest
import structlog


def test_a_traceback_in_the_log_shows_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    token = "EAAB" + "x" * 40
    try:
        raise ValueError(len(token))
    except ValueError:
        structlog.get_logger("test").exception("broke")
    said = "".join(capsys.readouterr())
    assert "broke" in said and "ValueError" in said and token not in said
