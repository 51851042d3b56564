"""The due date that the sender states for an invoice."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.language.date_forms import LONGEST_LEAD
from bot.language.dates import DateMention, Span, find_dates
from bot.language.phrases import words_between
from bot.triage.cues import Feature
from bot.triage.hearing import Hit
from bot.triage.mention_weights import LOUDEST, LearnedMentions
from bot.triage.mentions import Found, Judged, around_date
from bot.triage.reading import Reading, Statement, Text
from bot.triage.tables import column_under

_HERE = ZoneInfo("Europe/Stockholm")
_AFTER = 45
_BEFORE = 30
"""Characters between a label and the date after it, or before it."""
_LONGEST_DATE = 30
_MOST_IN_A_TEXT = 120
_MANY = 3
_BEHIND = 40
_LOOKING_BACK = re.compile(
    r"(?:forfoll|forfallit|gick ut|drogs)(?:(?!forfaller|senast|skall? |due )[^.!?\n])*$"
    r"|(?<![a-z])(?:var|was)(?: due)?(?: on)?(?: den| the)?\s{0,3}$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A day that a mail names, and what is seen around it."""

    day: date
    seen: Found


def due_date(
    reading: Reading, received_at: datetime, judged: Judged, learned: LearnedMentions | None
) -> date | None:
    """Return the earliest due date that the sender states; None where it is vague."""
    today = received_at.astimezone(_HERE).date()
    in_tables = _in_tables(reading, today)
    ruled = _stated(reading, today) | in_tables
    if learned is None:
        return min(ruled, default=None)
    named = seen_of_days(reading, today, ruled, judged)
    favoured = {one.day for one in named if learned.due.favour(one.seen) > 0}
    return min(favoured | in_tables, default=None)


def days_seen(reading: Reading, received_at: datetime, judged: Judged) -> list[Named]:
    """Return all days that a mail names, for the weights to learn from."""
    today = received_at.astimezone(_HERE).date()
    ruled = _stated(reading, today) | _in_tables(reading, today)
    return seen_of_days(reading, today, ruled, judged)


def seen_of_days(
    reading: Reading, today: date, ruled: Collection[date], judged: Judged
) -> list[Named]:
    """Return the days that a mail names, each with what is seen around it.

    Args:
        ruled: Those that the rules take for due dates.
    """
    days: list[tuple[date, Found]] = []
    for text in reading.texts:
        within = _dated(reading, text) if reading.is_whole else None
        for mention in find_dates(text.folded, today, within=within)[:_MOST_IN_A_TEXT]:
            day = mention.past_day if _looks_back(text, mention.start) else mention.day
            if day is not None:
                ahead = (day - today).days
                days.append((day, around_date(mention, text, ahead, reading, judged)))
    earliest = min((day for day, _ in days), default=None)
    count = min(_MANY, len({day for day, _ in days}))
    named = []
    for day, seen in days:
        facts = [f"days {count}", "earliest" if day == earliest else "later"]
        facts.append("ruled" if day in ruled else "not ruled")
        facts += ["none ruled"] if not ruled else []
        facts += ["first ruled"] if ruled and day == min(ruled) else []
        seen.update(dict.fromkeys(facts, LOUDEST))
        named.append(Named(day=day, seen=seen))
    return named


def _dated(reading: Reading, text: Text) -> Iterator[Span]:
    """Yield where dates may begin in a text, all of whose sentences are statements."""
    searched = 0
    for statement in reading.in_text(text):
        if statement.heard.dated:
            yield max(searched, statement.sentence.start - LONGEST_LEAD), statement.sentence.end
            searched = statement.sentence.end


def _looks_back(text: Text, place: int) -> bool:
    before = text.folded[max(0, place - _BEHIND) : place]
    return _LOOKING_BACK.search(before) is not None


def _stated(reading: Reading, today: date) -> set[date]:
    """Return what sentences state as a due date, by the rules.

    The day on which a payment is to be made counts only for an invoice of ours: of an
    outgoing payment it is no due date.
    """
    labels = {Feature.DUE.value}
    if not reading.has(Feature.AT_BANK, "stop", "outgoing", "released"):
        labels.add(Feature.PAY_DAY.value)
    return {
        day for statement in reading.having(*labels) for day in _due_in(statement, labels, today)
    }


def _due_in(statement: Statement, labels: set[str], today: date) -> Iterator[date]:
    """Yield the date that each label of a due date in a sentence points at."""
    start, end = statement.sentence.start, statement.sentence.end
    folded = statement.text.folded[start:end]
    for hit in statement.hits:
        if hit.cue.feature not in labels or _is_wish(statement, hit):
            continue
        first, last = _place(statement, hit.match.start, hit.match.end)
        label = folded[first:last]
        past = "forfoll" in label or "forfallit" in label
        mentions = find_dates(folded, today, past=past)
        while first >= 0:
            mention = _nearest(mentions, first, first + len(label))
            if mention and mention.day:
                yield mention.day
            first = folded.find(label, first + 1) if label else -1


def _is_wish(statement: Statement, hit: Hit) -> bool:
    """Tell whether a label stands in words that name a wished date, not the due date."""
    return any(
        other.cue.feature == Feature.NOT_DUE
        and other.match.start <= hit.match.start < other.match.end
        for other in statement.hits
    )


def _place(statement: Statement, start: int, end: int) -> tuple[int, int]:
    first, last = words_between(statement.text.folded, statement.sentence, start, end)
    return first - statement.sentence.start, last - statement.sentence.start


def _nearest(mentions: list[DateMention], first: int, last: int) -> DateMention | None:
    """Return the date in or after a label, else the one right before it."""
    inside = [mention for mention in mentions if first <= mention.start < last]
    if inside:
        return inside[-1]
    after = [mention for mention in mentions if mention.start >= last]
    if after and after[0].start - last <= _AFTER:
        return after[0]
    before = [mention for mention in mentions if mention.end <= first and not mention.needs_label]
    if before and first - before[-1].end <= _BEFORE:
        return before[-1]
    return None


def _in_tables(reading: Reading, today: date) -> set[date]:
    """Return what stands under the heading of a column of due dates."""
    return {day for text in reading.texts for day in _in_table(text, today)}


def _in_table(text: Text, today: date) -> Iterator[date]:
    for start in sorted(column_under(text, _is_heading).starts):
        for mention in find_dates(text.folded[start : start + _LONGEST_DATE], today):
            if mention.start == 0 and mention.day:
                yield mention.day


def _is_heading(words: Sequence[str]) -> int | None:
    for index, word in enumerate(words):
        if (
            word.startswith(("forfall", "ff", "due"))
            and "nytt" not in words[max(0, index - 1) : index]
        ):
            return index
    return None
