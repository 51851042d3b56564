import time
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functionmail import parse
from functionmail.message import Address, Fault
from tests.swedish_text import swedish_lines, swedish_texts

NOON = datetime(2018, 1, 17, 12, tzinfo=UTC)
HEAD = (
    b"From: =?utf-8?q?=C3=85sa?= Ek <Asa.Ek@UTB.bjorkholm.example>\r\n"
    b"To: Kundreskontra <kundreskontra@exempelstad.example>, info@exempelstad.example\r\n"
    b"Cc: bo@utb.bjorkholm.example\r\n"
    b"Reply-To: exp@utb.bjorkholm.example\r\n"
    b"Return-Path: <asa.ek@utb.bjorkholm.example>\r\n"
    b"Subject: =?utf-8?q?SV=3A_Anst=C3=A5nd?=\r\n"
    b"Date: Wed, 17 Jan 2018 09:14:00 +0100\r\n"
    b"Message-ID: <Egen.Id@utb.bjorkholm.example>\r\n"
    b"In-Reply-To: <b@stad.example>\r\n"
    b"References: <a@stad.example>\r\n <b@stad.example>\r\n"
)
BODY = "Hej! Vi önskar anstånd med faktura 40012345.\r\n".encode()
PLAIN = HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + BODY


def with_attachments():
    mail = EmailMessage()
    mail["From"] = "eva@stad.example"
    mail["Subject"] = "Räkning"
    mail.set_content("Se bilagan.\n")
    mail.add_alternative("<p>Se <b>bilagan</b>.</p>", subtype="html")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="räkning.pdf")
    mail.add_attachment(bytes(range(256)), maintype="image", subtype="png", filename="a.png")
    return mail.as_bytes()


class TestParse:
    def test_the_headers_of_a_mail_become_its_fields(self):
        message = parse.parse(PLAIN)
        assert message.sender == Address(name="Åsa Ek", address="asa.ek@utb.bjorkholm.example")
        assert [one.address for one in message.to] == [
            "kundreskontra@exempelstad.example",
            "info@exempelstad.example",
        ]
        assert message.cc == (Address(address="bo@utb.bjorkholm.example"),)
        assert message.reply_to == (Address(address="exp@utb.bjorkholm.example"),)
        assert message.return_path == "asa.ek@utb.bjorkholm.example"
        assert message.subject == "SV: Anstånd"
        assert message.sent_at == datetime(2018, 1, 17, 8, 14, tzinfo=UTC)
        assert message.message_id == "Egen.Id@utb.bjorkholm.example"
        assert message.in_reply_to == ("b@stad.example",)
        assert message.references == ("a@stad.example", "b@stad.example")
        assert message.faults == ()
        assert message.size == len(PLAIN)

    def test_a_mail_that_lost_its_line_ends_still_has_its_headers(self):
        message = parse.parse(PLAIN.replace(b"\r\n", b""))
        assert message.sender == Address(name="Åsa Ek", address="asa.ek@utb.bjorkholm.example")
        assert message.subject == "SV: Anstånd"
        assert message.sent_at == datetime(2018, 1, 17, 8, 14, tzinfo=UTC)
        assert message.return_path == "asa.ek@utb.bjorkholm.example"

    @pytest.mark.parametrize("piece", [b"x-", b"a x-a:", b"From:", b"x-" + b"a" * 40])
    def test_a_line_without_end_takes_linear_time(self, piece):
        started = time.process_time()
        parse.parse(b"Subject: " + piece * (2_000_000 // len(piece)))
        assert time.process_time() - started < 1

    def test_the_text_of_a_mail_is_split_into_new_text_signature_and_history(self):
        body = "Hej!\r\n\r\nMvh\r\nEva\r\n\r\n-----Ursprungligt meddelande-----\r\nGammalt"
        message = parse.parse(HEAD + b"\r\n" + body.encode())
        assert (message.text, message.signature) == ("Hej!", "Mvh\nEva")
        assert "Gammalt" in message.quoted
        assert message.body == body.replace("\r\n", "\n")

    def test_parts_become_text_html_and_named_attachments(self):
        message = parse.parse(with_attachments())
        assert message.body == "Se bilagan."
        assert message.html is not None
        assert "<b>bilagan</b>" in message.html
        assert [(one.filename, one.content_type, one.size) for one in message.attachments] == [
            ("räkning.pdf", "application/pdf", 4),
            ("a.png", "image/png", 256),
        ]
        assert message.content_types == (
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/html",
            "application/pdf",
            "image/png",
        )

    def test_an_attachment_is_found_again_by_its_position(self):
        content = with_attachments()
        pdf, png = parse.parse(content).attachments
        assert parse.extract(content, pdf.position) == b"%PDF"
        assert parse.extract(content, png.position) == bytes(range(256))

    def test_a_position_beyond_the_parts_is_an_index_error(self):
        with pytest.raises(IndexError):
            parse.extract(PLAIN, 1)

    def test_an_attached_mail_is_one_part_and_its_text_is_history(self):
        outer = EmailMessage()
        outer["From"] = "eva@stad.example"
        outer.set_content("Se bifogat.\n")
        inner = EmailMessage()
        inner["From"] = "bo@annat.example"
        inner["Subject"] = "Faktura 40012345"
        inner.set_content("Betala senast 31 januari.\n")
        outer.add_attachment(inner)
        message = parse.parse(outer.as_bytes())
        assert message.text == "Se bifogat."
        assert message.content_types == ("multipart/mixed", "text/plain", "message/rfc822")
        assert "Ämne: Faktura 40012345" in message.quoted
        assert "Betala senast 31 januari." in message.quoted

    @pytest.mark.parametrize(("header", "path"), [(b"<>", ""), (b"<A@b.example>", "a@b.example")])
    def test_the_return_path_tells_bounces_from_mail(self, header, path):
        assert parse.parse(b"Return-Path: " + header + b"\r\n\r\n").return_path == path

    def test_without_a_return_path_header_there_is_none(self):
        assert parse.parse(b"Subject: x\r\n\r\n").return_path is None

    def test_a_failure_of_our_own_makes_a_mail_unreadable_and_raises_nothing(self):
        message = parse.parse(memoryview(PLAIN))
        assert message.faults == (Fault.UNREADABLE,)
        assert message.size == len(PLAIN)


class TestTransportHeaders:
    def test_they_fill_what_the_mail_lacks(self):
        transport = (("Auto-Submitted", "auto-replied"), ("X-Two", "a"), ("X-Two", "b"))
        message = parse.parse(PLAIN, transport_headers=transport)
        assert message.header("auto-submitted") == "auto-replied"
        assert message.all_headers("X-Two") == ("a", "b")

    def test_they_never_replace_what_the_mail_has(self):
        message = parse.parse(
            PLAIN, transport_headers=(("SUBJECT", "annat"), ("Cc", "x@y.example"))
        )
        assert message.all_headers("subject") == ("SV: Anstånd",)
        assert message.cc == (Address(address="bo@utb.bjorkholm.example"),)

    def test_the_same_facts_are_derived_from_them(self):
        transport = (("Return-Path", "<>"), ("Message-ID", "<a@b.example>"), ("Cc", "c@d.example"))
        message = parse.parse(b"Subject: x\r\n\r\nhej", transport_headers=transport)
        assert (message.return_path, message.message_id) == ("", "a@b.example")
        assert message.cc == (Address(address="c@d.example"),)

    def test_they_do_not_change_the_hash_or_a_made_up_id(self):
        bare = parse.parse(b"Subject: x\r\n\r\nhej")
        more = parse.parse(b"Subject: x\r\n\r\nhej", transport_headers=(("Received", "by a"),))
        assert (bare.content_hash, bare.message_id) == (more.content_hash, more.message_id)


class TestIdentity:
    def test_a_made_up_id_is_the_same_every_time_and_told_as_a_fault(self):
        content = PLAIN.replace(b"Message-ID:", b"X-Id:")
        first, second = parse.parse(content), parse.parse(content)
        assert first.message_id == second.message_id
        assert first.message_id.startswith("sha256.")
        assert first.message_id.endswith("@missing.invalid")
        assert Fault.NO_MESSAGE_ID in first.faults

    @pytest.mark.parametrize(
        "change",
        [
            (b"17 Jan", b"18 Jan"),
            (b"Anst", b"anst"),
            (b"40012345", b"40012346"),
            (b"Asa.Ek@", b"asa.ekk@"),
            (b"info@", b"kassa-bank@"),
        ],
    )
    def test_made_up_ids_of_different_mails_differ(self, change):
        content = PLAIN.replace(b"Message-ID:", b"X-Id:")
        other = content.replace(*change)
        assert parse.parse(content).message_id != parse.parse(other).message_id

    def test_the_hash_ignores_what_differs_between_two_deliveries(self):
        again = b"Received: by a; Wed, 17 Jan 2018 09:14:00 +0100\r\n" + PLAIN
        assert parse.parse(again).content_hash == parse.parse(PLAIN).content_hash

    @pytest.mark.parametrize("change", [(b"Anst", b"anst"), (b"12345", b"12346"), (b"Asa", b"osa")])
    def test_the_hash_tells_sender_subject_and_body_apart(self, change):
        other = parse.parse(PLAIN.replace(*change))
        assert other.content_hash != parse.parse(PLAIN).content_hash


class TestFromFields:
    @given(swedish_lines, swedish_texts)
    def test_a_mail_and_its_fields_are_read_alike(self, subject, body):
        mail = EmailMessage()
        mail["From"] = "Eva Ek <eva@stad.example>"
        mail["Subject"] = subject
        mail["Message-ID"] = "<a@b.example>"
        mail.set_content(body, cte="base64")
        read = parse.parse(mail.as_bytes())
        built = parse.from_fields(
            subject=subject,
            body=body,
            sender=Address(name="Eva Ek", address="eva@stad.example"),
            headers={"MESSAGE-ID": "<a@b.example>"},
        )
        for fact in ("sender", "subject", "body", "text", "signature", "quoted", "message_id"):
            assert getattr(read, fact) == getattr(built, fact)
        assert read.content_hash == built.content_hash

    def test_facts_are_derived_from_headers_in_any_case(self):
        message = parse.from_fields(
            subject="SV: x",
            body="hej",
            sender=None,
            headers={
                "in-reply-TO": "<a@b.example>",
                "REFERENCES": "<c@d.example> <a@b.example>",
                "Return-path": "<>",
                "date": "Wed, 17 Jan 2018 09:14:00 +0100",
                "Auto-Submitted": "auto-replied",
            },
        )
        assert message.in_reply_to == ("a@b.example",)
        assert message.references == ("c@d.example", "a@b.example")
        assert message.return_path == ""
        assert message.sent_at == datetime(2018, 1, 17, 8, 14, tzinfo=UTC)
        assert message.header("Auto-Submitted") == "auto-replied"
        assert Fault.NO_SENDER in message.faults

    def test_attachments_and_recipients_are_kept(self):
        to = (Address(address="info@exempelstad.example"),)
        message = parse.from_fields(
            subject="x", body="", sender=None, attachments=["räkning.pdf", "a\nb.pdf"], to=to
        )
        assert [one.filename for one in message.attachments] == ["räkning.pdf", "a b.pdf"]
        assert message.to == to
        assert Fault.NO_TEXT in message.faults

    def test_a_report_is_recognised_by_its_content_type_and_words(self):
        message = parse.from_fields(
            subject="Undelivered",
            body="Status: 5.1.1\n\nMessage-ID: <a@b.example>",
            sender=Address(address="mailer-daemon@mx.example"),
            headers={"Content-Type": "multipart/report; report-type=delivery-status"},
        )
        assert message.content_types == ("multipart/report",)
        assert message.report is not None
        assert message.report.original_ids == ("a@b.example",)

    @given(st.text(st.characters(), max_size=60), st.text(st.characters(), max_size=60))
    def test_any_text_gives_a_message_that_can_be_stored(self, subject, body):
        message = parse.from_fields(
            subject=subject, body=body, sender=None, headers={"X-Odd": subject}, attachments=[body]
        )
        texts = message.subject + message.body + message.attachments[0].filename
        assert "\0" not in texts + message.headers[0][1]
        assert texts.encode().decode() == texts


class TestReceivedAt:
    @staticmethod
    def of(*headers, fallback=NOON):
        head = "".join(f"{header}\r\n" for header in headers)
        return parse.received_at(parse.parse(f"{head}Subject: x\r\n\r\n".encode()), fallback)

    def test_the_topmost_received_date_wins(self):
        at = self.of(
            "Received: from a by b; Wed, 17 Jan 2018 10:00:00 +0100",
            "Received: from c by a; Wed, 17 Jan 2018 09:00:00 +0100",
            "Date: Wed, 17 Jan 2018 08:00:00 +0100",
        )
        assert at == datetime(2018, 1, 17, 9, tzinfo=UTC)
        assert at.tzinfo is UTC

    @pytest.mark.parametrize(
        "received",
        [
            "from a by b",
            "from a by b; i morgon",
            "by b; Mon, 1 Jan 2096 00:00:00 +0000",
            "by b; Fri, 19 Jan 2018 12:00:01 +0000",
            "by b; Thu, 1 Jan 1970 00:00:00 +0000",
        ],
    )
    def test_a_received_date_that_cannot_be_true_gives_way_to_the_date(self, received):
        at = self.of(f"Received: {received}", "Date: Wed, 17 Jan 2018 08:00:00 +0100")
        assert at == datetime(2018, 1, 17, 7, tzinfo=UTC)

    def test_a_clock_that_is_a_day_ahead_is_believed(self):
        at = self.of("Received: by b; Thu, 18 Jan 2018 12:00:00 +0000")
        assert at == NOON + timedelta(days=1)

    def test_without_a_believable_date_the_fallback_is_returned_in_utc(self):
        fallback = NOON.astimezone(timezone(timedelta(hours=1)))
        at = self.of("Date: Wed, 17 Jan 1917 08:00:00 +0100", fallback=fallback)
        assert at == NOON
        assert at.tzinfo is UTC
