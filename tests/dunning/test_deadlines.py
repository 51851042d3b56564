"""Worked examples. Read each row as: it came then, and must be handled by then."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from bot.dunning import (
    DeadlineCode,
    DeadlineReason,
    DunningGroup,
    DunningRules,
    PaymentRun,
    collections_deadline,
    payout_deadline,
    safe_until,
    sentence,
)
from bot.errors import BadValue
from bot.texts import names_in, speaker
from bot.texts.codes import CODES
from bot.vocabulary import InvoiceStage
from tests.dunning.calendars import (
    FRIDAY,
    MONDAY,
    RULES,
    SAMPLE,
    SATURDAY,
    SUNDAY,
    SUPPLIERS,
    THURSDAY,
    TREASURY,
    TUESDAY,
    WEDNESDAY,
    invoice,
    step,
    wall,
    weekly,
)

OPEN, REMINDED = InvoiceStage.OPEN, InvoiceStage.REMINDED


def collections(arrived, *invoices, mentioned=False, rules=RULES):
    return collections_deadline(
        arrived_at=wall(arrived),
        invoices=invoices,
        mentioned_collection=mentioned,
        calendar=SAMPLE,
        rules=rules,
    )


def codes(found):
    return [reason.code for reason in found.reasons]


# The sample hours: weekdays 8.00-16.30, half days to 13.00. Easter Sunday is 2026-04-05.
@pytest.mark.parametrize(
    ("arrived", "due", "handle_by"),
    [
        pytest.param("2026-11-24 10:00", "2026-12-20", "2026-11-25 16:30", id="far-off"),
        pytest.param("2026-11-24 06:00", "2026-12-20", "2026-11-25 16:30", id="before-opening"),
        pytest.param("2026-11-24 16:30", "2026-12-20", "2026-11-25 16:30", id="at-closing"),
        pytest.param("2026-11-24 23:59", "2026-12-20", "2026-11-25 16:30", id="at-night"),
        pytest.param("2026-11-27 16:29", "2026-12-20", "2026-11-30 16:30", id="friday"),
        pytest.param("2026-11-28 12:00", "2026-12-20", "2026-11-30 16:30", id="saturday"),
        pytest.param("2026-11-24 10:00", "2026-11-26", "2026-11-25 16:30", id="due-in-two-days"),
        pytest.param("2026-11-24 10:00", "2026-11-25", "2026-11-24 16:30", id="due-tomorrow"),
        pytest.param("2026-11-24 17:00", "2026-11-25", "2026-11-25 16:30", id="too-late-for-it"),
        pytest.param("2026-11-24 10:00", "2026-11-24", "2026-11-24 16:30", id="due-today"),
        pytest.param("2026-11-24 10:00", "2026-11-23", "2026-11-24 16:30", id="due-yesterday"),
        pytest.param("2026-11-24 16:30", "2026-11-23", "2026-11-25 16:30", id="passed-at-closing"),
        pytest.param("2026-11-24 10:00", None, "2026-11-24 16:30", id="due-unknown"),
        pytest.param("2026-11-27 17:00", None, "2026-11-30 16:30", id="unknown-after-closing"),
        pytest.param("2026-11-27 10:00", "2026-11-29", "2026-11-27 16:30", id="due-on-sunday"),
        pytest.param("2026-11-27 10:00", "2026-11-30", "2026-11-27 16:30", id="due-on-monday"),
        pytest.param("2026-11-28 10:00", "2026-11-30", "2026-11-30 16:30", id="weekend-between"),
        pytest.param("2026-04-01 10:00", "2026-05-04", "2026-04-02 13:00", id="maundy-thursday"),
        pytest.param("2026-04-02 10:00", "2026-05-04", "2026-04-07 16:30", id="over-easter"),
        pytest.param("2026-04-02 10:00", "2026-04-07", "2026-04-02 13:00", id="due-after-easter"),
        pytest.param("2026-04-02 13:00", "2026-04-07", "2026-04-07 16:30", id="half-day-closed"),
        pytest.param("2026-04-05 10:00", None, "2026-04-07 16:30", id="easter-sunday"),
        pytest.param("2026-12-22 10:00", "2026-12-28", "2026-12-23 16:30", id="before-christmas"),
        pytest.param("2026-12-23 17:00", "2027-01-04", "2026-12-28 16:30", id="over-christmas"),
        pytest.param("2026-12-30 10:00", "2027-02-01", "2027-01-04 16:30", id="over-new-year"),
        pytest.param("2026-12-30 10:00", "2027-01-01", "2026-12-30 16:30", id="due-on-new-year"),
        pytest.param("2027-01-04 10:00", "2027-01-07", "2027-01-05 13:00", id="twelfth-night"),
        pytest.param("2026-03-27 10:00", "2026-05-04", "2026-03-30 16:30", id="spring-forward"),
        pytest.param("2026-03-29 02:30", None, "2026-03-30 16:30", id="in-the-skipped-hour"),
        pytest.param("2026-10-23 10:00", "2026-11-30", "2026-10-26 16:30", id="fall-back"),
        pytest.param("2026-10-25 02:30", None, "2026-10-26 16:30", id="in-the-double-hour"),
    ],
)
def test_a_collections_case_is_due_by_its_due_date_and_its_arrival(arrived, due, handle_by):
    assert collections(arrived, invoice(due)).handle_by == wall(handle_by)


# Reminders from 5 days after the due date, Tuesdays 6.00; collection from 15, Thursdays 18.00.
@pytest.mark.parametrize(
    ("arrived", "due", "stage", "safe"),
    [
        pytest.param("2026-11-24 10:00", "2026-12-10", OPEN, "2026-12-14 16:30", id="reminder"),
        pytest.param("2026-11-24 10:00", "2026-12-11", OPEN, "2026-12-21 16:30", id="next-week"),
        pytest.param("2026-11-23 10:00", "2026-11-10", OPEN, "2026-11-23 16:30", id="tomorrow"),
        pytest.param("2026-11-24 06:00", "2026-11-10", OPEN, "2026-11-26 16:30", id="has-started"),
        pytest.param("2026-11-24 05:59", "2026-11-10", OPEN, "2026-11-23 16:30", id="lost"),
        pytest.param("2026-11-24 10:00", "2026-11-10", REMINDED, "2026-11-26 16:30", id="collect"),
        pytest.param("2026-11-24 10:00", "2026-11-12", REMINDED, "2026-12-03 16:30", id="later"),
        pytest.param("2026-11-24 10:00", "2026-12-10", None, "2026-12-14 16:30", id="unknown"),
        pytest.param("2026-11-24 10:00", None, OPEN, None, id="no-due-date"),
        pytest.param("2026-11-24 10:00", "2026-11-10", InvoiceStage.COLLECTION, None, id="there"),
        pytest.param("2026-11-24 10:00", "2026-11-10", InvoiceStage.PAID, None, id="paid"),
        pytest.param("2026-11-24 10:00", "2026-11-10", InvoiceStage.CREDITED, None, id="credited"),
        pytest.param("2026-03-31 10:00", "2026-04-01", OPEN, "2026-04-02 13:00", id="easter-eve"),
        pytest.param("2026-03-31 10:00", "2026-03-10", REMINDED, "2026-04-02 13:00", id="half-day"),
        pytest.param("2026-12-21 10:00", "2026-12-01", REMINDED, "2026-12-23 16:30", id="yule"),
        pytest.param("2026-10-23 10:00", "2026-10-22", OPEN, "2026-10-26 16:30", id="fall-back"),
    ],
)
def test_an_invoice_is_safe_until_the_next_run_that_could_take_it(arrived, due, stage, safe):
    found = safe_until(
        None if due is None else date.fromisoformat(due),
        stage,
        after=wall(arrived),
        group="default",
        rules=RULES,
        calendar=SAMPLE,
    )
    assert found == (None if safe is None else wall(safe))
    assert collections(arrived, invoice(due, stage)).safe_until == found


def test_instants_are_given_in_utc():
    found = collections("2026-11-24 10:00", invoice("2026-11-30"))
    assert found.handle_by.tzinfo is UTC
    assert found.safe_until.tzinfo is UTC


def test_the_days_of_a_group_are_its_own():
    found = collections("2026-11-24 10:00", invoice("2026-12-10", OPEN, "internal"))
    assert found.safe_until == wall("2027-01-08 16:30")


def test_an_unknown_group_is_treated_as_the_default():
    known, unheard_of = (
        collections("2026-11-24 10:00", invoice("2026-12-10", OPEN, group))
        for group in ("default", "unheard-of")
    )
    assert known == unheard_of


def test_a_group_that_is_never_sent_to_collection_has_no_run_after_the_reminder():
    found = collections("2026-11-24 10:00", invoice("2026-09-10", REMINDED, "internal"))
    assert found.safe_until is None
    assert DeadlineCode.NO_RUN_KNOWN in codes(found)


@pytest.mark.parametrize("due", ["2026-12-20", "2026-11-26"])
def test_a_mention_of_collection_makes_it_the_same_working_day(due):
    found = collections("2026-11-24 10:00", invoice(due), mentioned=True)
    assert found.handle_by == wall("2026-11-24 16:30")
    assert codes(found)[0] is DeadlineCode.COLLECTION_MENTIONED


def test_a_case_without_invoices_counts_as_one_without_a_due_date():
    assert collections("2026-11-24 10:00") == collections("2026-11-24 10:00", invoice(None))


def test_the_strictest_of_several_invoices_decides():
    found = collections("2026-11-24 10:00", invoice("2026-12-20"), invoice("2026-11-25"))
    assert found.handle_by == wall("2026-11-24 16:30")
    assert found.safe_until == wall("2026-11-30 16:30")


def test_a_run_in_office_hours_leaves_a_whole_working_day():
    rules = DunningRules(
        default=DunningGroup(reminder=step(0, weekly(WEDNESDAY, at="14:00")), collection=None)
    )
    found = collections("2026-11-24 09:00", invoice("2026-11-24"), rules=rules)
    assert found.safe_until == wall("2026-11-25 14:00")
    assert found.handle_by == wall("2026-11-24 14:00")


def test_when_a_run_is_too_near_for_a_whole_working_day_the_case_is_done_before_it():
    rules = DunningRules(
        default=DunningGroup(reminder=step(0, weekly(TUESDAY, at="14:00")), collection=None)
    )
    found = collections("2026-11-24 09:00", invoice("2026-11-20"), rules=rules)
    assert found.safe_until == found.handle_by == wall("2026-11-24 14:00")
    assert codes(found)[0] is DeadlineCode.REMINDER_RUN


def test_a_working_day_before_a_half_day_is_the_whole_day_before():
    rules = DunningRules(
        default=DunningGroup(reminder=step(0, weekly(SATURDAY)), collection=None),
    )
    found = collections("2026-04-01 09:00", invoice("2026-04-02"), rules=rules)
    (run,) = [one for one in found.reasons if one.code is DeadlineCode.REMINDER_RUN]
    assert found.safe_until == wall("2026-04-02 13:00")
    assert run.until == wall("2026-04-01 16:30")


def test_a_run_before_we_open_again_is_said_to_be_lost():
    found = collections("2026-11-23 18:00", invoice("2026-11-10"))
    assert found.safe_until == wall("2026-11-23 16:30")
    assert found.handle_by == wall("2026-11-24 16:30")
    (lost,) = [one for one in found.reasons if one.code is DeadlineCode.LOST_BEFORE_OPENING]
    assert lost.run_at == wall("2026-11-24 06:00")


def test_a_run_that_moves_before_a_day_off_is_met_on_the_day_it_moves_to():
    moved = DunningGroup(reminder=step(0, weekly(FRIDAY, at="11:00", moves=True)), collection=None)
    stays = DunningGroup(reminder=step(0, weekly(FRIDAY, at="11:00")), collection=None)
    rules = DunningRules(default=stays, groups={"moved": moved})
    # Good Friday: the run is made on Maundy Thursday, or on the day itself.
    arrived = "2026-03-31 10:00"
    assert collections(arrived, invoice("2026-03-30"), rules=rules).safe_until == wall(
        "2026-04-02 13:00"
    )
    assert collections(
        arrived, invoice("2026-03-30", OPEN, "moved"), rules=rules
    ).safe_until == wall("2026-04-02 11:00")


RUNS = (
    PaymentRun(process=SUPPLIERS, run=weekly(TUESDAY, THURSDAY, at="14:00", moves=True)),
    PaymentRun(process=TREASURY, run=weekly(SUNDAY, at="22:00")),
)


def payout(arrived, *, due="2026-12-01", process=SUPPLIERS, runs=RUNS):
    return payout_deadline(
        arrived_at=wall(arrived),
        due=None if due is None else date.fromisoformat(due),
        process=process,
        calendar=SAMPLE,
        runs=runs,
    )


@pytest.mark.parametrize(
    ("arrived", "handle_by"),
    [
        pytest.param("2026-11-24 10:00", "2026-11-24 14:00", id="today"),
        pytest.param("2026-11-24 13:59", "2026-11-24 14:00", id="a-minute-before"),
        pytest.param("2026-11-24 14:00", "2026-11-26 14:00", id="at-the-cut-off"),
        pytest.param("2026-11-26 15:00", "2026-12-01 14:00", id="over-the-weekend"),
        pytest.param("2026-04-01 10:00", "2026-04-02 13:00", id="half-day"),
        pytest.param("2026-12-22 15:00", "2026-12-23 14:00", id="moved-from-christmas-eve"),
        pytest.param("2026-12-30 15:00", "2027-01-05 13:00", id="over-new-year"),
        pytest.param("2026-03-28 10:00", "2026-03-31 14:00", id="over-the-clock-change"),
    ],
)
def test_a_payout_case_is_due_before_the_next_payment_run(arrived, handle_by):
    found = payout(arrived)
    assert found.handle_by == found.safe_until == wall(handle_by)
    assert codes(found) == [DeadlineCode.PAYMENT_RUN]


@pytest.mark.parametrize(
    ("arrived", "handle_by"),
    [
        pytest.param("2026-11-24 10:00", "2026-11-24 11:00", id="within-hours"),
        pytest.param("2026-11-24 16:00", "2026-11-25 08:30", id="over-night"),
        pytest.param("2026-04-02 12:30", "2026-04-07 08:30", id="over-easter"),
        pytest.param("2026-11-28 10:00", "2026-11-30 09:00", id="saturday"),
    ],
)
def test_without_a_known_run_a_payout_case_is_due_within_a_working_hour(arrived, handle_by):
    found = payout(arrived, runs=())
    assert found.handle_by == wall(handle_by)
    assert found.safe_until is None
    assert codes(found) == [DeadlineCode.PAYMENT_RUN_UNKNOWN]


def test_the_runs_of_another_process_say_nothing():
    found = payout("2026-11-24 10:00", process=TREASURY, runs=RUNS[:1])
    assert found.handle_by == wall("2026-11-24 11:00")
    assert found.safe_until is None


def test_without_a_known_process_the_first_run_of_all_is_the_limit():
    assert payout("2026-11-24 13:30", process=None).handle_by == wall("2026-11-24 14:00")
    assert payout("2026-11-24 10:00", process=None).handle_by == wall("2026-11-24 11:00")


def test_without_a_known_date_a_payout_case_is_due_within_an_hour_and_before_the_run():
    assert payout("2026-11-24 10:00", due=None).handle_by == wall("2026-11-24 11:00")
    assert payout("2026-11-24 13:30", due=None).handle_by == wall("2026-11-24 14:00")


def test_a_payment_run_on_a_sunday_night_is_met_on_friday():
    found = payout("2026-11-25 10:00", process=TREASURY)
    assert found.handle_by == wall("2026-11-27 16:30")
    assert payout("2026-11-28 10:00", process=TREASURY).safe_until == wall("2026-11-27 16:30")


def test_dates_at_the_end_of_time_are_no_trouble():
    for due in ("0001-01-01", "9999-12-31"):
        assert collections("2026-11-24 10:00", invoice(due)).handle_by is not None
        assert payout("2026-11-24 10:00", due=due).handle_by == wall("2026-11-24 14:00")
    assert collections("2026-11-24 10:00", invoice("9999-12-31")).safe_until is None
    assert collections("9999-12-30 10:00", invoice("9999-12-31")).handle_by is not None
    assert collections("0001-01-02 10:00", invoice(None)).handle_by is not None


def test_an_arrival_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="aware"):
        payout_deadline(
            arrived_at=wall("2026-11-24 10:00").replace(tzinfo=None),
            due=None,
            process=None,
            calendar=SAMPLE,
            runs=(),
        )


def test_a_run_needs_a_weekday():
    with pytest.raises(BadValue):
        weekly()


def test_a_run_has_no_zone_of_its_own():
    with pytest.raises(BadValue):
        weekly(MONDAY, at="06:00+01:00")


def test_collection_does_not_come_before_the_reminder():
    run = weekly(THURSDAY)
    with pytest.raises(BadValue):
        DunningGroup(reminder=step(10, run), collection=step(9, run))


@pytest.mark.parametrize("days", [-1, 4000])
def test_the_days_of_a_step_are_bounded(days):
    with pytest.raises(ValueError, match="after_days"):
        step(days, weekly(MONDAY))


@pytest.mark.parametrize("code", DeadlineCode)
def test_a_reason_can_be_said_with_the_values_that_it_has(code):
    at = datetime(2026, 11, 24, 5, tzinfo=UTC)
    reason = DeadlineReason(code=code, until=at, due=date(2026, 11, 20), run_at=at)
    assert names_in(CODES[f"deadline.{code.value}"]) <= set(reason.values())
    for language in ("sv", "en"):
        assert sentence(code, reason.values(), speaker(language), zone=SAMPLE.zone)


def test_every_reason_of_a_deadline_has_the_values_that_its_sentence_needs():
    found = [
        collections("2026-11-23 18:00", invoice("2026-11-10"), invoice("2026-12-10")),
        collections("2026-11-23 18:00", invoice(None), invoice("2026-11-10", REMINDED)),
        collections("2026-11-23 18:00", invoice("2026-11-10", InvoiceStage.PAID), mentioned=True),
        payout("2026-11-28 10:00", process=TREASURY, due=None),
    ]
    for reason in (reason for deadline in found for reason in deadline.reasons):
        assert names_in(CODES[f"deadline.{reason.code.value}"]) <= set(reason.values())


def test_a_run_is_said_on_the_clock_on_the_wall():
    found = collections("2026-11-23 18:00", invoice("2026-11-10"))
    lost = found.reasons[-1]
    said = sentence(lost.code, lost.values(), speaker("sv"), zone=SAMPLE.zone)
    assert said == "en körning går tisdag 24 november kl. 06:00, innan vi öppnar igen"


def test_a_closing_time_stays_on_the_wall_when_the_clock_changes():
    before, after = (
        collections(arrived, invoice("2026-12-20")).handle_by.astimezone(SAMPLE.zone)
        for arrived in ("2026-10-22 10:00", "2026-10-23 10:00")
    )
    assert before.time() == after.time() == time(16, 30)
    assert before.utcoffset() != after.utcoffset()
