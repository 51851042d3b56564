"""A replay as process owners see it: the loss first, names of the city, 80 columns."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from bot.cases import CaseNumber
from bot.cli.backtest_view import show
from bot.knowledge import bundled_folder, load
from bot.services.backtest_result import Backtest, Change, Corrected, UrgentChange, Verdict
from bot.services.backtest_tally import FIELDS
from bot.texts import speaker
from bot.triage.model import Reason
from bot.vocabulary import Kind, Status, Urgency

KNOWLEDGE = load(bundled_folder())
WHY = Reason(rule="matter.named", words="[b]anstånd", where="body")
NUMBERS = tuple(CaseNumber(year=2026, serial=n) for n in range(1, 30))


def verdict(**values):
    plain = {
        "kind": Kind.CASE,
        "process": "redovisning",
        "matter": "ovrigt",
        "urgent": Urgency.NO,
        "possible": False,
    }
    return Verdict(**{**plain, **values})


def urgent(number=NUMBERS[0], **values):
    plain = {
        "case": number,
        "status": Status.NEW,
        "message": 17,
        "urgent": Urgency.COLLECTIONS,
        "process": "kundreskontra",
        "matter": "anstand",
        "becomes": verdict(),
        "reasons": (WHY,),
    }
    return UrgentChange(**{**plain, **values})


def change(field, before, after, mails=1, cases=NUMBERS[:3]):
    return Change(field=field, before=before, after=after, mails=mails, already=0, cases=cases)


def lines(language="sv", **found):
    file = io.StringIO()
    console = Console(file=file, width=80, highlight=False)
    show(Backtest(**{"mails": 9, **found}), console, speaker(language), KNOWLEDGE)
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_what_would_be_lost_stands_first_then_the_late_then_what_is_new_then_the_sum():
    said = lines(
        lost=(urgent(NUMBERS[0]),),
        later=(urgent(NUMBERS[1]),),
        gained=(urgent(NUMBERS[2]),),
        changes=(change("matter", "anstand", "ovrigt"),),
    )
    places = [
        next(place for place, line in enumerate(said) if words in line)
        for words in ("inte längre", "först med", "skulle bli brådskande:", "annorlunda", "prövade")
    ]
    assert places == sorted(places)
    assert said[0].startswith("1 ärende är brådskande i dag")


def test_a_lost_case_tells_what_it_would_be_and_what_is_gone_whatever_the_words_hold():
    assert lines(lost=(urgent(),))[1:4] == [
        "  2026-000001 · Anstånd · Kundreskontra · Bråttom: kan gå vidare till inkasso",
        "      skulle bli: Övrigt · Redovisning · Inte bråttom",
        "      borta: det står ”[b]anstånd”",
    ]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"becomes": verdict(kind=Kind.SPAM)}, "skulle bli: Skräppost"),
        (
            {"becomes": verdict(possible=True)},
            "skulle bli: Övrigt · Redovisning · en person tittar på det · Inte bråttom",
        ),
        ({"becomes": None}, "programmet klarar inte mejlet med den ändrade kunskapen"),
        ({"reasons": ()}, "skälen är desamma, men de räcker inte längre"),
        ({"already": True}, "så är det redan med dagens kunskap"),
    ],
)
def test_a_lost_case_tells_what_is_special_about_it(values, said):
    assert f"      {said}" in lines(lost=(urgent(**values),))


def test_mail_that_is_no_case_is_named_by_its_number_among_the_ignored():
    said = lines(gained=(urgent(None, status=None),))
    assert any(line.startswith("  undanlagt mejl 17 · Anstånd") for line in said)


def test_every_lost_case_is_listed_and_of_the_others_the_first_twenty():
    many = tuple(urgent(number) for number in NUMBERS)
    said = lines(lost=many, gained=many)
    assert sum(line.startswith("  2026-") for line in said) == len(many) + 20
    assert "  och 9 till; se --json" in said


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_field_has_its_names_on_80_columns(language):
    values = {
        "urgent": ("collections", "payout"),
        "kind": ("case", "failed"),
        "process": ("leverantorsreskontra", "none"),
        "matter": ("motpartsavstamning", "a matter of long ago"),
        "customer": (next(iter(KNOWLEDGE.customers)), None),
        "missing": ((), ("invoice_number", "authorisation")),
        "lang": ("sv", "en"),
        "invoices": (None, None),
        "due": (None, None),
    }
    changes = [change(name, *values.get(name, (False, True))) for name in FIELDS]
    said = lines(language, changes=tuple(changes))
    assert max(map(len, said)) <= 80
    assert "…" not in "\n".join(said)
    assert sum(line.endswith(" 2026-000001") for line in said) == len(FIELDS)


def test_of_one_field_the_ten_commonest_changes_are_told_and_the_rest_counted():
    matters = list(KNOWLEDGE.matters)
    changes = tuple(
        change("matter", "anstand", matter, mails=2, cases=()) for matter in matters[:13]
    )
    said = [line.split() for line in lines(changes=changes)]
    assert ["Ärendetyp", "annat", "6"] in said


def test_nothing_lost_is_said_in_so_many_words():
    assert lines() == [
        "Inget brådskande ärende skulle gå förlorat.",
        "9 mejl prövade. Annorlunda: 0. Brådskande som skulle gå förlorade: 0.",
    ]


def test_what_could_not_be_tried_and_what_people_have_corrected_is_summed_up():
    said = lines(
        "en",
        deleted=1,
        failed=2,
        already=3,
        corrected=(Corrected(field="matter", cases=5, agreeing=4),),
    )
    assert said[1:5] == [
        "Matter: 5 corrected by staff, 4 would be judged so.",
        "1 e-mail has been deleted by retention and cannot be tried.",
        "The program fails on 2 e-mails with the changed knowledge.",
        "3 of the changes hold with today's knowledge already.",
    ]


def test_what_would_be_lost_is_red():
    file = io.StringIO()
    console = Console(
        file=file, width=80, force_terminal=True, color_system="standard", highlight=False
    )
    show(Backtest(mails=1, lost=(urgent(),)), console, speaker("sv"), KNOWLEDGE)
    assert file.getvalue().startswith("\x1b[1;31m1 ärende")
