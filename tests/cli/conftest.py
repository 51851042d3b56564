"""The command line in this process: its own folder, no settings from outside."""

from __future__ import annotations

import os

import pytest

from bot.cli import run
from tests.plain_logs import log_plainly


@pytest.fixture(autouse=True)
def nobody_elses_settings(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith("SAMMADAG_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    yield
    log_plainly()


@pytest.fixture
def sammadag(capsys):
    """Call the command line: return the exit code, stdout and stderr."""

    def call(*arguments):
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call
