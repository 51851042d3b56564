"""The README tells whoever writes a template every key, and every kind of value."""

from __future__ import annotations

import re
from pathlib import Path

from bot.templates import AutoWhen, FieldType, Form, Sending, TemplateField
from bot.templates.definition import Definition

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
SECTION = README.split("\n## Templates\n", 1)[1].split("\n## ", 1)[0]
ROWS = [line.split("|") for line in SECTION.splitlines() if line.startswith("| `")]


def test_every_key_of_a_template_is_told():
    told = {key for row in ROWS for key in re.findall("`([a-z_]+)`", row[1])}
    assert told == Definition.model_fields.keys() - {"fields"}


def test_every_word_that_a_key_may_have_is_told():
    told = {word for row in ROWS for word in re.findall("`([a-z_]+)`", row[2])}
    words = {word.value for kind in (Sending, AutoWhen, Form, FieldType) for word in kind}
    assert words | TemplateField.model_fields.keys() <= told
