"""``lead_times.yaml``: how soon a case is to be answered and closed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from bot.errors import BadValue
from bot.knowledge.models import File
from bot.knowledge.yaml_file import KnowledgeModel
from bot.reports.lead_times import LeadTime, LeadTimes
from bot.vocabulary import CustomerKey, MatterKey, ProcessKey

Hours = Annotated[float, Field(gt=0, le=5000)]
_SECONDS = 3600


class LeadTimeEntry(KnowledgeModel):
    """See `bot.reports.lead_times.LeadTime`; hours are hours in which the centre is open."""

    process: ProcessKey | None = None
    matter: MatterKey | None = None
    customer: CustomerKey | None = None
    answer_hours: Hours | None = None
    close_hours: Hours | None = None

    @model_validator(mode="after")
    def _says_something(self) -> LeadTimeEntry:
        if self.answer_hours is None and self.close_hours is None:
            raise BadValue("answer_hours eller close_hours saknas")
        return self


class LeadTimesFile(File):
    """``lead_times.yaml``; the first entry that fits a case holds."""

    lead_times: tuple[LeadTimeEntry, ...] = ()

    def as_rules(self) -> LeadTimes:
        """Return the lead times as values."""
        return tuple(
            LeadTime(
                process=entry.process,
                matter=entry.matter,
                customer=entry.customer,
                answer_s=_seconds(entry.answer_hours),
                close_s=_seconds(entry.close_hours),
            )
            for entry in self.lead_times
        )


def _seconds(hours: float | None) -> int | None:
    return None if hours is None else round(hours * _SECONDS)
