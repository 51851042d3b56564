"""Swedish and English dates as people write them, counted from the day a mail came.

Knows the order day/month, days without month or year, week days, feasts with a fixed or moving
day, and spans such as "om 14 dagar". What names no day ("i slutet av månaden", "v 12",
"efter lön") is vague and gives no date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.language.date_forms import DIGIT, FORMS_BY_BEGINNING, Form

Span = tuple[int, int]
_BEGINNING = re.compile(r"(?<![^\W_])(?:[a-z]+|\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention:
    """Words in a text that tell a day.

    Attributes:
        start, end: Place in the text.
        day: The day; None where the words are vague.
        past_day: The day where the words look back; another one only for "den 2:a" and the like.
        needs_label: Digits that may as well be something else, such as ``180331``.
    """

    start: int
    end: int
    day: date | None
    past_day: date | None = None
    needs_label: bool = False


def find_dates(
    folded: str, today: date, *, past: bool = False, within: Iterable[Span] | None = None
) -> list[DateMention]:
    """Find the dates in folded text, in order, none inside another.

    Args:
        today: The local day on which the text was received.
        past: A day without a month lies behind `today` rather than ahead of it.
        within: Where dates may begin, in order, whole words, none in another; None: anywhere.
    """
    kept: list[DateMention] = []
    end = 0
    for span in within if within is not None else ((0, len(folded)),):
        for beginning in _BEGINNING.finditer(folded, *span):
            word, start = beginning[0], beginning.start()
            if start < end:
                continue
            for form in FORMS_BY_BEGINNING.get(DIGIT if word.isdigit() else word, ()):
                match = form.regex.match(folded, start)
                mention = match and _mention(form, match, today, past)
                if mention:
                    kept.append(mention)
                    end = mention.end
                    break
    return kept


def _mention(form: Form, match: re.Match[str], today: date, past: bool) -> DateMention | None:
    parts = match.groupdict(default="")
    day = form.read(parts, today, past)
    if day is None and not form.vague:
        return None
    return DateMention(
        start=match.start(),
        end=match.end(),
        day=day,
        past_day=form.read(parts, today, True) if form.looks_both_ways else day,
        needs_label=form.needs_label,
    )
