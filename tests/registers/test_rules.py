"""What may follow what in a register, and how an item stands after its entries."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import DataError, IllegalChange
from bot.registers import (
    NATURES,
    EntryKind,
    Facts,
    Nature,
    Register,
    Rung,
    State,
    answer_due,
    check_following,
    check_opening,
    fold,
    kinds_of,
    next_rung,
    overdue,
)
from bot.texts.codes import CODES
from tests.city import shipped_material
from tests.registers.items import ANNA, BO, after, histories, item_with, opened

REMARKS, CUSTOMER, PROCESS = Register.REMARKS, Register.CUSTOMER_LOG, Register.PROCESS_LOG
KIND = EntryKind


@given(histories(), st.randoms(use_true_random=False))
def test_an_item_stands_the_same_in_whatever_order_its_entries_are_read(entries, random):
    shuffled = random.sample(entries, len(entries))
    assert fold(shuffled) == fold(entries)


@given(histories())
def test_a_later_entry_never_changes_how_an_item_began(entries):
    begun = fold(entries[:1])
    now = fold(entries)
    assert (now.number, now.opened_at, now.opened_by) == (1, begun.opened_at, begun.opened_by)
    assert now.case_number == begun.case_number
    assert now.changed_at == entries[-1].at


@given(histories())
def test_what_was_last_said_of_each_thing_holds(entries):
    facts = fold(entries).facts.said()
    for entry in entries:
        for name in entry.facts.said():
            last = [one.facts.said()[name] for one in entries if name in one.facts.said()][-1]
            assert facts[name] == last


@given(histories())
def test_an_item_that_is_done_is_owed_nothing(entries):
    item = fold(entries)
    late = date(2099, 1, 1)
    assert item.is_overdue(late) <= item.is_open


def test_an_entry_cannot_be_changed():
    entry = opened(REMARKS)
    with pytest.raises(FrozenInstanceError):
        entry.text = "Något annat."


def test_an_entry_shows_no_text_where_it_is_printed_by_accident():
    assert "började" not in repr(opened(REMARKS))


@pytest.mark.parametrize(
    ("register", "kinds", "state"),
    [
        (REMARKS, [], State.OPEN),
        (REMARKS, [KIND.DISCUSSED], State.DISCUSSED),
        (REMARKS, [KIND.DISCUSSED, KIND.MEASURE], State.ACTING),
        (REMARKS, [KIND.MEASURE, KIND.DISCUSSED], State.ACTING),
        (REMARKS, [KIND.ANSWERED], State.DONE),
        (REMARKS, [KIND.ANSWERED, KIND.DISCUSSED, KIND.MEASURE], State.DONE),
        (REMARKS, [KIND.CLOSED, KIND.REOPENED], State.OPEN),
        (REMARKS, [KIND.HANDED_OVER, KIND.COMMENTED, KIND.CORRECTED], State.OPEN),
        (PROCESS, [KIND.ESCALATED], State.OPEN),
        (PROCESS, [KIND.FEEDBACK, KIND.MEASURE], State.ACTING),
        (PROCESS, [KIND.RESOLVED], State.RESOLVED),
        (PROCESS, [KIND.CLOSED], State.RESOLVED),
        (PROCESS, [KIND.RESOLVED, KIND.FEEDBACK], State.DONE),
        (PROCESS, [KIND.RESOLVED, KIND.REOPENED], State.OPEN),
    ],
)
def test_an_item_goes_through_its_stages(register, kinds, state):
    assert item_with(register, *kinds).state is state


@pytest.mark.parametrize("nature", [Nature.RECURRING, Nature.INFORMATION_NEED])
def test_a_point_for_the_next_customer_meeting_goes_through_its_stages(nature):
    assert item_with(CUSTOMER, nature=nature).state is State.OPEN
    assert item_with(CUSTOMER, KIND.DISCUSSED, nature=nature).state is State.DISCUSSED
    settled = item_with(CUSTOMER, KIND.DISCUSSED, KIND.RESOLVED, nature=nature)
    assert settled.state is State.DONE


@pytest.mark.parametrize("nature", [Nature.EVENT, Nature.MEETING])
def test_what_only_happened_is_noted_and_owed_nothing(nature):
    item = item_with(CUSTOMER, nature=nature)
    assert item.state is State.NOTED
    assert not item.is_open


def test_a_correction_makes_a_recurring_point_of_what_was_noted():
    entries = [opened(CUSTOMER)]
    entries.append(after(entries, KIND.CORRECTED, nature=Nature.RECURRING))
    check_following(fold(entries[:1]), entries[1])
    assert fold(entries).state is State.OPEN


def test_a_correction_does_not_reopen_what_is_done():
    item = item_with(CUSTOMER, KIND.RESOLVED, nature=Nature.RECURRING)
    entry = replace(after([opened(CUSTOMER)], KIND.CORRECTED, nature=Nature.EVENT), id=3)
    check_following(item, entry)
    entries = [opened(CUSTOMER, Nature.RECURRING), after([opened(CUSTOMER)], KIND.RESOLVED), entry]
    assert fold(entries).state is State.DONE


@pytest.mark.parametrize(
    ("register", "before", "kind"),
    [
        (REMARKS, [KIND.ANSWERED], KIND.ANSWERED),
        (REMARKS, [KIND.ANSWERED], KIND.CLOSED),
        (REMARKS, [KIND.ANSWERED], KIND.HANDED_OVER),
        (REMARKS, [], KIND.REOPENED),
        (REMARKS, [], KIND.OPENED),
        (REMARKS, [], KIND.ESCALATED),
        (REMARKS, [], KIND.FEEDBACK),
        (CUSTOMER, [], KIND.ANSWERED),
        (CUSTOMER, [], KIND.RESOLVED),
        (PROCESS, [], KIND.ANSWERED),
        (PROCESS, [KIND.RESOLVED], KIND.ESCALATED),
        (PROCESS, [KIND.RESOLVED, KIND.FEEDBACK], KIND.RESOLVED),
    ],
)
def test_what_does_not_follow_is_refused(register, before, kind):
    item = item_with(register, *before)
    with pytest.raises(IllegalChange):
        check_following(item, after([opened(register)], kind))


@pytest.mark.parametrize(
    ("register", "kind"),
    [
        (register, kind)
        for register in (REMARKS, PROCESS)
        for kind in kinds_of(register)
        if kind not in (KIND.HANDED_OVER, KIND.REOPENED, KIND.ESCALATED)
    ],
)
def test_every_entry_but_a_handover_needs_a_text(register, kind):
    entries = [opened(register)]
    with pytest.raises(DataError, match="texten saknas"):
        check_following(fold(entries), after(entries, kind, text=None))


def test_a_handover_needs_an_owner_and_no_text():
    entries = [opened(REMARKS)]
    with pytest.raises(DataError, match="ansvariga saknas"):
        check_following(fold(entries), after(entries, KIND.HANDED_OVER, text=None))
    check_following(fold(entries), after(entries, KIND.HANDED_OVER, text=None, owner=BO))


@pytest.mark.parametrize(
    ("register", "kind", "facts"),
    [
        (REMARKS, KIND.ANSWERED, {"owner": BO}),
        (REMARKS, KIND.CORRECTED, {"owner": BO}),
        (REMARKS, KIND.CORRECTED, {"rung": Rung.KAIZEN}),
        (REMARKS, KIND.CORRECTED, {"nature": Nature.PROPOSAL}),
        (CUSTOMER, KIND.CORRECTED, {"proposer": BO}),
        (PROCESS, KIND.COMMENTED, {"rung": Rung.KAIZEN}),
    ],
)
def test_an_entry_says_nothing_that_is_not_its_own(register, kind, facts):
    entries = [opened(register)]
    with pytest.raises(DataError, match="hör inte till"):
        check_following(fold(entries), after(entries, kind, **facts))


@pytest.mark.parametrize(
    ("register", "missing"),
    [
        (REMARKS, "unit"),
        (REMARKS, "owner"),
        (REMARKS, "source"),
        (CUSTOMER, "customer"),
        (PROCESS, "process"),
        (PROCESS, "proposer"),
        (PROCESS, "rung"),
    ],
)
def test_an_item_is_not_opened_without_what_its_register_is_kept_by(register, missing):
    entry = opened(register)
    check_opening(entry)
    without = replace(entry, facts=replace(entry.facts, **{missing: None}))
    with pytest.raises(DataError, match="saknas"):
        check_opening(without)


def test_an_item_is_not_opened_without_a_text():
    with pytest.raises(DataError, match="texten saknas"):
        check_opening(replace(opened(REMARKS), text=None))


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [after([opened(REMARKS)], KIND.COMMENTED)],
        [opened(REMARKS), opened(CUSTOMER)],
        [opened(REMARKS), replace(opened(REMARKS), number=2)],
    ],
)
def test_what_is_not_one_item_cannot_be_folded(entries):
    with pytest.raises(ValueError, match="item"):
        fold(entries)


ALL = frozenset(Rung)


@pytest.mark.parametrize(
    ("at", "to", "staffed"),
    [
        (Rung.FIRST_LINE, Rung.SPECIALIST, ALL),
        (Rung.SPECIALIST, Rung.KAIZEN, ALL),
        (Rung.KAIZEN, Rung.MANAGER, ALL),
        (Rung.KAIZEN, Rung.SUPPLIER, ALL),
        (Rung.KAIZEN, Rung.OWNER, ALL),
        (Rung.MANAGER, Rung.SUPPLIER, ALL),
        (Rung.SUPPLIER, Rung.OWNER, ALL),
        (Rung.SPECIALIST, Rung.MANAGER, ALL - {Rung.KAIZEN}),
        (Rung.FIRST_LINE, Rung.OWNER, ALL - {Rung.KAIZEN, Rung.SPECIALIST}),
    ],
)
def test_a_point_goes_up_one_rung_at_a_time_past_those_where_nobody_stands(at, to, staffed):
    entries = [opened(PROCESS, rung=at)]
    check_following(fold(entries), after(entries, KIND.ESCALATED, rung=to), staffed)


@pytest.mark.parametrize(
    ("at", "to"),
    [
        (Rung.FIRST_LINE, Rung.FIRST_LINE),
        (Rung.FIRST_LINE, Rung.KAIZEN),
        (Rung.FIRST_LINE, Rung.SUPPLIER),
        (Rung.SPECIALIST, Rung.FIRST_LINE),
        (Rung.MANAGER, Rung.MANAGER),
        (Rung.MANAGER, Rung.KAIZEN),
    ],
)
def test_a_point_neither_skips_a_rung_nor_goes_down(at, to):
    entries = [opened(PROCESS, rung=at)]
    with pytest.raises(IllegalChange):
        check_following(fold(entries), after(entries, KIND.ESCALATED, rung=to), ALL)


@given(st.sampled_from(Rung), st.frozensets(st.sampled_from(Rung)))
def test_the_next_rung_is_higher_and_staffed(at, staffed):
    rung = next_rung(at, staffed)
    assert rung is None or (rung.level > at.level and rung in staffed)


@pytest.mark.parametrize(
    ("registered", "days", "due"),
    [
        (datetime(2026, 3, 3, 9, 0, tzinfo=UTC), 10, date(2026, 3, 17)),
        (datetime(2026, 3, 3, 18, 0, tzinfo=UTC), 1, date(2026, 3, 5)),
        (datetime(2026, 3, 7, 9, 0, tzinfo=UTC), 1, date(2026, 3, 10)),
        (datetime(2026, 4, 1, 9, 0, tzinfo=UTC), 3, date(2026, 4, 8)),  # over Easter
        (datetime(2026, 3, 3, 9, 0, tzinfo=UTC), 0, date(2026, 3, 3)),
    ],
)
def test_an_answer_is_due_after_working_days(registered, days, due):
    assert answer_due(registered, days, shipped_material().knowledge.calendar) == due


def test_an_answer_is_overdue_from_the_day_after():
    item = item_with(REMARKS)
    assert not item.is_overdue(date(2026, 3, 17))
    assert item.is_overdue(date(2026, 3, 18))


def test_the_longest_overdue_stands_first_and_what_is_answered_not_at_all():
    late = [
        fold([replace(opened(REMARKS, due=date(2026, 3, day)), number=number)])
        for number, day in ((1, 5), (2, 3), (3, 4))
    ]
    answered = item_with(REMARKS, KIND.ANSWERED)
    assert [item.number for item in overdue([*late, answered], date(2026, 4, 1))] == [2, 3, 1]


def test_facts_that_say_nothing_change_nothing():
    facts = Facts(owner=ANNA, due=date(2026, 3, 3))
    assert facts.then(Facts()) == facts


@pytest.mark.parametrize(
    "code",
    [
        *(f"register.{one}" for one in Register),
        *(f"entry.{one}" for one in EntryKind),
        *(f"item.{one}" for one in State),
        *(f"nature.{one}" for one in Nature),
        *(f"support.{one}" for one in Rung),
        *(f"fact.{one}" for one in Facts.__dataclass_fields__),
    ],
)
def test_every_code_has_a_sentence(code):
    assert code in CODES


def test_each_nature_belongs_to_one_register():
    of_all = [nature for natures in NATURES.values() for nature in natures]
    assert sorted(of_all) == sorted(Nature)
