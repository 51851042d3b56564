"""An urgent case from the first alert to the stop tick: nothing is silently late."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.clock import FixedClock
from bot.errors import DataError, IllegalChange
from bot.services.correcting import Correcting, Correction
from bot.services.naming import case_named
from bot.vocabulary import PersonKey, Status, StopReason, Urgency
from tests.commands import call
from tests.letters import ORDINARY, URGENT_INVOICE, URGENT_PAYMENT

LATE_ON_FRIDAY = datetime.fromisoformat("2026-03-06T19:00:00+01:00")
MONDAY_OPENING = datetime.fromisoformat("2026-03-09T08:00:00+01:00")


@pytest.fixture
def urgent(city):
    """Post an urgent mail, let the house tell staff, and return the case."""
    city.post(**URGENT_INVOICE)
    city.work_off()
    (case,) = city.cases()
    return case


@pytest.fixture
def anna(city):
    return next(iter(city.app.knowledge.people))


def go_on(city, **span):
    """Let time pass, and let the worker's timer and outbox work."""
    city.later(**span)
    city.app.urgency_watch.run_due()
    city.app.dispatch.run_due()


def test_an_urgent_case_has_a_deadline_with_its_reasons(urgent):
    assert urgent.handle_by is not None
    assert urgent.handle_by > urgent.received_at
    assert urgent.deadline_reasons


def test_an_ordinary_case_has_no_deadline_and_no_ladder(city):
    city.post(**ORDINARY)
    city.work_off()
    (case,) = city.cases()
    assert case.handle_by is None
    go_on(city, days=5)
    assert city.alerts() == []


def test_staff_are_told_at_once_and_then_up_the_ladder(city, urgent):
    assert city.alerts() == ["urgent"]
    go_on(city, minutes=31)
    go_on(city, minutes=31)
    told = [alert.values.get("rung") for alert in city.notifier.alerts]
    assert told == [None, "substitute", "head"]
    assert "escalated" in city.events(urgent)


def test_once_a_person_acknowledges_no_alert_follows(city, urgent, anna):
    city.app.casework.acknowledge(urgent, by=anna)
    for _ in range(20):
        go_on(city, hours=1)
    assert city.alerts() == ["urgent"]
    assert "acknowledged" in city.events(urgent)


def test_an_alert_that_waits_in_the_outbox_is_dropped_by_an_acknowledgement(city, urgent, anna):
    city.notifier.down = True
    go_on(city, minutes=31)
    city.app.casework.acknowledge(urgent, by=anna)
    city.notifier.down = False
    go_on(city, hours=1)
    assert city.alerts() == ["urgent"]


def test_an_alert_that_waits_is_dropped_once_its_case_is_not_urgent_after_all(city, urgent, anna):
    city.notifier.down = True
    go_on(city, minutes=31)
    (case,) = city.cases()
    right = Correction(
        process=case.process, matter=case.matter, urgent=Urgency.NO, customer=case.customer
    )
    Correcting(city.app.database, city.app.house, city.clock).correct(case, right, by=anna)
    city.notifier.down = False
    go_on(city, hours=1)
    assert city.alerts() == ["urgent"]


def test_a_case_is_acknowledged_once(city, urgent, anna):
    city.app.casework.acknowledge(urgent, by=anna)
    with pytest.raises(DataError):
        city.app.casework.acknowledge(urgent, by=anna)


def test_acknowledging_is_not_solving(city, urgent, anna):
    city.app.casework.acknowledge(urgent, by=anna)
    with pytest.raises(IllegalChange):
        city.app.casework.close(city.cases()[0], by=anna)


@pytest.mark.parametrize("reason", [StopReason.DUE_DATE_MOVED, StopReason.ALREADY_PAID])
def test_an_urgent_case_closes_once_the_stop_is_ticked_with_a_reason(city, urgent, anna, reason):
    case = city.app.casework.confirm_stop(urgent, reason, by=anna)
    closed = city.app.casework.close(case, by=anna)
    assert closed.status is Status.CLOSED
    (tick,) = [e for e in city.history(closed) if e.kind.value == "stop_confirmed"]
    assert tick.data == {"reason": reason.value, "stopped": reason.stops}
    assert tick.actor == anna


def test_a_worker_that_was_down_for_two_days_goes_on_at_the_right_step_once(city, urgent):
    go_on(city, days=2)
    go_on(city, minutes=1)
    assert len(city.alerts()) == 2
    assert city.notifier.alerts[-1].values["rung"] == "head"


def test_nobody_is_called_at_night_for_what_can_wait(build_city):
    city = build_city(clock=FixedClock(LATE_ON_FRIDAY))
    city.post(**URGENT_INVOICE)
    city.work_off()
    go_on(city, hours=10)
    assert city.alerts() == []
    city.clock.advance(MONDAY_OPENING - city.clock.now())
    go_on(city, minutes=1)
    assert city.alerts() == ["urgent"]


def test_a_payment_is_handled_before_the_next_run(city):
    city.post(**URGENT_PAYMENT)
    city.work_off()
    (case,) = city.cases()
    assert case.handle_by is not None
    assert case.handle_by - case.received_at < timedelta(days=4)


def test_a_new_urgent_mail_on_a_settled_case_begins_the_watch_anew(city, urgent, anna):
    case = city.app.casework.confirm_stop(urgent, StopReason.CREDITED, by=anna)
    city.app.casework.close(case, by=anna)
    city.later(days=1)
    city.post(
        **URGENT_INVOICE,
        headers=[("In-Reply-To", "<1@kund.example>")],
        message_id="<again@kund.example>",
    )
    city.work_off()
    go_on(city, minutes=31)
    assert city.alerts() == ["urgent", "urgent", "unacknowledged"]


def test_an_urgent_case_that_is_opened_again_needs_the_tick_again(city, urgent, anna):
    case = city.app.casework.confirm_stop(urgent, StopReason.CREDITED, by=anna)
    opened = city.app.casework.reopen(city.app.casework.close(case, by=anna), by=anna)
    with pytest.raises(IllegalChange):
        city.app.casework.close(opened, by=anna)


def test_an_urgent_case_that_is_opened_again_is_watched_over_again(city, urgent, anna):
    case = city.app.casework.confirm_stop(urgent, StopReason.CREDITED, by=anna)
    closed = city.app.casework.close(case, by=anna)
    city.later(days=7)
    opened = city.app.casework.reopen(closed, by=anna)
    assert opened.handle_by > city.clock.now()
    city.app.dispatch.run_due()
    go_on(city, minutes=31)
    assert city.alerts() == ["urgent", "urgent", "unacknowledged"]


@pytest.mark.parametrize("text", ["2026-000001", "#2026-1", "1"])
def test_people_may_write_a_case_number_in_short(city, urgent, text):
    assert case_named(text, city.app.database).id == urgent.id


def test_the_queue_shows_first_what_must_be_handled_first(city):
    city.post(**ORDINARY, message_id="<o@kund.example>")
    city.post(**URGENT_INVOICE, message_id="<u@kund.example>")
    city.work_off()
    with city.app.database.reading() as work:
        assert [case.urgent.value for case in work.cases.queue()] == ["collections", "no"]


def test_a_person_who_takes_a_new_case_opens_it(city, urgent):
    taken = city.app.casework.take(urgent, by=PersonKey("anna"))
    assert (taken.status, taken.owner) == (Status.OPEN, "anna")


def test_a_case_shows_its_deadline_its_reasons_and_its_invoices(urgent, sqlite_url):
    shown = call("--database-url", sqlite_url, "case", "show", urgent.number)
    assert shown.code == 0
    assert "Ska vara klart senast" in shown.out
    assert "Faktura 40012345 · reskontran är inte tillfrågad" in shown.out


def test_a_case_is_worked_off_at_the_command_line(urgent, anna, city, sqlite_url):
    person = city.app.knowledge.people[anna].email
    by = ("--as", person)
    steps = (
        ("take", urgent.number, *by),
        ("acknowledge", urgent.number, *by),
        ("stop", urgent.number, "--because", "credited", *by),
        ("close", urgent.number, *by),
    )
    for step in steps:
        assert call("--database-url", sqlite_url, "case", *step).code == 0
    assert city.cases()[0].status is Status.CLOSED


def test_closing_an_urgent_case_without_the_tick_is_one_line(urgent, anna, city, sqlite_url):
    person = city.app.knowledge.people[anna].email
    refused = call("--database-url", sqlite_url, "case", "close", urgent.number, "--as", person)
    assert refused.code == 1
    assert "bekräfta först" in refused.err
