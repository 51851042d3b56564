"""What happened to a case, event by event, in words; names of staff, keys and codes only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.cases import SOMEBODY, SYSTEM, Event
from bot.texts import mark
from bot.texts.codes import CODES
from bot.texts.mail_codes import why_withheld
from bot.vocabulary import EventKind, MatterKey, PersonKey, ProcessKey, TeamKey
from bot.web.ask import Ask

_UNDID: Final[Mapping[str, str]] = {
    "take": mark("att ärendet togs"),
    "give": mark("att ärendet lämnades över"),
    "move": mark("flytten till en annan process"),
    "retag": mark("rättelsen av bedömningen"),
    "wait": mark("att ärendet fick vänta"),
    "resume": mark("att ärendet togs upp igen"),
    "feedback": mark("återkopplingen"),
    "stop": mark("bekräftelsen av stoppet"),
    "close": mark("att ärendet avslutades"),
    "reopen": mark("att ärendet öppnades igen"),
    "merge": mark("sammanslagningen"),
    "log_phone": mark("att samtalet loggades"),
}
_OPENED: Final[Mapping[str, str]] = {
    "answer": mark("läget, i ett svar av assistenten"),
    "attachment": mark("en bilaga"),
    "events": mark("det som har hänt, i Slack"),
    "mail": mark("ett helt mejl"),
    "original": mark("originalet av ett mejl"),
    "outline": mark("en svarsmall, i Slack"),
    "reply": mark("ett svar"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One event.

    Attributes:
        actor: Name of one of the staff; None where no person of ours did it.
        detail: What more is to be said; empty for nothing.
    """

    at: datetime
    what: str
    actor: str | None
    detail: str


def lines(events: Iterable[Event], ask: Ask) -> list[Line]:
    """Return events in words, in the order in which they came."""
    return [_line(event, ask) for event in events]


def undone(act: str, ask: Ask) -> str:
    """Say what taking back an act takes back."""
    source = _UNDID.get(act)
    return "" if source is None else ask.say(source)


def _line(event: Event, ask: Ask) -> Line:
    tell = _DETAILS.get(event.kind)
    names = ask.house.names(ask.say.language)
    is_person = event.actor not in (SYSTEM, SOMEBODY)
    return Line(
        at=event.at,
        what=ask.say.code(f"event.{event.kind}"),
        actor=names.person(PersonKey(event.actor)) if is_person else None,
        detail="" if tell is None else "; ".join(part for part in tell(event, ask) if part),
    )


def _received(event: Event, ask: Ask) -> Iterator[str]:
    if event.data.get("follow_up"):
        yield ask.say("kunden hörde av sig igen")


def _handed_over(event: Event, ask: Ask) -> Iterator[str]:
    names = ask.house.names(ask.say.language)
    to, team = event.data.get("to"), event.data.get("team")
    if isinstance(to, str):
        yield ask.say("till {name}", name=names.person(PersonKey(to)))
    elif isinstance(team, str):
        yield ask.say("till {name}", name=names.team(TeamKey(team)))


def _assigned(event: Event, ask: Ask) -> Iterator[str]:
    team = event.data.get("team")
    if isinstance(team, str):
        yield ask.house.names(ask.say.language).team(TeamKey(team))


def _moved(event: Event, ask: Ask) -> Iterator[str]:
    before, after = _process(event.data.get("before"), ask), _process(event.data["process"], ask)
    yield f"{before} → {after}"


def _retagged(event: Event, ask: Ask) -> Iterator[str]:
    named: Mapping[str, tuple[str, Callable[[object, Ask], str]]] = {
        "process": (ask.say("process"), _process),
        "matter": (ask.say("ärendetyp"), _matter),
        "urgent": (ask.say("brådska"), _urgency),
        "customer": (ask.say("kund"), _customer),
        "possible": (ask.say("kan vara bråttom"), _yes_or_no),
    }
    for key, (label, name) in named.items():
        if key in event.data:
            before = name(event.data.get(f"{key}_before"), ask)
            yield f"{label}: {before} → {name(event.data[key], ask)}"


def _waiting(event: Event, ask: Ask) -> Iterator[str]:
    if "on" in event.data:
        yield ask.say.code(f"status.{event.data['on']}")


def _stop(event: Event, ask: Ask) -> Iterator[str]:
    if "reason" in event.data:
        yield ask.say.code(f"stop_reason.{event.data['reason']}")


def _merged(event: Event, ask: Ask) -> Iterator[str]:
    data = event.data
    if "into" in data:
        yield ask.say("går vidare i ärende {case}", case=data["into"])
    elif data.get("undone"):
        yield ask.say("ärende {case} är ett eget ärende igen", case=data["other"])
    elif "other" in data:
        yield ask.say("ärende {case} går vidare här", case=data["other"])


def _undone(event: Event, ask: Ask) -> Iterator[str]:
    yield undone(str(event.data.get("undid")), ask)


def _viewed(event: Event, ask: Ask) -> Iterator[str]:
    source = _OPENED.get(str(event.data.get("what")))
    if source is not None:
        yield ask.say(source)


def _withheld(event: Event, ask: Ask) -> Iterator[str]:
    for code in why_withheld(str(event.data.get("because", ""))):
        yield ask.say.code(code)


def _escalated(event: Event, ask: Ask) -> Iterator[str]:
    code = f"rung.{event.data.get('rung')}"
    if code in CODES:
        yield ask.say.code(code)


_DETAILS: Final[Mapping[EventKind, Callable[[Event, Ask], Iterator[str]]]] = {
    EventKind.RECEIVED: _received,
    EventKind.ASSIGNED: _assigned,
    EventKind.HANDED_OVER: _handed_over,
    EventKind.MOVED_PROCESS: _moved,
    EventKind.RETAGGED: _retagged,
    EventKind.WAITING: _waiting,
    EventKind.STOP_CONFIRMED: _stop,
    EventKind.MERGED: _merged,
    EventKind.UNDONE: _undone,
    EventKind.VIEWED: _viewed,
    EventKind.RECEIPT_WITHHELD: _withheld,
    EventKind.REPLY_WITHHELD: _withheld,
    EventKind.ESCALATED: _escalated,
}


def _process(key: object, ask: Ask) -> str:
    if not isinstance(key, str):
        return ask.say("ingen")
    return ask.house.names(ask.say.language).process(ProcessKey(key))


def _matter(key: object, ask: Ask) -> str:
    if not isinstance(key, str):
        return ask.say("ingen")
    return ask.house.names(ask.say.language).matter(MatterKey(key))


def _urgency(key: object, ask: Ask) -> str:
    return ask.say.code(f"urgent.{key}")


def _customer(key: object, ask: Ask) -> str:
    name = ask.house.choices.customer_name(key) if isinstance(key, str) else None
    return name or ask.say("okänd")


def _yes_or_no(value: object, ask: Ask) -> str:
    return ask.say("ja") if value else ask.say("nej")
