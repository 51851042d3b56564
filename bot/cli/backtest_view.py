"""What changed knowledge would do to the mail on record, for process owners.

What would be lost comes first. Cases are shown by number; nothing of what stands in a mail
is shown but words that are knowledge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from rich import box
from rich.console import Console
from rich.text import Text

from bot.cli.wide_tables import Table
from bot.knowledge import Knowledge
from bot.knowledge.name_book import NOTHING, NameBook
from bot.services.backtest_result import Backtest, Change, UrgentChange, Value, Verdict
from bot.texts import Say, mark
from bot.vocabulary import NONE, MatterKey, ProcessKey, Urgency

_FIELDS: Final[Mapping[str, str]] = {
    "kind": mark("Sort"),
    "process": mark("Process"),
    "matter": mark("Ärendetyp"),
    "urgent": mark("Bråttom"),
    "possible": mark("Titta på"),
    "complaint": mark("Klagomål"),
    "protected": mark("Skyddat"),
    "misdirected": mark("Hör inte hit"),
    "customer": mark("Kund"),
    "invoices": mark("Fakturor"),
    "due": mark("Förfallodag"),
    "lang": mark("Språk"),
    "missing": mark("Uppgifter som saknas"),
    "glance": mark("Titta på bland undanlagda"),
}
_URGENT: Final[Mapping[str, str]] = {
    Urgency.COLLECTIONS: mark("inkasso"),
    Urgency.PAYOUT: mark("utbetalning"),
    Urgency.NO: mark("nej"),
}
_MOST_LISTED: Final = 20
_MOST_CHANGES: Final = 10


def show(found: Backtest, console: Console, say: Say, knowledge: Knowledge) -> None:
    """Print what would be lost, then what would be urgent, then all changes, then the sum."""
    view = _View(console, say, knowledge)
    if found.mails or found.deleted:
        view.urgent(found)
        view.changes(found)
    view.sums(found)


class _View:
    def __init__(self, console: Console, say: Say, knowledge: Knowledge) -> None:
        self._console = console
        self._say = say
        self._names: NameBook = knowledge.names_in(say.language)
        self._knowledge = knowledge

    def urgent(self, found: Backtest) -> None:
        """Print the cases whose urgency would be another; those that would be lost whole."""
        say = self._say
        if not found.lost:
            self._line(say("Inget brådskande ärende skulle gå förlorat."), style="green")
        self._list(
            say.plural(
                "{n} ärende är brådskande i dag och skulle inte längre vara det:",
                "{n} ärenden är brådskande i dag och skulle inte längre vara det:",
                len(found.lost),
            ),
            found.lost,
            self._why_lost,
            style="bold red",
        )
        self._list(
            say.plural(
                "{n} ärende skulle bli brådskande först med ett senare mejl:",
                "{n} ärenden skulle bli brådskande först med ett senare mejl:",
                len(found.later),
            ),
            found.later,
            self._why_lost,
            style="yellow",
            most=_MOST_LISTED,
        )
        self._list(
            say.plural(
                "{n} skulle bli brådskande:", "{n} skulle bli brådskande:", len(found.gained)
            ),
            found.gained,
            self._why_gained,
            style="bold",
            most=_MOST_LISTED,
        )

    def changes(self, found: Backtest) -> None:
        """Print how often each field would go from one value to another."""
        if not found.changes:
            return
        say = self._say
        table = Table(
            title=say("Allt som skulle bedömas annorlunda"),
            title_justify="left",
            box=box.SIMPLE,
            pad_edge=False,
            padding=(0, 1, 0, 0),
        )
        table.add_column(say("Fält"))
        table.add_column(say("I dag"))
        table.add_column(say("Skulle bli"))
        table.add_column(say("Mejl"), justify="right")
        table.add_column(say("Till exempel"), no_wrap=True)
        for name, of_field in groupby(found.changes, key=lambda change: change.field):
            self._rows(table, say(_FIELDS[name]), list(of_field))
        self._console.print(table)

    def sums(self, found: Backtest) -> None:
        """Print what a person must know of the whole in a few lines."""
        say = self._say
        for one in found.corrected:
            self._line(
                say(
                    "{field}: {cases} rättade av personal, {agreeing} skulle bedömas så.",
                    field=say(_FIELDS[one.field]),
                    cases=say.number(one.cases),
                    agreeing=say.number(one.agreeing),
                )
            )
        if found.deleted:
            self._line(
                say.plural(
                    "{n} mejl är gallrat och kan inte prövas.",
                    "{n} mejl är gallrade och kan inte prövas.",
                    found.deleted,
                )
            )
        if found.failed:
            self._line(
                say.plural(
                    "{n} mejl klarar programmet inte med den ändrade kunskapen.",
                    "{n} mejl klarar programmet inte med den ändrade kunskapen.",
                    found.failed,
                ),
                style="red",
            )
        if found.already:
            self._line(
                say.plural(
                    "{n} av ändringarna gäller redan med dagens kunskap.",
                    "{n} av ändringarna gäller redan med dagens kunskap.",
                    found.already,
                )
            )
        self._line(
            say(
                "{mails} mejl prövade. Annorlunda: {changed}. Brådskande som skulle gå "
                "förlorade: {lost}.",
                mails=say.number(found.mails),
                changed=say.number(found.changed),
                lost=say.number(len(found.lost)),
            ),
            style="bold red" if found.lost else "bold",
        )

    def _list(
        self,
        heading: str,
        listed: Sequence[UrgentChange],
        why: Callable[[UrgentChange], Iterator[str]],
        *,
        style: str,
        most: int | None = None,
    ) -> None:
        if not listed:
            return
        self._line(heading, style=style)
        for change in listed[:most]:
            self._line("  " + self._headline(change), style=style)
            for line in why(change):
                self._line("      " + line)
        if most is not None and len(listed) > most:
            self._line("  " + self._say("och {n} till; se --json", n=len(listed) - most))
        self._console.print()

    def _headline(self, change: UrgentChange) -> str:
        say = self._say
        name = (
            say("undanlagt mejl {mail}", mail=change.message)
            if change.case is None
            else str(change.case)
        )
        parts = [name, self._names.matter(change.matter), self._names.process(change.process)]
        return " · ".join((*parts, say.code(f"urgent.{change.urgent}")))

    def _why_lost(self, change: UrgentChange) -> Iterator[str]:
        say = self._say
        if change.becomes is None:
            yield say("programmet klarar inte mejlet med den ändrade kunskapen")
        else:
            yield say("skulle bli: {what}", what=self._in_short(change.becomes))
        if change.becomes is not None and not change.reasons:
            yield say("skälen är desamma, men de räcker inte längre")
        for reason in change.reasons:
            yield say("borta: {why}", why=say.code(f"reason.{reason.rule}", words=reason.words))
        yield from self._already(change)

    def _why_gained(self, change: UrgentChange) -> Iterator[str]:
        say = self._say
        for reason in change.reasons:
            yield say("nytt: {why}", why=say.code(f"reason.{reason.rule}", words=reason.words))
        yield from self._already(change)

    def _already(self, change: UrgentChange) -> Iterator[str]:
        if change.already:
            yield self._say("så är det redan med dagens kunskap")

    def _in_short(self, verdict: Verdict) -> str:
        say = self._say
        if not verdict.kind.for_people:
            return say.code(f"kind.{verdict.kind}")
        parts = [self._names.matter(verdict.matter), self._names.process(verdict.process)]
        if verdict.possible:
            parts.append(say("en person tittar på det"))
        return " · ".join((*parts, say.code(f"urgent.{verdict.urgent}")))

    def _rows(self, table: Table, field: str, changes: Sequence[Change]) -> None:
        for change in changes[:_MOST_CHANGES]:
            table.add_row(
                Text(field),
                Text(self._value(change.field, change.before)),
                Text(self._value(change.field, change.after)),
                self._say.number(change.mails),
                str(change.cases[0]) if change.cases else "",
            )
        if rest := changes[_MOST_CHANGES:]:
            mails = sum(change.mails for change in rest)
            table.add_row(Text(field), self._say("annat"), "", self._say.number(mails), "")

    def _value(self, field: str, value: Value) -> str:
        say = self._say
        if field == "customer":
            name = self._knowledge.customer_name(value if isinstance(value, str) else None)
            return name or (value if isinstance(value, str) else NOTHING)
        if value is None or value == NONE or value == ():
            return NOTHING
        if isinstance(value, bool):
            return say("ja") if value else say("nej")
        if isinstance(value, tuple):
            return ", ".join(say.code(f"missing.{item}") for item in value)
        return self._word(field, value)

    def _word(self, field: str, value: str) -> str:
        match field:
            case "process":
                return self._names.process(ProcessKey(value))
            case "matter":
                return self._names.matter(MatterKey(value))
            case "kind" if value == "failed":
                return self._say("klarar programmet inte")
            case "urgent" if value in _URGENT:
                return self._say(_URGENT[value])
            case "lang":
                return self._say.code(f"language.{value}")
        return self._say.code(f"{field}.{value}")

    def _line(self, line: str, *, style: str = "") -> None:
        self._console.print(line, style=style, markup=False, soft_wrap=True)
