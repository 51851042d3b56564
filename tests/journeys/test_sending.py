"""What goes wrong on the way out: nothing is sent twice, and nothing is given up in silence."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from bot.templates import Templates, bundled_folder
from functionmail.connectors.memory import MemoryMailbox, MemorySender
from functionmail.errors import MailboxUnavailable, SendRefused, SignInRefused
from tests.city import shipped_material
from tests.letters import ORDINARY, URGENT_INVOICE
from tests.outbox import outbox_of


@pytest.fixture
def box():
    return MemoryMailbox("kundreskontra")


class TroubledSender(MemorySender):
    """Fails on the next send, before or after the mail went out."""

    before = None
    after = None

    def send(self, draft):
        if self.before is not None:
            raise self.before
        super().send(draft)
        error, self.after = self.after, None
        if error is not None:
            raise error


@pytest.fixture
def sender(box):
    return TroubledSender(box)


@pytest.fixture
def dispatch(city, sender):
    """The outbox of a house whose mail goes out through a server that can misbehave."""
    return outbox_of(city, {"kundreskontra": sender})


@pytest.fixture
def case(city):
    """A case whose receipt is due."""
    city.post(**ORDINARY)
    city.take_in()
    return city.cases()[0]


def unavailable(**after):
    return MailboxUnavailable("kundreskontra", "sending", **after)


def test_a_server_that_does_not_answer_is_tried_again_and_the_mail_goes_out_once(
    city, box, dispatch, case
):
    box.fail_next(unavailable())
    dispatch.run_due()
    assert box.sent == []
    city.later(seconds=10)
    dispatch.run_due()
    assert len(box.sent) == 1
    assert city.events(case).count("receipt_sent") == 1


def test_a_mail_that_went_out_although_the_answer_was_lost_is_not_sent_again(
    city, box, sender, dispatch, case
):
    sender.after = unavailable()
    dispatch.run_due()
    assert "receipt_sent" not in city.events(case)
    city.later(seconds=10)
    dispatch.run_due()
    assert len(box.sent) == 1
    assert city.events(case).count("receipt_sent") == 1


def test_a_draft_that_was_saved_although_the_answer_was_lost_is_sent_and_not_saved_again(
    city, box, dispatch, case
):
    box.fail_next(unavailable(), after=True)
    dispatch.run_due()
    assert len(box.drafts) == 1
    city.later(seconds=10)
    dispatch.run_due()
    assert len(box.sent) == 1
    assert box.drafts == {}


def test_a_mail_that_a_person_sent_from_the_drafts_meanwhile_is_not_sent_again(
    city, box, sender, dispatch, case
):
    sender.before = unavailable()
    dispatch.run_due()
    (draft,) = box.drafts
    sender.before = None
    MemorySender(box).send(draft)
    city.later(seconds=10)
    dispatch.run_due()
    assert len(box.sent) == 1
    assert city.events(case).count("receipt_sent") == 1


def attempts_of(city, dispatch, count):
    """Return the pauses between the first attempts on an action that always fails."""
    pauses = []
    for _ in range(count):
        dispatch.run_due()
        with city.app.database.reading() as work:
            due = work.actions.next_due()
        pauses.append((due - city.clock.now()).total_seconds())
        city.clock.set(due)
    return pauses


def test_the_pauses_between_attempts_double_up_to_a_quarter_of_an_hour(city, box, dispatch, case):
    box.outage = unavailable()
    assert attempts_of(city, dispatch, 9) == [10, 20, 40, 80, 160, 320, 640, 900, 900]


def test_a_server_that_asks_for_a_longer_pause_gets_it(city, box, dispatch, case):
    box.fail_next(unavailable(retry_after_s=120))
    assert attempts_of(city, dispatch, 1) == [120]


def test_a_receipt_that_never_goes_out_is_given_up_after_hours_and_staff_are_told(
    city, box, dispatch, case
):
    box.outage = unavailable()
    attempts_of(city, dispatch, 11)
    dispatch.run_due()
    dispatch.run_due()
    assert city.actions(case) == {"reply:receipt": "failed"}
    assert city.withheld(case) == ["gave_up:MailboxUnavailable"]
    assert city.alerts() == ["action_failed"]


def test_a_server_that_refuses_the_mail_is_not_asked_again_and_staff_are_told(
    city, box, sender, dispatch, case
):
    sender.before = SendRefused("kundreskontra", "sending")
    dispatch.run_due()
    city.later(days=1)
    sender.before = None
    dispatch.run_due()
    assert box.sent == []
    assert city.withheld(case) == ["refused_by_server"]
    assert city.alerts() == ["action_failed"]


def test_a_refused_sign_in_is_not_repeated_and_staff_are_told(city, box, dispatch, case):
    box.outage = SignInRefused("kundreskontra", "sending")
    dispatch.run_due()
    assert city.actions(case) == {"reply:receipt": "failed"}
    assert city.withheld(case) == ["gave_up:SignInRefused"]
    assert city.alerts() == ["action_failed"]


def test_mail_that_cannot_go_out_holds_up_no_alert(city, box, dispatch):
    box.outage = unavailable()
    city.post(**URGENT_INVOICE)
    city.take_in()
    dispatch.run_due()
    assert city.alerts() == ["urgent"]


def test_an_alert_that_its_channel_does_not_take_is_tried_until_it_does(city):
    city.notifier.down = True
    city.post(**URGENT_INVOICE)
    city.work_off()
    for _ in range(30):
        city.later(minutes=15)
        city.app.dispatch.run_due()
    (case,) = city.cases()
    assert city.actions(case)["alert:urgent"] == "planned"
    city.notifier.down = False
    city.later(minutes=15)
    city.app.dispatch.run_due()
    assert city.alerts() == ["urgent"]
    assert city.events(case).count("alert_sent") == 1


def test_a_maildir_that_is_gone_when_the_receipt_is_due_gets_it_when_it_is_back(city, case):
    folder = city.folder / "kundreskontra"
    away = folder.rename(city.folder / "away")
    city.app.dispatch.run_due()
    away.rename(folder)
    city.later(seconds=10)
    city.app.dispatch.run_due()
    assert len(city.sent()) == 1


def holed(folder):
    """Return the shipped templates, but one asks for a value that nobody gives."""
    shutil.copytree(bundled_folder(), folder)
    definition = folder / "received" / "template.toml"
    definition.write_text(
        definition.read_text("utf-8")
        + '\n[fields.handler]\nabout = "Handläggare"\nsample = "Anna"\n',
        "utf-8",
    )
    body = folder / "received" / "sv" / "body.txt.j2"
    body.write_text(
        body.read_text("utf-8").replace("{% endblock %}", "{{ handler }}\n{% endblock %}"), "utf-8"
    )
    return Templates(folder, lazy=True)


def test_a_template_with_a_hole_stops_the_reply_and_tells_staff(build_city, tmp_path):
    material = replace(shipped_material(), templates=holed(tmp_path / "templates"))
    city = build_city(material=material)
    city.post(**ORDINARY)
    city.work_off()
    (case,) = city.cases()
    assert city.sent() == []
    assert city.drafts() == []
    assert city.withheld(case) == ["template_hole"]
    (alert,) = city.notifier.alerts
    assert (alert.code, alert.values["because"]) == ("action_failed", "template_hole")


def test_a_hole_in_one_template_leaves_the_others_alone(build_city, tmp_path):
    material = replace(shipped_material(), templates=holed(tmp_path / "templates"))
    city = build_city(material=material)
    city.post(**URGENT_INVOICE)
    city.work_off()
    assert len(city.sent()) == 1
