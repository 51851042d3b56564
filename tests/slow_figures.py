"""Figures the slow, obvious way: every case and every event, read one by one and looked at.

It shares no code with `bot.reports` and `bot.store.case_facts`; what it finds they must find.
"""

from __future__ import annotations

import math

from bot.vocabulary import EventKind
from bot.worktime import add_working_time, end_of_working_day

HUMAN = ("answered", "feedback_ongoing", "feedback_done")
UNDOES = {
    "take": ("taken",),
    "give": ("handed_over",),
    "move": ("moved_process",),
    "retag": ("retagged",),
    "stop": ("stop_confirmed",),
    "reopen": ("reopened",),
    "close": ("closed",),
    "merge": ("closed", "merged"),
}


def true_story(events):
    """Leave out what was undone, and the undoing; None for a case that should never have been."""
    kept = []
    for event in events:
        if event.kind == EventKind.UNDONE:
            undid = event.data["undid"]
            if undid == "log_phone":
                return None
            if undid == "feedback":
                leave_out_feedback(kept)
                continue
            for kind in UNDOES.get(undid, ()):
                for at in range(len(kept) - 1, -1, -1):
                    if kept[at].kind == kind:
                        del kept[at]
                        break
            continue
        if event.kind == EventKind.CLOSED and any(_is_closing(each, kept) for each in kept):
            continue
        kept.append(event)
    return kept


def leave_out_feedback(kept):
    """Leave out the last feedback, and the closing that was recorded together with it."""
    for at in range(len(kept) - 1, -1, -1):
        if kept[at].kind in ("feedback_ongoing", "feedback_done"):
            told = kept.pop(at)
            if at < len(kept) and kept[at].kind == "closed" and kept[at].at == told.at:
                del kept[at]
            return


def _is_closing(event, kept):
    after = kept[kept.index(event) + 1 :]
    return event.kind == EventKind.CLOSED and all(
        later.kind != EventKind.REOPENED for later in after
    )


def runs(events):
    """Cut a story where the case was opened again."""
    found = [[]]
    for event in events:
        if event.kind == EventKind.REOPENED:
            found.append([])
        found[-1].append(event)
    return found


class Slow:
    """Counts in a period, told nothing but what the record holds."""

    def __init__(self, work, knowledge, now, period, **scope):
        self.calendar, self.now, self.period = knowledge.calendar, now, period
        self.lead = knowledge.lead_times.lead_times
        self.rows = []
        for case in sorted(work.cases.listed(limit=100_000), key=lambda case: case.id):
            if any(getattr(case, name) != key for name, key in scope.items()):
                continue
            story = true_story(work.cases.events(case.id))
            if story is None:
                continue
            ore = sum(
                one.amount_ore or 0
                for one in work.case_invoices.of_cases([case.id]).get(case.id, ())
            )
            cut = runs(story)
            for number, run in enumerate(cut, start=1):
                rest = [event for later in cut[number - 1 :] for event in later]
                self.rows.append((case, number, run, number == len(cut), rest, ore))

    def day(self, at):
        return None if at is None else at.astimezone(self.calendar.zone).date()

    def within(self, at):
        day = self.day(at)
        return day is not None and self.period.first <= day <= self.period.last

    @staticmethod
    def began(case, number, run):
        return case.received_at if number == 1 else run[0].at

    @staticmethod
    def first(run, *kinds):
        found = [event for event in run if event.kind in kinds]
        return min(found, key=lambda event: event.at) if found else None

    @staticmethod
    def merged(run):
        return any(event.kind == "merged" and "into" in event.data for event in run)

    def figures(self):
        """Return key -> (value, number of cases)."""
        return {**self.opened(), **self.answered(), **self.closed(), **self.left(), **self.urgent()}

    def opened(self):
        came = [row for row in self.rows if self.within(self.began(*row[:3]))]
        first = [row for row in came if row[1] == 1]
        today = self.day(self.now)
        decided = [
            row
            for row in first
            if self.first(row[2], *HUMAN) or self.day(row[0].received_at) < today
        ]
        mail = [row for row in first if row[0].channel == "email"]
        marks = [mark for mark in map(self.mark, first) if mark is not None]
        due = [row for row in first if self.is_due(row)]
        return {
            "received": (len(first), len(first)),
            "reopened": (len(came) - len(first), len(came) - len(first)),
            "same_day": share(decided, self.is_same_day),
            "phone_same_day": share(
                [row for row in decided if row[0].channel == "phone"], self.is_same_day
            ),
            "answered_in_time": share(due, self.is_in_lead_time),
            "misdirected": share(mail, lambda row: row[0].misdirected),
            **{
                f"marked_{name}": share(marks, lambda mark, name=name: mark == name)
                for name in ("right", "misspelt", "missing", "wrong")
            },
        }

    def is_same_day(self, row):
        answer = self.first(row[2], *HUMAN)
        if answer is None:
            return False
        if "in_time" in answer.data:
            return answer.data["in_time"]
        return self.day(answer.at) == self.day(row[0].received_at)

    def agreed(self, case):
        for entry in self.lead:
            if (
                entry.process in (None, case.process)
                and entry.matter in (None, case.matter)
                and entry.customer in (None, case.customer)
            ):
                return entry
        return None

    def lead_of(self, case):
        return getattr(self.agreed(case), "answer_hours", None)

    def close_lead_of(self, case):
        return getattr(self.agreed(case), "close_hours", None)

    def is_due(self, row):
        hours = self.lead_of(row[0])
        if hours is None:
            return False
        if self.first(row[2], *HUMAN):
            return True
        if self.first(row[2], "closed"):
            return False
        from datetime import timedelta

        latest = add_working_time(self.now, timedelta(hours=-hours), self.calendar)
        return self.day(row[0].received_at) < self.day(latest)

    def is_in_lead_time(self, row):
        answer = self.first(row[2], *HUMAN)
        return answer is not None and answer.working_seconds <= self.lead_of(row[0]) * 3600

    @staticmethod
    def mark(row):
        case, _, run = row[:3]
        seen = next((e.data for e in run if e.kind == "triaged" and "tag" in e.data), None)
        if seen is None or case.channel != "email":
            return None
        if seen["tag"] == "none":
            return "missing"
        if seen["tag_process"] != case.process:
            return "wrong"
        return "right" if seen["tag"] == "exact" else "misspelt"

    def answered(self):
        answers = [
            (row, answer)
            for row in self.rows
            if (answer := self.first(row[2], *HUMAN)) and self.within(answer.at)
        ]
        return {
            "answered": (len(answers), len(answers)),
            **spread("answer_work", [answer.working_seconds for _, answer in answers]),
            **spread("answer_wall", [answer.wall_seconds for _, answer in answers]),
            "from_template": share(answers, lambda pair: pair[1].data.get("template") is not None),
            "asked_again": share(answers, self.is_asked_again),
        }

    def is_asked_again(self, pair):
        """Tell whether the customer wrote soon after the last answer that they then had."""
        rest = pair[0][4]
        last = None
        for at, event in enumerate(rest):
            if event.kind in HUMAN:
                # A later run that has an answer is asked again by itself.
                if at and any(e.kind == "reopened" for e in rest[1 : at + 1]):
                    return False
                last = event.at if last is None else max(last, event.at)
            elif event.kind == "received" and event.data.get("follow_up") and last is not None:
                until = end_of_working_day(last, self.calendar, after_days=3)
                if event.at <= until:
                    return True
        return False

    def closed(self):
        closings = [
            (row, closing)
            for row in self.rows
            if (closing := self.first(row[2], "closed"))
            and self.within(closing.at)
            and not self.merged(row[2])
        ]
        unanswered = sum(self.first(row[2], *HUMAN) is None for row, _ in closings)

        def given(pair):
            return any(
                event.kind == "handed_over"
                or (event.kind == "moved_process" and event.actor != "system")
                for event in pair[0][2]
            )

        return {
            "closed": (len(closings), len(closings)),
            "closed_unanswered": (unanswered, unanswered),
            **spread("close_work", [closing.working_seconds for _, closing in closings]),
            **spread("close_wall", [closing.wall_seconds for _, closing in closings]),
            "closed_in_time": share(
                [pair for pair in closings if self.close_lead_of(pair[0][0]) is not None],
                lambda pair: pair[1].working_seconds <= self.close_lead_of(pair[0][0]) * 3600,
            ),
            "handed_over": share(closings, given),
            "corrected": share(
                closings, lambda pair: any(e.kind == "retagged" for e in pair[0][2])
            ),
        }

    def left(self):
        keys = ("backlog", "backlog_median_days", "backlog_oldest_days")
        if self.period.first > self.day(self.now):
            return dict.fromkeys(keys, (None, 0))
        ages, last = [], min(self.period.last, self.day(self.now))
        for row in self.rows:
            opened = self.day(self.began(*row[:3]))
            closing = self.first(row[2], "closed")
            gone = closing is not None and self.day(closing.at) <= last
            if opened <= last and not gone and not self.merged(row[2]):
                ages.append((last - opened).days)
        return {
            "backlog": (len(ages), len(ages)),
            "backlog_median_days": (nearest(ages, 0.5), len(ages)),
            "backlog_oldest_days": (max(ages, default=None), len(ages)),
        }

    def urgent(self):
        due = []
        for case, _, run, is_last, _, ore in self.rows:
            if not is_last or case.urgent == "no" or self.merged(run):
                continue
            tick = None
            for event in run:
                if event.kind == "stop_confirmed" and tick is None:
                    tick = event
                elif event.kind == "triaged" and "process" not in event.data:
                    tick = None
            decided = tick is not None or case.handle_by < self.now
            if self.within(case.handle_by) and decided:
                due.append((tick is not None and tick.at <= case.handle_by, ore))
        caught = [ore for in_time, ore in due if in_time]
        lost = [ore for in_time, ore in due if not in_time]
        return {
            "urgent": (len(due), len(due)),
            "urgent_in_time": share(due, lambda pair: pair[0]),
            "urgent_late": (len(lost), len(lost)),
            "urgent_in_time_ore": (sum(caught), len(caught)),
            "urgent_late_ore": (sum(lost), len(lost)),
        }


def share(whole, holds):
    whole = list(whole)
    return (sum(map(bool, map(holds, whole))) / len(whole) if whole else None), len(whole)


def nearest(values, wanted):
    """The smallest value that at least a share of all do not exceed, found by trying each."""
    for value in sorted(values):
        if sum(each <= value for each in values) >= wanted * len(values) - 1e-9:
            return value
    return None


def spread(name, values):
    mean = math.floor(sum(values) / len(values) + 0.5) if values else None
    return {
        f"{name}_median": (nearest(values, 0.5), len(values)),
        f"{name}_p90": (nearest(values, 0.9), len(values)),
        f"{name}_mean": (mean, len(values)),
    }
