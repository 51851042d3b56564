"""What the demonstration shows: a summary, the folders, and one line for what happens."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.cases import Case
from bot.knowledge.name_book import NameBook
from bot.services.registering import Taken
from bot.services.summary import Summary, UrgentCase, outcome_counts
from bot.texts import Say
from bot.vocabulary import Outcome, Urgency


class Screen:
    """Writes what happens, one line each; silent until `is_on`."""

    def __init__(self, console: Console, say: Say, names: NameBook) -> None:
        self._console = console
        self._say = say
        self._names = names
        self.is_on = False

    def write(self, line: str) -> None:
        """Write a line, such as an alert."""
        if self.is_on:
            self._console.print(line, markup=False, soft_wrap=True)

    def hear(self, taken: Taken) -> None:
        """Say what became of a mail."""
        self.write(line_about(taken, self._say, self._names))


def line_about(taken: Taken, say: Say, names: NameBook) -> str:
    """Say in one line what became of a mail, and nothing of what stands in it."""
    case = taken.case
    if taken.outcome is Outcome.CASE and case is not None:
        return " · ".join(
            (
                say("Nytt ärende {case}", case=case.number),
                names.process(case.process),
                names.matter(case.matter),
                say.code(f"urgent.{case.urgent}"),
            )
        )
    if taken.outcome is Outcome.FOLLOW_UP and case is not None:
        return say("Fortsättning på ärende {case}", case=case.number)
    parts = [say.code(f"outcome.{taken.outcome}")]
    if taken.because is not None:
        parts.append(say.code(f"ignored.{taken.because}"))
    return " · ".join(parts)


def as_json(summary: Summary) -> dict[str, object]:
    """Return a summary under the names of the command line's JSON."""
    return {
        **outcome_counts(summary.counts),
        "urgent": [
            {
                "case": str(urgent.case.number),
                "matter": urgent.case.matter,
                "reason": "; ".join(f"{rule}: {words}" for rule, words in urgent.reasons),
            }
            for urgent in summary.urgent
        ],
        "receipts": summary.receipts,
        "balanced": summary.balanced,
    }


def show_summary(summary: Summary, console: Console, say: Say, names: NameBook) -> None:
    """Print every case, the urgent ones with their reasons, and the totals."""
    console.print(_cases(summary, say, names))
    console.print()
    console.print(
        say.plural("{n} brådskande ärende", "{n} brådskande ärenden", len(summary.urgent)) + ":"
    )
    console.print(_urgent(summary, say, names))
    console.print()
    console.print(
        say(
            "{mails} mejl. Nya ärenden: {cases}, följdmejl: {follow_ups}, undanlagda: {ignored}, "
            "dubbletter: {duplicates}, i karantän: {quarantined}.",
            **outcome_counts(summary.counts),
        )
    )
    console.print(
        say(
            "Kvittenser skickade: {receipts}, inte skickade: {withheld}. Larm: {alerts}.",
            receipts=summary.receipts,
            withheld=summary.withheld,
            alerts=summary.alerts,
        )
    )
    console.print(
        say("Böckerna går ihop: varje mejl har exakt ett utfall.")
        if summary.balanced
        else say("Böckerna går inte ihop.")
    )


def _cases(summary: Summary, say: Say, names: NameBook) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(say("Ärende"), no_wrap=True)
    table.add_column(say("Process"), no_wrap=True)
    table.add_column(say("Ärendetyp"))  # the one that gives way on a narrow screen
    table.add_column(say("Bråttom"), no_wrap=True)
    for case in sorted(summary.cases, key=lambda case: case.number):
        table.add_row(
            str(case.number),
            names.process(case.process),
            names.matter(case.matter),
            _shortly(case, say),
        )
    return table


def _shortly(case: Case, say: Say) -> str:
    if case.urgent is Urgency.NO:
        return ""
    return say("inkasso") if case.urgent is Urgency.COLLECTIONS else say("utbetalning")


def _urgent(summary: Summary, say: Say, names: NameBook) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(max_width=31)
    table.add_column()
    for urgent in sorted(summary.urgent, key=lambda urgent: urgent.case.number):
        case = urgent.case
        table.add_row(str(case.number), names.matter(case.matter), _why(urgent, say))
    return table


def _why(urgent: UrgentCase, say: Say) -> str:
    return "; ".join(say.code(f"reason.{rule}", words=words) for rule, words in urgent.reasons)


def show_folders(folders: Mapping[str, Path], console: Console, say: Say) -> None:
    """Print where one can drop a mail, by address of the mailbox."""
    console.print()
    console.print(
        say("Lägg en fil med ett mejl i en av mapparna, så blir den ett ärende inom en sekund:")
    )
    for address, folder in folders.items():
        console.print(f"  {address:45} {folder}", soft_wrap=True)
    console.print(say("Svaren ligger i mappen .Sent bredvid. Avsluta med Ctrl-C."))
    console.file.flush()


def show_link(link: str, console: Console, say: Say) -> None:
    """Print the link that lets somebody in on the web page, once."""
    console.print()
    console.print(say("Webbsidan, för den här datorn. Länken gäller en gång:"))
    console.print(f"  {link}", soft_wrap=True)
    console.file.flush()
