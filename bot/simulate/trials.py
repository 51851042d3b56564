"""The values with which moulds of mails are made and tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.simulate.slots import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One set of values that a mould is made or tried with."""

    person: Person
    place: str
    number: str
    amount: str
    day: str
    case: str
    domain: str
    at: datetime


TRIED: Final = (
    Trial(
        person=Person("Ingalill", "Wretborn", "ingalill.wretborn7"),
        place="Kvarngårdens boulehall",
        number="40417263",
        amount="23 417",
        day="2025-03-27",
        case="2019-987654",
        domain="hemmapost.example",
        at=datetime(2025, 3, 11, 9, 30, tzinfo=UTC),
    ),
    Trial(
        person=Person("Öjvind", "Länström", "ojvind.lanstrom31"),
        place="Solrosens förskola",
        number="47582936",
        amount="6 158",
        day="2025-10-09",
        case="2020-123456",
        domain="sdf-solaker.exempelstad.example",
        at=datetime(2025, 9, 16, 8, 5, tzinfo=UTC),
    ),
    Trial(
        person=Person("Amira", "Ali", "amira.ali"),
        place="Stationens äldreboende",
        number="40000031",
        amount="790",
        day="2024-11-04",
        case="2024-000031",
        domain="byggservice.example",
        at=datetime(2024, 11, 8, 16, 45, tzinfo=UTC),
    ),
    Trial(
        person=Person("Per", "Gustavsson", "per.gustavsson2"),
        place="Torgets bibliotek",
        number="41038815",
        amount="58 004",
        day="2026-07-01",
        case="2026-038815",
        domain="utb.exempelstad.example",
        at=datetime(2026, 6, 3, 21, 10, tzinfo=UTC),
    ),
)
"""The first makes the mould; what is found may not depend on any of them."""
