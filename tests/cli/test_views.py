"""Lists and tables for people: names of the city, whole on a terminal of 80 columns."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from rich.console import Console

from bot.cases import SYSTEM, CaseNumber, Event
from bot.cli.books_view import show_books, show_ignored, show_quarantined
from bot.cli.case_view import as_values, show_case, show_queue
from bot.cli.evaluation_view import show
from bot.demo.view import Screen, line_about, show_summary
from bot.knowledge import bundled_folder, load
from bot.services.books import Balance
from bot.services.case_sheet import CaseSheet
from bot.services.registering import Taken
from bot.services.summary import Summary, UrgentCase
from bot.store.records import IgnoredMail
from bot.texts import speaker
from bot.triage.evaluation import evaluate
from bot.triage.model import Reason, Triage
from bot.vocabulary import EventKind, IgnoredBecause, Kind, Outcome, Urgency
from tests.made_cases import a_case

KNOWLEDGE = load(bundled_folder())
NOON = datetime(2026, 3, 3, 11, tzinfo=UTC)
LANGUAGES = ("sv", "en")


class Terminal:
    """Eighty columns, and what was written on them."""

    def __init__(self) -> None:
        self.file = io.StringIO()
        self.console = Console(file=self.file, width=80, highlight=False)

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.file.getvalue().splitlines()]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@pytest.fixture
def terminal():
    return Terminal()


def case(serial, process, matter, urgent=Urgency.NO):
    number = CaseNumber(year=2026, serial=serial)
    return SimpleNamespace(number=number, process=process, matter=matter, urgent=urgent)


def summary_of_everything():
    pairs = [(process, matter) for process in KNOWLEDGE.processes for matter in KNOWLEDGE.matters]
    cases = [case(n, *pair, Urgency.PAYOUT) for n, pair in enumerate(pairs, start=1)]
    urgent = UrgentCase(case=cases[0], reasons=(("matter.named", "anstånd"),))
    return Summary(
        counts={Outcome.CASE: len(cases), Outcome.DUPLICATE: 1},
        cases=tuple(cases),
        urgent=(urgent,),
        receipts=3,
        withheld=1,
        alerts=1,
        balanced=True,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_summary_fits_80_columns_with_whole_numbers_and_processes(terminal, language):
    names = KNOWLEDGE.names_in(language)
    show_summary(summary_of_everything(), terminal.console, speaker(language), names)
    assert max(map(len, terminal.lines)) <= 80
    assert "…" not in terminal.text
    for process in KNOWLEDGE.processes:
        assert names.process(process) in terminal.text


def test_the_summary_tells_why_a_case_is_urgent_and_the_totals(terminal):
    names = KNOWLEDGE.names_in("sv")
    show_summary(summary_of_everything(), terminal.console, speaker("sv"), names)
    assert "1 brådskande ärende:\n2026-000001  Anstånd  det står ”anstånd”" in terminal.text
    assert "Kvittenser skickade: 3, inte skickade: 1. Larm: 1." in terminal.text


def test_a_mail_that_becomes_a_case_is_told_in_one_line():
    taken = Taken(
        outcome=Outcome.CASE, case=case(7, "kundreskontra", "anstand", Urgency.COLLECTIONS)
    )
    assert line_about(taken, speaker("sv"), KNOWLEDGE.names_in("sv")) == (
        "Nytt ärende 2026-000007 · Kundreskontra · Anstånd · Bråttom: kan gå vidare till inkasso"
    )


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        (
            Taken(outcome=Outcome.FOLLOW_UP, case=case(7, None, None)),
            "Follow-up on case 2026-000007",
        ),
        (
            Taken(outcome=Outcome.IGNORED, because=IgnoredBecause.SPAM),
            "Kept without becoming a case · Advertising, a newsletter or attempted fraud",
        ),
        (Taken(outcome=Outcome.DUPLICATE), "Already stored"),
        (Taken(outcome=Outcome.QUARANTINED), "Could not be handled and waits for a person"),
    ],
)
def test_whatever_a_mail_becomes_is_told(taken, said):
    assert line_about(taken, speaker("en"), KNOWLEDGE.names_in("en")) == said


def test_a_screen_is_silent_until_it_is_switched_on(terminal):
    screen = Screen(terminal.console, speaker("sv"), KNOWLEDGE.names_in("sv"))
    screen.write("före")
    screen.is_on = True
    screen.write("efter")
    screen.hear(Taken(outcome=Outcome.DUPLICATE))
    assert terminal.lines == ["efter", "Fanns redan"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_books_show_every_mailbox_by_its_whole_name(terminal, language):
    found = Balance(
        outcomes={key: {Outcome.CASE: 12345} for key in KNOWLEDGE.mailboxes},
        without_outcome=2,
        faulty=0,
    )
    names = KNOWLEDGE.names_in(language)
    show_books(found, terminal.console, speaker(language), names)
    assert max(map(len, terminal.lines)) <= 80
    for key in KNOWLEDGE.mailboxes:
        assert names.mailbox(key) in terminal.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_heading_of_the_books_is_cut_short(terminal, language):
    found = Balance(outcomes={"info": {Outcome.CASE: 1}}, without_outcome=0, faulty=0)
    say = speaker(language)
    show_books(found, terminal.console, say, KNOWLEDGE.names_in(language))
    assert "…" not in terminal.text
    for heading in ("Ärenden", "Följdmejl", "Undanlagda", "Dubbletter", "Karantän"):
        assert say(heading) in terminal.text


def test_the_queue_shows_days_and_times_whole(terminal):
    urgent = SimpleNamespace(
        **vars(case(1, "kundreskontra", "anstand", Urgency.COLLECTIONS)),
        handle_by=NOON,
        safe_until=NOON,
        possible=False,
        deadline_reasons=(),
        team="kundreskontra",
        status="open",
    )
    show_queue([urgent], terminal.console, speaker("sv"), KNOWLEDGE)
    assert "…" not in terminal.text
    assert terminal.text.count("2026-03-03") == terminal.text.count("12:00") == 2
    assert max(map(len, terminal.lines)) <= 80


def test_the_queue_says_which_case_may_be_urgent(terminal):
    calm, doubtful = a_case(1), a_case(2, possible=True)
    show_queue([calm, doubtful], terminal.console, speaker("sv"), KNOWLEDGE)
    assert next(line for line in terminal.lines if "Kan vara bråttom" in line).startswith(
        f" {doubtful.number}"
    )
    assert terminal.text.count("Kan vara bråttom") == 1


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"urgent": Urgency.PAYOUT}, "Bråttom: en felaktig utbetalning kan gå i väg"),
        ({"possible": True}, "Kan vara bråttom"),
        ({"protected": True}, "Skyddade uppgifter"),
        ({"complaint": True}, "Klagomål"),
    ],
)
def test_a_case_says_what_a_person_must_know_of_it(terminal, known, said):
    sheet = CaseSheet(case=a_case(1, **known))
    show_case(sheet, [], terminal.console, speaker("sv"), KNOWLEDGE)
    assert terminal.lines[1] == f"  {said}"
    assert {**as_values(sheet), **known}.items() <= as_values(sheet).items()


def test_a_case_says_why_no_receipt_was_sent(terminal):
    case = a_case(1)
    because = "no_answer_rule:list"
    event = Event.on(
        case, EventKind.RECEIPT_WITHHELD, NOON, KNOWLEDGE.calendar, actor=SYSTEM, because=because
    )
    show_case(CaseSheet(case=case), [event], terminal.console, speaker("sv"), KNOWLEDGE)
    assert terminal.text.endswith(
        "Kvittens skickades inte: mejlet får inte besvaras\n"
        "automatiskt; mejlet kommer från en sändlista"
    )


def test_ignored_mail_is_listed_with_local_time_and_reason(terminal):
    mail = IgnoredMail(
        id=7,
        mailbox="leverantorsreskontra",
        because=IgnoredBecause.AUTO_REPLY,
        received_at=NOON,
        glance=True,
    )
    show_ignored([mail], terminal.console, speaker("sv"), KNOWLEDGE)
    assert "  7  2026-03-03 12:00  Leverantörsreskontra  Automatiskt svar" in terminal.text


def test_an_empty_list_says_so(terminal):
    show_ignored([], terminal.console, speaker("sv"), KNOWLEDGE)
    show_quarantined([], terminal.console, speaker("en"), KNOWLEDGE)
    assert terminal.lines == ["Inga undanlagda mejl.", "The quarantine is empty."]


def judged(**values):
    given = {
        "kind": Kind.CASE,
        "process": "kundreskontra",
        "matter": "anstand",
        "reasons": (Reason(rule="matter.named", words="[b]anstånd", where="body"),),
        "confidence": 0.9,
    }
    return Triage(**{**given, **values})


def test_a_comparison_shows_figures_confusion_and_every_miss_with_its_reasons(terminal):
    label = {"kind": "case", "process": "kundreskontra", "matter": "makulering"}
    result = evaluate([({"id": "m1", **label}, judged()), ({"id": "m2", **label}, judged())])
    show(result, terminal.console, speaker("sv"))
    assert "2 märkta mejl jämförda" in terminal.lines
    assert any(
        line.split() == ["Ärendetyp", "makulering", "anstand", "2"] for line in terminal.lines
    )
    assert (
        "  m2\n    Ärendetyp: märkt makulering, bedömt anstand\n      det står ”[b]anstånd”"
        in terminal.text
    )


def test_a_comparison_without_misses_says_nothing_of_misses(terminal):
    label = {"kind": "case", "process": "kundreskontra", "matter": "anstand"}
    show(evaluate([({"id": "m1", **label}, judged())]), terminal.console, speaker("en"))
    assert "Misses" not in terminal.text
    assert "Confusion" not in terminal.text
