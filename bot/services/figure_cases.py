"""The cases behind a figure, as somebody may see them: hidden ones are counted only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.cases import Case
from bot.reports.model import Period
from bot.reports.scope import Scope
from bot.services.reporting import Reporting
from bot.services.sight import Sight
from bot.store.unit_of_work import Database
from bot.vocabulary import CaseId

PAGE: Final = 50
"""Cases on one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesBehind:
    """Some of the cases.

    Attributes:
        hidden: How many there are in all that the reader may not see.
        next: Where the next page goes on; None at the end.
    """

    cases: tuple[Case, ...]
    hidden: int
    next: CaseId | None


class FigureCases:
    """Opens figures."""

    def __init__(self, database: Database, reporting: Reporting) -> None:
        self._database = database
        self._reporting = reporting

    def behind(
        self,
        key: str,
        period: Period,
        sight: Sight,
        *,
        scope: Scope,
        after: CaseId | None = None,
    ) -> CasesBehind:
        """Return a page of the cases that a figure was counted on, in order of arrival.

        Raises:
            NotFound: There is no such figure.
        """
        found = self._reporting.cases_behind(
            key,
            period,
            scope=scope,
            after=after,
            protected=sight.sees_protected,
            limit=PAGE,
        )
        with self._database.reading() as work:
            cases = work.cases.get_many(found.case_ids)
        return CasesBehind(
            cases=tuple(cases[case_id] for case_id in found.case_ids),
            hidden=found.hidden,
            next=found.case_ids[-1] if found.more and found.case_ids else None,
        )
