from datetime import date, timedelta

import pytest

from bot.clock import FixedClock
from bot.registers import EntryKind, Facts, Nature, Register, Step
from bot.services.register_pages import RegisterFilters, RegisterPages
from bot.services.registers import Registers
from bot.store import schema
from bot.store.engine import open_engine
from bot.store.unit_of_work import Database
from bot.vocabulary import CustomerKey, PersonKey, ProcessKey
from tests.city import TUESDAY, shipped_material

SOMEBODY = PersonKey("agneta-brandt")


class Desk:
    def __init__(self, url):
        engine = open_engine(url)
        schema.upgrade(engine)
        knowledge = shipped_material().knowledge
        self.database = Database(engine)
        self.clock = FixedClock(TUESDAY)
        self.registers = Registers(self.database, knowledge, self.clock)
        self.pages = RegisterPages(self.database, self.registers, knowledge)

    def write(self, register=Register.REMARKS, **facts):
        said = Facts(**{"process": ProcessKey("kundreskontra"), **facts})
        step = Step(kind=EntryKind.OPENED, text="En rad.", facts=said)
        return self.registers.open(register, step, by=SOMEBODY).number

    def end(self, number):
        step = Step(kind=EntryKind.CLOSED, text="Klart.")
        self.registers.follow(Register.REMARKS, number, step, by=SOMEBODY)

    def numbers(self, filters=None, **more):
        page = self.pages.page(Register.REMARKS, filters or RegisterFilters(), **more)
        return [sheet.item.number for sheet in page.sheets], page.next


@pytest.fixture
def desk(database_url):
    made = Desk(database_url)
    yield made
    made.database.close()


def test_the_newest_come_first_and_each_item_with_all_its_entries(desk):
    first, second = desk.write(), desk.write()
    desk.end(first)
    page = desk.pages.page(Register.REMARKS)
    assert [sheet.item.number for sheet in page.sheets] == [second, first]
    assert [len(sheet.entries) for sheet in page.sheets] == [1, 2]


def test_pages_go_on_where_the_one_before_ended(desk):
    for _ in range(5):
        desk.write()
    found, below = [], None
    for _ in range(3):
        numbers, below = desk.numbers(below=below, limit=2)
        found.append(numbers)
    assert (found, below) == ([[5, 4], [3, 2], [1]], None)


def test_a_page_that_is_exactly_full_is_the_last(desk):
    desk.write()
    desk.write()
    assert desk.numbers(limit=2) == ([2, 1], None)


def test_an_item_of_another_register_is_on_no_page(desk):
    desk.write(Register.CUSTOMER_LOG, customer=CustomerKey("kultur"))
    assert desk.numbers() == ([], None)


def test_days_are_local_and_both_included(desk):
    for _ in range(3):
        desk.write()
        desk.clock.advance(timedelta(days=1))
    middle = RegisterFilters(since=date(2026, 3, 4), until=date(2026, 3, 4))
    assert desk.numbers(middle)[0] == [2]
    assert desk.numbers(RegisterFilters(since=date(2026, 3, 4)))[0] == [3, 2]
    assert desk.numbers(RegisterFilters(until=date(2026, 3, 4)))[0] == [2, 1]
    assert desk.numbers(RegisterFilters(until=date(2020, 1, 1)))[0] == []


def test_filters_hold_together(desk):
    wanted = desk.write(customer=CustomerKey("kultur"), owner=SOMEBODY)
    desk.write(customer=CustomerKey("kultur"))
    desk.end(desk.write(customer=CustomerKey("kultur"), owner=SOMEBODY))
    desk.write(owner=SOMEBODY, nature=Nature.PRAISE)
    filters = RegisterFilters(customer=CustomerKey("kultur"), owner=SOMEBODY, open_only=True)
    assert desk.numbers(filters) == ([wanted], None)
