"""When a mail came, as far as its header block can be believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functionmail.connectors.received import HEADER_BYTES, header_fields, received_date

HERE = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 3, 7, 30, tzinfo=UTC)
STAMP = b"Received: from a (a [192.0.2.1])\r\n\tby b with ESMTPS id 1;\r\n %s\r\n"


def test_the_topmost_received_line_counts():
    content = (
        STAMP % b"Tue, 3 Mar 2026 08:30:00 +0100 (CET)"
        + STAMP % b"Mon, 2 Mar 2026 23:00:00 +0000"
        + b"Date: Mon, 2 Mar 2026 22:59:00 +0000\r\n\r\n"
    )
    assert received_date(content, HERE) == MORNING


def test_without_a_received_line_the_date_counts():
    assert received_date(b"DATE: Tue, 3 Mar 2026 08:30:00 +0100\n\nHej", HERE) == MORNING


def test_an_unreadable_received_line_leaves_it_to_the_date():
    content = STAMP % b"i tisdags" + b"Date: Tue, 3 Mar 2026 07:30:00 GMT\r\n\r\n"
    assert received_date(content, HERE) == MORNING


def test_a_received_line_without_a_date_leaves_it_to_the_date():
    content = b"Received: from a by b\r\nDate: Tue, 3 Mar 2026 07:30:00 GMT\r\n\r\n"
    assert received_date(content, HERE) == MORNING


def test_a_semicolon_in_a_comment_does_not_hide_the_date():
    content = b"Received: from a (x; y) by b; Tue, 3 Mar 2026 07:30:00 +0000 (UTC; b)\r\n\r\n"
    assert received_date(content, HERE) == MORNING


@pytest.mark.parametrize("content", [b"", b"\r\n", b"Hej", b"Date:\r\n\r\n", b"\x00" * 100])
def test_without_any_date_the_file_speaks(content):
    assert received_date(content, HERE) == HERE


def test_a_date_in_the_text_is_not_read():
    assert received_date(b"Subject: x\r\n\r\nDate: Tue, 3 Mar 2026 07:30:00 GMT", HERE) == HERE


def test_a_date_from_the_future_is_not_believed():
    content = b"Date: Thu, 5 Mar 2026 09:00:00 +0000\r\n\r\n"
    assert received_date(content, HERE) == HERE


def test_a_clock_that_is_some_hours_ahead_is_believed():
    content = b"Date: Wed, 4 Mar 2026 08:00:00 +0000\r\n\r\n"
    assert received_date(content, HERE) == HERE + timedelta(hours=23)


def test_a_future_received_line_leaves_it_to_the_date():
    content = STAMP % b"Tue, 3 Mar 2099 08:30:00 +0100" + b"Date: 3 Mar 2026 07:30 GMT\r\n\r\n"
    assert received_date(content, HERE) == MORNING


def test_a_file_restored_with_an_old_time_does_not_make_the_date_the_future():
    content = STAMP % b"Tue, 3 Mar 2026 08:30:00 +0100"
    assert received_date(content, datetime(1970, 1, 1, tzinfo=UTC), latest=HERE) == MORNING


@pytest.mark.parametrize("year", ["1066", "1904", "1970"])
def test_a_date_before_there_was_such_mail_is_not_believed(year):
    assert received_date(f"Date: Tue, 3 Mar {year} 07:30:00 GMT\n\n".encode(), HERE) == HERE


def test_an_unknown_zone_is_taken_for_utc():
    assert received_date(b"Date: Tue, 3 Mar 2026 07:30:00 -0000\n\n", HERE) == MORNING


@pytest.mark.parametrize(
    "date",
    [
        b"Tue, 3 Mar 2026 07:30:00 +9999999",
        b"Tue, 99 Foo 2026 99:99:99 +0100",
        b"9" * 100_000,
        b"Tue, 3 Mar " + b"9" * 50 + b" 07:30:00 +0000",
        b"(" * 50_000,
        b"; " * 50_000,
        b", , , ,",
        b"\xff\xfe",
    ],
)
def test_nonsense_in_a_date_raises_nothing(date):
    assert received_date(b"Date: " + date + b"\r\n\r\n", HERE) == HERE
    assert received_date(b"Received: x; " + date + b"\r\n\r\n", HERE) == HERE


@given(st.binary(max_size=300))
def test_any_bytes_give_an_aware_instant_not_after_tomorrow(noise):
    found = received_date(b"Received: by x; " + noise, HERE)
    assert found.utcoffset() == timedelta(0)
    assert found <= HERE + timedelta(days=1)


@given(st.integers(min_value=0, max_value=1_100_000_000))
def test_a_well_formed_date_is_read_to_the_second(seconds):
    instant = datetime(1990, 1, 2, tzinfo=UTC) + timedelta(seconds=seconds)
    content = f"Date: {instant:%d %b %Y %H:%M:%S} +0000\r\n\r\n".encode()
    assert received_date(content, HERE) == instant


def test_fields_are_unfolded_and_lower_cased_in_order():
    content = b"Subject: a\r\n b\r\nnot a field\r\n lost\r\nX-Y : c\r\n\r\nTo: no\r\n"
    assert list(header_fields(content)) == [(b"subject", b"a b"), (b"x-y", b"c")]


def test_a_header_block_without_end_is_read_only_so_far():
    content = b"X: y\r\n" * (HEADER_BYTES // 6 + 10) + b"Date: Tue, 3 Mar 2026 07:30:00 GMT\r\n"
    assert received_date(content, HERE) == HERE
