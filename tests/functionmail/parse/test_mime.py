from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functionmail.message import Fault
from functionmail.parse import contents, mime
from tests.swedish_text import swedish_texts

HEAD = b"Subject: x\n"


def leaf(text, subtype, raw):
    part = EmailMessage()
    if raw is None:
        part.set_content(text, subtype=subtype, cte="base64")
    else:
        part.set_content(raw, maintype="application", subtype="octet-stream")
    return part


def container(kind, parts):
    mail = EmailMessage()
    {"mixed": mail.make_mixed, "alternative": mail.make_alternative, "related": mail.make_related}[
        kind
    ]()
    for part in parts:
        mail.attach(part)
    return mail


leaves = st.builds(
    leaf, swedish_texts, st.sampled_from(["plain", "html"]), st.none() | st.binary(max_size=200)
)
mails = st.recursive(
    leaves,
    lambda inner: st.builds(
        container,
        st.sampled_from(["mixed", "alternative", "related"]),
        st.lists(inner, min_size=1, max_size=4),
    ),
    max_leaves=8,
)


class TestAgainstTheStandardLibrary:
    @given(mails, st.sampled_from([policy.default, policy.SMTP]))
    def test_the_parts_of_any_well_formed_mail_are_found(self, mail, how):
        mail["Subject"] = "x"
        raw = mail.as_bytes(policy=how)
        root, faults = mime.split(raw)
        expected = list(message_from_bytes(raw).walk())
        found = list(root.walk())
        assert [one.content_type for one in found] == [one.get_content_type() for one in expected]
        assert [one.position for one in found] == list(range(len(found)))
        bodies = [contents.decoded(one)[0] for one in found if not one.parts]
        payloads = [one.get_payload(decode=True) for one in expected if not one.is_multipart()]
        assert bodies == payloads
        assert faults == ()


class TestHeaders:
    @pytest.mark.parametrize(
        ("block", "read"),
        [
            (b"A: 1\nB: 2\n", [("a", b"1"), ("b", b"2")]),
            (b"A: 1\n folded\nB: 2\n", [("a", b"1\n folded"), ("b", b"2")]),
            (b"A : 1\n", [("a", b"1")]),
            (b"A:1\nA:2\n", [("a", b"1"), ("a", b"2")]),
            (b"A: 1\nstray\nB: 2\n", [("a", b"1\nstray"), ("b", b"2")]),
            (b"A: 1\n>From eva\nB: 2\n", [("a", b"1"), ("b", b"2")]),
            (b" first\nA: 1\n", [("a", b"1")]),
        ],
    )
    def test_lines_become_headers(self, block, read):
        assert mime.read_headers(block) == (tuple(read), len(block), False)

    def test_a_line_that_no_header_follows_begins_the_body(self):
        block = b"A: 1\nHej!\nHur \xc3\xa4r det?\n"
        headers, offset, _ = mime.read_headers(block)
        assert headers == (("a", b"1"),)
        assert block[offset:].startswith(b"Hej!")

    def test_folded_lines_that_lost_their_indent_end_no_header_before_from(self):
        block = b"Received: from mx\n(1.2.3.4) by mx2\nwith ESMTP\nFrom: <a@x.example>\nTo: b\n"
        headers, offset, _ = mime.read_headers(block)
        assert headers == (
            ("received", b"from mx\n(1.2.3.4) by mx2\nwith ESMTP"),
            ("from", b"<a@x.example>"),
            ("to", b"b"),
        )
        assert offset == len(block)

    def test_a_body_without_a_blank_line_begins_though_it_quotes_a_sender(self):
        block = b"Received: from mx\nFrom: <a@x.example>\nHej!\nNi skrev\nFrom: <b@x.example>\n"
        headers, offset, _ = mime.read_headers(block)
        assert [name for name, _ in headers] == ["received", "from"]
        assert block[offset:].startswith(b"Hej!")

    def test_more_than_a_thousand_are_told(self):
        headers, _, too_many = mime.read_headers(b"A: 1\n" * 1001)
        assert len(headers) == mime.MAX_HEADERS
        assert too_many


class TestSplit:
    @given(st.binary(max_size=300))
    def test_any_bytes_have_a_root(self, content):
        root, _ = mime.split(content)
        assert root.position == 0

    @given(st.text("-ab\n \r", max_size=200))
    def test_no_byte_of_a_part_is_in_two_parts(self, body):
        raw = HEAD + b"Content-Type: multipart/mixed; boundary=a\n\n" + body.encode()
        root, _ = mime.split(raw)
        assert sum(len(part.body) for part in root.walk()) <= len(body)

    @pytest.mark.parametrize("ends", [b"\n", b"\r\n", b"\r", b"\r\r\n"])
    def test_any_line_ends_part_the_body_from_the_headers(self, ends):
        root, faults = mime.split(b"Subject: x%sTo: y%s%sHej" % (ends, ends, ends))
        assert [name for name, _ in root.headers] == ["subject", "to"]
        assert root.body == b"Hej"
        assert faults == ()

    def test_the_line_break_before_a_boundary_belongs_to_it(self):
        body = b"--b\r\n\r\nett\r\n\r\n--b\r\n\r\ntv\xc3\xa5\r\n--b--\r\n"
        root, _ = mime.split(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + body)
        assert [part.body for part in root.parts] == [b"ett\r\n", "två".encode()]

    def test_a_boundary_that_begins_like_another_is_not_it(self):
        body = b"--b\n\nett\n--bb\n--b\n\ntv\n--b--\n"
        root, _ = mime.split(b"Content-Type: multipart/mixed; boundary=b\n\n" + body)
        assert [part.body for part in root.parts] == [b"ett\n--bb", b"tv"]

    def test_a_wrongly_declared_boundary_is_found_in_the_body(self):
        body = b"--real\nContent-Type: text/html\n\n<p>\n--real--\n"
        root, faults = mime.split(b"Content-Type: multipart/mixed; boundary=other\n\n" + body)
        assert [part.content_type for part in root.walk()] == ["multipart/mixed", "text/html"]
        assert faults == (Fault.BAD_BOUNDARY,)

    def test_a_multipart_without_any_boundary_is_text(self):
        root, faults = mime.split(b"Content-Type: multipart/mixed\n\nHej")
        assert (root.content_type, root.body) == ("text/plain", b"Hej")
        assert faults == (Fault.BAD_BOUNDARY,)

    def test_bytes_without_a_header_of_mail_are_one_text(self):
        content = b"Hej: du\n\nMvh: Eva"
        root, faults = mime.split(content)
        assert (root.headers, root.body) == ((), content)
        assert faults == (Fault.NOT_MAIL,)

    def test_an_attached_mail_is_not_taken_apart(self):
        inner = b"Subject: inre\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n--c--\n"
        raw = b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n"
        root, _ = mime.split(raw + inner + b"\n--b--\n")
        assert [part.content_type for part in root.walk()] == ["multipart/mixed", "message/rfc822"]
        assert root.parts[0].body == inner

    @pytest.mark.parametrize("depth", [50, 51])
    def test_fifty_levels_are_read_and_no_more(self, depth):
        raw = b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level)
            for level in range(depth)
        )
        _, faults = mime.split(raw + b"\nHej")
        assert (Fault.TOO_DEEP in faults) == (depth > mime.MAX_DEPTH)

    def test_five_hundred_parts_are_read_and_no_more(self):
        raw = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 700
        root, faults = mime.split(raw)
        assert sum(1 for _ in root.walk()) == mime.MAX_PARTS
        assert Fault.TOO_MANY_PARTS in faults
