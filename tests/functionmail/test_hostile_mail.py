import importlib.util
import statistics
import time
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functionmail import parse
from functionmail.message import Fault, Message
from functionmail.parse import mime
from tests.hostile import hostile_mails

MAILS = hostile_mails()


def by(attribute):
    chosen = [mail for mail in MAILS if getattr(mail, attribute) is not None]
    return pytest.mark.parametrize("mail", chosen, ids=lambda mail: mail.name)


@cache
def parsed(mail):
    return read(mail.content)


def read(content):
    """Parse bytes and check what holds for every message."""
    message = parse.parse(content)
    assert Fault.UNREADABLE not in message.faults
    texts = list(all_texts(message))
    everything = "".join(texts)
    assert "\0" not in everything
    assert everything.encode("utf-8").decode("utf-8") == everything
    one_liners = [value for pair in message.headers for value in pair]
    one_liners += [message.subject, message.message_id, *message.references]
    one_liners += [part.filename for part in message.attachments]
    assert all(text.splitlines() in ([], [text]) for text in one_liners)
    return message


def all_texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from all_texts(one)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from all_texts(getattr(value, name))


def test_there_are_hundreds_of_hostile_mails_and_each_has_its_own_name():
    assert len(MAILS) >= 300
    assert len({mail.name for mail in MAILS}) == len(MAILS)


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.name)
def test_a_hostile_mail_becomes_a_message(mail):
    assert isinstance(parsed(mail), Message)


@by("subject")
def test_its_subject_is_read(mail):
    assert parsed(mail).subject == mail.subject


@by("says")
def test_its_text_is_read(mail):
    assert mail.says in parsed(mail).body


@by("fault")
def test_its_fault_is_listed(mail):
    assert mail.fault in parsed(mail).faults


@by("action")
def test_a_bounce_names_its_outcome_and_the_mail_it_is_about(mail):
    report = parsed(mail).report
    assert report is not None
    assert report.action == mail.action
    assert "fm.2018-000123.1.0a1b2c3d4e@exempelstad.example" in report.original_ids


def test_what_is_no_bounce_has_no_delivery_report():
    others = [mail for mail in MAILS if mail.action is None]
    assert len(others) > 300
    assert [mail.name for mail in others if parsed(mail).report is not None] == []


def valid_mails():
    plain = EmailMessage()
    plain["From"] = "Åsa Ek <asa@stad.example>"
    plain["To"] = "Kundreskontra <kundreskontra@exempelstad.example>, info@exempelstad.example"
    plain["Subject"] = "[KR] Anstånd – faktura 40012345, en lång rad som måste brytas någonstans"
    plain["Message-ID"] = "<a@stad.example>"
    plain["References"] = "<b@stad.example> <c@stad.example>"
    plain["Date"] = "Wed, 17 Jan 2018 09:14:00 +0100"
    plain.set_content("Hej!\n\nVi önskar anstånd.\n\nMvh\nÅsa\n", cte="quoted-printable")
    rich = EmailMessage()
    rich["From"] = "eva@stad.example"
    rich["Subject"] = "Räkning"
    rich.set_content("Se bilagan för räkningen.\n", cte="base64")
    rich.add_alternative("<html><p class='a'>Se <b>bilagan</b> &ouml;</p></html>", subtype="html")
    rich.add_attachment(b"%PDF" * 20, maintype="application", subtype="pdf", filename="räkn.pdf")
    rich.add_attachment(plain)
    bounce = next(mail.content for mail in MAILS if mail.name == "bounce-postfix")
    return [plain.as_bytes(), rich.as_bytes(), bounce]


VALID = valid_mails()
offsets = st.integers(0, 4000)


@given(st.sampled_from(VALID), st.lists(st.tuples(offsets, st.integers(0, 255)), max_size=30))
def test_flipped_bytes_never_raise(content, flips):
    damaged = bytearray(content)
    for offset, byte in flips:
        damaged[offset % len(damaged)] = byte
    read(bytes(damaged))


@given(st.sampled_from(VALID), offsets, offsets)
def test_a_mail_cut_at_both_ends_never_raises(content, start, end):
    read(content[start % len(content) : end % len(content)])


@given(st.sampled_from(VALID), st.sampled_from(VALID), offsets, offsets)
def test_two_mails_spliced_together_never_raise(first, second, here, there):
    read(first[: here % len(first)] + second[there % len(second) :])


@given(st.sampled_from(VALID), st.lists(st.tuples(offsets, offsets), max_size=10))
def test_repeated_and_moved_lines_never_raise(content, moves):
    lines = content.split(b"\n")
    for source, target in moves:
        lines.insert(target % len(lines), lines[source % len(lines)])
    read(b"\n".join(lines))


@given(st.binary(max_size=600))
def test_any_bytes_never_raise(content):
    read(content)


PIECES = (
    *(b"--a", b"--a--", b"\n", b"\r\n", b"\r", b" ", b"Content-Type: ", b"multipart/mixed", b'"'),
    *(b"multipart/alternative", b"message/rfc822", b"text/html", b"; boundary=a", b"<p>", b"x"),
    *(b"Subject: ", b"From: ", b"=?utf-8?q?", b"?=", b"<a@b.example>", b"\xc3", b"<!--", b"<pre>"),
    *(b"Content-Transfer-Encoding: base64", b"message/delivery-status", b"Action: failed"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_any_order_of_the_pieces_of_mail_never_raises(pieces):
    read(b"".join(pieces))


def python_test_mails():
    spec = importlib.util.find_spec("test")
    roots = [Path(place) for place in (spec and spec.submodule_search_locations) or ()]
    return sorted(path for root in roots for path in root.glob("test_email/data/*.txt"))


@pytest.mark.parametrize("path", python_test_mails(), ids=lambda path: path.name)
def test_the_mails_of_the_standard_library_are_read(path):
    read(path.read_bytes())


def seconds(content):
    start = time.process_time()
    message = read(content)
    return time.process_time() - start, message


def test_twenty_thousand_recipients_take_less_than_half_a_second():
    names = ", ".join(f"Namn {number} <namn{number}@stad.example>" for number in range(20_000))
    took, message = seconds(f"From: a@b.example\r\nTo: {names}\r\n\r\nHej".encode())
    assert took < 0.5
    assert len(message.to) == 200
    assert Fault.TOO_MANY_ADDRESSES in message.faults


def nested(depth, innermost):
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level)
        for level in range(depth)
    )
    return opened + b"\n" + innermost


SUBJECT = b"Subject: x\r\n\r\n"
MIXED = b"Content-Type: multipart/mixed; boundary=a\n\n"
STATUS_PART = b"--a\nContent-Type: message/delivery-status\n\n"
ENDLESS = {
    "text": (SUBJECT, b"hej hopp faktura\r\n"),
    "one-line": (SUBJECT, b"x"),
    "carriage-returns": (SUBJECT, b"\r"),
    "line-feeds": (SUBJECT, b"\n"),
    "nul": (SUBJECT, b"\0"),
    "base64": (b"Content-Transfer-Encoding: base64\r\n" + SUBJECT, b"A" * 76 + b"\r\n"),
    "html": (b"Content-Type: text/html\r\n\r\n", b"<p>hej <b>"),
    "header": (b"Subject: ", b"x"),
    "headers": (b"", b"X: y\r\n"),
    "encoded-words": (b"Subject: ", b"=?utf-8?q?=C3=A5?= "),
    "parts": (MIXED, b"--a\n\nx\n"),
    "boundaries": (MIXED, b"--ab\n"),
    "parts-of-latin-1": (MIXED, b"--a\n\n" + b"\xe5\xe4\xf6 " * 26_000 + b"\n"),
    "parts-of-html": (MIXED, b"--a\nContent-Type: text/html\n\n" + b"<p><b>" * 17_000 + b"\n"),
    "parts-of-status": (MIXED, STATUS_PART + b"a:b\n" * 25_000 + b"\n"),
    "nested-without-blank-lines": (nested(49, b"").replace(b"\n\n", b"\n--x\n"), b"x\n"),
    "nested": (nested(49, b""), b"x\n"),
    "nested-boundaries": (nested(49, b""), b"--b0x\n"),
}


@pytest.mark.slow
def test_an_ordinary_mail_takes_less_than_a_millisecond():
    spans = [seconds(VALID[0])[0] for _ in range(500)]
    assert statistics.median(spans) < 0.001


@pytest.mark.slow
@pytest.mark.parametrize("kind", ENDLESS)
def test_fifty_megabytes_of_anything_take_less_than_three_seconds(kind):
    head, unit = ENDLESS[kind]
    took, _ = seconds(head + unit * (mime.MAX_SIZE // len(unit)))
    assert took < 3


def test_what_is_beyond_the_largest_size_is_not_read():
    content = b"Subject: x\r\n\r\n" + b"x" * mime.MAX_SIZE
    assert Fault.TOO_LARGE in parse.parse(content).faults


def test_a_message_does_not_hold_on_to_its_attachments():
    mail = EmailMessage()
    mail.set_content("Hej")
    mail.add_attachment(b"x" * 1_000_000, maintype="application", subtype="zip", filename="a.zip")
    message = parse.parse(mail.as_bytes())
    assert sum(len(text) for text in all_texts(message)) < 5000
    assert message.attachments[0].size == 1_000_000
