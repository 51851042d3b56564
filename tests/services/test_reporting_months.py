"""Months are frozen, what is corrected later is shown as such, and figures open their cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.cases import Event
from bot.errors import NotFound
from bot.promises import Feedback
from bot.registers import EntryKind, Facts, Nature, Register, Source, Step
from bot.reports.measures import MEASURES
from bot.reports.model import Granularity, Period
from bot.reports.periods import named_period
from bot.reports.scope import By, Scope
from bot.reports.tables import corrected, figures_json
from bot.services.phone import NewCall
from bot.services.undoing import Undoing
from bot.store.case_invoices import CaseInvoice
from bot.store.engine import transaction
from bot.store.stop_list_misses import AtCollector
from bot.store.tables import CaseFactRow, StopListRow
from bot.texts import speaker
from bot.vocabulary import EventKind, StopReason
from tests.city import City

HANDLER = "agneta-brandt"
MARCH, APRIL = named_period("2026-03"), named_period("2026-04")


@pytest.fixture
def city(tmp_path, sqlite_url):
    city = City(tmp_path / "mail", sqlite_url)
    yield city
    city.close()


@pytest.fixture
def reporting(city):
    return city.app.reporting


def call(city, *, matter="fakturering", customer="Kulturförvaltningen", process="kundreskontra"):
    new = NewCall(process=process, matter=matter, customer=customer, callback="08-46500417")
    return city.app.phone.add(new, by=HANDLER).case


def value(reporting, key, period=MARCH, **scope):
    return reporting.figure(key, period, scope=Scope(**scope)).value


def to(city, text):
    city.clock.set(datetime.fromisoformat(text).replace(tzinfo=UTC))


def test_a_month_is_frozen_five_working_days_after_its_end_and_not_before(city, reporting):
    call(city)
    to(city, "2026-04-09 12:00")  # Easter: 3 and 6 April are days off
    assert reporting.freeze_due() == 0
    to(city, "2026-04-11 12:00")
    assert reporting.freeze_due() == 1
    assert reporting.figures(MARCH).total.figures["received"].frozen.value == 1


def test_a_frozen_month_stays_what_it_was_and_says_what_was_corrected(city, reporting):
    case = call(city)
    city.app.casework.close(case, by=HANDLER)
    to(city, "2026-04-20 12:00")
    assert reporting.freeze_due() == 1
    Undoing(city.app.database, city.app.house, city.clock).undo(city.cases()[0], by=HANDLER)
    closed = reporting.figures(MARCH).total.figures["closed"]
    assert (closed.value, closed.frozen.value, closed.is_corrected) == (0, 1, True)
    received = reporting.figures(MARCH).total.figures["received"]
    assert not received.is_corrected


def test_what_happens_in_the_next_month_corrects_nothing(city, reporting):
    late, soon = call(city), call(city)
    city.app.phone.feedback(soon, Feedback.DONE, by=HANDLER)
    to(city, "2026-04-20 12:00")
    reporting.freeze_due()
    city.app.phone.feedback(late, Feedback.DONE, by=HANDLER)
    assert corrected(reporting.figures(MARCH, by=By.PROCESS)) == []


def test_a_month_is_frozen_once(city, reporting):
    call(city)
    to(city, "2026-04-20 12:00")
    assert [reporting.freeze_due() for _ in range(3)] == [1, 0, 0]


def test_months_before_are_frozen_one_by_one_as_far_as_there_were_cases(city, reporting):
    call(city)
    to(city, "2026-07-20 12:00")
    assert [reporting.freeze_due() for _ in range(6)] == [1, 1, 1, 1, 0, 0]


def test_each_process_has_its_own_frozen_figures(city, reporting):
    call(city)
    to(city, "2026-04-20 12:00")
    reporting.freeze_due()
    (group,) = [g for g in reporting.figures(MARCH, by=By.PROCESS).groups if g.key]
    assert group.figures["received"].frozen.value == 1
    assert value(reporting, "received", process="kundreskontra") == 1
    whole = reporting.figures(MARCH, scope=Scope(process="kundreskontra")).total
    assert whole.figures["received"].frozen.value == 1


def test_the_report_shows_what_was_corrected_beside_what_was_frozen(city, reporting):
    case = call(city)
    city.app.casework.close(case, by=HANDLER)
    to(city, "2026-04-20 12:00")
    reporting.freeze_due()
    Undoing(city.app.database, city.app.house, city.clock).undo(city.cases()[0], by=HANDLER)
    report = reporting.report(MARCH, speaker("sv"))
    (table,) = [table for table in report.tables if table.key == "corrections"]
    assert ("Alla", "Avslutade", "1", "0") in [row[:4] for row in table.rows]
    assert any("frystes" in line for line in report.lines)


def test_a_figure_opens_the_cases_behind_it(city, reporting):
    first, second = call(city), call(city, matter="anstand")
    city.app.casework.close(first, by=HANDLER)
    assert reporting.cases_behind("received", MARCH).case_ids == (first.id, second.id)
    assert reporting.cases_behind("closed", MARCH).case_ids == (first.id,)
    assert reporting.cases_behind("backlog", MARCH).case_ids == (second.id,)
    found = reporting.cases_behind("received", MARCH, limit=1)
    assert found.more
    assert reporting.cases_behind("received", MARCH, after=found.case_ids[-1]).case_ids == (
        second.id,
    )


@pytest.mark.parametrize("key", sorted(MEASURES))
def test_every_figure_opens_as_many_cases_as_it_counts(city, reporting, key):
    for matter in ("fakturering", "anstand"):
        city.app.phone.feedback(call(city, matter=matter), Feedback.DONE, by=HANDLER)
    urgent = city.cases()[-1]
    city.app.casework.confirm_stop(urgent, StopReason.CREDITED, by=HANDLER)
    city.app.casework.close(urgent, by=HANDLER)
    figure = reporting.figure(key, MARCH)
    assert len(reporting.cases_behind(key, MARCH).case_ids) == figure.cases


def test_protected_cases_are_counted_and_not_shown(city, reporting):
    call(city)
    hidden = call(city, customer="Anna 19811218-9876")
    assert value(reporting, "received") == 2
    found = reporting.cases_behind("received", MARCH)
    assert hidden.id not in found.case_ids
    assert found.hidden == 1
    assert hidden.id in reporting.cases_behind("received", MARCH, protected=True).case_ids


def test_a_figure_that_does_not_exist_is_said_not_to(reporting):
    with pytest.raises(NotFound):
        reporting.cases_behind("happiness", MARCH)


def test_what_went_on_is_counted_with_its_amount_when_it_was_found(city, reporting):
    case = call(city, matter="anstand")
    with transaction(city.app.database.engine) as connection:
        connection.execute(
            StopListRow.__table__.insert().values(
                id=1, kind="collections", made_at=city.clock.now()
            )
        )
    with city.app.database.work() as work:
        found = [
            AtCollector(
                invoice=number,
                stop_list_id=1,
                case_id=case.id,
                amount_ore=ore,
                due=None,
                ledger_due=None,
                ticked=False,
            )
            for number, ore in (("40000001", 12_500), ("40000002", 500))
        ]
        work.misses.record(found, city.clock.now() + timedelta(days=31))
    assert (value(reporting, "went_on"), value(reporting, "went_on", APRIL)) == (0, 1)
    assert value(reporting, "went_on_ore", APRIL) == 13_000
    assert reporting.cases_behind("went_on", APRIL).case_ids == (case.id,)


def test_money_is_that_of_the_invoices_of_urgent_cases(city, reporting):
    case, lost = call(city, matter="anstand"), call(city, matter="anstand")
    with city.app.database.work() as work:
        work.case_invoices.insert(
            [
                CaseInvoice(case_id=each.id, number=f"4000000{n}", position=0, amount_ore=ore)
                for n, (each, ore) in enumerate([(case, 70_000), (lost, 900)])
            ]
        )
    city.app.casework.confirm_stop(case, StopReason.CREDITED, by=HANDLER)
    city.later(days=4)
    assert value(reporting, "urgent_in_time_ore") == 70_000
    assert value(reporting, "urgent_late_ore") == 900
    assert value(reporting, "urgent_in_time") == 0.5


def test_a_template_is_called_by_its_title_and_by_its_key_when_it_is_gone(city, reporting):
    for template in ("working_on_it", "long_gone"):
        answered = Event.on(
            call(city),
            EventKind.ANSWERED,
            city.clock.now(),
            city.app.house.calendar,
            actor=HANDLER,
            template=template,
        )
        with city.app.database.work() as work:
            work.cases.record([answered])
    tables = {table.key: table for table in reporting.report(MARCH, speaker("sv")).tables}
    title = city.app.templates.get("working_on_it").title
    assert [row[0] for row in tables["templates"].rows] == ["long_gone", title]


def test_groups_add_up_to_the_whole(city, reporting):
    call(city)
    call(city, process="redovisning", matter="bokforing")
    city.later(days=1)
    call(city)
    for by in By:
        figures = reporting.figures(MARCH, by=by)
        received = [group.figures["received"].value for group in figures.groups]
        assert sum(received) == figures.total.figures["received"].value == 3


def test_the_backlog_of_each_day_is_that_of_its_evening(city, reporting):
    case = call(city)
    city.later(days=2)
    city.app.casework.close(case, by=HANDLER)
    week = Period(first=date(2026, 3, 2), last=date(2026, 3, 6))
    figures = reporting.figures(week, by=By.DAY)
    assert [group.figures["backlog"].value for group in figures.groups] == [0, 1, 1, 0, None]
    assert [group.figures["backlog_oldest_days"].value for group in figures.groups] == [
        *(None, 0, 1, None, None)
    ]
    assert figures.total.figures["backlog"].value == 0


def test_what_is_open_in_a_period_that_is_not_over_is_as_old_as_it_is_today(city, reporting):
    to(city, "2026-03-10 12:00")
    call(city)
    to(city, "2026-03-12 12:00")
    keys = ("backlog", "backlog_median_days", "backlog_oldest_days")
    whole = reporting.figures(named_period("2026"), by=By.MONTH)
    assert [whole.total.figures[key].value for key in keys] == [1, 2, 2]
    assert [group.figures["backlog_oldest_days"].value for group in whole.groups[:3]] == [
        *(None, None, 2)
    ]


def test_nothing_is_said_of_what_will_be_open_in_a_period_to_come(city, reporting):
    call(city)
    to_come = named_period("2027")
    backlog = reporting.figure("backlog", to_come)
    assert (backlog.value, backlog.cases) == (None, 0)
    assert reporting.cases_behind("backlog", to_come).case_ids == ()
    by_month = reporting.figures(to_come, by=By.MONTH)
    assert {group.figures["backlog"].value for group in by_month.groups} == {None}


def test_an_urgent_case_counts_from_its_deadline_on_not_from_the_next_day(city, reporting):
    city.post("Ni hotar med inkasso om faktura 40000001 inte betalas i dag. Vi ber om anstånd.")
    city.take_in()
    due = city.cases()[0].handle_by
    day = Period(first=due.date(), last=due.date())
    counted = []
    for at in (due - timedelta(minutes=1), due + timedelta(minutes=1)):
        city.clock.set(at)
        found = reporting.figures(day).total.figures
        counted.append((found["urgent"].value, found["urgent_late"].value))
    assert counted == [(0, 0), (1, 1)]
    assert len(reporting.cases_behind("urgent", day).case_ids) == 1


def test_a_database_from_before_gets_its_rows_from_the_worker(city, reporting):
    call(city)
    call(city)
    with transaction(city.app.database.engine) as connection:
        connection.execute(CaseFactRow.__table__.delete())
    assert not reporting.is_whole()
    assert reporting.freeze_due() == 0
    assert reporting.catch_up() == 2
    assert value(reporting, "received") == 2
    assert reporting.is_whole()


def test_made_anew_the_rows_are_what_they_were(city, reporting):
    case = call(city)
    city.app.phone.feedback(case, Feedback.DONE, by=HANDLER)
    call(city)
    before = figures_json(reporting.figures(MARCH, by=By.DAY))
    assert reporting.make_anew() == 2
    assert reporting.make_anew(Period(first=date(2026, 3, 3), last=date(2026, 3, 3))) == 2
    assert figures_json(reporting.figures(MARCH, by=By.DAY)) == before


def test_what_was_logged_by_mistake_and_undone_is_no_case(city, reporting):
    case = call(city)
    with city.app.database.work() as work:
        work.cases.record(
            [
                Event.on(
                    case,
                    EventKind.UNDONE,
                    city.clock.now(),
                    city.app.house.calendar,
                    actor=HANDLER,
                    undid="log_phone",
                )
            ]
        )
    assert value(reporting, "received") == 0


def test_the_marking_of_a_subject_is_judged_by_where_the_case_belongs(city, reporting):
    for subject in ("[KR] Anstånd", "[RK] Anstånd", "Anstånd", "[LR] Anstånd"):
        city.post("Hej! Vi ber om anstånd med faktura 40078020 till den 30 april.", subject=subject)
    city.take_in()
    with city.app.database.work() as work:
        for case in work.cases.listed():
            if case.process != "kundreskontra":
                work.cases.change(replace(case, process="kundreskontra"))
    marks = {
        key: value(reporting, f"marked_{key}") for key in ("right", "misspelt", "missing", "wrong")
    }
    assert marks == {"right": 0.25, "misspelt": 0.25, "missing": 0.25, "wrong": 0.25}


def test_every_figure_and_table_is_said_in_both_languages(city, reporting):
    call(city)
    for language in ("sv", "en"):
        report = reporting.report(MARCH, speaker(language), by=By.MONTH)
        said = [table.title for table in report.tables]
        said += [column.title for table in report.tables for column in table.columns]
        said += [note for table in report.tables for note in table.notes]
        assert all(said)
        assert not [text for text in said if text.startswith(("figure.", "counted.", "section."))]


def test_remarks_are_counted_by_unit_process_and_customer(city, reporting):
    case = call(city)
    for nature in (Nature.COMPLAINT, Nature.PRAISE):
        facts = Facts(nature=nature, source=Source.PHONE)
        step = Step(kind=EntryKind.OPENED, text="Lång väntan.", facts=facts)
        city.app.registers.open(Register.REMARKS, step, by=HANDLER, case=case)
    assert [value(reporting, key) for key in ("remarks", "complaints", "praise")] == [2, 1, 1]
    assert value(reporting, "remarks", process="redovisning") == 0
    assert reporting.cases_behind("complaints", MARCH).case_ids == (case.id,)
    report = reporting.report(MARCH, speaker("sv"), by=By.CUSTOMER)
    tables = {table.key: table.rows for table in report.tables}
    assert tables["units"] == (("Enheten för kundreskontra", 2, 1, 1),)
    assert tables["remarks"][0][1:] == (2, 1, 1)


def test_a_tertial_is_four_months(reporting):
    third = named_period("2026-T3")
    months = reporting.figures(third, by=By.MONTH).groups
    assert [group.key for group in months] == ["2026-09", "2026-10", "2026-11", "2026-12"]
    assert all(group.period.granularity is Granularity.MONTH for group in months)
