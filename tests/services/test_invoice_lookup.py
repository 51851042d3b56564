from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event

from bot.ledger_file import LedgerFormat
from bot.services.invoice_lookup import look_up, refresh_all
from bot.services.ledger_import import LedgerImport
from bot.vocabulary import InvoiceStage
from tests.city import City
from tests.ledger_files import row, write_ledger


@pytest.fixture
def city(tmp_path, database_url):
    city = City(tmp_path, database_url)
    yield city
    city.close()


def load(city, *lines):
    path = write_ledger(city.folder / "ledger.csv", lines)
    database = city.app.database
    importer = LedgerImport(
        database,
        LedgerFormat(),
        city.clock,
        after_switch=(lambda: refresh_all(database, city.clock),),
        rest=lambda _seconds: None,
    )
    assert importer.run(path, force=True).switched


def a_case(city):
    city.post("Hej! Hur beställer man en ny dator?", subject="Fråga")
    city.take_in()
    return city.cases()[-1]


def name(city, case, *numbers, **more):
    with city.app.database.work() as work:
        return look_up(work, {case.id: numbers}, city.clock.now(), **more).get(case.id, [])


def invoices(city, case):
    with city.app.database.reading() as work:
        return work.case_invoices.of_cases([case.id]).get(case.id, [])


def test_a_case_gets_what_the_ledger_says_of_its_invoice(city):
    load(city, row(40012345, due="2026-03-31", stage="påmind", customer="Ek AB"))
    case = a_case(city)
    name(city, case, "40012345")
    (found,) = invoices(city, case)
    assert (found.number, found.due, found.amount_ore) == ("40012345", date(2026, 3, 31), 123450)
    assert (found.stage, found.customer_no) == (InvoiceStage.REMINDED, "1001")
    assert found.customer == "Ek AB"
    assert found.looked_up_at == city.clock.now()


def test_an_ocr_number_becomes_the_invoice_it_pays(city):
    load(city, row(40012345, ocr="400123459"))
    case = a_case(city)
    assert [found.number for found in name(city, case, "400123459", "40012345")] == ["40012345"]


def test_a_number_that_is_both_is_an_invoice_number_first(city):
    load(city, row(11, ocr="22"), row(22, ocr="33"))
    case = a_case(city)
    assert [found.number for found in name(city, case, "22")] == ["22"]


def test_an_unknown_number_stays_without_a_stage(city):
    load(city, row(1))
    case = a_case(city)
    (found,) = name(city, case, "40099999")
    assert (found.number, found.stage, found.due) == ("40099999", None, None)
    assert found.looked_up_at is not None


def test_before_the_first_import_nothing_is_looked_up(city):
    (found,) = name(city, a_case(city), "40012345")
    assert found.looked_up_at is None


def test_a_suppliers_invoice_is_kept_but_not_looked_up(city):
    load(city, row(40012345))
    (found,) = name(city, a_case(city), "40012345", ask_ledger=False)
    assert (found.stage, found.looked_up_at) == (None, None)


def test_further_numbers_come_after_those_that_a_case_has(city):
    load(city, *[row(n) for n in (1, 2, 3)])
    case = a_case(city)
    name(city, case, "3", "1")
    assert [found.number for found in name(city, case, "1", "2")] == ["3", "1", "2"]
    assert [(found.number, found.position) for found in invoices(city, case)] == [
        ("3", 0),
        ("1", 1),
        ("2", 2),
    ]


def test_naming_no_invoice_asks_the_database_nothing(city):
    case = a_case(city)
    with city.app.database.work() as work:
        asked = []
        event.listen(
            city.app.database.engine, "before_cursor_execute", lambda *about: asked.append(about[2])
        )
        assert look_up(work, {case.id: ()}, city.clock.now()) == {}
    assert asked == []


def test_an_import_brings_all_cases_up_to_date(city):
    load(city, row(40012345, stage="öppen"))
    first, second = a_case(city), a_case(city)
    name(city, first, "40012345")
    name(city, second, "40012345", "40012346")
    city.later(days=1)
    load(city, row(40012345, stage="inkasso", due="2026-04-02"), row(40012346))
    for case in (first, second):
        found = invoices(city, case)[0]
        assert (found.stage, found.due) == (InvoiceStage.COLLECTION, date(2026, 4, 2))
        assert found.looked_up_at == city.clock.now()
    assert invoices(city, second)[1].stage is InvoiceStage.OPEN


def test_what_the_ledger_no_longer_knows_keeps_what_it_last_said(city):
    load(city, row(40012345))
    case = a_case(city)
    name(city, case, "40012345")
    load(city, row(1))
    (found,) = invoices(city, case)
    assert (found.stage, found.amount_ore) == (None, 123450)


def test_an_ocr_number_is_resolved_when_a_later_ledger_knows_it(city):
    load(city, row(1))
    case = a_case(city)
    name(city, case, "400123459", "5")
    load(city, row(40012345, ocr="400123459"))
    assert [(found.number, found.stage) for found in invoices(city, case)] == [
        ("40012345", InvoiceStage.OPEN),
        ("5", None),
    ]


def test_an_ocr_number_and_its_invoice_become_one(city):
    load(city, row(1))
    case = a_case(city)
    name(city, case, "400123459", "40012345")
    load(city, row(40012345, ocr="400123459"))
    (found,) = invoices(city, case)
    assert (found.number, found.stage) == ("40012345", InvoiceStage.OPEN)


def test_two_numbers_that_pay_one_invoice_become_one(city):
    load(city, row(1))
    case = a_case(city)
    name(city, case, "77", "88")
    load(city, row(77, ocr="88"))
    assert [found.number for found in invoices(city, case)] == ["77"]


def test_many_cases_are_refreshed_in_batches(city, monkeypatch):
    monkeypatch.setattr("bot.services.invoice_lookup.BATCH", 3)
    load(city, *[row(n, stage="öppen") for n in range(1, 12)])
    case = a_case(city)
    name(city, case, *[str(n) for n in range(1, 12)])
    load(city, *[row(n, stage="betald") for n in range(1, 12)])
    assert {found.stage for found in invoices(city, case)} == {InvoiceStage.PAID}
    assert refresh_all(city.app.database, city.clock) == 11
