"""Phone cases as a table for the people who call back, and as JSON values.

Who called and where they are reached stands in the list of phone cases, since somebody must
call back, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from rich import box
from rich.console import Console
from rich.text import Text

from bot.cli.wide_tables import Table
from bot.knowledge import Knowledge
from bot.promises import Promise
from bot.services.phone import PhoneCase
from bot.texts import Say
from bot.vocabulary import Status, Urgency


def as_values(found: PhoneCase, *, with_call: bool = False) -> Mapping[str, Any]:
    """Return a phone case as JSON values.

    Args:
        with_call: Also who called and where they are reached.
    """
    case, promise = found.case, found.promise
    values = {
        "case": str(case.number),
        "status": case.status.value,
        "process": case.process,
        "matter": case.matter,
        "urgent": case.urgent.value,
        "team": case.team,
        "owner": case.owner,
        "received_at": case.received_at.isoformat(),
        "promise": promise.number,
        "due_at": promise.due_at.isoformat(),
        "feedback": None if promise.kept_with is None else promise.kept_with.value,
        "kept_at": None if promise.kept_at is None else promise.kept_at.isoformat(),
        "broken_at": None if promise.broken_at is None else promise.broken_at.isoformat(),
    }
    if not with_call:
        return values
    call = found.call
    return values | {
        "customer": None if call is None else call.customer,
        "callback": None if call is None else call.callback,
    }


def show_added(found: PhoneCase, console: Console, say: Say, knowledge: Knowledge) -> None:
    """Print the number of a new case, who has it, and by when the caller hears from us."""
    names, zone = knowledge.names_in(say.language), knowledge.calendar.zone
    console.print(
        say(
            "Ärende {case}, {team}. Återkoppling senast {due}.",
            case=found.case.number,
            team=names.team(found.case.team),
            due=say.moment(found.promise.due_at, zone),
        ),
        markup=False,
    )


def show_feedback(found: PhoneCase, console: Console, say: Say) -> None:
    """Print that feedback was noted, and what is left to do."""
    case = found.case
    console.print(
        say(
            "Återkopplingen är noterad. Ärende {case}: {status}.",
            case=case.number,
            status=say.code(f"status.{case.status}"),
        ),
        markup=False,
    )
    if case.urgent is not Urgency.NO and case.status is not Status.CLOSED:
        console.print(say("Det är brådskande och stängs när stoppet är bekräftat."), markup=False)


def show_list(found: Sequence[PhoneCase], console: Console, say: Say, knowledge: Knowledge) -> None:
    """Print who waits for feedback, the most pressing first, and the other open phone cases."""
    if not found:
        console.print(say("Inga öppna telefonärenden."))
        return
    names, zone = knowledge.names_in(say.language), knowledge.calendar.zone
    table = Table(box=box.SIMPLE, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(say("Ärende"), no_wrap=True)
    for heading in (
        say("Återkoppling"),
        say("Ring"),
        say("Kund"),
        say("Ärendetyp"),
        say("Ansvarig"),
    ):
        table.add_column(heading)
    for one in found:
        case, call = one.case, one.call
        owner = None if case.owner is None else knowledge.people.get(case.owner)
        table.add_row(
            str(case.number),
            _state(one.promise, say, zone),
            Text("" if call is None else call.callback),
            Text("" if call is None else call.customer),
            names.matter(case.matter),
            names.team(case.team) if owner is None else owner.name,
            style="bold red" if one.promise.is_open and one.promise.broken_at else "",
        )
    console.print(table)


def _state(promise: Promise, say: Say, zone: tzinfo) -> str:
    if promise.kept_with is not None:
        return say.code(f"feedback.{promise.kept_with}")
    if promise.broken_at is not None:
        return say("skulle ha getts {due}", due=_local(promise.due_at, zone))
    return say("senast {due}", due=_local(promise.due_at, zone))


def _local(instant: datetime, zone: tzinfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"
