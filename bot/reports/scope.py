"""Which cases are counted, and by what they are told apart."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.reports.model import Granularity
from bot.vocabulary import (
    Channel,
    CustomerKey,
    MailboxKey,
    MatterKey,
    ProcessKey,
    TeamKey,
)


class By(StrEnum):
    """What figures are told apart by: a key of a case, or time."""

    PROCESS = "process"
    MAILBOX = "mailbox"
    MATTER = "matter"
    CUSTOMER = "customer"
    TEAM = "team"
    CHANNEL = "channel"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    TERTIAL = "tertial"
    YEAR = "year"

    @property
    def granularity(self) -> Granularity | None:
        """Return how time is cut; None where figures are told apart by a key."""
        return Granularity(self.value) if self in _TIMES else None


_TIMES: Final = (By.DAY, By.WEEK, By.MONTH, By.TERTIAL, By.YEAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which cases are counted; None stands for all."""

    process: ProcessKey | None = None
    mailbox: MailboxKey | None = None
    matter: MatterKey | None = None
    customer: CustomerKey | None = None
    team: TeamKey | None = None
    channel: Channel | None = None

    def said(self) -> dict[str, str]:
        """Return what is asked for, by name."""
        pairs = ((each.name, getattr(self, each.name)) for each in dataclasses.fields(self))
        return {name: str(value) for name, value in pairs if value is not None}

    def narrowed(self, by: By, key: str) -> Scope:
        """Return the cases of these that have a key."""
        if by.granularity is not None:
            raise ValueError(f"{by} is no key of a case")
        given = {**self.said(), by.value: key}
        return Scope(**given)  # type: ignore[arg-type]  # the keys are NewTypes of text


ALL: Final = Scope()
