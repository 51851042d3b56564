"""How a replay adds up: field by field over the mails, and urgency case by case.

What is kept grows with the number of changes and of urgent cases, never with the mails.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bot.cases import Case, CaseNumber
from bot.knowledge import Knowledge
from bot.knowledge.lexicon_words import LexiconWords
from bot.services.backtest_result import (
    Backtest,
    Change,
    Corrected,
    UrgentChange,
    Value,
    Verdict,
)
from bot.store.records import JudgedMail
from bot.triage.model import Reason, Triage
from bot.vocabulary import NONE, CaseId, Kind, Urgency

FIELDS: Final = (
    "urgent",
    "kind",
    "process",
    "matter",
    "possible",
    "protected",
    "complaint",
    "misdirected",
    "customer",
    "missing",
    "lang",
    "invoices",
    "due",
    "glance",
)
"""What is compared, in the order of the report."""

_ONLY_COUNTED: Final = ("invoices", "due")
_FAILED: Final = "failed"
_CORRECTABLE: Final = ("process", "matter")
_CODE_WORDS: Final = ("matter.together",)
"""Rules whose words are names of the lexicon, not words of the mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One mail, judged then and now.

    Attributes:
        before: `Triage.as_json` of then; keys that are younger than the mail are absent.
        after: None where our own code failed.
        glance: It would be put aside and yet holds words of urgency.
        today: What the knowledge of today says, where that was asked.
    """

    mail: JudgedMail
    case: Case | None
    before: Mapping[str, Any]
    after: Triage | None
    glance: bool
    today: Triage | None = None

    def beside(self, today: Triage | None) -> Replayed:
        """Return the mail together with what the knowledge of today says."""
        return dataclasses.replace(self, today=today)

    @property
    def was(self) -> Urgency:
        """How urgent the mail was found when it came."""
        return Urgency(self.before.get("urgent", Urgency.NO))

    @property
    def becomes(self) -> Urgency:
        """How urgent it would be found."""
        return Urgency.NO if self.after is None else self.after.urgent

    @property
    def holds_today(self) -> Urgency | None:
        """How urgent the knowledge of today finds it; None where that was not asked."""
        return None if self.today is None else self.today.urgent


@dataclass(slots=True, kw_only=True)
class _Difference:
    mails: int = 0
    already: int = 0
    cases: dict[CaseNumber, None] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class _CaseUrgency:
    """The mails of one case that are urgent, then or now.

    Attributes:
        found: The first mail that was urgent.
        finds: The first mail that would be.
        lost, gained: The first mail whose urgency would vanish, or appear.
        is_partly_deleted: Nobody can tell any more what all of its mails were found to be.
    """

    case: Case
    found: int | None = None
    finds: int | None = None
    lost: UrgentChange | None = None
    gained: UrgentChange | None = None
    is_partly_deleted: bool = False

    @property
    def stands_corrected(self) -> bool:
        """Tell whether a person has changed what triage found."""
        stands = self.case.urgent is not Urgency.NO
        return (self.found is not None) is not stands and not self.is_partly_deleted

    @property
    def agrees(self) -> bool:
        """Tell whether triage would find what stands now."""
        return (self.finds is not None) is (self.case.urgent is not Urgency.NO)

    @property
    def is_late(self) -> bool:
        """Tell whether the case would be found urgent only after it was."""
        return self.found is not None and self.finds is not None and self.finds > self.found


class Tally:
    """Takes replayed mails one by one, in the order in which they came."""

    def __init__(self, knowledge: Knowledge, words: LexiconWords) -> None:
        self._knowledge = knowledge
        self._words = words
        self._counts: Counter[str] = Counter()
        self._differences: dict[tuple[str, Value, Value], _Difference] = {}
        self._urgencies: dict[CaseId, _CaseUrgency] = {}
        self._gained: list[UrgentChange] = []
        self._corrected: Counter[tuple[str, bool]] = Counter()

    def add_deleted(self, case: Case | None) -> None:
        """Count a mail whose words were deleted."""
        self._counts["deleted"] += 1
        if case is not None and case.urgent is not Urgency.NO:
            found = self._urgencies.setdefault(case.id, _CaseUrgency(case=case))
            found.is_partly_deleted = True

    def is_changed(self, replayed: Replayed) -> bool:
        """Tell whether anything that is compared would be otherwise."""
        return next(self._changes(replayed), None) is not None

    def add(self, replayed: Replayed) -> None:
        """Take in one mail."""
        self._counts["mails"] += 1
        self._counts["failed"] += replayed.after is None
        self._add_changes(replayed)
        self._add_corrections(replayed)
        if replayed.case is not None:
            self._add_urgency(replayed, replayed.case)
        elif replayed.was is Urgency.NO and replayed.becomes is not Urgency.NO:
            self._gained.append(self._appears(replayed))

    def result(self) -> Backtest:
        """Return all that was found so far."""
        lost: list[UrgentChange] = []
        later: list[UrgentChange] = []
        gained = list(self._gained)
        for one in self._urgencies.values():
            if one.stands_corrected:
                continue
            if one.lost is not None and one.finds is None:
                lost.append(one.lost)
            elif one.lost is not None and one.is_late:
                later.append(one.lost)
            elif one.gained is not None and one.case.urgent is Urgency.NO:
                gained.append(one.gained)
        return Backtest(
            mails=self._counts["mails"],
            changed=self._counts["changed"],
            already=self._counts["already"],
            deleted=self._counts["deleted"],
            failed=self._counts["failed"],
            lost=_in_order(lost),
            later=_in_order(later),
            gained=_in_order(gained),
            changes=tuple(self._all_changes()),
            corrected=tuple(self._all_corrected()),
        )

    def _add_changes(self, replayed: Replayed) -> None:
        today = None if replayed.today is None else self._values(replayed.today.as_json())
        changes = list(self._changes(replayed))
        for name, before, after in changes:
            if name in _ONLY_COUNTED:
                before_shown, after_shown = None, None
            else:
                before_shown, after_shown = before, after
            found = self._differences.setdefault((name, before_shown, after_shown), _Difference())
            found.mails += 1
            found.already += today is not None and today.get(name) == after
            if replayed.case is not None:
                found.cases[replayed.case.number] = None
        self._counts["changed"] += bool(changes)
        self._counts["already"] += bool(changes) and all(
            today is not None and today.get(name) == after for name, _, after in changes
        )

    def _changes(self, replayed: Replayed) -> Iterator[tuple[str, Value, Value]]:
        """Yield what would be otherwise: field, value of then, value of now."""
        before = self._values(replayed.before)
        if replayed.after is None:
            yield "kind", before["kind"], _FAILED
            return
        after = self._values(replayed.after.as_json())
        if replayed.mail.case_id is None:
            before["glance"], after["glance"] = replayed.mail.glance, replayed.glance
        for name in FIELDS:
            if name in before and name in after and before[name] != after[name]:
                yield name, before[name], after[name]

    def _values(self, triage: Mapping[str, Any]) -> dict[str, Value]:
        values = {
            name: tuple(sorted(triage[name])) if isinstance(triage[name], list) else triage[name]
            for name in FIELDS
            if name in triage
        }
        if "customer" in values:  # what a sender calls itself is not repeated
            values["customer"] = self._knowledge.customer_key(triage["customer"])
        return values

    def _add_corrections(self, replayed: Replayed) -> None:
        """Count where a person has changed what triage had said of the mail of a new case."""
        case, after = replayed.case, replayed.after
        if case is None or after is None or replayed.mail.kind is not Kind.CASE:
            return
        stands = {"process": case.process or NONE, "matter": case.matter or NONE}
        becomes = after.labels()
        for name in _CORRECTABLE:
            if replayed.before.get(name, stands[name]) != stands[name]:
                self._corrected[name, becomes[name] == stands[name]] += 1

    def _add_urgency(self, replayed: Replayed, case: Case) -> None:
        was, becomes = replayed.was is not Urgency.NO, replayed.becomes is not Urgency.NO
        if not was and not becomes:
            return
        found = self._urgencies.setdefault(case.id, _CaseUrgency(case=case))
        found.case = case
        if was and found.found is None:
            found.found = replayed.mail.id
        if becomes and found.finds is None:
            found.finds = replayed.mail.id
        if was and not becomes and found.lost is None:
            found.lost = self._vanishes(replayed, case)
        if becomes and not was and found.gained is None:
            found.gained = self._appears(replayed)

    def _vanishes(self, replayed: Replayed, case: Case) -> UrgentChange:
        after = replayed.after
        now = () if after is None else after.reasons
        return UrgentChange(
            case=case.number,
            status=case.status,
            message=replayed.mail.id,
            urgent=case.urgent if case.urgent is not Urgency.NO else replayed.was,
            process=case.process,
            matter=case.matter,
            becomes=None if after is None else _verdict(after),
            reasons=self._without(_reasons(replayed.before), now),
            already=replayed.holds_today is Urgency.NO,
        )

    def _appears(self, replayed: Replayed) -> UrgentChange:
        case, after = replayed.case, replayed.after
        assert after is not None
        return UrgentChange(
            case=None if case is None else case.number,
            status=None if case is None else case.status,
            message=replayed.mail.id,
            urgent=after.urgent,
            process=after.process if case is None else case.process,
            matter=after.matter if case is None else case.matter,
            becomes=_verdict(after),
            reasons=self._without(after.reasons, _reasons(replayed.before)),
            already=replayed.holds_today not in (None, Urgency.NO),
        )

    def _without(
        self, reasons: tuple[Reason, ...], others: tuple[Reason, ...]
    ) -> tuple[Reason, ...]:
        """Return the reasons that the others lack, with words that may be shown; each once."""
        left = (reason for reason in reasons if reason not in others)
        return tuple(dict.fromkeys(self._fit_to_show(reason) for reason in left))

    def _fit_to_show(self, reason: Reason) -> Reason:
        if reason.rule in _CODE_WORDS:
            return reason
        return dataclasses.replace(reason, words=self._words.only_known(reason.words))

    def _all_corrected(self) -> Iterator[Corrected]:
        counts = self._corrected + Counter(
            ("urgent", one.agrees) for one in self._urgencies.values() if one.stands_corrected
        )
        for name in FIELDS:
            agreeing, others = counts[name, True], counts[name, False]
            if agreeing or others:
                yield Corrected(field=name, cases=agreeing + others, agreeing=agreeing)

    def _all_changes(self) -> Iterator[Change]:
        ordered = sorted(
            self._differences.items(),
            key=lambda item: (FIELDS.index(item[0][0]), -item[1].mails, str(item[0])),
        )
        for (name, before, after), found in ordered:
            yield Change(
                field=name,
                before=before,
                after=after,
                mails=found.mails,
                already=found.already,
                cases=tuple(sorted(found.cases)),
            )


def _verdict(found: Triage) -> Verdict:
    return Verdict(
        kind=found.kind,
        process=found.process,
        matter=found.matter,
        urgent=found.urgent,
        possible=found.possible,
    )


def _reasons(triage: Mapping[str, Any]) -> tuple[Reason, ...]:
    return tuple(
        Reason(rule=str(row["rule"]), words=str(row["words"]), where=str(row["where"]))
        for row in triage.get("reasons", ())
    )


def _in_order(changes: list[UrgentChange]) -> tuple[UrgentChange, ...]:
    """Put those first that only the change brings, then by case; mails without one last."""
    return tuple(
        sorted(
            changes,
            key=lambda one: (one.already, one.case is None, str(one.case or ""), one.message),
        )
    )
