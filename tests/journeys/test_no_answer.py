"""Machines are never answered: the loop rules, and which of such mail is a case all the same."""

from __future__ import annotations

import pytest

from bot.vocabulary import EventKind
from tests.city import mail
from tests.letters import ORDINARY, URGENT_INVOICE

IGNORED = [
    pytest.param([("Return-Path", "<>")], {}, id="1-empty-return-path"),
    pytest.param([("Auto-Submitted", "Auto-Replied (vacation)")], {}, id="2-auto-replied"),
    pytest.param([("Precedence", "Auto_Reply")], {}, id="4-precedence-auto-reply"),
    pytest.param([("X-AutoReply", "yes")], {}, id="7-autoresponder"),
    pytest.param([("X-Apple-Action", "VACATION")], {}, id="7-vacation"),
    pytest.param([], {"sender": "MAILER-DAEMON@kund.example"}, id="8-mailer-daemon"),
    pytest.param([], {"subject": "Autosvar: Ny adress"}, id="9-automatic-subject"),
]
CASES = [
    pytest.param([("Auto-Submitted", "auto-generated")], {}, id="2-auto-generated"),
    pytest.param([("Precedence", "BULK")], {}, id="4-precedence-bulk"),
    pytest.param([("X-Precedence", "junk")], {}, id="4-x-precedence"),
    pytest.param([("List-Id", "<ekonomi.kund.example>")], {}, id="5-list"),
    pytest.param([("X-Auto-Response-Suppress", "DR, OOF")], {}, id="6-suppressed"),
    pytest.param([("X-Auto-Response-Suppress", "aLL")], {}, id="6-suppressed-all"),
    pytest.param([("X-Loop", "kund.example")], {}, id="7-loop-header"),
    pytest.param([], {"sender": "No-Reply@kund.example"}, id="8-no-reply"),
    pytest.param([], {"sender": "info@exempelstad.example"}, id="10-watched-mailbox"),
    pytest.param([], {"sender": "hyror@exempelstad.example"}, id="10-alias-of-a-mailbox"),
    pytest.param([("X-Samma-Dag", "1")], {}, id="10-our-loop-header"),
    pytest.param([], {"to": "annan@kund.example"}, id="11-not-addressed-to-us"),
    pytest.param(
        [("Authentication-Results", "mx; spf=pass; DMARC=FAIL")], {}, id="12-dmarc-failed"
    ),
    pytest.param([("X-Spam-Flag", "YES")], {}, id="12-spam-flag"),
    pytest.param([("X-MS-Exchange-Organization-SCL", "6")], {}, id="12-spam-score"),
]
REPORTS = [
    ("message/delivery-status", "Final-Recipient: rfc822; a@kund.example\nAction: failed\n"),
    ("message/disposition-notification", "Disposition: manual-action; displayed\n"),
    ("message/feedback-report", "Feedback-Type: abuse\nUser-Agent: x/1\nVersion: 1\n"),
]


@pytest.mark.parametrize(("headers", "parts"), IGNORED)
def test_mail_that_a_machine_wrote_is_no_case_and_gets_no_answer(city, headers, parts):
    city.post(**(ORDINARY | parts), headers=headers)
    city.work_off()
    assert city.outcomes() == {"ignored": 1}
    assert city.receipts() == []


@pytest.mark.parametrize(("headers", "parts"), CASES)
def test_mail_that_must_not_be_answered_is_a_case_that_says_why(city, headers, parts):
    city.post(**(ORDINARY | parts), headers=headers)
    city.work_off()
    (case,) = city.cases()
    assert city.receipts() == []
    assert [because.partition(":")[0] for because in city.withheld(case)] == ["no_answer_rule"]


@pytest.mark.parametrize(("headers", "parts"), CASES[::4])
def test_mail_that_must_not_be_answered_may_be_urgent(city, headers, parts):
    city.post(**(URGENT_INVOICE | parts), headers=headers)
    city.work_off()
    assert city.alerts() == ["urgent"]
    assert city.receipts() == []


@pytest.mark.parametrize(("kind", "report"), REPORTS, ids=[kind for kind, _ in REPORTS])
def test_a_report_is_no_case_and_gets_no_answer(city, kind, report):
    head, body = mail("Se bilagan.", subject="Rapport").split(b"\r\n\r\n", 1)
    kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-")]
    made = (
        b"\r\n".join(kept)
        + f'\r\nContent-Type: multipart/report; report-type={kind[8:]}; boundary="x"'.encode()
        + b"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\n"
        + body
        + f"\r\n--x\r\nContent-Type: {kind}\r\n\r\n{report}\r\n--x--\r\n".encode()
    )
    city.deliver(made)
    city.work_off()
    assert city.outcomes() == {"ignored": 1}
    assert city.receipts() == []


def test_auto_submitted_no_is_a_person_and_gets_a_receipt(city):
    city.post(**ORDINARY, headers=[("Auto-Submitted", "no")])
    city.work_off()
    assert len(city.receipts()) == 1


def test_the_rule_that_forbids_an_answer_stands_in_the_event(city):
    city.post(**ORDINARY, headers=[("List-Id", "<ekonomi.kund.example>")])
    city.work_off()
    (case,) = city.cases()
    (event,) = [e for e in city.history(case) if e.kind is EventKind.RECEIPT_WITHHELD]
    assert event.data == {"because": "no_answer_rule:list"}


def test_mail_that_claims_to_come_from_another_mailbox_of_ours_starts_no_loop(city):
    """Even if each mail of ours came back to the mailbox that was named as its sender."""
    city.post(**ORDINARY, sender="Någon <info@exempelstad.example>")
    for _ in range(3):
        city.work_off()
        for mailbox in city.mailboxes:
            for sent in city.sent(mailbox):
                city.deliver(sent, "info")
    assert city.receipts() == []
    assert len(city.cases()) == 1
