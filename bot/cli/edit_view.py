"""Documents and changes of knowledge and templates, for people and as JSON values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.text import Text

from bot.cli.wide_tables import Table
from bot.edits import Change, DocumentPath
from bot.services.editing.difference import Line, LineKind
from bot.services.editing.documents import Document
from bot.texts import Say

_STYLES: Final = {LineKind.GONE: ("-", "red"), LineKind.NEW: ("+", "green")}


def document_values(document: Document) -> Mapping[str, Any]:
    """Return a document as JSON values."""
    changed = document.changed
    return {
        "path": document.path,
        "kind": document.kind.value,
        "title": document.title,
        "version": None if changed is None else changed.number,
    }


def change_values(change: Change) -> Mapping[str, Any]:
    """Return a change as JSON values, without what its trial found."""
    settled = change.settled_at
    return {
        "id": change.id,
        "version": change.number,
        "state": change.state.value,
        "origin": change.origin.value,
        "by": change.author,
        "at": change.made_at.isoformat(),
        "note": change.note,
        "paths": list(change.paths),
        "needs_colleague": sorted(reason.value for reason in change.reasons),
        "undoes": change.undoes,
        "settled_by": change.settled_by,
        "settled_at": None if settled is None else settled.isoformat(),
        "trial_state": change.trial_state.value,
    }


def show_documents(found: Sequence[Document], console: Console, say: Say) -> None:
    """Print the documents in a table."""
    table = Table(box=box.SIMPLE, pad_edge=False)
    for heading in (say("Sort"), say("Dokument"), say("Titel"), say("Ändring")):
        table.add_column(heading)
    for one in found:
        version = "" if one.changed is None else str(one.changed.id)
        table.add_row(say.code(f"document_kind.{one.kind}"), one.path, Text(one.title), version)
    console.print(table)


def show_changes(found: Sequence[Change], console: Console, say: Say, zone: tzinfo) -> None:
    """Print changes in a table."""
    if not found:
        console.print(say("Ingen har ändrat något i programmet."))
        return
    table = Table(box=box.SIMPLE, pad_edge=False)
    for heading in (say("Ändring"), say("Läge"), say("När"), say("Av"), say("Dokument")):
        table.add_column(heading)
    for one in found:
        table.add_row(
            str(one.id),
            say.code(f"change_state.{one.state}"),
            f"{one.made_at.astimezone(zone):%Y-%m-%d %H:%M}",
            one.author or say.code(f"change_origin.{one.origin}"),
            ", ".join(one.paths),
        )
    console.print(table)


def show_change(
    change: Change,
    differences: Mapping[DocumentPath, Sequence[Line]],
    console: Console,
    say: Say,
    zone: tzinfo,
) -> None:
    """Print a change: how it stands, what its trial found, and the lines that differ."""

    def tell(line: str, style: str = "") -> None:
        console.print(Text(line, style=style), soft_wrap=True)

    state = say.code(f"change_state.{change.state}")
    tell(say("Ändring {n}: {state}", n=change.id, state=state))
    when = f"{change.made_at.astimezone(zone):%Y-%m-%d %H:%M}"
    tell(f"{say.code(f'change_origin.{change.origin}')} · {change.author or '–'} · {when}")
    if change.note:
        tell(change.note)
    tell(say.code(f"trial_state.{change.trial_state}"))
    if change.trial is not None:
        lost = len(change.trial["lost"])
        told = say(
            "{mails} mejl provade. Brådskande ärenden som går förlorade: {lost}.",
            mails=change.trial["mails"],
            lost=change.trial["urgent_lost"],
        )
        tell(told, "bold red" if lost else "")
        for one in change.trial["lost"]:
            tell(f"  {one['case'] or '–'}", "red")
    for reason in sorted(change.reasons):
        tell(say("En kollega ska godkänna: {why}", why=say.code(f"touch.{reason}")))
    for path, lines in differences.items():
        tell(f"\n{path}", "bold")
        for line in lines:
            sign, style = _STYLES.get(line.kind, (" ", ""))
            tell("  …" if line.kind is LineKind.GAP else f"{sign} {line.text}", style)
