"""What `remark` and `log` have in common: open the desk, do one thing, show the result."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, of, print_json, settings_in_force, settings_of, tell

if TYPE_CHECKING:
    from bot.app import Desk
    from bot.cli.register_input import Asked, Said
    from bot.registers import Item, Register
    from bot.services.registers import Sheet


@contextmanager
def desk(context: typer.Context) -> Iterator[Desk]:
    """Open the registers for one command."""
    from bot.app import open_desk
    from bot.logging_setup import configure

    configure(level="warning")
    with open_desk(settings_in_force(context)) as opened:
        yield opened


def open_item(
    context: typer.Context, register: Register, said: Said, *, by: str, case: str | None
) -> tuple[Desk, Item]:
    """Open an item and return it with the desk, which is closed again."""
    from bot.cli.acting import actor
    from bot.registers import EntryKind

    with desk(context) as opened:
        who = actor(by, opened.knowledge, settings_of(context))
        step = said.step(EntryKind.OPENED, opened.knowledge)
        origin = None if case is None else who.case(case, opened.database)
        return opened, opened.registers.open(register, step, by=who.person, case=origin)


def follow_item(
    context: typer.Context,
    registers: tuple[Register, ...],
    number: int,
    kind: str,
    said: Said,
    *,
    by: str,
) -> tuple[Desk, Item]:
    """Add an entry to an item and return it with the desk, as `open_item` does."""
    from bot.cli.register_input import step_kind
    from bot.registers import kinds_of
    from bot.services.naming import person_with

    with desk(context) as opened:
        person = person_with(by, opened.knowledge)
        register = opened.registers.register_of(number, registers)
        step = said.step(step_kind(kind, kinds_of(register)), opened.knowledge)
        return opened, opened.registers.follow(register, number, step, by=person)


def tell_item(context: typer.Context, opened: Desk, item: Item, *, as_json: bool) -> None:
    """Say how an item stands now."""
    from bot.cli.register_view import item_json, item_line

    if as_json:
        print_json(item_json(item, opened.registers.today()))
    else:
        console().print(item_line(item, of(context).say, opened.knowledge), markup=False)


def show_items(
    context: typer.Context, registers: tuple[Register, ...], asked: Asked, *, as_json: bool
) -> None:
    """Show the items that are asked for as a table, or as one JSON object a line."""
    from bot.cli.register_view import sheet_json, show_list

    with desk(context) as opened:
        sheets = _listed(opened, registers, asked)
    today = opened.registers.today()
    if as_json:
        for sheet in sheets:
            print_json(sheet_json(sheet, today))
    else:
        show_list(sheets, console(), of(context).say, opened.knowledge, today)


def show_item(
    context: typer.Context, registers: tuple[Register, ...], number: int, *, as_json: bool
) -> None:
    """Show an item with all its entries."""
    from bot.cli.register_view import history_json, show_sheet

    with desk(context) as opened:
        sheet = opened.registers.sheet(opened.registers.register_of(number, registers), number)
    if as_json:
        print_json(history_json(sheet, opened.registers.today()))
    else:
        show_sheet(sheet, console(), of(context).say, opened.knowledge)


def _listed(opened: Desk, registers: tuple[Register, ...], asked: Asked) -> list[Sheet]:
    """Return the items of some registers that are asked for, by number."""
    wanted = asked.wanted(opened.knowledge, opened.registers.today())
    sheets = [
        sheet for register in registers for sheet in opened.registers.listed(register, wanted)
    ]
    return sorted(sheets, key=lambda sheet: sheet.item.number)


def export(
    context: typer.Context,
    registers: tuple[Register, ...],
    asked: Asked,
    *,
    history: bool,
    excel: bool,
    out: Path | None,
) -> None:
    """Write the items that are asked for, or every entry of them, as CSV.

    Raises:
        UsageError: The file cannot be written, or the terminal cannot take the letters.
    """
    from bot.cli.register_view import entry_rows, item_rows
    from bot.csv_cells import BYTE_ORDER_MARK, csv_text
    from bot.errors import UsageError

    with desk(context) as opened:
        sheets = _listed(opened, registers, asked)
    say = of(context).say
    rows = entry_rows(sheets) if history else item_rows(sheets, say, opened.knowledge)
    text = (BYTE_ORDER_MARK if excel else "") + csv_text(rows)
    if out is None:
        try:
            text.encode(sys.stdout.encoding or "utf-8")
        except UnicodeEncodeError:
            raise UsageError("standard ut tar inte alla tecken; ange --out") from None
        sys.stdout.write(text)
        return
    try:
        out.write_bytes(text.encode("utf-8"))
    except OSError as error:
        raise UsageError("--out: det går inte att skriva till {file}", file=out) from error
    tell(
        say.plural(
            "{n} post skriven till {file}", "{n} poster skrivna till {file}", len(sheets), file=out
        )
    )
