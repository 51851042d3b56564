"""Drafts of the assistant's own that a person's answer has made needless."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.cases import SYSTEM
from bot.reply_rules import DraftState, ReplyDraft, TaskKind
from bot.store.unit_of_work import Work
from bot.vocabulary import CaseId

_OVERTAKEN: Final = tuple(f"{kind}:" for kind in (TaskKind.FITTING, TaskKind.DELAY))


def discard_overtaken(work: Work, case_id: CaseId, now: datetime) -> None:
    """Throw away what was drafted for a new or late case and that no person has touched."""
    for draft in work.reply_drafts.of_case(case_id):
        if is_overtaken(draft):
            work.reply_drafts.change(draft.discarded(now))


def is_overtaken(draft: ReplyDraft) -> bool:
    """Tell whether a draft of a case that a person has answered or closed is needless now."""
    by_itself = draft.author == SYSTEM and draft.editor is None
    return (
        draft.state is DraftState.OPEN
        and by_itself
        and (draft.occasion or "").startswith(_OVERTAKEN)
    )
