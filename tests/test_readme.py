"""The README fails when it is wrong: settings, commands, log events, glossary."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from bot.settings import Settings
from tests.commands import commands

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
LEVELS = {"debug", "info", "warning", "error", "exception"}


def logged_events():
    """Return the events of all log lines in the program, found by ``log.<level>("event")``."""
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            caller = node.func.value
            if node.func.attr in LEVELS and isinstance(caller, ast.Name) and caller.id == "log":
                assert isinstance(node.args[0], ast.Constant), path
                yield node.args[0].value


def table_below(heading):
    section = README.split(f"### {heading}\n", 1)[1]
    return [line for line in section.split("\n\n#", 1)[0].splitlines() if line.startswith("|")]


def test_the_log_events_are_those_of_the_readme():
    documented = {
        event
        for line in table_below("Log events")[2:]
        for event in re.findall("`([a-z_]+)`", line.split("|")[1])
    }
    assert set(logged_events()) == documented


def is_section(kind):
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def settings_names():
    sections = {}
    for name, field in Settings.model_fields.items():
        kinds = (field.annotation, *get_args(field.annotation))
        section = next(filter(is_section, kinds), None)
        if section is None:
            yield name
        else:
            sections["mailboxes.NAME" if name == "mailboxes" else name] = section
    for section, model in sections.items():
        yield from (f"{section}.{field}" for field in model.model_fields)


@pytest.mark.parametrize("name", list(settings_names()))
def test_every_setting_stands_in_the_readme(name):
    assert f"`{name}`" in README


@pytest.mark.parametrize("command", commands())
def test_every_command_stands_in_the_readme(command):
    assert re.search(rf"`(?:sammadag )?{command}\b", README)


def test_every_file_and_folder_that_the_map_names_is_there():
    section = README.split("## Map of the code", 1)[1].split("\n### ", 1)[0]
    paths = [
        path
        for line in section.splitlines()
        if line.startswith("| `")
        for path in re.findall("`([^`]+)`", line.split("|")[1])
    ]
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []
