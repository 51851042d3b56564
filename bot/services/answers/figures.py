"""Figures in words and numbers, with how they were counted.

Source of the percentiles: nearest rank (Hyndman & Fan 1996, type 1).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.registers import Nature, Register
from bot.services.answers.ground import Ground
from bot.store.facts import CaseFact, Scope
from bot.store.unit_of_work import Database
from bot.understanding import Measure, Slot
from bot.vocabulary import Urgency

_USUAL: Final = timedelta(days=29)
"""Where no period is named, the last thirty days are meant."""


def stats(ground: Ground, *, compares: bool) -> Iterator[str]:
    """Yield a figure for a period, and how it was counted."""
    say = ground.say
    measure = Measure(ground.slots.get(Slot.MEASURE, Measure.VOLUME))
    named = Slot.FROM in ground.slots
    last = ground.day(Slot.TO) or ground.today
    first = ground.day(Slot.FROM) or last - _USUAL
    if ground.database is None:
        yield say("Det finns inga ärenden att räkna än.")
        return
    scope, left_out = _scope(ground)
    if left_out is not None:
        yield left_out
        return
    yield _heading(ground, first, last, measure, named=named)
    yield from _COUNTED[measure](ground, ground.database, scope, first, last)
    if compares:
        yield say("Jag tar en period i taget; fråga sedan: och den andra?")


def _scope(ground: Ground) -> tuple[Scope, str | None]:
    """Return which cases are counted; or why none can be."""
    customer = ground.slots.get(Slot.CUSTOMER)
    key = ground.knowledge.customer_key(customer)
    if customer is not None and key is None:
        return Scope(), ground.say("Jag känner inte till kunden {customer}.", customer=customer)
    return Scope(process=ground.process, customer=key), None


def _heading(ground: Ground, first: date, last: date, measure: Measure, *, named: bool) -> str:
    say = ground.say
    about = [say.code(f"measure.{measure}")]
    if ground.process is not None:
        about.append(ground.names.process(ground.process))
    customer = ground.knowledge.customer_name(ground.slots.get(Slot.CUSTOMER))
    if customer is not None:
        about.append(customer)
    if measure is Measure.BACKLOG and not named:
        about.append(say("just nu"))
    elif first == last:
        about.append(say.date(first, year=True))
    else:
        about.append(say("{first} till {last}", first=first.isoformat(), last=last.isoformat()))
    return ", ".join(about) + ":"


def _volume(
    ground: Ground, database: Database, scope: Scope, first: date, last: date
) -> Iterator[str]:
    say = ground.say
    facts = _facts(ground, database, scope, first, last)
    yield say.plural("{n} ärende kom in.", "{n} ärenden kom in.", len(facts))
    yield say("Räknat efter när de kom in, mejl och telefon.")


def _response_time(
    ground: Ground, database: Database, scope: Scope, first: date, last: date
) -> Iterator[str]:
    say = ground.say
    facts = _facts(ground, database, scope, first, last)
    taken = sorted(fact.answered_after for fact in facts if fact.answered_after is not None)
    if not taken:
        yield say("Inget av ärendena har fått svar av en person.")
    else:
        yield say(
            "Hälften fick svar inom {median}, nio av tio inom {p90}.",
            median=say.duration(timedelta(seconds=rank(taken, 0.5)), days=False),
            p90=say.duration(timedelta(seconds=rank(taken, 0.9)), days=False),
        )
    yield say("{answered} av {all} ärenden har fått svar.", answered=len(taken), all=len(facts))
    yield say(
        "Räknat i arbetstid från det att ärendet kom in till första svaret från en person."
        " Kvittenser räknas inte."
    )


def _same_day(
    ground: Ground, database: Database, scope: Scope, first: date, last: date
) -> Iterator[str]:
    say, calendar = ground.say, ground.knowledge.calendar
    facts = _facts(ground, database, scope, first, last)
    same = sum(
        fact.answered_at is not None
        and calendar.local_date(fact.answered_at) == calendar.local_date(fact.received_at)
        for fact in facts
    )
    yield from _share(ground, same, len(facts), say("fick svar samma dag"))
    yield say("Räknat: första svaret från en person samma dag som ärendet kom in.")


def _urgent_in_time(
    ground: Ground, database: Database, scope: Scope, first: date, last: date
) -> Iterator[str]:
    say = ground.say
    facts = [
        fact
        for fact in _facts(ground, database, scope, first, last)
        if fact.urgent is not Urgency.NO and fact.handle_by is not None
    ]
    in_time = sum(
        fact.stopped_at is not None
        and fact.handle_by is not None
        and fact.stopped_at <= fact.handle_by
        for fact in facts
    )
    yield from _share(ground, in_time, len(facts), say("hanterades i tid"))
    yield say("Räknat: brådskande ärenden där stoppet bekräftades före tidsgränsen.")


def _complaints(
    ground: Ground, database: Database, scope: Scope, first: date, last: date
) -> Iterator[str]:
    say, calendar = ground.say, ground.knowledge.calendar
    with database.reading() as work:
        opened = [
            entry
            for entry in work.registers.of_register(Register.REMARKS)
            if entry.kind.value == "opened"
            and first <= calendar.local_date(entry.at) <= last
            and scope.process in (None, entry.facts.process)
            and scope.customer in (None, entry.facts.customer)
        ]
    complaints = sum(entry.facts.nature is Nature.COMPLAINT for entry in opened)
    praise = sum(entry.facts.nature is Nature.PRAISE for entry in opened)
    yield say.plural(
        "{n} synpunkt är registrerad, varav {complaints} klagomål och {praise} beröm.",
        "{n} synpunkter är registrerade, varav {complaints} klagomål och {praise} beröm.",
        len(opened),
        complaints=complaints,
        praise=praise,
    )
    yield say("Räknat efter när de registrerades.")


def _backlog(
    ground: Ground, database: Database, scope: Scope, first: date, last: date
) -> Iterator[str]:
    say = ground.say
    end = min(ground.at, _midnight(ground, last + timedelta(days=1)))
    with database.reading() as work:
        count = work.facts.open_at(end, scope)
    yield say.plural("{n} ärende var öppet.", "{n} ärenden var öppna.", count)
    yield say(
        "Räknat {at}: ärenden som hade kommit in och inte var avslutade.",
        at=say.moment(end, ground.knowledge.calendar.zone, year=True),
    )


_COUNTED: Final = {
    Measure.VOLUME: _volume,
    Measure.RESPONSE_TIME: _response_time,
    Measure.SAME_DAY: _same_day,
    Measure.URGENT_IN_TIME: _urgent_in_time,
    Measure.COMPLAINTS: _complaints,
    Measure.BACKLOG: _backlog,
}


def rank(ordered: Sequence[int], share: float) -> int:
    """Return the smallest value that at least a share of the values do not exceed.

    Args:
        ordered: At least one, in ascending order.
        share: In ]0, 1].
    """
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _share(ground: Ground, part: int, whole: int, what: str) -> Iterator[str]:
    say = ground.say
    if whole == 0:
        yield say("Inga sådana ärenden under tiden.")
        return
    yield say(
        "{percent} {what}: {part} av {whole}.",
        percent=say.percent(part / whole),
        what=what,
        part=say.number(part),
        whole=say.number(whole),
    )


def _facts(
    ground: Ground, database: Database, scope: Scope, first: date, last: date
) -> list[CaseFact]:
    start, end = _midnight(ground, first), _midnight(ground, last + timedelta(days=1))
    with database.reading() as work:
        return work.facts.received(start, end, scope)


def _midnight(ground: Ground, day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ground.knowledge.calendar.zone)
