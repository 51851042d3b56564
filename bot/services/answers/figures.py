"""Figures in words and numbers, with how they were counted: the same ones that reports show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from bot.clock import FixedClock
from bot.reports.model import Figure, Period
from bot.reports.scope import Scope
from bot.services.answers.ground import Ground
from bot.services.reporting import Reporting
from bot.understanding import Measure, Slot

_USUAL: Final = timedelta(days=29)
"""Where no period is named, the last thirty days are meant."""
Counted = Mapping[str, Figure]


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
    counting = Reporting(ground.database, ground.knowledge, FixedClock(ground.at))
    period = Period(first=min(first, last), last=last)
    figures = counting.figures(period, scope=scope).total.figures
    yield from _COUNTED[measure](ground, figures, period)
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


def _how(ground: Ground, figure: Figure) -> str:
    return ground.say(
        "Räknat så: {how}",
        how=ground.say.code(figure.counted.code, **figure.counted.values),
    )


def _volume(ground: Ground, figures: Counted, _period: Period) -> Iterator[str]:
    received = figures["received"]
    yield ground.say.plural("{n} ärende kom in.", "{n} ärenden kom in.", received.cases)
    yield _how(ground, received)


def _response_time(ground: Ground, figures: Counted, _period: Period) -> Iterator[str]:
    say = ground.say
    median, p90 = figures["answer_work_median"], figures["answer_work_p90"]
    if median.value is None or p90.value is None:
        yield say("Ingen person gav ett första svar under tiden.")
    else:
        yield say(
            "Hälften fick svar inom {median}, nio av tio inom {p90}.",
            median=say.duration(timedelta(seconds=median.value), days=False),
            p90=say.duration(timedelta(seconds=p90.value), days=False),
        )
    answered, received = figures["answered"].cases, figures["received"].cases
    yield say.plural("{n} första svar gavs.", "{n} första svar gavs.", answered)
    yield say.plural("{n} ärende kom in.", "{n} ärenden kom in.", received)
    yield _how(ground, median)
    yield say("Kvittenser räknas inte.")


def _same_day(ground: Ground, figures: Counted, _period: Period) -> Iterator[str]:
    yield from _share(ground, figures["same_day"], ground.say("fick svar samma dag"))


def _urgent_in_time(ground: Ground, figures: Counted, _period: Period) -> Iterator[str]:
    yield from _share(ground, figures["urgent_in_time"], ground.say("hanterades i tid"))


def _complaints(ground: Ground, figures: Counted, _period: Period) -> Iterator[str]:
    say = ground.say
    yield say.plural(
        "{n} synpunkt är registrerad, varav {complaints} klagomål och {praise} beröm.",
        "{n} synpunkter är registrerade, varav {complaints} klagomål och {praise} beröm.",
        figures["remarks"].cases,
        complaints=figures["complaints"].cases,
        praise=figures["praise"].cases,
    )
    yield say("Räknat efter när de registrerades.")


def _backlog(ground: Ground, figures: Counted, period: Period) -> Iterator[str]:
    say, backlog = ground.say, figures["backlog"]
    yield say.plural("{n} ärende var öppet.", "{n} ärenden var öppna.", backlog.cases)
    if period.last >= ground.today:
        yield say(
            "Räknat {at}: ärenden som hade kommit in och inte var avslutade.",
            at=say.moment(ground.at, ground.knowledge.calendar.zone, year=True),
        )
    else:
        yield _how(ground, backlog)


_COUNTED: Final = {
    Measure.VOLUME: _volume,
    Measure.RESPONSE_TIME: _response_time,
    Measure.SAME_DAY: _same_day,
    Measure.URGENT_IN_TIME: _urgent_in_time,
    Measure.COMPLAINTS: _complaints,
    Measure.BACKLOG: _backlog,
}


def _share(ground: Ground, figure: Figure, what: str) -> Iterator[str]:
    say = ground.say
    if figure.value is None:
        yield say("Inga sådana ärenden under tiden.")
    else:
        yield say(
            "{percent} {what}: {part} av {whole}.",
            percent=say.percent(figure.value),
            what=what,
            part=say.number(round(figure.value * figure.cases)),
            whole=say.number(figure.cases),
        )
    yield _how(ground, figure)
