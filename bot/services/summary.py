"""What a heap of mail became: the numbers that `demo` and `ingest` show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.cases import Case
from bot.services.books import Balance
from bot.store.unit_of_work import Database
from bot.vocabulary import EventKind, Outcome, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgentCase:
    """An urgent case and the rules that tell why, as (rule, words)."""

    case: Case
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What became of the mail on record."""

    counts: Mapping[Outcome, int]
    cases: tuple[Case, ...]
    urgent: tuple[UrgentCase, ...]
    receipts: int
    withheld: int
    alerts: int
    balanced: bool

    @property
    def mails(self) -> int:
        """Return how many messages the mailboxes have shown us."""
        return sum(self.counts.values())


def outcome_counts(counts: Mapping[Outcome, int]) -> dict[str, int]:
    """Return outcomes under the names of the command line's JSON."""
    names = {
        "cases": Outcome.CASE,
        "follow_ups": Outcome.FOLLOW_UP,
        "ignored": Outcome.IGNORED,
        "quarantined": Outcome.QUARANTINED,
        "duplicates": Outcome.DUPLICATE,
    }
    return {
        "mails": sum(counts.values()),
        **{name: counts.get(outcome, 0) for name, outcome in names.items()},
    }


def summarise(database: Database, balance: Balance) -> Summary:
    """Summarise everything on record, newest case first."""
    with database.reading() as work:
        cases = tuple(work.cases.listed(limit=10_000))
        urgent = tuple(
            UrgentCase(case=case, reasons=_urgent_reasons(work.messages.first_triage(case.id)))
            for case in cases
            if case.urgent is not Urgency.NO
        )
        events = work.cases.event_counts()
    return Summary(
        counts={outcome: balance.total(outcome) for outcome in Outcome},
        cases=cases,
        urgent=urgent,
        receipts=events.get(EventKind.RECEIPT_SENT, 0),
        withheld=events.get(EventKind.RECEIPT_WITHHELD, 0),
        alerts=events.get(EventKind.ALERT_SENT, 0),
        balanced=balance.balanced,
    )


def _urgent_reasons(triage: Mapping[str, object] | None) -> tuple[tuple[str, str], ...]:
    reasons = (triage or {}).get("reasons", [])
    assert isinstance(reasons, list)
    # What a mail is about makes it urgent; the tag alone only says for whom it is.
    about_matter = [reason for reason in reasons if str(reason["rule"]).startswith("matter.")]
    return tuple((str(r["rule"]), str(r["words"])) for r in (about_matter or reasons)[:1])
