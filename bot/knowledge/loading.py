"""From a folder of files to `Knowledge`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.knowledge.agreement import disagreements
from bot.knowledge.dunning_file import make_payment_runs, make_rules
from bot.knowledge.files import Files, read_files
from bot.knowledge.knowledge import Knowledge
from bot.knowledge.yaml_file import Document, KnowledgeErrors, M


def bundled_folder() -> Path:
    """Return the knowledge that is shipped: in the installed package, else beside the checkout."""
    package = Path(__file__).parents[1]
    installed = package / "bundled" / "knowledge"
    return installed if installed.is_dir() else package.parent / "knowledge"


def load(folder: Path, *, people_file: Path | None = None) -> Knowledge:
    """Read and check a knowledge folder.

    Args:
        folder: Holds processes, mailboxes, matters, customers, links, hours, dunning,
            payment_runs, organisation, duty, registers, replies, retention and lead_times,
            each ``.yaml``.
        people_file: A file with ``people:`` that stands in place of the people in
            ``organisation.yaml``, so that real staff need not be in the same folder. A
            ``duty.yaml`` beside it stands in place of the folder's.

    Raises:
        KnowledgeErrors: A file is missing or wrong, or two do not agree. It is a
            KnowledgeError that names file and line; its `errors` are all that was found.
    """
    files, errors = read_files(folder, people_file)
    errors.extend(disagreements(files))
    if errors:
        raise KnowledgeErrors(tuple(errors))
    return _knowledge(files)


def _knowledge(files: Files) -> Knowledge:
    organisation = _content(files.organisation)
    return Knowledge(
        processes=_by_key(_content(files.processes).processes),
        mailboxes=_by_key(_content(files.mailboxes).mailboxes),
        matters=_by_key(_content(files.matters).matters),
        customers=_by_key(_content(files.customers).customers),
        links=_content(files.links),
        units=_by_key(organisation.units),
        teams=_by_key(organisation.teams),
        people=_by_key(_content(files.people).people),
        hours=_content(files.hours),
        dunning=make_rules(_content(files.dunning)),
        dunning_groups=_content(files.dunning).groups,
        payment_runs=make_payment_runs(_content(files.payment_runs)),
        roster=_content(files.duty),
        registers=_content(files.registers),
        replies=_content(files.replies),
        lead_times=_content(files.lead_times),
        retention=_content(files.retention),
        samples=tuple(files.samples()),
    )


def _content(document: Document[M] | None) -> M:
    assert document is not None, "a file that cannot be read is an error"
    return document.content


def _by_key(entries: Iterable[Any]) -> Mapping[Any, Any]:
    # Any: the entries have no common base with a key, and each has its own key type.
    return {entry.key: entry for entry in entries}
