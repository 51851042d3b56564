"""The entries of the registers: what is added is read back whole, and nothing takes it away."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.registers import EntryKind, Facts, Nature, Register, Rung, Source
from bot.store.registers import RegisterEntries
from bot.vocabulary import CustomerKey, PersonKey, ProcessKey, UnitKey
from tests.registers.items import OPENINGS, after, opened

EVERYTHING = Facts(
    nature=Nature.COMPLAINT,
    source=Source.SURVEY,
    unit=UnitKey("kundreskontra"),
    process=ProcessKey("kundreskontra"),
    customer=CustomerKey("trafik"),
    owner=PersonKey("anna"),
    proposer=PersonKey("bo"),
    rung=Rung.KAIZEN,
    due=date(2026, 3, 17),
)


def stored(database, *entries):
    """Store entries without a case, as an item of their own; return them as they were stored."""
    with database.work() as work:
        number = work.registers.reserve_number()
        return [
            work.registers.add(replace(entry, id=0, number=number, case_number=None))
            for entry in entries
        ]


@pytest.mark.parametrize("register", OPENINGS)
def test_an_entry_is_read_back_as_it_was_written(database, register):
    first = replace(opened(register), facts=EVERYTHING, text="Å, ä, ö\n'=1+1' 🦔")
    (entry,) = stored(database, first)
    with database.reading() as work:
        assert work.registers.of_item(register, entry.number) == [entry]
        assert work.registers.of_register(register) == [entry]


def test_an_entry_that_says_nothing_beside_its_kind_is_read_back(database):
    first = opened(Register.REMARKS)
    bare = replace(after([first], EntryKind.COMMENTED), text=None)
    entries = stored(database, first, bare)
    with database.reading() as work:
        assert work.registers.of_item(Register.REMARKS, entries[0].number) == entries


def test_adding_changes_nothing_that_is_there(database):
    first = opened(Register.PROCESS_LOG)
    before = stored(database, first, after([first], EntryKind.MEASURE))
    later = stored(database, first)
    with database.reading() as work:
        assert work.registers.of_register(Register.PROCESS_LOG) == before + later


def test_no_two_items_of_any_register_share_a_number(database):
    numbers = [stored(database, opened(register))[0].number for register in (*Register, *Register)]
    assert numbers == sorted(set(numbers))


def test_registers_do_not_mix(database):
    (remark,) = stored(database, opened(Register.REMARKS))
    with database.reading() as work:
        assert work.registers.of_item(Register.PROCESS_LOG, remark.number) == []
        assert work.registers.of_register(Register.CUSTOMER_LOG) == []


def test_the_store_can_neither_change_nor_remove_an_entry():
    public = {name for name in vars(RegisterEntries) if not name.startswith("_")}
    assert public == {
        "reserve_number",
        "add",
        "hold",
        "of_item",
        "of_items",
        "of_register",
        "opened",
        "first_opened_from",
        "complaints_without_remark",
        "complaint_above",
    }
