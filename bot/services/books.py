"""Do the books balance: every message shown to us has exactly one outcome, and it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.store.unit_of_work import Database
from bot.vocabulary import MailboxKey, Outcome, is_sent_folder
from functionmail.connectors.base import MailSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The books at one moment.

    Attributes:
        outcomes: Mailbox -> outcome -> number of messages.
        without_outcome: Messages that lie in a watched mailbox now and have no outcome.
        faulty: Entries that contradict what is stored.
        taken_away: Mailbox -> messages that people have moved or deleted since; no loss.
    """

    outcomes: Mapping[MailboxKey, Mapping[Outcome, int]]
    without_outcome: int
    faulty: int
    taken_away: Mapping[MailboxKey, int] = field(default_factory=dict)

    @property
    def balanced(self) -> bool:
        """Tell whether nothing is missing and nothing contradicts."""
        return self.without_outcome == 0 and self.faulty == 0

    def as_json(self) -> Mapping[str, object]:
        """Return the books as the command line prints them."""
        return {
            "mailboxes": {
                mailbox: {outcome.value: counts.get(outcome, 0) for outcome in Outcome}
                for mailbox, counts in sorted(self.outcomes.items())
            },
            "without_outcome": self.without_outcome,
            "faulty": self.faulty,
            "taken_away": sum(self.taken_away.values()),
            "balanced": self.balanced,
        }

    def total(self, outcome: Outcome) -> int:
        """Return how many messages that came in had an outcome, in all mailboxes."""
        return sum(
            counts.get(outcome, 0)
            for mailbox, counts in self.outcomes.items()
            if not is_sent_folder(mailbox)
        )


def balance(database: Database, sources: Iterable[MailSource] = ()) -> Balance:
    """Compare the books with what is stored and with what lies in the mailboxes now."""
    lying = {MailboxKey(source.mailbox): frozenset(source.keys()) for source in sources}
    with database.reading() as work:
        without = sum(len(keys - work.books.seen(mailbox, keys)) for mailbox, keys in lying.items())
        outcomes: dict[MailboxKey, dict[Outcome, int]] = {}
        taken_away: Counter[MailboxKey] = Counter()
        for (mailbox, outcome), counted in work.books.outcomes().items():
            outcomes.setdefault(mailbox, {})[outcome] = counted.every
            taken_away[mailbox] += counted.gone
        return Balance(
            outcomes=outcomes,
            without_outcome=without,
            faulty=work.books.faulty_outcomes(),
            taken_away=taken_away,
        )
