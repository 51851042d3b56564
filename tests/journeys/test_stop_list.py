"""The stop list as people get it: given out, compared with the last, and missed all the same."""

from __future__ import annotations

import csv
import io
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.services.naming import case_named
from bot.services.stop_lists import MOST_SINGLE_ALERTS, find_misses
from bot.stop_list import COLUMNS, Part, Remark
from bot.vocabulary import InvoiceStage, PersonKey, Status, StopReason, Urgency
from tests.city import TUESDAY
from tests.commands import call, write_settings
from tests.letters import ORDINARY, URGENT_INVOICE, URGENT_PAYMENT
from tests.stop_list_cases import (
    import_ledger,
    invoice,
    name_invoices,
    name_one_invoice_each,
    store,
    urgent_case,
)

ANNA = PersonKey("anna")
NUMBER = "40012345"
LONG_AFTER = datetime(2199, 1, 1, tzinfo=UTC)
WITHOUT_NUMBER = {
    "subject": "[KR] Anstånd",
    "text": "Hej!\n\nVi har godkänt anstånd med fakturan på 1 250 kr till den 30 april. "
    "Kan ni lägga in det innan den går till inkasso?\n\nKarin",
}


def post(city, *letters):
    """Post letters and return the cases that they become, oldest first."""
    for number, letter in enumerate(letters):
        city.post(**letter, message_id=f"<{number}@kund.example>")
    city.work_off()
    return sorted(city.cases(), key=lambda case: case.id)


def urgent(city):
    """Store an urgent case about one invoice and return it."""
    case = urgent_case(1)
    store(city.app.database, [case])
    name_invoices(city.app.database, 1, NUMBER)
    return case


def listed(city, kind=Urgency.COLLECTIONS, **how):
    return city.app.stop_lists.make(kind, **how)


def rows(made):
    return [(line.part.value, line.case, line.invoice) for line in made.lines]


def let_time_pass_and_import(city, *invoices, **span):
    city.later(**(span or {"hours": 1}))
    import_ledger(city.app.database, city.clock.now(), *invoices)
    return find_misses(city.app.database, city.app.knowledge.calendar, city.clock)


def alerts_of(city, code):
    city.app.dispatch.run_due()
    return [alert for alert in city.notifier.alerts if alert.code.value == code]


def test_urgent_cases_stand_in_the_part_of_their_invoices_and_others_nowhere(city_on_both):
    city = city_on_both
    database = city.app.database
    store(
        database,
        [
            urgent_case(1),
            urgent_case(2),
            urgent_case(3),
            urgent_case(4),
            urgent_case(5, status=Status.CLOSED, stop_confirmed=True),
            urgent_case(6, stop_confirmed=True),
            urgent_case(7, urgent=Urgency.NO),
            urgent_case(8),
            urgent_case(9),
        ],
    )
    name_invoices(database, 1, "100", "101", "102")
    name_invoices(database, 2, "999")
    name_invoices(database, 4, "103")
    for closed, ticked in ((5, "104"), (6, "105"), (7, "106")):
        name_invoices(database, closed, ticked)
    name_invoices(database, 8, "107", stopped=True)
    name_invoices(database, 9, "108", stage=InvoiceStage.REMINDED, amount_ore=500)
    import_ledger(
        database,
        TUESDAY,
        invoice("100"),
        invoice("101", InvoiceStage.REMINDED),
        invoice("102", InvoiceStage.PAID),
        invoice("103", InvoiceStage.COLLECTION),
        *(invoice(str(number)) for number in range(104, 108)),
    )
    assert sorted(rows(listed(city))) == [
        ("at_collector", "2026-000004", "103"),
        ("no_number", "2026-000003", None),
        ("stop", "2026-000001", "100"),
        ("stop", "2026-000001", "101"),
        ("stop", "2026-000002", "999"),
        ("stop", "2026-000009", "108"),
    ]


def test_the_ledger_that_counts_has_the_word_about_an_invoice(city_on_both):
    database = city_on_both.app.database
    store(database, [urgent_case(1)])
    name_invoices(database, 1, "100", stage=InvoiceStage.OPEN, amount_ore=1)
    import_ledger(database, TUESDAY, invoice("100"))
    import_ledger(database, TUESDAY, invoice("100", InvoiceStage.REMINDED, amount_ore=70_000))
    (line,) = listed(city_on_both).lines
    assert (line.stage, line.amount_ore, line.ocr) == (InvoiceStage.REMINDED, 70_000, "1001")


def test_each_list_is_kept_and_compared_with_the_last_of_its_kind(city_on_both):
    city = city_on_both
    store(city.app.database, [urgent_case(1), urgent_case(2)])
    name_invoices(city.app.database, 1, "100")
    first = listed(city)
    assert first.before is None
    assert first.changes.added == first.lines
    listed(city, Urgency.PAYOUT)
    again = listed(city)
    assert (again.changes.added, again.changes.removed) == ((), ())
    assert again.before == first.made_at
    city.app.casework.confirm_stop(
        case_named("2026-000001", city.app.database), StopReason.CREDITED, by=ANNA
    )
    store(city.app.database, [urgent_case(3)])
    changed = listed(city).changes
    assert [line.case for line in changed.added] == ["2026-000003"]
    assert [line.case for line in changed.removed] == ["2026-000001"]
    with city.app.database.reading() as work:
        assert len(work.stop_lists.last(Urgency.COLLECTIONS).lines) == 2
        assert work.stop_lists.last(Urgency.PAYOUT).lines == ()


def test_the_tick_takes_a_case_off_the_list_and_nothing_else_does(city):
    case = urgent(city)
    case = city.app.casework.take(case, by=ANNA)
    assert rows(listed(city)) == [("stop", str(case.number), NUMBER)]
    city.app.casework.confirm_stop(case, StopReason.DUE_DATE_MOVED, by=ANNA)
    assert rows(listed(city)) == []


def test_a_mail_without_a_number_is_listed_with_what_is_missing_and_likely(city):
    (case,) = post(city, WITHOUT_NUMBER | {"sender": "Karin Ek <karin@kund.example>"})
    import_ledger(
        city.app.database,
        TUESDAY,
        invoice("500", customer="Karin Ek", amount_ore=125_000),
        invoice("501", customer="Karin Ek", amount_ore=99_000),
        invoice("502", customer="Karin Ekholm", amount_ore=125_000),
        invoice("503", InvoiceStage.PAID, customer="Karin Ek", amount_ore=125_000),
    )
    (line,) = listed(city).lines
    assert (line.part, line.case, line.invoice) == (Part.NO_NUMBER, str(case.number), "500")
    assert Remark.SAME_CUSTOMER_AND_AMOUNT in line.remarks
    assert "invoice_number" in line.missing


def test_a_stated_customer_number_says_more_than_the_name(city_on_both):
    text = WITHOUT_NUMBER["text"].replace("Hej!", "Hej! Vårt kundnummer är 3007.")
    post(city_on_both, WITHOUT_NUMBER | {"text": text, "sender": "Karin Ek <k@kund.example>"})
    import_ledger(
        city_on_both.app.database,
        TUESDAY,
        invoice("500", customer="Karin Ek", customer_no="3001"),
        invoice("501", customer="Björkhagens Bygg AB", customer_no="3007", amount_ore=90_000),
    )
    (line,) = listed(city_on_both).lines
    assert (line.invoice, line.customer) == ("501", "Björkhagens Bygg AB")
    assert Remark.SAME_CUSTOMER in line.remarks


def test_what_the_run_of_the_day_can_take_is_marked_and_first(city):
    database = city.app.database
    store(database, [urgent_case(1), urgent_case(2), urgent_case(3)])
    name_invoices(database, 1, "100")
    name_invoices(database, 2, "101")
    name_invoices(database, 3, "102")
    overdue = date(2026, 2, 10)
    import_ledger(
        database,
        TUESDAY,
        invoice("100"),
        invoice("101", InvoiceStage.REMINDED, due=overdue),
        invoice("102", due=None),
    )
    made = listed(city, run=date(2026, 3, 5))
    assert made.runs_then
    taken = {line.invoice: Remark.RUN_TAKES in line.remarks for line in made.lines}
    assert taken == {"101": True, "102": True, "100": False}
    assert list(taken) == ["101", "102", "100"]


def test_the_default_is_the_next_run_and_a_day_without_one_is_told(city):
    assert listed(city).run == date(2026, 3, 5)
    assert not listed(city, run=date(2026, 3, 8)).runs_then


def test_payments_have_a_list_of_their_own(city):
    cases = post(city, URGENT_INVOICE, URGENT_PAYMENT, ORDINARY)
    payment = next(case for case in cases if case.urgent is Urgency.PAYOUT)
    made = listed(city, Urgency.PAYOUT)
    assert [(line.part, line.case) for line in made.lines] == [
        (Part.NO_NUMBER, str(payment.number))
    ]
    assert made.run == date(2026, 3, 3)


def test_an_invoice_that_was_listed_and_goes_to_the_collector_is_told_once(city_on_both):
    city = city_on_both
    case = urgent(city)
    assert let_time_pass_and_import(city, invoice(NUMBER, InvoiceStage.REMINDED)) == 0
    listed(city)
    gone = invoice(NUMBER, InvoiceStage.COLLECTION, amount_ore=123_450)
    assert let_time_pass_and_import(city, gone, days=2) == 1
    (alert,) = alerts_of(city, "stop_list_miss")
    assert alert.case_number == str(case.number)
    assert alert.values == {"invoice": NUMBER, "amount_ore": 123_450}
    assert let_time_pass_and_import(city, gone, days=2) == 0
    assert len(alerts_of(city, "stop_list_miss")) == 1
    (miss,) = city.app.stop_lists.misses()
    assert (miss.invoice, miss.case, miss.amount_ore) == (NUMBER, str(case.number), 123_450)
    assert rows(listed(city)) == [("at_collector", str(case.number), NUMBER)]


def test_a_list_may_have_had_the_ocr_number(city_on_both):
    urgent(city_on_both)
    listed(city_on_both)
    gone = invoice("7", InvoiceStage.COLLECTION, ocr=NUMBER)
    assert let_time_pass_and_import(city_on_both, gone) == 1
    assert [miss.invoice for miss in city_on_both.app.stop_lists.misses()] == ["7"]


def test_what_was_at_the_collector_when_listed_or_never_listed_is_no_miss(city_on_both):
    city = city_on_both
    urgent(city)
    gone = (invoice(NUMBER, InvoiceStage.COLLECTION), invoice("1", InvoiceStage.COLLECTION))
    assert let_time_pass_and_import(city, *gone) == 0
    listed(city)
    assert let_time_pass_and_import(city, *gone) == 0
    assert city.app.stop_lists.misses() == []


@pytest.mark.parametrize(
    ("reason", "due", "missed"),
    [
        (StopReason.DUNNING_STOPPED, date(2026, 3, 20), 1),
        (StopReason.DUE_DATE_MOVED, date(2026, 4, 30), 0),
        (StopReason.DUE_DATE_MOVED, date(2026, 3, 20), 1),
        (StopReason.NO_GROUNDS, date(2026, 3, 20), 0),
    ],
    ids=["stopped in vain", "new date passed too", "date not moved", "no stop needed"],
)
def test_after_the_tick_only_what_should_have_been_stopped_is_a_miss(
    city_on_both, reason, due, missed
):
    city = city_on_both
    case = urgent(city)
    let_time_pass_and_import(city, invoice(NUMBER))
    listed(city)
    city.app.casework.confirm_stop(case, reason, by=ANNA)
    gone = invoice(NUMBER, InvoiceStage.COLLECTION, due=due)
    assert let_time_pass_and_import(city, gone, days=70) == missed


def test_very_many_misses_are_told_at_once_with_their_sum(city):
    many = range(1, MOST_SINGLE_ALERTS + 2)
    store(city.app.database, [urgent_case(number) for number in many])
    for number in many:
        name_invoices(city.app.database, number, str(number))
    listed(city)
    gone = [invoice(str(number), InvoiceStage.COLLECTION, amount_ore=100) for number in many]
    assert let_time_pass_and_import(city, *gone) == len(many)
    (alert,) = alerts_of(city, "stop_list_misses")
    assert alert.values == {"count": len(many), "amount_ore": 100 * len(many)}
    assert alerts_of(city, "stop_list_miss") == []


@pytest.fixture
def config(tmp_path, city, sqlite_url):
    return write_settings(tmp_path, sqlite_url)


def test_the_command_writes_csv_for_a_spreadsheet_and_tells_people_on_stderr(config, city):
    case = urgent(city)
    import_ledger(city.app.database, TUESDAY, invoice(NUMBER, customer="=cmd|' /C calc'!A0"))
    called = call("--config", config, "stop-list", "--run", "2026-03-05")
    assert called.code == 0
    head, row = csv.reader(io.StringIO(called.out, newline=""), delimiter=";")
    assert tuple(head) == COLUMNS
    read = dict(zip(head, row, strict=True))
    assert (read["part"], read["case"], read["invoice"]) == ("stop", str(case.number), NUMBER)
    assert (read["stage"], read["due"], read["amount_ore"]) == ("open", "2026-03-20", "125000")
    assert read["customer"].startswith("'=")
    assert "Det är den första listan av sitt slag." in called.err


def test_the_command_shows_the_difference_in_json_and_on_stderr(config, city):
    case = urgent(city)
    first = call("--config", config, "stop-list", "--format", "json").row()
    assert list(first) == ["run", "made_at", "parts", "added", "removed"]
    assert list(first["parts"]) == ["stop", "no_number", "at_collector"]
    assert first["added"] == first["parts"]["stop"]
    assert list(first["added"][0]) == list(COLUMNS)
    city.app.casework.confirm_stop(case, StopReason.CREDITED, by=ANNA)
    second = call("--config", config, "stop-list", "--format", "json")
    assert second.row()["parts"] == {"stop": [], "no_number": [], "at_collector": []}
    assert [row["invoice"] for row in second.row()["removed"]] == [NUMBER]
    assert NUMBER in second.err


def test_the_command_reports_misses_with_their_amount(config, city):
    urgent(city)
    listed(city)
    let_time_pass_and_import(city, invoice(NUMBER, InvoiceStage.COLLECTION))
    found = call("--config", config, "stop-list", "--misses", "--format", "json").row()
    assert (found["count"], found["amount_ore"]) == (1, 125_000)
    assert [miss["invoice"] for miss in found["misses"]] == [NUMBER]
    as_csv = call("--config", config, "stop-list", "--misses").out
    assert as_csv.splitlines()[1].startswith(f"{NUMBER};")


LEDGER = """\
fakturanr;ocr;kundnr;kund;förfallodatum;belopp;status;betaldatum
40012345;400123451;2001;Björkhagens Bygg AB;2026-03-20;{amount};{stage};
"""


def test_from_a_mail_over_the_list_to_an_alert_when_the_ledger_shows_it_was_in_vain(
    config, city, tmp_path
):
    (case,) = post(city, URGENT_INVOICE)
    file = tmp_path / "ledger.csv"
    for stage, count in (("påmind", 0), ("inkasso", 1)):
        file.write_text(LEDGER.format(amount="1250,50", stage=stage), "utf-8")
        assert call("--config", config, "ledger", "import", file).code == 0
        assert (
            call("--config", config, "stop-list", "--misses", "--format", "json").row()["count"]
            == count
        )
        (row,) = call("--config", config, "stop-list").out.splitlines()[1:]
        part = "at_collector" if count else "stop"
        assert row.startswith(f"{part};{case.number};{NUMBER};400123451;2001;")
    city.clock.set(LONG_AFTER)
    (alert,) = alerts_of(city, "stop_list_miss")
    assert alert.values["amount_ore"] == 125_050


def test_misses_are_no_list_for_a_run(config):
    called = call("--config", config, "stop-list", "--misses", "--payout")
    assert (called.code, len(called.err.splitlines())) == (2, 1)


def test_a_day_without_a_run_and_a_day_that_has_passed_are_told_in_the_readers_language(config):
    passed = call("--lang", "en", "--config", config, "stop-list", "--run", "2020-01-02")
    assert "has already gone" in passed.err
    sunday = call("--config", config, "stop-list", "--run", "2099-03-08", "--payout")
    assert "ingen körning går" in sunday.err


@pytest.mark.slow
def test_a_list_of_twenty_thousand_cases_takes_a_few_seconds(city):
    count = 20_000
    database = city.app.database
    store(database, (urgent_case(number) for number in range(1, count + 1)))
    name_one_invoice_each(database, range(1, count))
    import_ledger(
        database,
        TUESDAY,
        *(
            invoice(str(number), due=date(2026, 1, 1) + timedelta(days=number % 90))
            for number in range(1, count)
        ),
    )
    begun = time.process_time()
    assert len(listed(city).lines) == count
    assert listed(city).changes.added == ()
    assert time.process_time() - begun < 20


def test_a_miss_that_an_import_at_night_finds_is_told_at_the_opening(city):
    urgent(city)
    listed(city)
    night = datetime(2026, 3, 4, 1, 30, tzinfo=UTC)
    gone = invoice(NUMBER, InvoiceStage.COLLECTION)
    assert let_time_pass_and_import(city, gone, seconds=(night - TUESDAY).total_seconds()) == 1
    assert alerts_of(city, "stop_list_miss") == []
    city.later(hours=6)
    assert len(alerts_of(city, "stop_list_miss")) == 1
