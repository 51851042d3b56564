"""What feedback to a customer does to the case, however the customer was reached."""

from __future__ import annotations

import dataclasses

from bot.cases import Case
from bot.promises import Feedback
from bot.store.unit_of_work import Work
from bot.vocabulary import Status, Urgency


def store_feedback(work: Work, case: Case, said: Feedback) -> Case:
    """Store a case as it stands after feedback, and return it.

    "Done" closes it, but for an urgent one without the stop tick; a new case is open from then
    on.

    Raises:
        IllegalChange: The case cannot take that status.
    """
    status = case.status
    if said is Feedback.DONE and (case.urgent is Urgency.NO or case.stop_confirmed):
        status = Status.CLOSED
    elif status is Status.NEW:
        status = Status.OPEN
    if status is case.status:
        return case
    case.allow(status)
    if status is Status.CLOSED:
        work.watches.end([case.id])
    return work.cases.change(dataclasses.replace(case, status=status))
