"""When a sender gets a friendly line about tags: seldom, and never where it would hurt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.cases import Case
from bot.knowledge import Knowledge
from bot.reply_rules import SURE
from bot.vocabulary import ProcessKey, Urgency

QUARTER: Final = timedelta(days=92)
"""The longest quarter: never two tips in one, wherever it begins."""
_PAGE: Final = "markning"
"""The page about tags in ``links.yaml``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagTip:
    """What the line says: the code of the process, and where it is explained."""

    code: str
    link: str


def tag_tip(
    case: Case,
    triage: Mapping[str, Any],
    knowledge: Knowledge,
    *,
    last: datetime | None,
    now: datetime,
) -> TagTip | None:
    """Return the tip for the sender of a case, or None.

    Args:
        triage: `Triage.as_json` of the mail that opened the case.
        last: When the sender got the last tip.
    """
    page = next((link.url for link in knowledge.links.more if link.key == _PAGE), None)
    process = None if case.process is None else knowledge.processes.get(case.process)
    if page is None or process is None or not knowledge.replies.tips:
        return None
    said_by_a_person = triage.get("process") != process.key
    if not said_by_a_person and float(triage.get("confidence", 0.0)) < SURE:
        return None
    if case.protected or case.complaint or case.possible or case.urgent is not Urgency.NO:
        return None
    if last is not None and now - last < QUARTER:
        return None
    if _is_tagged_right(triage, process.key, knowledge):
        return None
    return TagTip(code=process.code, link=page)


def _is_tagged_right(triage: Mapping[str, Any], process: ProcessKey, knowledge: Knowledge) -> bool:
    """Tell whether a subject has the very code of a process; not misspelt, not another's."""
    for reason in triage.get("reasons", ()):
        if reason.get("rule") == "tag.exact":
            words = str(reason.get("words", "")).strip().upper()
            return knowledge.process_by_code.get(words, process) == process
    return False
