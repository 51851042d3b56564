"""What we send: complete, threaded, marked, and impossible to inject into."""

from __future__ import annotations

import dataclasses
import email
from datetime import UTC, datetime
from email.policy import default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functionmail.compose import answer_address, compose
from functionmail.errors import CannotAnswer
from functionmail.message import Address, Message, Outgoing
from functionmail.parse import parse

OUTGOING = Outgoing(
    message_id="fm.2018-000123.1.abcdefghij@stad.example",
    sender=Address(name="Kundreskontra", address="kr@stad.example"),
    recipient=Address(name="Åsa Öberg", address="asa@x.example"),
    subject="SV: Anstånd på faktura [#2018-000123-k7]",
    text="Hej Åsa!\n\nVi har tagit emot ditt ärende.\n",
    html="<p>Hej Åsa!</p><p>Vi har tagit emot ditt ärende.</p>",
    in_reply_to="asa-1@x.example",
    references=("asa-0@x.example", "asa-1@x.example"),
    sent_at=datetime(2018, 3, 8, 10, 12, tzinfo=UTC),
)
swedish = st.text(st.sampled_from("abcåäöÅÄÖéü 0123,.!?-\u2013\u201d\U0001f600"), max_size=300)
names = st.text(st.sampled_from("abcåäöÅÄÖéü -\u2013\U0001f600"), max_size=90).map("Å{}a".format)
anything = st.text(max_size=120) | st.text(st.sampled_from("\r\n\0:\t <>@,;=?\u2028a"), max_size=40)


def written(**changes):
    content = compose(dataclasses.replace(OUTGOING, **changes))
    return email.message_from_bytes(content, policy=default)


def text_of(mail, subtype="plain") -> str:
    return mail.get_body((subtype,)).get_content().replace("\r\n", "\n")


def test_a_mail_reads_back_as_it_was_meant():
    mail = written()

    assert mail["From"] == "Kundreskontra <kr@stad.example>"
    assert mail["To"] == "Åsa Öberg <asa@x.example>"
    assert mail["Subject"] == OUTGOING.subject
    assert mail["Message-ID"] == f"<{OUTGOING.message_id}>"
    assert mail["Date"].datetime == OUTGOING.sent_at
    assert text_of(mail) == OUTGOING.text
    assert text_of(mail, "html").rstrip("\n") == OUTGOING.html


def test_our_own_parser_reads_what_we_write():
    message = parse(compose(OUTGOING))

    assert message.message_id == OUTGOING.message_id
    assert message.sender == OUTGOING.sender
    assert message.to == (OUTGOING.recipient,)
    assert message.subject == OUTGOING.subject
    assert message.in_reply_to == ("asa-1@x.example",)
    assert message.references == ("asa-0@x.example", "asa-1@x.example")
    assert message.faults == ()


def test_an_answer_stands_in_the_thread():
    mail = written(references=("asa-0@x.example",))

    assert mail["In-Reply-To"] == "<asa-1@x.example>"
    assert mail["References"].split() == ["<asa-0@x.example>", "<asa-1@x.example>"]


def test_a_long_thread_keeps_its_first_and_newest_ids():
    mail = written(references=tuple(f"{n}@x.example" for n in range(100)))

    ids = mail["References"].split()
    assert len(ids) == 20
    assert ids[0] == "<0@x.example>"
    assert ids[-1] == "<asa-1@x.example>"


def test_an_id_longer_than_a_line_stays_whole():
    long = "a" * 400 + "@x.example"

    content = compose(dataclasses.replace(OUTGOING, in_reply_to=long, references=()))

    assert f"In-Reply-To: <{long}>\r\n".encode() in content


@pytest.mark.parametrize(
    "bad", ["sha256.00@missing.invalid", "a b@x", "a\r\nBcc: b@x", "å@x", "<a@x>", ""]
)
def test_an_id_that_nobody_can_have_seen_is_left_out(bad):
    mail = written(in_reply_to=bad, references=(bad,))

    assert mail["In-Reply-To"] is None
    assert mail["References"] is None


def test_automatic_mail_says_so_and_asks_for_no_answer():
    mail = written(auto_submitted="auto-replied")

    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "DR, RN, NRN, OOF, AutoReply"
    assert mail["Precedence"] is None


def test_a_mail_that_a_person_sends_is_not_marked_automatic():
    mail = written(auto_submitted=None)

    assert mail["Auto-Submitted"] is None
    assert mail["X-Auto-Response-Suppress"] is None


@pytest.mark.parametrize("auto_submitted", ["auto-replied", "auto-generated", None])
def test_everything_we_send_carries_our_loop_header(auto_submitted):
    assert written(auto_submitted=auto_submitted)["X-Samma-Dag"] == "1"


def test_a_mail_without_html_is_plain_text():
    assert written(html=None).get_content_type() == "text/plain"


def test_there_is_one_recipient_and_no_copy():
    mail = written()

    assert len(mail["To"].addresses) == 1
    assert mail["Cc"] is None
    assert mail["Bcc"] is None


def test_only_ascii_and_crlf_go_on_the_wire():
    content = compose(OUTGOING)

    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n")
    assert max(len(line) for line in content.split(b"\r\n")) <= 998


def test_an_international_domain_is_written_in_ascii():
    assert written(recipient=Address(address="asa@räksmörgås.example"))["To"] == (
        "asa@xn--rksmrgs-5wao1o.example"
    )


@given(swedish, names, swedish)
def test_swedish_text_survives_the_round_trip(subject, name, text):
    outgoing = dataclasses.replace(
        OUTGOING,
        subject=subject,
        recipient=Address(name=name, address="asa@x.example"),
        text=text,
    )

    content = compose(outgoing)

    # The library's reader puts spaces between the encoded words of a long name, ours does not.
    read = parse(content)
    assert read.subject == " ".join(subject.split())
    assert read.to[0].name == " ".join(name.split())
    mail = email.message_from_bytes(content, policy=default)
    assert text_of(mail).rstrip("\n") == text.rstrip("\n")


def test_the_same_mail_is_composed_into_the_same_bytes():
    assert compose(OUTGOING) == compose(OUTGOING)


@given(anything, anything, anything, anything)
@example("a\r\nBcc: b@x.example", "a\r\nBcc: b@x.example", "x\nBcc: b@x.example", "\nBcc: b@x")
def test_no_text_can_start_a_header(subject, name, extra, text):
    mail = written(
        subject=subject,
        sender=Address(name=name, address="kr@stad.example"),
        recipient=Address(name=name, address="asa@x.example"),
        extra_headers=(("X-Case", extra),),
        text=text,
        html=text,
    )

    plain = written(extra_headers=(("X-Case", "1"),))
    names = sorted(name.lower() for name in mail.keys())  # noqa: SIM118
    assert names == sorted(name.lower() for name in plain.keys())  # noqa: SIM118
    assert [address.addr_spec for address in mail["To"].addresses] == ["asa@x.example"]


@pytest.mark.parametrize("name", ["Bcc", "To", "Subject", "X-a: b\r\nBcc", "X- a", "X-", ""])
def test_an_extra_header_of_another_form_is_refused(name):
    with pytest.raises(ValueError, match="extra header"):
        written(extra_headers=((name, "1"),))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "asa",
        "@x.example",
        "asa@",
        "a b@x.example",
        "a@b@x.example",
        "asa@x.example,bo@x.example",
        "asa@x.example\r\nBcc: bo@x.example",
        "<asa@x.example>",
        '"a b"@x.example',
        "åsa@x.example",
        "a..b@x.example",
        "asa@-x.example",
        "asa@x..example",
        "a" * 65 + "@x.example",
        "asa@" + "x." * 200 + "example",
    ],
)
def test_a_malformed_address_is_refused_without_being_told(address):
    with pytest.raises(CannotAnswer) as caught:
        written(recipient=Address(address=address))

    assert address == "" or address not in str(caught.value)


@pytest.mark.parametrize("message_id", ["", "a b@x", "a\r\nBcc: b@x", "<a@x>"])
def test_a_malformed_id_of_our_own_is_refused(message_id):
    with pytest.raises(ValueError, match="Message-ID"):
        written(message_id=message_id)


def incoming(sender: str | None, *reply_to: str) -> Message:
    return Message(
        message_id="a@x.example",
        content_hash="",
        sender=None if sender is None else Address(address=sender),
        reply_to=tuple(Address(address=address) for address in reply_to),
    )


@pytest.mark.parametrize(
    ("reply_to", "expected"),
    [
        ([], "asa@x.example"),
        (["faktura@x.example"], "faktura@x.example"),
        (["bo@evil.example"], "asa@x.example"),
        (["bo@sub.x.example"], "asa@x.example"),
        (["bo@evil.example", "faktura@x.example"], "faktura@x.example"),
        (["bad address@x.example"], "asa@x.example"),
    ],
)
def test_an_answer_goes_to_the_sender_or_within_the_same_domain(reply_to, expected):
    assert answer_address(incoming("asa@x.example", *reply_to)).address == expected


@pytest.mark.parametrize("sender", [None, "", "asa", "a b@x.example", "asa@"])
def test_a_mail_without_a_usable_sender_cannot_be_answered(sender):
    with pytest.raises(CannotAnswer):
        answer_address(incoming(sender))
