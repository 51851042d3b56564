"""The reports of the rhythm of follow-up say what the figures say, on both databases."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from bot.errors import NotFound
from bot.outside import OutsideFigure, OutsideMeasure, OutsideSource
from bot.promises import Feedback
from bot.registers import EntryKind, Facts, Nature, Register, Step
from bot.reports.files import csv_of, excel_of, page_of
from bot.reports.model import Granularity, Period
from bot.reports.periods import named_period
from bot.services.outside import Outside
from bot.services.report_kinds import ReportKinds, quarter_of
from bot.services.reporting import Reporting
from bot.services.telling import Telling
from bot.texts import speaker
from bot.vocabulary import CustomerKey, PersonKey, ProcessKey, StopReason
from tests.city import City
from tests.letters import ORDINARY, UNTAGGED, URGENT_INVOICE

SWEDISH = speaker("sv")
HANDLER = PersonKey("agneta-brandt")
FIRST_TERTIAL = named_period("2026-T1")


@pytest.fixture
def city(tmp_path, database_url):
    made = City(tmp_path / "mail", database_url)
    yield made
    made.close()


@pytest.fixture
def kinds(city):
    app = city.app
    reporting = Reporting(app.database, app.knowledge, city.clock)
    return ReportKinds(app.database, app.knowledge, reporting, city.clock)


def cell(table, row, column):
    at = [one.key for one in table.columns].index(column)
    (found,) = [each for each in table.rows if each[0] == row]
    return found[at]


def table_of(report, key):
    (found,) = [table for table in report.tables if table.key == key]
    return found


def remark(city, nature, **facts):
    step = Step(
        kind=EntryKind.OPENED,
        text="Svaret tog tre veckor.",
        facts=Facts(nature=nature, process=ProcessKey("kundreskontra"), **facts),
    )
    return city.app.registers.open(Register.REMARKS, step, by=HANDLER)


def topic(city, customer, text, nature=Nature.RECURRING):
    step = Step(kind=EntryKind.OPENED, text=text, facts=Facts(nature=nature, customer=customer))
    return city.app.registers.open(Register.CUSTOMER_LOG, step, by=HANDLER)


def a_customer(city):
    return next(iter(city.app.knowledge.customers))


def test_the_tertial_report_has_a_table_for_each_of_the_five_goals(kinds):
    report = kinds.tertial(FIRST_TERTIAL, SWEDISH)
    titles = [table.title for table in report.tables[:5]]
    assert titles == [
        "1. Produktivitet och effektivitet",
        "2. God tillgänglighet",
        "3. Gott bemötande",
        "4. Tydlig information",
        "5. Rätt service",
    ]


def test_the_tertial_report_counts_what_came_in(city, kinds):
    city.post(**ORDINARY)
    city.work_off()
    report = kinds.tertial(FIRST_TERTIAL, SWEDISH)
    assert cell(table_of(report, "goal_productivity"), "Alla", "received") == 1
    assert cell(table_of(report, "compared"), "Inkomna", "period_0") == "1"
    assert cell(table_of(report, "compared"), "Inkomna", "period_1") == "0"


def test_the_tertial_report_compares_with_the_tertial_before_and_the_year_before(kinds):
    heads = [
        column.title
        for column in table_of(kinds.tertial(FIRST_TERTIAL, SWEDISH), "compared").columns
    ]
    assert heads == ["Siffra", "T1 2026", "T3 2025", "T1 2025"]


def test_the_tertial_report_tells_remarks_apart_by_unit_process_and_sort(city, kinds):
    remark(city, Nature.COMPLAINT)
    remark(city, Nature.COMPLAINT)
    remark(city, Nature.PRAISE)
    table = table_of(kinds.tertial(FIRST_TERTIAL, SWEDISH), "remarks_by_unit")
    ((_, _, complaints, _, _, praise),) = table.rows
    assert (complaints, praise) == (2, 1)


def test_figures_of_the_exchange_and_of_the_yearly_survey_stand_beside(city, kinds):
    outside = Outside(city.app.database, city.app.knowledge, city.clock)
    days = {"first": date(2026, 2, 1), "last": date(2026, 2, 28)}
    year = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}
    calls, index = OutsideMeasure.CALLS_OFFERED, OutsideMeasure.INDEX
    for source, measure, span, value in (
        (OutsideSource.CALLGUIDE, calls, days, 1200),
        (OutsideSource.SURVEY, index, year, 78),
    ):
        figure = OutsideFigure(source=source, measure=measure, place="", value=value, **span)
        outside.add(figure, by=HANDLER)
    table = table_of(kinds.tertial(FIRST_TERTIAL, SWEDISH), "outside")
    assert [row[1] for row in table.rows] == ["Inkomna samtal", "Index"]


def test_a_tertial_without_figures_from_elsewhere_has_no_empty_table_of_them(kinds):
    keys = [table.key for table in kinds.tertial(FIRST_TERTIAL, SWEDISH).tables]
    assert "outside" not in keys


def test_the_customer_sheet_counts_the_cases_of_that_customer_only(city, kinds):
    city.post(**ORDINARY)
    city.work_off()
    sheet = kinds.customer(a_customer(city), named_period("2026-03"), SWEDISH)
    assert cell(table_of(sheet, "customer_volume"), "Alla", "received") == 0


def test_the_customer_sheet_has_volume_waiting_urgent_cases_and_marking(city, kinds):
    customer = CustomerKey("kultur")
    sender = "Eva Ek <eva.ek@kultur.exempelstad.example>"
    signed = "\n\nMvh\nEva Ek\nKulturförvaltningen"
    letters = (ORDINARY, UNTAGGED, URGENT_INVOICE)
    for letter in letters:
        city.post(**letter | {"sender": sender, "text": letter["text"] + signed})
    city.post(**ORDINARY)
    city.work_off()
    telling = Telling(city.app.database, city.app.house, city.app.phone, city.clock)
    first, second, urgent = (case for case in city.cases() if case.customer == customer)
    for case, hours in ((first, 1), (second, 2)):
        city.later(hours=hours)
        telling.told(case, Feedback.DONE, by=HANDLER)
    city.app.casework.confirm_stop(urgent, StopReason.CREDITED, by=HANDLER)
    sheet = kinds.customer(customer, named_period("2026-03"), SWEDISH)
    volume, marking = (table_of(sheet, f"customer_{name}") for name in ("volume", "marking"))
    found = {
        key: cell(volume, "Alla", key)
        for key in ("received", "closed", "answer_work_median", "answer_work_p90")
    }
    assert found == {
        "received": 3,
        "closed": 2,
        "answer_work_median": 3600,
        "answer_work_p90": 3 * 3600,
    }
    assert cell(volume, "Alla", "same_day") == 1
    assert cell(table_of(sheet, "customer_urgent"), "Alla", "urgent_in_time") == 1
    assert cell(marking, "Alla", "marked_right") == pytest.approx(2 / 3)
    assert cell(marking, "Alla", "marked_missing") == pytest.approx(1 / 3)


def test_the_customer_sheet_lists_remarks_without_their_words(city, kinds):
    customer = a_customer(city)
    item = remark(city, Nature.COMPLAINT, customer=customer)
    remark(city, Nature.COMPLAINT)
    sheet = kinds.customer(customer, named_period("2026-03"), SWEDISH)
    ((number, _, nature, _),) = table_of(sheet, "remarks").rows
    assert (number, nature) == (str(item.number), "Klagomål")
    assert b"tre veckor" not in csv_of(sheet)


def test_the_customer_sheet_takes_up_what_recurs_and_leaves_out_the_rest(city, kinds):
    customer = a_customer(city)
    topic(city, customer, "Fakturor utan referens.")
    topic(city, customer, "Vi sågs i foajén.", Nature.EVENT)
    sheet = kinds.customer(customer, named_period("2026-03"), SWEDISH)
    ((_, _, _, text, _),) = table_of(sheet, "topics").rows
    assert text == "Fakturor utan referens."


def test_there_is_no_sheet_for_a_customer_that_nobody_knows(kinds):
    with pytest.raises(NotFound):
        kinds.customer(CustomerKey("nonsense"), named_period("2026-03"), SWEDISH)


def test_the_quarters_that_have_begun_stand_beside_each_other(city, kinds):
    city.later(days=60)
    report = kinds.quarters(2026, SWEDISH)
    heads = [column.title for column in table_of(report, "compared").columns]
    assert heads == ["Siffra", "kvartal 1 2026", "kvartal 2 2026"]


def test_a_year_is_its_four_quarters():
    quarters = [quarter_of(2024, number) for number in range(1, 5)]
    assert quarters[0].first == date(2024, 1, 1)
    assert all(one.after == other.first for one, other in pairwise(quarters))
    assert quarters[3].last == date(2024, 12, 31)


@pytest.mark.parametrize("write", [csv_of, excel_of, page_of])
def test_each_report_can_be_written_as_a_file(city, kinds, write):
    period = named_period("2026-03")
    reports = [
        kinds.tertial(FIRST_TERTIAL, SWEDISH),
        kinds.customer(a_customer(city), period, SWEDISH),
        kinds.quarters(2026, SWEDISH),
    ]
    assert all(write(report) for report in reports)


def test_a_tertial_report_of_any_days_compares_with_as_many_days_before(kinds):
    days = Period(first=date(2026, 3, 2), last=date(2026, 3, 8), granularity=Granularity.ANY)
    table = table_of(kinds.tertial(days, SWEDISH), "compared")
    assert table.columns[2].title == "2026-02-23 till 2026-03-01"


def test_reports_are_said_in_english_too(kinds):
    report = kinds.tertial(FIRST_TERTIAL, speaker("en"))
    assert report.tables[1].title == "2. Good availability"
