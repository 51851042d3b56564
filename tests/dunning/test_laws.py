"""What is true of deadlines whatever the office, the runs and the invoices."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.dunning import collections_deadline, next_run, payout_deadline, safe_until
from bot.vocabulary import InvoiceStage
from bot.worktime import (
    add_working_time,
    end_of_working_day,
    next_working_day,
    next_working_moment,
    previous_working_moment,
    working_days_between,
)
from tests.dunning.calendars import (
    RULES,
    SAMPLE,
    SUPPLIERS,
    TREASURY,
    arrivals,
    invoice,
    invoices,
    offices,
    payment_runs,
    rule_books,
    wall,
    weekly_runs,
)

HOUR = timedelta(hours=1)
several = st.lists(invoices, max_size=4)
collections_cases = st.fixed_dictionaries(
    {
        "arrived_at": arrivals,
        "invoices": several,
        "mentioned_collection": st.booleans(),
        "calendar": offices,
        "rules": rule_books,
    }
)
payout_cases = st.fixed_dictionaries(
    {
        "arrived_at": arrivals,
        "due": st.none() | st.dates(),
        "process": st.sampled_from([None, SUPPLIERS, TREASURY]),
        "calendar": offices,
        "runs": payment_runs,
    }
)
waits = st.timedeltas(timedelta(), timedelta(days=3)) | st.timedeltas(
    timedelta(), timedelta(days=40)
)


def start_of(day, calendar):
    return datetime.combine(day, time.min, calendar.zone)


@given(collections_cases)
def test_a_collections_deadline_is_a_working_moment_ahead_of_the_arrival(case):
    calendar, found = case["calendar"], collections_deadline(**case)
    assert found.handle_by == previous_working_moment(found.handle_by, calendar)
    assert found.handle_by > next_working_moment(case["arrived_at"], calendar)


@given(payout_cases)
def test_a_payout_deadline_is_a_working_moment_ahead_of_the_arrival(case):
    calendar, found = case["calendar"], payout_deadline(**case)
    assert found.handle_by == previous_working_moment(found.handle_by, calendar)
    assert found.handle_by > next_working_moment(case["arrived_at"], calendar)


@given(collections_cases)
def test_a_collections_deadline_is_never_after_the_next_working_day(case):
    calendar = case["calendar"]
    day = next_working_day(calendar.local_date(case["arrived_at"]), calendar)
    assert collections_deadline(**case).handle_by <= calendar.openings(day)[-1][1]


@given(collections_cases)
def test_a_run_that_can_still_be_met_is_never_passed(case):
    found = collections_deadline(**case)
    if found.safe_until is not None and found.safe_until > case["arrived_at"]:
        assert found.handle_by <= found.safe_until


@given(collections_cases)
def test_the_deadline_is_before_the_due_date_or_the_same_day_once_that_is_too_late(case):
    calendar, arrived_at = case["calendar"], case["arrived_at"]
    found = collections_deadline(**case)
    same_day = end_of_working_day(arrived_at, calendar)
    for item in case["invoices"]:
        if item.due is None:
            assert found.handle_by <= same_day
        else:
            assert found.handle_by <= max(start_of(item.due, calendar), same_day)


@given(collections_cases)
def test_a_working_day_is_kept_before_a_run_or_the_case_is_done_the_same_day(case):
    calendar = case["calendar"]
    found = collections_deadline(**case)
    if found.safe_until is not None and found.safe_until > case["arrived_at"]:
        first, last = (calendar.local_date(at) for at in (found.handle_by, found.safe_until))
        same_day = end_of_working_day(case["arrived_at"], calendar)
        assert found.handle_by <= same_day or working_days_between(first, last, calendar) >= 1


@given(collections_cases)
def test_mentioning_collection_never_makes_the_deadline_later(case):
    calm = collections_deadline(**case | {"mentioned_collection": False})
    alarmed = collections_deadline(**case | {"mentioned_collection": True})
    assert alarmed.handle_by <= calm.handle_by
    assert alarmed.handle_by <= end_of_working_day(case["arrived_at"], case["calendar"])
    assert alarmed.safe_until == calm.safe_until


@given(collections_cases, invoices)
def test_one_invoice_more_never_makes_either_moment_later(case, another):
    more = case | {"invoices": [*case["invoices"], another]}
    fewer, found = collections_deadline(**case), collections_deadline(**more)
    # Without any invoice the case is done the same day, since no due date is known.
    assert found.handle_by <= fewer.handle_by or not case["invoices"]
    if fewer.safe_until is not None:
        assert found.safe_until <= fewer.safe_until


@given(collections_cases, waits)
def test_a_later_arrival_never_has_an_earlier_collections_deadline(case, wait):
    earlier = collections_deadline(**case)
    later = collections_deadline(**case | {"arrived_at": case["arrived_at"] + wait})
    assert earlier.handle_by <= later.handle_by
    if earlier.safe_until is not None and later.safe_until is not None:
        assert earlier.safe_until <= later.safe_until


@given(payout_cases, waits)
def test_a_later_arrival_never_has_an_earlier_payout_deadline(case, wait):
    earlier = payout_deadline(**case)
    later = payout_deadline(**case | {"arrived_at": case["arrived_at"] + wait})
    assert earlier.handle_by <= later.handle_by


@given(collections_cases)
def test_forgetting_a_due_date_never_makes_the_deadline_later(case):
    forgotten = [replace(item, due=None) for item in case["invoices"]]
    unknown = collections_deadline(**case | {"invoices": forgotten})
    same_day = end_of_working_day(case["arrived_at"], case["calendar"])
    assert unknown.handle_by == same_day
    assert unknown.safe_until is None


@given(collections_cases)
def test_the_deadline_is_the_strictest_of_its_reasons(case):
    found = collections_deadline(**case)
    wanted = [reason.until for reason in found.reasons if reason.until is not None]
    assert found.handle_by == found.reasons[0].until == min(wanted)
    assert len({reason.code for reason in found.reasons}) == len(found.reasons)


@given(collections_cases, st.randoms(use_true_random=False))
def test_the_order_of_invoices_does_not_matter(case, random):
    shuffled = list(case["invoices"])
    random.shuffle(shuffled)
    assert collections_deadline(**case | {"invoices": shuffled}) == collections_deadline(**case)


@given(invoices, arrivals, offices, rule_books)
def test_before_its_safe_moment_no_run_takes_an_invoice(item, after, calendar, rules):
    safe = safe_until(
        item.due, item.stage, after=after, group=item.group, rules=rules, calendar=calendar
    )
    group = rules.group(item.group)
    steps = [step for step in (group.reminder, group.collection) if step is not None]
    if safe is None or safe <= after:
        return
    for step in steps:
        first_day = item.due + timedelta(days=step.after_days)
        starts = next_run(step.run, after=after, first_day=first_day, calendar=calendar)
        taken_at_all = step is not group.reminder or item.stage is not InvoiceStage.REMINDED
        assert starts is None or not taken_at_all or starts >= safe


@given(invoices, arrivals, offices, rule_books)
def test_an_invoice_of_unknown_stage_is_guarded_like_an_open_one(item, after, calendar, rules):
    def safe(stage):
        return safe_until(
            item.due, stage, after=after, group=item.group, rules=rules, calendar=calendar
        )

    assert safe(None) == safe(InvoiceStage.OPEN)
    for stage in (InvoiceStage.COLLECTION, InvoiceStage.PAID, InvoiceStage.CREDITED):
        assert safe(stage) is None


@given(weekly_runs, arrivals, offices, st.none() | st.dates())
def test_a_run_starts_on_its_weekday_or_on_the_working_day_before(run, after, calendar, first_day):
    starts = next_run(run, after=after, first_day=first_day, calendar=calendar)
    if starts is None:
        return
    day = calendar.local_date(starts)
    assert starts > after
    assert first_day is None or day >= first_day
    moved = run.moves_before_days_off and next_working_day(day, calendar) - day > timedelta(days=1)
    assert day.weekday() in run.weekdays or moved


@given(payout_cases)
def test_a_payout_deadline_never_passes_a_run_that_can_still_be_met(case):
    found = payout_deadline(**case)
    if found.safe_until is not None and found.safe_until > case["arrived_at"]:
        assert found.handle_by <= found.safe_until


@given(payout_cases)
def test_what_is_not_known_of_a_payment_makes_it_due_within_a_working_hour(case):
    found = payout_deadline(**case)
    known = any(run.process == case["process"] for run in case["runs"])
    if not known or case["due"] is None:
        limit = add_working_time(case["arrived_at"], HOUR, case["calendar"])
        assert found.handle_by <= limit


@given(arrivals)
def test_hours_lost_to_the_clock_change_do_not_move_a_closing_time(arrived_at):
    found = collections_deadline(
        arrived_at=arrived_at,
        invoices=[invoice("2027-06-01")],
        mentioned_collection=False,
        calendar=SAMPLE,
        rules=RULES,
    )
    local = found.handle_by.astimezone(SAMPLE.zone)
    assert local.time() in (time(16, 30), time(13))
    assert wall("2025-11-15") < found.handle_by
