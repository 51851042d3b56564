import pytest

from functionmail import parse
from functionmail.message import DeliveryReport

OURS = "fm.1@exempelstad.example"


def report(*parts, sender="mailer-daemon@mx.example", extra=""):
    body = "".join(f"--b\nContent-Type: {kind}\n\n{text}\n" for kind, text in parts)
    return (
        f"From: {sender}\n{extra}Content-Type: multipart/report; boundary=b\n\n{body}--b--\n"
    ).encode()


def status(*recipients):
    blocks = "".join(f"\nAction: {action}\nStatus: {code}\n" for action, code in recipients)
    return ("message/delivery-status", f"Reporting-MTA: dns; mx.example\n{blocks}")


RETURNED = ("message/rfc822", f"Subject: Hej\nMessage-ID: <{OURS}>\n\nHej\n")


@pytest.mark.parametrize(
    ("recipients", "action", "code"),
    [
        ([("failed", "5.1.1")], "failed", "5.1.1"),
        ([("delivered", "2.0.0"), ("delayed", "4.4.1")], "delayed", "4.4.1"),
        ([("delayed", "4.4.1"), ("failed", "5.2.2"), ("relayed", "2.0.0")], "failed", "5.2.2"),
        ([("Failed (x)", "5.0.0 (y)")], "failed", "5.0.0"),
        ([("", "4.2.2")], "delayed", "4.2.2"),
    ],
)
def test_the_worst_outcome_of_all_recipients_is_told(recipients, action, code):
    found = parse.parse(report(status(*recipients), RETURNED)).report
    assert found == DeliveryReport(action=action, status=code, original_ids=(OURS,))


def test_returned_headers_name_the_original_too():
    headers = ("text/rfc822-headers", f"Subject: Hej\nMessage-Id:\n <{OURS}>\n")
    found = parse.parse(report(status(("failed", "5.1.1")), headers)).report
    assert found is not None
    assert found.original_ids == (OURS,)


def test_the_originals_of_the_returned_mail_come_before_those_it_answers():
    mail = report(status(("failed", "5.1.1")), RETURNED, extra="References: <a@b.example>\n")
    found = parse.parse(mail).report
    assert found is not None
    assert found.original_ids == (OURS, "a@b.example")


def test_the_subject_of_the_returned_mail_is_not_taken_for_quoted_history():
    mail = report(("text/plain", "Kom inte fram."), status(("failed", "5.1.1")), RETURNED)
    assert parse.parse(mail).quoted == ""


def test_an_abuse_report_has_no_action_but_names_the_original():
    feedback = ("message/feedback-report", "Feedback-Type: abuse\n")
    found = parse.parse(report(feedback, RETURNED, sender="fbl@isp.example")).report
    assert found == DeliveryReport(action="", original_ids=(OURS,))


def plain(body, *, sender="MAILER-DAEMON@mx.example", extra="", subject="x"):
    return f"From: {sender}\nSubject: {subject}\n{extra}\n{body}".encode()


@pytest.mark.parametrize(
    ("body", "action", "code"),
    [
        ("Permanent error: user unknown", "failed", ""),
        ("550 5.1.1 no such user", "failed", "5.1.1"),
        ("Not yet delivered, still trying", "delayed", ""),
        ("Brevet kunde inte levereras.", "failed", ""),
    ],
)
def test_a_daemon_that_writes_only_words_is_understood(body, action, code):
    found = parse.parse(plain(f"{body}\n\n> Message-ID: <{OURS}>\n")).report
    assert found == DeliveryReport(action=action, status=code, original_ids=(OURS,))


def test_a_header_for_failed_recipients_is_enough():
    mail = plain("Could not be delivered", sender="x@y.example", extra="X-Failed-Recipients: a@b\n")
    assert parse.parse(mail).report is not None


@pytest.mark.parametrize(
    "mail",
    [
        plain("Brevet kunde inte levereras.", sender="eva@stad.example"),
        plain("Välkommen till oss!", sender="postmaster@stad.example"),
        plain("Jag är på semester.", sender="eva@stad.example", extra="Return-Path: <>\n"),
    ],
)
def test_people_who_write_are_no_bounces(mail):
    assert parse.parse(mail).report is None


def test_a_person_who_forwards_a_bounce_has_not_bounced():
    bounce = report(status(("failed", "5.1.1")), RETURNED).decode()
    mail = (
        "From: eva@stad.example\nContent-Type: multipart/mixed; boundary=c\n\n"
        f"--c\n\nVad betyder detta?\n--c\nContent-Type: message/rfc822\n\n{bounce}\n--c--\n"
    )
    assert parse.parse(mail.encode()).report is None


def test_an_id_far_down_in_the_text_is_not_read():
    body = "Undeliverable\n" + "x" * 60_000 + f"\nMessage-ID: <{OURS}>\n"
    found = parse.parse(plain(body)).report
    assert found is not None
    assert found.original_ids == ()
