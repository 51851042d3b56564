"""The rows of letters that were drafted, and of those that were sent."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from bot.reply_rules import ReplyDraft
from bot.simulate.deflating import Values
from bot.simulate.hours import seconds
from bot.simulate.letter_moulds import LetterMould
from bot.simulate.rows import Rows
from bot.store.engine import stored_json
from bot.store.packing import pack_text


def waiting(rows: Rows, draft: ReplyDraft) -> None:
    """Add the rows of a draft that waits for a person, or was thrown away."""
    rows["reply_draft"].append(_row(draft))
    rows["reply_draft_text"].append((draft.id, _given(draft), None, None, None))


def sent(rows: Rows, draft: ReplyDraft, letter: LetterMould, values: Values) -> None:
    """Add the rows of a draft that was sent."""
    rows["reply_draft"].append(_row(draft))
    said = (letter.written[0] % values, *(part.fill(values) for part in letter.packed_draft))
    rows["reply_draft_text"].append((draft.id, _given(draft), *said))


def _given(draft: ReplyDraft) -> str | bytes:
    return _packed(stored_json(draft.given))


@lru_cache(maxsize=5_000)
def _packed(given: str) -> str | bytes:
    """Return the values of a letter as they are stored; those of one day are alike."""
    return pack_text(given)


def _row(draft: ReplyDraft) -> tuple[Any, ...]:
    return (
        draft.id,
        draft.case_id,
        draft.message_id,
        draft.mailbox,
        draft.template,
        draft.template_version,
        draft.language,
        draft.state.value,
        draft.occasion,
        int(draft.automatic),
        draft.author,
        draft.sent_by,
        None if draft.feedback is None else draft.feedback.value,
        draft.n,
        seconds(draft.created_at),
        None if draft.finished_at is None else seconds(draft.finished_at),
        draft.version,
    )
