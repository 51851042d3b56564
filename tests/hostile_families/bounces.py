"""Bounces and complaints as the common servers build them.

The shape is each server's (types of the parts, header fields, where the returned mail
stands); the sentences are ours.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.hostile_families.base import Family, HostileMail, b64, mail, multipart, part

ORIGINAL_ID = "fm.2018-000123.1.0a1b2c3d4e@exempelstad.example"
"""The Message-ID of the mail of ours that came back."""

_ORIGINAL = (
    "Return-Path: <kundreskontra@exempelstad.example>\n"
    "Received: from a.example by b.example; Wed, 17 Jan 2018 09:14:00 +0100\n"
    "From: Kundreskontra <kundreskontra@exempelstad.example>\n"
    "To: eva.ek@utb.bjorkholm.example\n"
    "Subject: =?utf-8?q?Vi_har_tagit_emot_ditt_=C3=A4rende?=\n"
    f"Message-ID: <{ORIGINAL_ID}>\n"
)
_RETURNED = part("Content-Type: message/rfc822", body=_ORIGINAL + "\nHej!\n")
_RETURNED_HEADERS = part("Content-Type: text/rfc822-headers", body=_ORIGINAL)
_WORDS = "Ditt brev till eva.ek@utb.bjorkholm.example kom inte fram."


def _status(action: str, status: str, *, extra: str = "", kind: str = "delivery-status") -> bytes:
    return part(
        f"Content-Type: message/{kind}",
        body="Reporting-MTA: dns; mx.bjorkholm.example\n\n"
        "Final-Recipient: rfc822; eva.ek@utb.bjorkholm.example\n"
        f"Action: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; 550 {status} okand\n{extra}",
    )


def _in_base64(status: bytes) -> bytes:
    head, _, body = status.partition(b"\n\n")
    return part(head, "Content-Transfer-Encoding: base64", body=b64(body))


def _words(text: str = _WORDS) -> bytes:
    return part("Content-Type: text/plain; charset=utf-8", body=text + "\n")


def _report(
    sender: str, subject: str, *parts: bytes, headers: tuple[str, ...] = (), kind: str = "report"
) -> bytes:
    header, body = multipart(*parts, kind=kind)
    return mail(
        f"From: {sender}",
        f"Subject: {subject}",
        "Return-Path: <>",
        "Message-ID: <4711@mx.bjorkholm.example>",
        *headers,
        f"{header}; report-type=delivery-status",
        body=body,
    )


def _plain(sender: str, subject: str, text: str, *headers: str) -> bytes:
    return mail(
        f"From: {sender}",
        f"Subject: {subject}",
        "Return-Path: <>",
        "Message-ID: <4711@mx.bjorkholm.example>",
        *headers,
        body=text,
    )


_EXCHANGE = "Microsoft Outlook <MicrosoftExchange329e71ec88ae@bjorkholm.example>"
_DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.bjorkholm.example>"


def _with_report() -> dict[str, tuple[bytes, str]]:
    failed, delayed = _status("failed", "5.1.1"), _status("delayed", "4.4.1")
    return {
        "exchange-2016": (
            _report(_EXCHANGE, "Undeliverable: Hej", _words(), failed, _RETURNED),
            "failed",
        ),
        "exchange-in-swedish": (
            _report(_EXCHANGE, "=?utf-8?q?Kan_inte_leverera=3A_Hej?=", _words(), failed, _RETURNED),
            "failed",
        ),
        "exchange-delay": (
            _report(_EXCHANGE, "Delivery delayed: Hej", _words(), delayed, _RETURNED_HEADERS),
            "delayed",
        ),
        "office-365": (
            _report(
                "postmaster@bjorkholm.onmicrosoft.example",
                "Undeliverable: Hej",
                _words(),
                failed,
                _RETURNED,
                headers=(f"In-Reply-To: <{ORIGINAL_ID}>", "X-MS-Exchange-Message-Is-Ndr:"),
            ),
            "failed",
        ),
        "office-365-with-quota": (
            _report(
                "postmaster@bjorkholm.example",
                "Full",
                _words(),
                _status("failed", "5.2.2"),
                _RETURNED,
            ),
            "failed",
        ),
        "postfix": (
            _report(_DAEMON, "Undelivered Mail Returned to Sender", _words(), failed, _RETURNED),
            "failed",
        ),
        "postfix-headers-only": (
            _report(_DAEMON, "Undelivered Mail", _words(), failed, _RETURNED_HEADERS),
            "failed",
        ),
        "postfix-delay": (
            _report(
                _DAEMON, "Delayed Mail (still being retried)", _words(), delayed, _RETURNED_HEADERS
            ),
            "delayed",
        ),
        "postfix-utf-8": (
            _report(
                _DAEMON,
                "Undelivered Mail",
                _words(),
                _status("failed", "5.1.1", kind="global-delivery-status"),
                _RETURNED,
            ),
            "failed",
        ),
        "postfix-delivered": (
            _report(
                _DAEMON,
                "Successful Delivery",
                _words(),
                _status("relayed", "2.0.0"),
                _RETURNED_HEADERS,
            ),
            "relayed",
        ),
        "sendmail": (
            _report(
                "MTA <MAILER-DAEMON>\r\nSender: MAILER-DAEMON@mx.bjorkholm.example",
                "Returned mail: see transcript for details",
                _words("   ----- adresser som inte gick -----"),
                failed,
                _RETURNED,
                headers=("Auto-Submitted: auto-generated (failure)",),
            ),
            "failed",
        ),
        "exim-with-report": (
            _report(
                _DAEMON,
                "Mail delivery failed: returning message to sender",
                _words(),
                failed,
                _RETURNED,
                headers=("X-Failed-Recipients: eva.ek@utb.bjorkholm.example",),
            ),
            "failed",
        ),
        "gmail": (
            _report(
                "Mail Delivery Subsystem <mailer-daemon@googlemail.example>",
                "Delivery Status Notification (Failure)",
                _words(),
                _status("failed", "5.1.1", extra="Last-Attempt-Date: Wed, 17 Jan 2018\n"),
                _RETURNED,
                headers=(
                    "X-Failed-Recipients: eva.ek@utb.bjorkholm.example",
                    f"References: <{ORIGINAL_ID}>",
                ),
            ),
            "failed",
        ),
        "amazon-ses": (
            _report(
                "MAILER-DAEMON@eu.amazonses.example", "Delivery Status", _words(), failed, _RETURNED
            ),
            "failed",
        ),
        "domino": (
            _report(
                "Postmaster@bjorkholm.example",
                "DELIVERY FAILURE: User",
                _words(),
                failed,
                _RETURNED,
            ),
            "failed",
        ),
        "yahoo": (
            _report("mailer-daemon@yahoo.example", "Failure Notice", _words(), failed, _RETURNED),
            "failed",
        ),
        "mimecast": (
            _report(
                "Postmaster <postmaster@mimecast.example>",
                "[Postmaster] Email Delivery Failure",
                _words(),
                failed,
                _RETURNED_HEADERS,
                headers=("Auto-Submitted: auto-generated",),
            ),
            "failed",
        ),
        "proofpoint": (
            _report(
                "<>\r\nSender: postmaster@pphosted.example",
                "Undeliverable",
                _words(),
                failed,
                _RETURNED,
            ),
            "failed",
        ),
        "zimbra-without-status": (
            _report(_DAEMON, "Undelivered", _words(), _status("", "5.0.0"), _RETURNED),
            "failed",
        ),
        "action-with-a-comment": (
            _report(
                _DAEMON, "x", _words(), _status("Failed (bad address)", "5.1.1 (okand)"), _RETURNED
            ),
            "failed",
        ),
        "action-unknown-status-good": (
            _report(_DAEMON, "x", _words(), _status("bortkommen", "4.2.2"), _RETURNED),
            "delayed",
        ),
        "three-recipients-worst-last": (
            _report(
                _DAEMON,
                "x",
                _words(),
                _status(
                    "delivered",
                    "2.1.5",
                    extra="\nFinal-Recipient: rfc822; a@b.example\nAction: delayed\nStatus: 4.4.7\n"
                    "\nFinal-Recipient: rfc822; c@d.example\nAction: failed\nStatus: 5.7.1\n",
                ),
                _RETURNED,
            ),
            "failed",
        ),
        "report-in-a-mixed-mail": (
            _report(_DAEMON, "x", _words(), failed, _RETURNED, kind="mixed"),
            "failed",
        ),
        "status-in-base64": (
            _report(_DAEMON, "x", _words(), _in_base64(failed), _RETURNED),
            "failed",
        ),
        "abuse-complaint": (
            _report(
                "Feedback Loop <fbl@isp.example>",
                "complaint",
                _words(),
                part(
                    "Content-Type: message/feedback-report",
                    body="Feedback-Type: abuse\nVersion: 1\n",
                ),
                _RETURNED,
            ),
            "",
        ),
        "abuse-complaint-headers-only": (
            _report(
                "fbl@isp.example",
                "complaint",
                _words(),
                part("Content-Type: message/feedback-report", body="Feedback-Type: fraud\n"),
                _RETURNED_HEADERS,
            ),
            "",
        ),
    }


def _in_words() -> dict[str, tuple[bytes, str]]:
    return {
        "exim-in-words": (
            _plain(
                _DAEMON,
                "Mail delivery failed: returning message to sender",
                "A message could not be delivered to: eva.ek@utb.bjorkholm.example\n\n"
                "------ a copy, with all headers ------\n\n" + _ORIGINAL,
                "X-Failed-Recipients: eva.ek@utb.bjorkholm.example",
            ),
            "failed",
        ),
        "exim-delay-in-words": (
            _plain(
                _DAEMON,
                "Warning: message 1eXx delayed 24 hours",
                f"Not yet delivered.\n\nMessage-ID: <{ORIGINAL_ID}>\n",
            ),
            "delayed",
        ),
        "qmail": (
            _plain(
                "MAILER-DAEMON@mx.bjorkholm.example",
                "failure notice",
                "qmail-send. This is a permanent error.\n\n<eva.ek@utb.bjorkholm.example>:\n"
                "No mailbox here by that name. (#5.1.1)\n\n--- Copy below.\n\n" + _ORIGINAL,
            ),
            "failed",
        ),
        "groupwise": (
            _plain(
                "Mailer-Daemon@gw.bjorkholm.example",
                "Message status - undeliverable",
                f"Undeliverable to eva.ek\n\n  Message-Id:\n <{ORIGINAL_ID}>\n",
            ),
            "failed",
        ),
        "yahoo-in-words": (
            _plain(
                "MAILER-DAEMON@yahoo.example",
                "Failure Notice",
                "We were unable to deliver to eva.ek.\n\n> Message-ID: <" + ORIGINAL_ID + ">\n",
            ),
            "failed",
        ),
        "domino-in-words": (
            _report(
                "Postmaster@x.example",
                "DELIVERY FAILURE",
                _words("delivery failed"),
                _RETURNED,
                kind="mixed",
            ),
            "failed",
        ),
        "swedish-postmaster": (
            _plain(
                "postmaster@bjorkholm.example",
                "=?utf-8?q?Ej_levererat?=",
                f"Brevet kunde inte levereras.\n\nMessage-ID: <{ORIGINAL_ID}>\n",
            ),
            "failed",
        ),
    }


def mails() -> Iterator[HostileMail]:
    """Yield bounces; each names the mail of ours that it is about."""
    for name, (content, action) in (_with_report() | _in_words()).items():
        yield HostileMail(
            name=f"bounce-{name}", family=Family.BOUNCE, content=content, action=action
        )
