"""Merging and undoing on both databases; the rest is told through the page, in tests/web."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import DataError, IllegalChange
from bot.services.correcting import Correcting, Correction
from bot.services.undoing import Undoing
from bot.vocabulary import CustomerKey, EventKind, Mode, PersonKey, Status, StopReason, Urgency
from tests.city import City
from tests.letters import ORDINARY, PROTECTED, URGENT_INVOICE

AGNETA = PersonKey("agneta-brandt")


@pytest.fixture
def city(tmp_path, database_url):
    made = City(tmp_path / "mail", database_url)
    yield made
    made.close()


@pytest.fixture
def correcting(city):
    return Correcting(city.app.database, city.app.house, city.clock)


@pytest.fixture
def undoing(city):
    return Undoing(city.app.database, city.app.house, city.clock)


def opened(city, letter=ORDINARY, **parts):
    known = len(city.cases())
    city.post(**{**letter, **parts})
    city.work_off()
    cases = city.cases()
    assert len(cases) == known + 1
    return cases[-1]


def now_of(city, case):
    return next(one for one in city.cases() if one.id == case.id)


def reply_to(city, mid, **parts):
    city.post("Hej! En sak till.", subject="SV: adress", headers=[("In-Reply-To", mid)], **parts)
    city.work_off()


def mail_ids(city, case):
    with city.app.database.reading() as work:
        return work.messages.incoming_of_case(case.id)


def test_a_merged_case_is_closed_and_says_where_it_goes_on(city, correcting):
    first, second = opened(city), opened(city, subject="[KR] Kundregister – igen")
    correcting.merge(second, first, by=AGNETA)
    assert now_of(city, second).status is Status.CLOSED
    assert now_of(city, first).status is not Status.CLOSED
    told = [one.data for one in city.history(second) if one.kind is EventKind.MERGED]
    assert told == [{"into": str(first.number)}]
    assert {"other": str(second.number)} in [one.data for one in city.history(first)]


def test_later_mails_on_a_merged_case_come_to_the_one_that_goes_on(city, correcting):
    first = opened(city)
    second = opened(city, subject="[KR] Kundregister – igen", message_id="<second@kund.example>")
    correcting.merge(second, first, by=AGNETA)
    reply_to(city, "<second@kund.example>")
    assert len(mail_ids(city, first)) == 2
    assert now_of(city, second).status is Status.CLOSED


def test_mails_come_to_the_last_one_of_a_row_of_merged_cases(city, correcting):
    cases = [
        opened(city, subject=f"[KR] Kundregister – {n}", message_id=f"<c{n}@kund.example>")
        for n in range(3)
    ]
    correcting.merge(cases[0], cases[1], by=AGNETA)
    correcting.merge(cases[1], cases[2], by=AGNETA)
    reply_to(city, "<c0@kund.example>")
    assert len(mail_ids(city, cases[2])) == 2


def test_a_stranger_who_names_a_merged_case_joins_neither(city, correcting):
    first, second = opened(city), opened(city, subject="[KR] Kundregister – igen")
    correcting.merge(second, first, by=AGNETA)
    opened(
        city,
        subject=f"Om [#{second.number}]",
        sender="Okänd <okand@annan.example>",
    )
    assert len(mail_ids(city, first)) == 1


def test_a_merged_case_stands_by_itself_again_when_that_is_undone(city, correcting, undoing):
    first = opened(city)
    second = opened(city, subject="[KR] Kundregister – igen", message_id="<second@kund.example>")
    merged = correcting.merge(second, first, by=AGNETA)
    undoing.undo(merged, by=AGNETA)
    assert now_of(city, second).status is second.status
    reply_to(city, "<second@kund.example>")
    assert len(mail_ids(city, first)) == 1


def test_a_reopened_merged_case_gets_its_mails_again(city, correcting):
    first = opened(city)
    second = opened(city, subject="[KR] Kundregister – igen", message_id="<second@kund.example>")
    merged = correcting.merge(second, first, by=AGNETA)
    city.app.casework.reopen(merged, by=AGNETA)
    reply_to(city, "<second@kund.example>")
    assert len(mail_ids(city, second)) == 2


def urgent_pair(city):
    first = opened(city, URGENT_INVOICE)
    other = URGENT_INVOICE["text"].replace("40012345", "40054321")
    second = opened(city, URGENT_INVOICE, subject="[KR] Anstånd – faktura 40054321", text=other)
    return first, second


def numbers(city, case):
    with city.app.database.reading() as work:
        found = work.case_invoices.of_cases([case.id]).get(case.id, [])
    return [one.number for one in found]


def test_the_invoices_of_a_merged_urgent_case_stay_watched_on_the_other_one(
    city, correcting, undoing
):
    first, second = urgent_pair(city)
    merged = correcting.merge(second, first, by=AGNETA)
    assert numbers(city, first) == ["40012345", "40054321"]
    undoing.undo(merged, by=AGNETA)
    assert numbers(city, first) == ["40012345"]
    assert numbers(city, second) == ["40054321"]


def test_an_invoice_stays_on_a_case_while_another_merged_one_names_it(city, correcting, undoing):
    first, second = urgent_pair(city)
    subject = "[KR] Anstånd – faktura 40054321 igen"
    text = URGENT_INVOICE["text"].replace("40012345", "40054321")
    third = opened(city, URGENT_INVOICE, subject=subject, text=text)
    merged = [correcting.merge(one, first, by=AGNETA) for one in (second, third)]
    undoing.undo(merged[0], by=AGNETA)
    assert numbers(city, first) == ["40012345", "40054321"]
    undoing.undo(merged[1], by=AGNETA)
    assert numbers(city, first) == ["40012345"]


def test_an_invoice_stays_on_a_case_whose_own_mail_names_it(city, correcting, undoing):
    first = opened(city, URGENT_INVOICE, message_id="<first@kund.example>")
    text = URGENT_INVOICE["text"].replace("40012345", "40054321")
    second = opened(city, URGENT_INVOICE, subject="[KR] Anstånd – faktura 40054321", text=text)
    merged = correcting.merge(second, first, by=AGNETA)
    city.post(
        text,
        subject="SV: [KR] Anstånd – faktura 40054321",
        headers=[("In-Reply-To", "<first@kund.example>")],
    )
    city.work_off()
    undoing.undo(merged, by=AGNETA)
    assert numbers(city, first) == ["40012345", "40054321"]


def test_what_was_merged_on_since_is_taken_out_in_turn(city, correcting, undoing):
    cases = [opened(city, subject=f"[KR] Kundregister – {n}") for n in range(3)]
    first = correcting.merge(cases[0], cases[1], by=AGNETA)
    second = correcting.merge(now_of(city, cases[1]), cases[2], by=AGNETA)
    assert undoing.offered(first) is None
    with pytest.raises(DataError, match="i sin tur"):
        undoing.undo(first, by=AGNETA)
    undoing.undo(second, by=AGNETA)
    undoing.undo(first, by=AGNETA)
    assert [case.status for case in city.cases()] == [case.status for case in cases]


def test_undoing_a_closing_does_not_bring_the_deadline_of_a_case_taken_out_back(
    city, correcting, undoing
):
    first, merged = merged_with_a_sooner_one(city, correcting)
    city.app.casework.confirm_stop(now_of(city, first), StopReason.CREDITED, by=AGNETA)
    closed = city.app.casework.close(now_of(city, first), by=AGNETA)
    undoing.undo(merged, by=AGNETA)
    assert undoing.offered(closed) is None


def merged_with_a_sooner_one(city, correcting):
    """Return an urgent case as it was, and the closed one that goes on in it."""
    first, second = urgent_pair(city)
    with city.app.database.work() as work:
        case = work.cases.get(second.id)
        sooner = case.handle_by - timedelta(hours=5)
        second = work.cases.change(replace(case, handle_by=sooner))
    return now_of(city, first), correcting.merge(second, first, by=AGNETA)


def test_of_two_urgent_cases_the_earlier_deadline_holds_until_that_is_undone(
    city, correcting, undoing
):
    first, merged = merged_with_a_sooner_one(city, correcting)
    assert now_of(city, first).handle_by == merged.handle_by < first.handle_by
    undoing.undo(merged, by=AGNETA)
    alone = now_of(city, first)
    assert alone.handle_by == first.handle_by
    assert alone.deadline_reasons == first.deadline_reasons


def test_a_deadline_that_came_after_a_merge_stays_when_that_is_undone(city, correcting, undoing):
    first, merged = merged_with_a_sooner_one(city, correcting)
    city.clock.advance(timedelta(hours=1))
    for urgent in (Urgency.NO, Urgency.COLLECTIONS):
        now = now_of(city, first)
        right = Correction(
            process=now.process, matter=now.matter, urgent=urgent, customer=now.customer
        )
        correcting.correct(now, right, by=AGNETA)
    given = now_of(city, first).handle_by
    undoing.undo(merged, by=AGNETA)
    assert now_of(city, first).handle_by == given


def merged_after(city, correcting, first, *hours):
    """Merge urgent cases with a deadline so many hours sooner into one; return them, closed."""
    merged = []
    for number, sooner in enumerate(hours):
        subject = f"[KR] Anstånd – faktura 4005432{number}"
        other = URGENT_INVOICE["text"].replace("40012345", f"4005432{number}")
        case = opened(city, URGENT_INVOICE, subject=subject, text=other)
        with city.app.database.work() as work:
            at = first.handle_by - timedelta(hours=sooner)
            case = work.cases.change(replace(work.cases.get(case.id), handle_by=at))
        merged.append(correcting.merge(case, first, by=AGNETA))
    return merged


@pytest.mark.parametrize("hours", [(5, 7), (7, 5), (7, 5, 6)])
@pytest.mark.parametrize("order", [1, -1])
def test_the_earliest_deadline_of_those_still_merged_holds_in_any_order_of_undoing(
    city, correcting, undoing, hours, order
):
    first = opened(city, URGENT_INVOICE)
    merged = merged_after(city, correcting, first, *hours)
    still = list(merged)
    for one in merged[::order]:
        undoing.undo(one, by=AGNETA)
        still.remove(one)
        assert now_of(city, first).handle_by == min(
            (first.handle_by, *(case.handle_by for case in still))
        )
    assert now_of(city, first).deadline_reasons == first.deadline_reasons


def test_a_deadline_of_another_process_is_not_given_back_when_a_merge_is_undone(
    city, correcting, undoing
):
    first, merged = merged_with_a_sooner_one(city, correcting)
    now = now_of(city, first)
    process = next(key for key in city.app.knowledge.processes if key != now.process)
    city.app.moving.move(now, process, by=AGNETA)
    with city.app.database.work() as work:
        # What holds for the other process happens to be the deadline that was taken over.
        same = ("handle_by", "safe_until", "deadline_reasons")
        taken_over = {name: getattr(merged, name) for name in same}
        work.cases.change(replace(work.cases.get(first.id), **taken_over))
    undoing.undo(merged, by=AGNETA)
    assert now_of(city, first).handle_by == merged.handle_by


def test_an_urgent_case_is_not_lost_in_one_that_may_wait(city, correcting):
    urgent, ordinary = opened(city, URGENT_INVOICE), opened(city)
    with pytest.raises(DataError, match="åt andra hållet"):
        correcting.merge(urgent, ordinary, by=AGNETA)
    correcting.merge(ordinary, urgent, by=AGNETA)
    assert now_of(city, urgent).status is not Status.CLOSED


def test_an_urgent_case_with_its_stop_ticked_may_go_on_anywhere(city, correcting):
    urgent, ordinary = opened(city, URGENT_INVOICE), opened(city)
    city.app.casework.confirm_stop(urgent, StopReason.CREDITED, by=AGNETA)
    correcting.merge(urgent, ordinary, by=AGNETA)
    assert now_of(city, urgent).status is Status.CLOSED


def test_cases_of_different_customers_are_not_merged(city, correcting):
    first = opened(city)
    second = opened(city, sender="Bo Ek <bo@annan.example>", subject="[KR] Kundregister – ny")
    with pytest.raises(DataError, match="inte från samma kund"):
        correcting.merge(second, first, by=AGNETA)


def test_cases_of_one_unit_are_merged_whoever_wrote(city, correcting):
    first = opened(city)
    second = opened(city, sender="Bo Ek <bo@annan.example>", subject="[KR] Kundregister – ny")
    for case in (first, second):
        right = Correction(
            process=case.process,
            matter=case.matter,
            urgent=case.urgent,
            customer=CustomerKey("bjorkangen"),
        )
        correcting.correct(case, right, by=AGNETA)
    correcting.merge(second, first, by=AGNETA)
    assert now_of(city, second).status is Status.CLOSED


def test_protection_goes_on_with_the_case(city, correcting):
    first, second = opened(city), opened(city, PROTECTED)
    urgent = now_of(city, second)
    if urgent.urgent != "no":
        city.app.casework.confirm_stop(urgent, StopReason.CREDITED, by=AGNETA)
    correcting.merge(second, first, by=AGNETA)
    assert now_of(city, first).protected


def test_a_case_is_not_merged_with_itself_nor_with_a_closed_one(city, correcting):
    first, second = opened(city), opened(city, subject="[KR] Kundregister – ny")
    with pytest.raises(DataError):
        correcting.merge(first, first, by=AGNETA)
    city.app.casework.close(second, by=AGNETA)
    with pytest.raises(IllegalChange):
        correcting.merge(first, second, by=AGNETA)


def test_undoing_twice_undoes_once(city, undoing):
    case = opened(city)
    taken = city.app.casework.take(case, by=AGNETA)
    undone = undoing.undo(taken, by=AGNETA)
    with pytest.raises(DataError, match="inget att ångra"):
        undoing.undo(undone, by=AGNETA)


def test_what_happened_after_an_act_stands_in_the_way_of_undoing_it(city, undoing):
    case = opened(city, message_id="<a@kund.example>")
    closed = city.app.casework.close(case, by=AGNETA)
    reply_to(city, "<a@kund.example>")
    with pytest.raises(DataError, match="ändrats sedan dess"):
        undoing.undo(closed, by=AGNETA)


def moved_by_agneta(city):
    case = opened(city)
    process = next(key for key in city.app.knowledge.processes if key != case.process)
    return case, city.app.moving.move(case, process, by=AGNETA)


def test_an_undone_move_throws_the_letter_about_it_away(tmp_path, database_url):
    city = City(tmp_path / "mail", database_url, mode=Mode.DRAFT)
    undoing = Undoing(city.app.database, city.app.house, city.clock)
    case, moved = moved_by_agneta(city)
    assert [one.state.value for one in city.app.replies.listed(case.id)] == ["open"]
    undoing.undo(moved, by=AGNETA)
    assert now_of(city, case).process == case.process
    assert [one.state.value for one in city.app.replies.listed(case.id)] == ["discarded"]
    city.close()


def test_a_move_that_the_customer_hears_of_is_not_undone(city, undoing):
    _, moved = moved_by_agneta(city)
    assert undoing.offered(moved) is None
    with pytest.raises(DataError, match="besked om flytten"):
        undoing.undo(moved, by=AGNETA)
