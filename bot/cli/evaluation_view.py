"""A comparison with labelled mail, as tables for the people who tend the lexicon.

Values are shown as the labels have them, so that one can search for them in the corpus.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Final

from rich import box
from rich.console import Console
from rich.markup import escape

from bot.cli.wide_tables import Table
from bot.texts import Say, mark
from bot.triage.evaluation import Evaluation, Miss

_FIELDS: Final[Mapping[str, str]] = {
    "kind": mark("Sort"),
    "process": mark("Process"),
    "matter": mark("Ärendetyp"),
    "urgent": mark("Bråttom"),
    "complaint": mark("Klagomål"),
    "protected": mark("Skyddat"),
    "misdirected": mark("Hör inte hit"),
    "invoices": mark("Fakturor"),
    "due": mark("Förfallodag"),
    "lang": mark("Språk"),
    "missing": mark("Uppgifter som saknas"),
}
_CONFUSED: Final = ("kind", "process", "matter", "urgent")


def show(result: Evaluation, console: Console, say: Say) -> None:
    """Print figures, confusion, calibration and every miss with its reasons."""
    console.print(say.plural("{n} märkt mejl jämfört", "{n} märkta mejl jämförda", result.mails))
    console.print(_fields(result, say))
    console.print(_classes(result, say))
    if any(miss.field in _CONFUSED for miss in result.misses):
        console.print(_confusion(result, say))
    console.print(_calibration(result, say))
    console.print(
        say(
            "Andel lugna mejl som en person ändå ska titta på: {share}",
            share=_share(result.glances, say),
        )
    )
    if result.misses:
        console.print()
        _show_misses(result.misses, console, say)


def _fields(result: Evaluation, say: Say) -> Table:
    table = _table(say("Helt rätt"), (say("Fält"),), (say("Rätt"), say("Av"), say("Andel")))
    for score in result.fields:
        table.add_row(
            _field(score.name, say),
            say.number(score.right),
            say.number(score.of),
            _share(score.share, say),
        )
    return table


def _classes(result: Evaluation, say: Say) -> Table:
    table = _table(
        say("Hur väl varje värde hittas"),
        (say("Fält"), say("Värde")),
        (say("Hittade"), say("Missade"), say("Felaktiga"), say("Täckning"), say("Precision")),
    )
    for score in result.classes:
        table.add_row(
            _field(score.field, say),
            _value(score.value, say),
            say.number(score.found),
            say.number(score.missed),
            say.number(score.wrong),
            _share(score.recall, say),
            _share(score.precision, say),
        )
    return table


def _confusion(result: Evaluation, say: Say) -> Table:
    table = _table(
        say("Förväxlingar"), (say("Fält"), say("Märkt som"), say("Bedömt som")), (say("Mejl"),)
    )
    counts = Counter((miss.field, miss.wanted, miss.got) for miss in result.misses)
    for field in _CONFUSED:
        of_field = [(pair, n) for pair, n in counts.items() if pair[0] == field]
        for (_, wanted, got), mails in sorted(of_field, key=lambda item: (-item[1], item[0])):
            table.add_row(_field(field, say), escape(wanted), escape(got), say.number(mails))
    return table


def _calibration(result: Evaluation, say: Say) -> Table:
    table = _table(
        say("Säkerhet mot utfall, process och ärendetyp"),
        (say("Säkerhet"),),
        (say("Mejl"), say("Rätt"), say("Andel rätt"), say("Medelsäkerhet")),
    )
    for part in result.calibration:
        table.add_row(
            f"{say.percent(part.low)} – {say.percent(part.high)}",
            say.number(part.mails),
            say.number(part.right),
            _share(part.right / part.mails, say),
            _share(part.mean_confidence, say),
        )
    return table


def _show_misses(misses: Iterable[Miss], console: Console, say: Say) -> None:
    console.print(say("Missar:"))
    for name, of_mail in groupby(misses, key=lambda miss: miss.id):
        found = list(of_mail)
        console.print(f"  {escape(name)}", style="bold")
        for miss in found:
            console.print(
                "    "
                + say(
                    "{field}: märkt {wanted}, bedömt {got}",
                    field=_field(miss.field, say),
                    wanted=_value(miss.wanted, say),
                    got=_value(miss.got, say),
                ),
                markup=False,
            )
        for rule, words in found[0].reasons:
            console.print("      " + say.code(f"reason.{rule}", words=words), markup=False)


def _table(title: str, words: Iterable[str], numbers: Iterable[str]) -> Table:
    table = Table(
        title=title, title_justify="left", box=box.SIMPLE, pad_edge=False, padding=(0, 1, 0, 0)
    )
    for heading in words:
        table.add_column(heading)
    for heading in numbers:
        table.add_column(heading, justify="right")
    return table


def _field(name: str, say: Say) -> str:
    return say(_FIELDS[name]) if name in _FIELDS else name


def _value(value: str, say: Say) -> str:
    return say("ja") if value == "True" else value or "–"


def _share(share: float, say: Say) -> str:
    """Return a share with a decimal: 99.6 per cent is not all."""
    return f"{say.number(100 * share, decimals=1)}\N{NO-BREAK SPACE}%"
