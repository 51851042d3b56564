"""What survives a server that writes mail anew, as Exchange does."""

from __future__ import annotations

import pytest

from functionmail.automatic import NoAnswer, may_answer
from functionmail.identity import LOOP_HEADER, Identity
from functionmail.parse import parse

ID = "c1.0a1b2c@exempelstad.example"
BOX = "info@exempelstad.example"
US = Identity(keys=(b"k" * 32,), domain="exempelstad.example")


def mail(header: str) -> bytes:
    return (
        f"Message-ID: <1@kund.example>\r\nFrom: kund@kund.example\r\nTo: {BOX}\r\n{header}\r\n"
        "Subject: Hej\r\n\r\nHej\r\n"
    ).encode()


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("Auto-Submitted: auto-replied", NoAnswer.AUTO_SUBMITTED),
        ("X-Auto-Response-Suppress: All", NoAnswer.SUPPRESSED),
        ("List-Id: <nytt.kund.example>", NoAnswer.LIST),
    ],
)
def test_what_keeps_machines_from_answering_each_other_reaches_the_reader(server, header, reason):
    server.write_mail_anew()
    server.deliver(mail(header))
    (message,) = server.source().fetch(None).messages
    read = parse(message.content, transport_headers=message.transport_headers)
    assert reason in may_answer(read, own_addresses={BOX}, identity=US)


def test_a_mail_of_ours_is_found_among_the_drafts_and_in_sent_by_its_own_id(server):
    server.write_mail_anew()
    sender = server.sender()
    draft = sender.save_draft(
        ID,
        f"Message-ID: <{ID}>\r\n{LOOP_HEADER}: 1\r\nTo: kund@kund.example\r\n\r\nTack\r\n".encode(),
    )
    assert sender.find_draft(ID) == draft
    sender.send(draft)
    assert (sender.find_draft(ID), sender.find_sent(ID)) == (None, True)
