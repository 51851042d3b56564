"""Whether a change touches urgency or automatic replies, so that a second person approves it.

Erring is towards approval: a file that cannot be read as it was counts as touched.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from bot.edits import DocumentPath, FileChange, Touch
from bot.knowledge.models import Matters, Processes
from bot.knowledge.yaml_file import KnowledgeErrors, KnowledgeModel, document_of
from bot.services.editing.documents import template_of
from bot.services.editing.ground import Ground
from bot.templates import Form, Sending
from bot.vocabulary import Urgency

_ALWAYS: Final = {
    "knowledge/replies.yaml": Touch.SENDING_RULES,
    "knowledge/links.yaml": Touch.SIGNATURE,
    "knowledge/dunning.yaml": Touch.DEADLINES,
    "knowledge/payment_runs.yaml": Touch.DEADLINES,
}
READ_BY_TRIAGE: Final = (
    "knowledge/tags.yaml",
    "knowledge/customers.yaml",
    "knowledge/matters.yaml",
    "knowledge/processes.yaml",
    "knowledge/lexicon/",
)
"""Files, and folders of such, by which mail is read."""


def touches(files: Sequence[FileChange], after: Ground) -> frozenset[Touch]:
    """Return why a second person must approve a change, before any trial.

    Args:
        after: The files as they will be.
    """
    return frozenset(touch for file in files if (touch := _touch(file, after)) is not None)


def changes_reading(files: Sequence[FileChange]) -> bool:
    """Tell whether mail may be read otherwise after a change."""
    return any(file.path.startswith(READ_BY_TRIAGE) for file in files)


def _touch(file: FileChange, after: Ground) -> Touch | None:
    if file.path in _ALWAYS:
        return _ALWAYS[file.path]
    if file.path.startswith("knowledge/lexicon/"):
        return Touch.PHRASES
    if file.path == "knowledge/matters.yaml":
        return Touch.MATTERS if _differs(file, Matters, _urgent_matters) else None
    if file.path == "knowledge/processes.yaml":
        return Touch.AUTOMATIC_LETTER if _differs(file, Processes, _named_in_receipts) else None
    template = template_of(file.path)
    if template is not None and _may_go_out_by_itself(file, template, after):
        return Touch.AUTOMATIC_LETTER
    return None


def _differs(
    file: FileChange, model: type[KnowledgeModel], of: Callable[[Any], Mapping[str, object]]
) -> bool:
    """Tell whether something that counts differs; Any: each model is read by its own reader."""
    try:
        before, after = (
            of(document_of(file.path, (content or b"").decode("utf-8-sig"), model).content)
            for content in (file.before, file.after)
        )
    except (KnowledgeErrors, UnicodeDecodeError):
        return True
    return before != after


def _urgent_matters(matters: Matters) -> Mapping[str, object]:
    """Return what there is of urgent matters but their names, and which others there are not."""
    return {
        str(one.key): (one.urgent, one.processes, one.belongs)
        for one in matters.matters
        if one.urgent is not Urgency.NO
    }


def _named_in_receipts(processes: Processes) -> Mapping[str, object]:
    return {str(one.key): (one.code, one.name) for one in processes.processes}


def _may_go_out_by_itself(file: FileChange, template: str, after: Ground) -> bool:
    """Tell whether a file of a template is part of mail that no person looks at first.

    The base is part of all letters, and a line of those that include it.
    """
    if template.startswith("_"):
        return True
    definition = DocumentPath(f"templates/{template}/template.toml")
    versions = {after.read(definition)}
    if file.path == definition:
        versions |= {file.before, file.after}
    return any(_is_automatic(content) for content in versions if content is not None)


def _is_automatic(definition: bytes) -> bool:
    try:
        said = tomllib.loads(definition.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        return True
    return (
        said.get("sending") == Sending.AUTO or "auto_when" in said or said.get("form") == Form.LINE
    )
