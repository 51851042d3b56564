from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import event

from bot.ledger_file import Invoice
from bot.store import schema
from bot.store.engine import open_engine, transaction
from bot.store.unit_of_work import Database
from bot.vocabulary import InvoiceStage


def invoice(number, **parts):
    usual = {
        "ocr": None,
        "customer_no": "1001",
        "customer": "Ek AB",
        "due": date(2026, 3, 31),
        "amount_ore": 123450,
        "stage": InvoiceStage.OPEN,
        "paid_on": None,
    }
    return Invoice(number=str(number), **(usual | parts))


@pytest.fixture
def ledger(database, clock):
    with database.work() as work:
        generation = work.ledger.begin(clock.now())
        work.ledger.add(
            generation,
            [
                invoice(1, ocr="19"),
                invoice(2, ocr="29", stage=InvoiceStage.PAID, paid_on=date(2026, 3, 1)),
                invoice(3, ocr="19", customer_no="1002", customer="Alm AB", amount_ore=-500),
                invoice(4, due=None, amount_ore=9_000_000_000_000),
                invoice(5, due=date(2026, 3, 1), stage=InvoiceStage.COLLECTION),
            ],
        )
        work.ledger.switch(generation, rejected=0, now=clock.now())
    with database.work() as work:
        yield work.ledger


def numbers(found):
    return [each.number for each in found]


def test_an_invoice_comes_back_as_it_was_stored(ledger):
    assert ledger.find("2") == invoice(
        2, ocr="29", stage=InvoiceStage.PAID, paid_on=date(2026, 3, 1)
    )
    assert ledger.find("4") == invoice(4, due=None, amount_ore=9_000_000_000_000)


def test_an_unknown_number_gives_nothing(ledger):
    assert ledger.find("99") is None
    assert ledger.find_by_ocr("99") is None


def test_an_ocr_number_gives_the_lowest_invoice_that_has_it(ledger):
    assert ledger.find_by_ocr("19").number == "1"


def test_many_numbers_are_found_at_once(ledger):
    wanted = [str(n) for n in range(1, 1200)]
    assert set(ledger.find_many(wanted)) == {"1", "2", "3", "4", "5"}


def test_a_customers_invoices_are_those_that_can_still_go_on_to_collection(ledger):
    found = ledger.open_of_customer_numbers(["1001", "9999"])
    assert {customer: numbers(invoices) for customer, invoices in found.items()} == {
        "1001": ["1", "4"]
    }


def test_rows_of_a_generation_that_is_being_filled_are_not_seen(database, ledger, clock):
    with_new = ledger.begin(clock.now())
    ledger.add(with_new, [invoice(99)])
    assert ledger.find("99") is None
    ledger.switch(with_new, rejected=0, now=clock.now() + timedelta(days=1))
    assert ledger.find("99") is not None
    assert ledger.find("1") is None


def test_adding_a_number_again_adds_nothing_at_all(ledger, clock):
    generation = ledger.begin(clock.now())
    assert ledger.add(generation, [invoice(1)])
    assert not ledger.add(generation, [invoice(2), invoice(1)])
    assert ledger.replace(generation, [invoice(2), invoice(1, amount_ore=7)]) == {"1"}
    ledger.switch(generation, rejected=0, now=clock.now())
    assert ledger.find("1").amount_ore == 7
    assert ledger.current().rows == 2


def test_waste_is_what_neither_counts_nor_is_being_filled(ledger, clock):
    first = ledger.current().id
    given_up = ledger.begin(clock.now())
    ledger.add(given_up, [invoice(n) for n in range(10)])
    filled = ledger.begin(clock.now())
    ledger.add(filled, [invoice(1)])
    assert ledger.waste() == [given_up]
    assert not ledger.is_being_filled(given_up)
    assert ledger.is_being_filled(filled)
    ledger.switch(filled, rejected=0, now=clock.now())
    assert ledger.waste() == [first, given_up]


def test_waste_is_deleted_a_few_rows_at_a_time(ledger, clock):
    generation = ledger.begin(clock.now())
    ledger.add(generation, [invoice(n) for n in range(10)])
    ledger.abandon(generation)
    assert [ledger.delete_some(generation, 4) for _ in range(3)] == [True, True, False]
    assert ledger.waste() == []
    assert ledger.find("1") is not None


@pytest.mark.parametrize(
    "ask",
    [
        lambda work: work.ledger.find("40000001"),
        lambda work: work.ledger.find_by_ocr("1"),
        lambda work: work.ledger.find_many([str(n) for n in range(100)]),
        lambda work: work.ledger.find_many_by_ocr([str(n) for n in range(100)]),
        lambda work: work.ledger.open_of_customer_numbers([str(n) for n in range(100)]),
    ],
    ids=["number", "ocr", "numbers", "ocrs", "customers"],
)
def test_sqlite_never_searches_a_whole_generation(tmp_path, clock, ask):
    # 2026-11: without statistics it took the first column of the key for selective enough.
    engine = open_engine(f"sqlite:///{tmp_path / 'a.db'}")
    schema.upgrade(engine)
    with Database(engine).work() as work:
        work.ledger.switch(work.ledger.begin(clock.now()), rejected=0, now=clock.now())
    asked = []
    event.listen(engine, "before_cursor_execute", lambda *about: asked.append(about[2:4]))
    with Database(engine).reading() as work:
        ask(work)
    with transaction(engine, read_only=True) as connection:
        plan = [
            row.detail
            for statement, values in asked
            if statement.startswith("SELECT")
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    searches = [step for step in plan if "ledger_invoice" in step]
    assert searches
    assert all("generation=? AND" in step for step in searches)
    engine.dispose()
