"""How far automatic mail may go in a mailbox, and for which mail."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes

import pytest

from bot.vocabulary import Mode
from tests.city import TUESDAY
from tests.letters import ORDINARY, URGENT_INVOICE


def files_of(city, mailbox="kundreskontra"):
    return sorted(
        path.relative_to(city.folder).as_posix()
        for path in (city.folder / mailbox).rglob("*")
        if path.is_file()
    )


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.SHADOW])
def test_where_nothing_may_go_out_staff_hear_of_what_is_urgent_all_the_same(build_city, mode):
    city = build_city(mode=mode)
    city.post(**URGENT_INVOICE)
    city.work_off()
    assert city.alerts() == ["urgent"]
    assert len(city.cases()) == 1


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.SHADOW])
def test_where_nothing_may_go_out_the_mailbox_stays_as_it_was(build_city, mode):
    city = build_city(mode=mode)
    city.post(**ORDINARY)
    before = files_of(city)
    city.work_off()
    city.later(hours=1)
    city.work_off()
    assert files_of(city) == before


def test_off_decides_nothing_about_receipts(build_city):
    city = build_city(mode=Mode.OFF)
    city.post(**ORDINARY)
    city.work_off()
    (case,) = city.cases()
    assert city.actions(case) == {}
    assert city.withheld(case) == []


def test_shadow_decides_and_shows_the_receipt_that_it_does_not_send(build_city):
    city = build_city(mode=Mode.SHADOW)
    city.post(**ORDINARY)
    city.work_off()
    (case,) = city.cases()
    assert city.actions(case) == {"reply:receipt": "held"}


def test_shadow_shows_why_a_receipt_would_not_go_out(build_city):
    city = build_city(mode=Mode.SHADOW)
    city.post(**ORDINARY, headers=[("List-Id", "<x.kund.example>")])
    city.work_off()
    (case,) = city.cases()
    assert city.withheld(case) == ["no_answer_rule:list"]


def test_what_was_held_in_shadow_is_not_sent_when_the_mailbox_goes_on_to_auto(build_city):
    shadow = build_city(mode=Mode.SHADOW)
    shadow.post(**ORDINARY)
    shadow.work_off()
    auto = build_city(mode=Mode.AUTO)
    auto.work_off()
    assert auto.receipts() == []


def test_draft_leaves_the_receipt_among_the_drafts_once_and_sends_nothing(build_city):
    city = build_city(mode=Mode.DRAFT)
    city.post(**ORDINARY)
    city.work_off()
    city.later(hours=1)
    city.work_off()
    (draft,) = city.drafts()
    assert message_from_bytes(draft)["To"] == "karin@kund.example"
    assert city.sent() == []
    (case,) = city.cases()
    assert "receipt_sent" not in city.events(case)


def test_an_answer_to_a_draft_that_a_person_sent_finds_its_case(build_city):
    city = build_city(mode=Mode.DRAFT)
    city.post(**ORDINARY)
    city.work_off()
    own_id = message_from_bytes(city.drafts()[0])["Message-ID"]
    city.later(hours=1)
    city.post("Tack! En sak till.", subject="SV: Svar", headers=[("In-Reply-To", own_id)])
    city.work_off()
    assert city.outcomes() == {"case": 1, "follow_up": 1}


def test_auto_sends(build_city):
    city = build_city(mode=Mode.AUTO)
    city.post(**ORDINARY)
    city.work_off()
    assert len(city.sent()) == 1


def test_a_receipt_that_is_not_due_yet_is_dropped_when_the_mailbox_is_switched_off(build_city):
    auto = build_city(mode=Mode.AUTO, twin_wait=20)
    auto.post(**ORDINARY)
    auto.work_off()
    off = build_city(mode=Mode.OFF, clock=auto.clock)
    off.later(seconds=20)
    off.work_off()
    (case,) = off.cases()
    assert off.sent() == []
    assert off.withheld(case) == ["mode"]


def test_mail_from_before_the_mailbox_answers_gets_no_receipt_and_the_case_says_so(build_city):
    city = build_city(answer_from=TUESDAY - timedelta(hours=1))
    city.post(**ORDINARY, date=TUESDAY - timedelta(hours=1, seconds=1))
    city.work_off()
    (case,) = city.cases()
    assert city.sent() == []
    assert city.withheld(case) == ["before_answer_from"]


def test_mail_from_the_instant_on_which_the_mailbox_answers_gets_a_receipt(build_city):
    city = build_city(answer_from=TUESDAY - timedelta(hours=1))
    city.post(**ORDINARY, date=TUESDAY - timedelta(hours=1))
    city.work_off()
    assert len(city.sent()) == 1


def test_unless_told_otherwise_a_mailbox_answers_what_comes_after_first_contact(build_city):
    city = build_city(answer_from=None)
    city.post(**ORDINARY, date=TUESDAY - timedelta(minutes=1))
    city.work_off()
    city.later(minutes=1)
    city.post(**ORDINARY, sender="Ny <ny@annan.example>")
    city.work_off()
    before, after = city.cases()
    assert city.withheld(before) == ["before_answer_from"]
    assert "receipt_sent" in city.events(after)


def test_first_contact_is_remembered_over_a_restart(build_city):
    first = build_city(answer_from=None)
    first.work_off()
    second = build_city(answer_from=None, clock=first.clock)
    second.later(hours=1)
    second.post(**ORDINARY, date=TUESDAY + timedelta(minutes=30))
    second.work_off()
    assert len(second.sent()) == 1


def test_mail_from_more_than_a_day_ago_gets_no_receipt_and_the_case_says_so(build_city):
    city = build_city()
    city.post(**ORDINARY, date=TUESDAY - timedelta(hours=24, seconds=1))
    city.work_off()
    (case,) = city.cases()
    assert city.sent() == []
    assert city.withheld(case) == ["too_old"]


def test_a_receipt_that_was_held_up_for_a_day_is_not_sent_any_more(build_city):
    city = build_city()
    city.post(**ORDINARY)
    city.take_in()
    city.later(hours=24, seconds=1)
    city.app.dispatch.run_due()
    (case,) = city.cases()
    assert city.sent() == []
    assert city.withheld(case) == ["too_old"]


def test_a_mailbox_has_a_mode_of_its_own(build_city):
    city = build_city(modes={"info": Mode.OFF})
    city.post(**ORDINARY)
    city.post(**ORDINARY, mailbox="info", sender="Ny <ny@annan.example>")
    city.work_off()
    assert len(city.sent("kundreskontra")) == 1
    assert city.sent("info") == []
