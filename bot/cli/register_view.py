"""Items of the registers as lines, tables, JSON and rows of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from rich import box
from rich.console import Console
from rich.text import Text

from bot.cases import Case
from bot.cli.wide_tables import Table
from bot.csv_cells import Cell
from bot.knowledge import Knowledge
from bot.knowledge.name_book import NOTHING
from bot.registers import Entry, Facts, Item
from bot.services.registers import Sheet
from bot.texts import Say
from bot.vocabulary import Language, PersonKey

_SHORT = 60


def item_json(item: Item, today: date) -> Mapping[str, Any]:
    """Return an item as the command line prints it."""
    said = _facts_json(item.facts)
    return {
        "number": item.number,
        "register": item.register,
        "state": item.state,
        "open": item.is_open,
        "overdue": item.is_overdue(today),
        "case": None if item.case_number is None else str(item.case_number),
        **said,
        "opened": item.opened_at.isoformat(),
        "opened_by": item.opened_by,
        "changed": item.changed_at.isoformat(),
    }


def sheet_json(sheet: Sheet, today: date) -> Mapping[str, Any]:
    """Return an item with the text that opened it."""
    return {**item_json(sheet.item, today), "text": sheet.entries[0].text}


def history_json(sheet: Sheet, today: date) -> Mapping[str, Any]:
    """Return an item with all its entries, oldest first."""
    entries = [
        {
            "kind": entry.kind,
            "at": entry.at.isoformat(),
            "actor": entry.actor,
            "text": entry.text,
            "says": {name: str(value) for name, value in entry.facts.said().items()},
        }
        for entry in sheet.entries
    ]
    return {**item_json(sheet.item, today), "entries": entries}


def case_json(case: Case) -> Mapping[str, Any]:
    """Return a case that is suggested as a remark."""
    return {
        "case": str(case.number),
        "received": case.received_at.isoformat(),
        "process": case.process,
        "matter": case.matter,
        "customer": case.customer,
        "team": case.team,
        "status": case.status,
    }


def item_line(item: Item, say: Say, knowledge: Knowledge) -> str:
    """Say in one line how an item stands."""
    named = _Named(say, knowledge)
    owner, due = item.facts.owner, item.facts.due
    said = say("Nr {number}: {state}", number=item.number, state=say.code(f"item.{item.state}"))
    if owner is not None and item.is_open:
        said = say("{line}, ansvarig {person}", line=said, person=named.person(owner))
    if due is not None and item.is_open:
        said = say("{line}, senast {day}", line=said, day=due)
    return said


def show_list(
    sheets: Sequence[Sheet], console: Console, say: Say, knowledge: Knowledge, today: date
) -> None:
    """Print items as a table, with the beginning of what opened each."""
    if not sheets:
        console.print(say("Inga poster."))
        return
    named = _Named(say, knowledge)
    table = _table(say("Nr"), say("Läge"), say("Slag"), say("Gäller"), say("Ansvarig"))
    table.add_column(say("Senast"), no_wrap=True)
    table.add_column(say("Text"))
    for sheet in sheets:
        item = sheet.item
        due = str(item.facts.due or "")
        table.add_row(
            str(item.number),
            say.code(f"item.{item.state}"),
            named.nature(item.facts),
            Text(named.subject(item.facts)),
            Text(named.person(item.facts.owner)),
            say("{day}, försenad", day=due) if item.is_overdue(today) else due,
            Text(_beginning(sheet.entries[0].text)),
        )
    console.print(table)


def show_sheet(sheet: Sheet, console: Console, say: Say, knowledge: Knowledge) -> None:
    """Print an item and everything that was ever entered on it."""
    named, zone = _Named(say, knowledge), knowledge.calendar.zone
    item = sheet.item
    console.print(item_line(item, say, knowledge), markup=False)
    console.print(f"{named.nature(item.facts)}: {named.subject(item.facts)}", markup=False)
    if item.case_number is not None:
        console.print(say("Ärende {case}", case=item.case_number))
    for entry in sheet.entries:
        at = entry.at.astimezone(zone)
        what = say.code(f"entry.{entry.kind}")
        line = f"{at:%Y-%m-%d %H:%M}  {what}  {named.person(entry.actor)}"
        console.print(f"\n{line}", markup=False)
        if entry is not sheet.entries[0] and entry.facts.said():
            console.print(f"  {named.changes(entry.facts)}", markup=False)
        for written in (entry.text or NOTHING).splitlines():
            console.print(f"  {written}", markup=False)


def show_suggested(cases: Sequence[Case], console: Console, say: Say, knowledge: Knowledge) -> None:
    """Print the cases that look like complaints; nothing of what stands in them."""
    if not cases:
        console.print(say("Inga klagomål väntar på att registreras."))
        return
    names, zone = knowledge.names_in(say.language), knowledge.calendar.zone
    table = _table(say("Ärende"), say("Inkom"), say("Process"), say("Kund"), say("Team"))
    for case in cases:
        table.add_row(
            str(case.number),
            f"{case.received_at.astimezone(zone):%Y-%m-%d %H:%M}",
            names.process(case.process),
            knowledge.customer_name(case.customer) or NOTHING,
            names.team(case.team),
        )
    console.print(table)


HISTORY_COLUMNS = (
    "id",
    "register",
    "number",
    "kind",
    "at",
    "actor",
    "case",
    "nature",
    "source",
    "unit",
    "process",
    "customer",
    "owner",
    "proposer",
    "rung",
    "due",
    "text",
)


def entry_rows(sheets: Iterable[Sheet]) -> Iterator[Sequence[Cell]]:
    """Yield every entry as it is stored, with keys and codes, after a row of names."""
    yield HISTORY_COLUMNS
    for sheet in sheets:
        for entry in sheet.entries:
            yield _entry_row(entry)


def _entry_row(entry: Entry) -> Sequence[Cell]:
    facts = entry.facts
    return (
        entry.id,
        entry.register,
        entry.number,
        entry.kind,
        entry.at.isoformat(),
        entry.actor,
        None if entry.case_number is None else str(entry.case_number),
        facts.nature,
        facts.source,
        facts.unit,
        facts.process,
        facts.customer,
        facts.owner,
        facts.proposer,
        facts.rung,
        facts.due,
        entry.text,
    )


def item_rows(sheets: Iterable[Sheet], say: Say, knowledge: Knowledge) -> Iterator[Sequence[Cell]]:
    """Yield each item as it stands, in the reader's language, after a row of headings."""
    named = _Named(say, knowledge)
    yield (
        say("Nr"),
        say("Register"),
        say("Läge"),
        say("Slag"),
        say("Källa"),
        say("Enhet"),
        say("Process"),
        say("Kund"),
        say("Ärende"),
        say("Ansvarig"),
        say("Förslagsställare"),
        say("Stödtrappan"),
        say("Senast"),
        say("Inskriven"),
        say("Ändrad"),
        say("Text"),
        say("Senaste text"),
    )
    for sheet in sheets:
        yield named.row(sheet)


class _Named:
    """What things are called, for one reader."""

    def __init__(self, say: Say, knowledge: Knowledge) -> None:
        self._say = say
        self._knowledge = knowledge
        self._names = knowledge.names_in(say.language)
        self._language = Language(say.language)

    def person(self, key: str | None) -> str:
        if key is None:
            return ""
        known = self._knowledge.people.get(PersonKey(key))
        return key if known is None else known.name

    def unit(self, facts: Facts) -> str:
        if facts.unit is None or facts.unit not in self._knowledge.units:
            return facts.unit or ""
        return self._knowledge.units[facts.unit].name.in_language(self._language)

    def process(self, facts: Facts) -> str:
        return "" if facts.process is None else self._names.process(facts.process)

    def customer(self, facts: Facts) -> str:
        return self._knowledge.customer_name(facts.customer) or facts.customer or ""

    def nature(self, facts: Facts) -> str:
        return "" if facts.nature is None else self._say.code(f"nature.{facts.nature}")

    def source(self, facts: Facts) -> str:
        return "" if facts.source is None else self._say.code(f"source.{facts.source}")

    def rung(self, facts: Facts) -> str:
        return "" if facts.rung is None else self._say.code(f"support.{facts.rung}")

    def subject(self, facts: Facts) -> str:
        """Return what an item is about, as much as there is of it."""
        parts = (self.customer(facts), self.process(facts) or self.unit(facts), self.rung(facts))
        return ", ".join(part for part in parts if part)

    def changes(self, facts: Facts) -> str:
        """Return what an entry says beside its text."""
        parts = (
            self.nature(facts),
            self.source(facts),
            self.unit(facts),
            self.process(facts),
            self.customer(facts),
            self.rung(facts),
            self.person(facts.owner),
            self.person(facts.proposer),
            str(facts.due or ""),
        )
        return ", ".join(part for part in parts if part)

    def row(self, sheet: Sheet) -> Sequence[Cell]:
        item, facts = sheet.item, sheet.item.facts
        texts = [entry.text for entry in sheet.entries if entry.text is not None]
        return (
            item.number,
            self._say.code(f"register.{item.register}"),
            self._say.code(f"item.{item.state}"),
            self.nature(facts),
            self.source(facts),
            self.unit(facts),
            self.process(facts),
            self.customer(facts),
            None if item.case_number is None else str(item.case_number),
            self.person(facts.owner),
            self.person(facts.proposer),
            self.rung(facts),
            facts.due,
            self._local(item.opened_at),
            self._local(item.changed_at),
            sheet.entries[0].text,
            texts[-1] if len(texts) > 1 else None,
        )

    def _local(self, instant: datetime) -> str:
        return f"{instant.astimezone(self._knowledge.calendar.zone):%Y-%m-%d %H:%M}"


def _facts_json(facts: Facts) -> Mapping[str, str | None]:
    said = facts.said()
    names = ("nature", "source", "unit", "process", "customer", "owner", "proposer", "rung", "due")
    return {name: str(said[name]) if name in said else None for name in names}


def _beginning(text: str | None) -> str:
    line = " ".join((text or NOTHING).split())
    return line if len(line) <= _SHORT else line[: _SHORT - 1] + "…"


def _table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in headings:
        table.add_column(heading)
    return table
