"""What stands on a stop list, as laws over any cases and invoices."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.csv_cells import csv_text, plain_cell
from bot.dunning import DunningGroup, DunningRules, DunningStep, WeeklyRun
from bot.knowledge import bundled_folder, load
from bot.stop_list import (
    COLUMNS,
    MOST_LIKELY,
    Difference,
    Likely,
    Line,
    ListedCase,
    ListedInvoice,
    Part,
    Remark,
    as_row,
    compose,
    difference,
    just_before,
    likely_invoices,
    next_run_day,
    runs_on,
    weekly_runs,
)
from bot.texts import speaker
from bot.vocabulary import InvoiceStage, Missing, Urgency

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
STOCKHOLM = ZoneInfo("Europe/Stockholm")
SHIPPED = load(bundled_folder())
NAMES = SHIPPED.names_in("sv")
SWEDISH = speaker("sv")
CALENDAR = SHIPPED.calendar

instants = st.integers(0, 10**6).map(lambda minutes: NOON + timedelta(minutes=minutes))
words = st.text(max_size=12) | st.sampled_from(["=1+1", "+46", "-1", "@x", "'=1", "a;b", 'a"b\n'])
digits = st.text("0123456789", min_size=4, max_size=12)
invoices = st.builds(
    ListedInvoice,
    number=digits,
    ocr=st.none() | digits,
    customer_no=st.none() | words,
    customer=st.none() | words,
    due=st.none() | st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    amount_ore=st.none() | st.integers(-10_000_000, 10_000_000),
    stage=st.none() | st.sampled_from(InvoiceStage),
)


@st.composite
def cases(draw, kinds=(Urgency.COLLECTIONS, Urgency.PAYOUT)):
    named = draw(st.lists(invoices, max_size=3, unique_by=lambda invoice: invoice.number))
    likely = draw(st.lists(invoices, max_size=2, unique_by=lambda invoice: invoice.number))
    return ListedCase(
        id=draw(st.integers(1, 10_000)),
        number="2026-000001",
        urgent=draw(st.sampled_from(kinds)),
        process="kundreskontra",
        matter=draw(st.none() | st.sampled_from(sorted(SHIPPED.matters))),
        protected=draw(st.booleans()),
        customer=draw(st.none() | words),
        since=draw(instants),
        handle_by=draw(st.none() | instants),
        invoices=tuple(named),
        numbered=bool(named) or draw(st.booleans()),
        missing=tuple(draw(st.lists(st.sampled_from(Missing), max_size=3, unique=True))),
        due=draw(st.none() | st.dates(date(2025, 1, 1), date(2027, 1, 1))),
        likely=Likely(
            invoices=tuple(likely), because=draw(st.none() | st.just(Remark.SAME_CUSTOMER))
        ),
    )


case_lists = st.lists(cases(), max_size=3, unique_by=lambda case: case.id)
ABOUT_INVOICES = cases((Urgency.COLLECTIONS,))


def listed(cases, taken=lambda _case, _invoice: False):
    return compose(cases, taken=taken)


def a_case(**changes):
    values = {
        "id": 7,
        "number": "2026-000007",
        "urgent": Urgency.COLLECTIONS,
        "process": "kundreskontra",
        "matter": "anstand",
        "protected": False,
        "customer": None,
        "since": NOON,
        "handle_by": NOON + timedelta(days=1),
    }
    if "invoices" in changes:
        values["numbered"] = True
    return ListedCase(**(values | changes))


def row_of(line):
    return as_row(line, SWEDISH, NAMES, STOCKHOLM)


@given(ABOUT_INVOICES)
def test_each_unsettled_invoice_of_a_case_stands_once_in_the_part_of_its_stage(case):
    parts = {line.invoice: line.part for line in listed([case]) if case.numbered}
    stop = (None, InvoiceStage.OPEN, InvoiceStage.REMINDED)
    expected = {
        invoice.number: Part.STOP if invoice.stage in stop else Part.AT_COLLECTOR
        for invoice in case.invoices
        if invoice.stage not in (InvoiceStage.PAID, InvoiceStage.CREDITED)
    }
    assert parts == expected
    assert len(listed([case])) == len(expected) or not case.numbered


@given(cases())
def test_a_case_without_a_number_stands_in_that_part_and_in_no_other(case):
    lost = replace(case, invoices=(), numbered=False)
    lines = listed([lost])
    assert {line.part for line in lines} == {Part.NO_NUMBER}
    assert len(lines) == max(1, len(lost.likely.invoices))
    assert all(Missing.INVOICE_NUMBER in line.missing for line in lines)


@given(case_lists)
def test_a_list_does_not_depend_on_the_order_of_its_cases(some):
    by_identity = {line.identity: line for line in listed(some)}
    assert {line.identity: line for line in listed(some[::-1])} == by_identity
    assert [line.part for line in listed(some)] == [line.part for line in listed(some[::-1])]


@given(case_lists)
def test_parts_stand_in_order_and_what_the_run_can_take_comes_first(some):
    lines = listed(some, taken=lambda case, _invoice: case.id % 2 == 0)
    keys = [(list(Part).index(line.part), Remark.RUN_TAKES not in line.remarks) for line in lines]
    assert keys == sorted(keys)


@given(case_lists)
def test_no_calendar_takes_a_line_away(some):
    never = listed(some)
    always = listed(some, taken=lambda _case, _invoice: True)
    assert {line.identity for line in never} == {line.identity for line in always}


@given(case_lists)
def test_a_list_does_not_differ_from_itself(some):
    lines = listed(some)
    assert difference(lines, lines) == Difference(added=(), removed=())


@given(case_lists, case_lists)
def test_the_difference_leads_from_one_list_to_the_next(before, now):
    old, new = listed(before), listed(now)
    changes = difference(old, new)
    went = {line.identity for line in changes.removed}
    came = {line.identity for line in changes.added}
    assert ({line.identity for line in old} - went) | came == {line.identity for line in new}
    assert difference(new, old) == Difference(added=changes.removed, removed=changes.added)


@given(case_lists)
def test_a_line_can_be_stored_and_read_again(some):
    lines = listed(some)
    assert [Line.from_json(line.as_json()) for line in lines] == lines


@given(case_lists)
def test_csv_gives_back_every_cell_and_none_is_a_formula(some):
    rows = [row_of(line) for line in listed(some)]
    text = csv_text([COLUMNS, *(tuple(row.values()) for row in rows)])
    head, *cells = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    assert tuple(head) == COLUMNS
    for row, read in zip(rows, cells, strict=True):
        assert [plain_cell(cell) for cell in read] == [
            "" if value is None else str(value) for value in row.values()
        ]
        written = dict(zip(COLUMNS, read, strict=True))
        numbers = {"amount_ore"}
        assert not any(
            cell[:1] in ("=", "+", "-", "@") and cell
            for key, cell in written.items()
            if key not in numbers
        )


@given(case_lists)
def test_a_row_has_exactly_the_columns_in_their_order(some):
    assert all(tuple(row_of(line)) == COLUMNS for line in listed(some))


@given(cases())
def test_who_has_protected_data_is_not_named(case):
    assert all(line.customer is None for line in listed([replace(case, protected=True)]))


def test_an_invoice_that_the_ledger_does_not_know_is_marked():
    (line,) = listed([a_case(invoices=(ListedInvoice(number="40012345"),))])
    row = row_of(line)
    assert (row["part"], row["stage"]) == ("stop", "unknown")
    assert "numret finns inte i reskontran" in row["reason"]


def test_the_reason_names_the_matter_and_what_is_missing():
    (line,) = listed([a_case(missing=(Missing.CUSTOMER,))])
    reason = row_of(line)["reason"]
    assert reason.startswith(SHIPPED.matters["anstand"].name.sv)
    assert "saknas: fakturanummer och" in reason


def test_an_invoice_that_goes_to_the_collector_is_removed_and_added():
    invoice = ListedInvoice(number="40012345", stage=InvoiceStage.REMINDED)
    before = listed([a_case(invoices=(invoice,))])
    now = listed([a_case(invoices=(replace(invoice, stage=InvoiceStage.COLLECTION),))])
    changes = difference(before, now)
    assert [line.part for line in changes.removed] == [Part.STOP]
    assert [line.part for line in changes.added] == [Part.AT_COLLECTOR]


def test_a_payment_with_a_number_is_to_be_stopped_whatever_a_customer_ledger_says():
    case = a_case(
        urgent=Urgency.PAYOUT, invoices=(ListedInvoice(number="777"),), due=date(2026, 3, 9)
    )
    (line,) = listed([case])
    assert (line.part, line.invoice, line.due) == (Part.STOP, "777", date(2026, 3, 9))
    assert row_of(line)["stage"] is None


BILLS = tuple(ListedInvoice(number=str(n), amount_ore=n * 100) for n in range(1, 10))


@pytest.mark.parametrize(
    ("of_customer", "amounts", "found", "because"),
    [
        (BILLS, (300,), BILLS[2:3], Remark.SAME_CUSTOMER_AND_AMOUNT),
        (BILLS[:3], (), BILLS[:3], Remark.SAME_CUSTOMER),
        (BILLS[:3], (99,), BILLS[:3], Remark.SAME_CUSTOMER),
        (BILLS, (99,), (), Remark.MANY_OF_CUSTOMER),
        ((), (300,), (), None),
    ],
    ids=["amount", "few", "few and another amount", "heap", "nothing"],
)
def test_likely_is_what_has_the_same_customer_and_amount_else_the_few_of_the_customer(
    of_customer, amounts, found, because
):
    assert likely_invoices(of_customer, amounts) == Likely(invoices=found, because=because)


@given(st.lists(invoices, max_size=20), st.lists(st.integers(0, 100), max_size=3))
def test_never_more_than_a_few_invoices_are_likely(some, amounts):
    assert len(likely_invoices(some, amounts).invoices) <= MOST_LIKELY


def test_the_next_run_is_the_first_of_any_group():
    def every(*weekdays):
        run = WeeklyRun(weekdays=frozenset(weekdays), at=NOON.time())
        return DunningGroup(reminder=None, collection=DunningStep(after_days=1, run=run))

    runs = weekly_runs(DunningRules(default=every(4), groups={"x": every(3)}))
    assert next_run_day(runs, after=NOON, calendar=CALENDAR) == date(2026, 3, 5)
    assert [runs_on(runs, date(2026, 3, day), CALENDAR) for day in (4, 5, 6)] == [
        False,
        True,
        True,
    ]
    assert next_run_day([], after=NOON, calendar=CALENDAR) is None


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_just_before_a_day_is_the_day_before(day):
    before = just_before(day, CALENDAR)
    assert CALENDAR.local_date(before) == day - timedelta(days=1)
    assert CALENDAR.local_date(before + timedelta(microseconds=1)) == day
