"""Laws of merging: whatever is merged and undone, each case has what it and those in it have."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cases import DeadlineReason
from bot.clock import FixedClock
from bot.errors import DataError
from bot.house_rules import house_of
from bot.services.correcting import Correcting
from bot.services.undoing import Undoing
from bot.settings import Settings
from bot.store.case_invoices import CaseInvoice
from bot.vocabulary import CaseId, CustomerKey, PersonKey, Status, Urgency
from tests.city import shipped_material
from tests.kept_database import empty, kept_databases
from tests.made_cases import TUESDAY, a_case

AGNETA = PersonKey("agneta-brandt")
CASES = [CaseId(number) for number in range(1, 5)]


@pytest.fixture(scope="module")
def database(request, tmp_path_factory):
    with kept_databases(request, tmp_path_factory) as kept:
        yield kept("sqlite")


@pytest.fixture(scope="module")
def desk(database):
    return Desk(database)


class Desk:
    """Where cases are merged, and taken out of each other again."""

    def __init__(self, database):
        rest = (house_of(shipped_material().knowledge, Settings()), FixedClock(TUESDAY))
        self.correcting = Correcting(database, *rest)
        self.undoing = Undoing(database, *rest)
        self._database = database

    def case(self, case_id):
        with self._database.reading() as work:
            return work.cases.get(case_id)

    def merge(self, case_id, into):
        self.correcting.merge(self.case(case_id), self.case(into), by=AGNETA)

    def undo(self, case_id):
        self.undoing.undo(self.case(case_id), by=AGNETA)

    def refuses(self, case_id):
        """Tell whether taking a case out is neither offered nor done."""
        with pytest.raises(DataError, match="i sin tur"):
            self.undo(case_id)
        return self.undoing.offered(self.case(case_id)) is None


@dataclass
class Expected:
    """What a case is to have, by what was merged into what."""

    own: dict[CaseId, tuple[int | None, frozenset[str]]]
    into: dict[CaseId, CaseId] = field(default_factory=dict)

    def taken_up_by(self, case_id):
        return [one for one, at in self.into.items() if at == case_id]

    def hours(self, case_id):
        own, _ = self.own[case_id]
        others = map(self.hours, self.taken_up_by(case_id))
        return own and min((own, *filter(None, others)))

    def invoices(self, case_id):
        return self.own[case_id][1].union(*map(self.invoices, self.taken_up_by(case_id)))

    def may_merge(self, case_id, into):
        alone = case_id not in self.into and into not in self.into and case_id != into
        return alone and not (self.own[case_id][0] and not self.own[into][0])


an_own = st.tuples(
    st.none() | st.integers(1, 6), st.frozensets(st.sampled_from(["4001", "4002", "4003"]))
)
a_step = st.tuples(st.sampled_from(CASES), st.none() | st.sampled_from(CASES))
"""A case, and the one that it is merged into; None undoes that."""


def made(database, own):
    """Store cases of one customer: a deadline so many hours from now, or not urgent."""
    empty(database)
    with database.work() as work:
        work.cases.insert(_case(case_id, hours) for case_id, (hours, _) in own.items())
        work.case_invoices.insert(
            CaseInvoice(case_id=case_id, number=number, position=position)
            for case_id, (_, numbers) in own.items()
            for position, number in enumerate(sorted(numbers))
        )


def _case(case_id, hours):
    case = a_case(case_id, status=Status.OPEN, customer=CustomerKey("bjorkangen"))
    if hours is None:
        return case
    return replace(
        case,
        urgent=Urgency.COLLECTIONS,
        handle_by=TUESDAY + timedelta(hours=hours),
        deadline_reasons=(DeadlineReason(code="deadline.arrived", values={"case": case_id}),),
    )


def stood(database):
    """Return what each case has, without what grows with each change."""
    with database.reading() as work:
        cases = work.cases.get_many(CASES)
        named = work.case_invoices.of_cases(CASES)
    return {
        case.id: (replace(case, version=1), [one.number for one in named.get(case.id, ())])
        for case in cases.values()
    }


def compare(database, expected):
    for case_id, (case, numbers) in stood(database).items():
        if case_id in expected.into:
            assert case.status is Status.CLOSED
            continue
        hours = expected.hours(case_id)
        assert case.handle_by == (None if hours is None else TUESDAY + timedelta(hours=hours))
        assert set(numbers) == expected.invoices(case_id)


@settings(max_examples=40)
@given(own=st.tuples(*[an_own] * len(CASES)), steps=st.lists(a_step, min_size=3, max_size=10))
def test_any_order_of_merging_and_undoing_ends_as_if_nothing_was_merged(database, desk, own, steps):
    expected = Expected(dict(zip(CASES, own, strict=True)))
    made(database, expected.own)
    before = stood(database)

    def undo(case_id):
        if expected.into[case_id] in expected.into:
            assert desk.refuses(case_id)
            return
        desk.undo(case_id)
        del expected.into[case_id]
        compare(database, expected)

    for case_id, into in steps:
        if into is None and case_id in expected.into:
            undo(case_id)
        elif into is not None and expected.may_merge(case_id, into):
            desk.merge(case_id, into)
            expected.into[case_id] = into
            compare(database, expected)
    while expected.into:
        for case_id in sorted(expected.into):
            undo(case_id)
    assert stood(database) == before
