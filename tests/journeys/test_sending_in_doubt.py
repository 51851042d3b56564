"""A mail that may have been sent or not: nobody is answered twice, and a person decides."""

from __future__ import annotations

import pytest

from bot.errors import DataError
from bot.vocabulary import PersonKey, Verdict
from functionmail.connectors.memory import MemoryMailbox, MemorySender
from functionmail.errors import MailboxUnavailable, MessageGone, Refusal, SendRefused, SendUncertain
from tests.letters import ORDINARY, URGENT_INVOICE
from tests.outbox import outbox_of

ANNA = PersonKey("anna.andersson")


class BrokenLine(MemorySender):
    """Loses the line while mail is handed over; afterwards only a person may send the draft."""

    arrives = False
    refusal: Refusal | None = None
    in_doubt = True
    fails: MailboxUnavailable | None = None

    def send(self, draft):
        if self.fails is not None:
            raise self.fails
        if self.refusal is not None:
            raise SendRefused("kundreskontra", "sending", refusal=self.refusal)
        if self.in_doubt:
            if self.arrives:
                self._box.sent.append(self._box.drafts[draft])
            raise SendUncertain("kundreskontra", "sending")
        super().send(draft)

    def send_again(self, draft):
        try:
            super().send(draft)
        except MessageGone:
            raise AssertionError("the draft of a mail in doubt must stay") from None


@pytest.fixture
def box():
    return MemoryMailbox("kundreskontra")


@pytest.fixture
def sender(box):
    return BrokenLine(box)


@pytest.fixture
def dispatch(city, sender):
    return outbox_of(city, {"kundreskontra": sender})


@pytest.fixture
def case(city):
    city.post(**ORDINARY)
    city.take_in()
    return city.cases()[0]


def test_a_mail_in_doubt_is_never_sent_again_by_itself_and_a_person_is_told(
    city, box, sender, dispatch, case
):
    dispatch.run_due()
    sender.in_doubt = False
    city.later(hours=30)
    dispatch.run_due()
    assert box.sent == []
    assert city.actions(case)["reply:receipt"] == "uncertain"
    assert city.events(case).count("send_uncertain") == 1
    assert city.alerts() == ["reply_uncertain"]


def test_a_person_who_found_it_in_sent_makes_it_count_as_sent_once(
    city, box, sender, dispatch, case
):
    sender.arrives = True
    dispatch.run_due()
    city.app.casework.settle_sending(case, Verdict.SENT, by=ANNA)
    dispatch.run_due()
    assert len(box.sent) == 1
    assert city.actions(case)["reply:receipt"] == "done"
    assert city.events(case).count("receipt_sent") == 1


def test_a_person_may_have_it_sent_again_even_a_day_later(city, box, dispatch, case):
    dispatch.run_due()
    city.later(hours=30)
    city.app.casework.settle_sending(case, Verdict.AGAIN, by=ANNA)
    dispatch.run_due()
    assert len(box.sent) == 1
    assert box.drafts == {}
    assert city.events(case).count("receipt_sent") == 1


def test_sending_again_what_lies_in_sent_after_all_sends_nothing(city, box, sender, dispatch, case):
    sender.arrives = True
    dispatch.run_due()
    city.app.casework.settle_sending(case, Verdict.AGAIN, by=ANNA)
    dispatch.run_due()
    assert len(box.sent) == 1
    assert city.events(case).count("receipt_sent") == 1


def test_a_draft_that_is_neither_there_nor_in_sent_is_in_doubt(city, box, sender, dispatch, case):
    sender.in_doubt = False
    sender.fails = MailboxUnavailable("kundreskontra", "sending")
    dispatch.run_due()
    box.drafts.clear()
    sender.fails = None
    city.later(minutes=1)
    dispatch.run_due()
    assert box.sent == []
    assert city.actions(case)["reply:receipt"] == "uncertain"
    city.app.casework.settle_sending(case, Verdict.AGAIN, by=ANNA)
    dispatch.run_due()
    assert len(box.sent) == 1


def test_where_nothing_is_in_doubt_there_is_nothing_to_say(city, case):
    with pytest.raises(DataError, match="inget svar väntar på besked"):
        city.app.casework.settle_sending(case, Verdict.SENT, by=ANNA)


@pytest.mark.parametrize("refusal", list(Refusal))
def test_a_refused_mail_stands_on_the_case_as_not_sent_and_says_why(
    city, sender, dispatch, case, refusal
):
    sender.refusal = refusal
    dispatch.run_due()
    expected = "refused_by_server" if refusal is Refusal.OTHER else refusal.value
    assert city.withheld(case) == [expected]
    assert city.alerts() == ["action_failed"]


def test_a_refused_answer_to_an_urgent_case_alerts_the_one_on_duty_too(city, sender, dispatch):
    city.post(**URGENT_INVOICE)
    city.take_in()
    sender.refusal = Refusal.SEND_AS_DENIED
    dispatch.run_due()
    assert sorted(city.alerts()) == ["action_failed", "reply_not_sent", "urgent"]
