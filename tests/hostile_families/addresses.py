"""Addresses, ids and dates that break the grammar or hide in it."""

from __future__ import annotations

from collections.abc import Iterator

from functionmail.message import Fault
from tests.hostile_families.base import SAYS, SUBJECT, Family, HostileMail, mail

_SENDERS: tuple[tuple[str, str | bytes, Fault | None], ...] = (
    ("address-without-domain", "From: a..b@", Fault.NO_SENDER),
    ("address-without-local-part", "From: <@stad.example>", Fault.NO_SENDER),
    ("address-with-two-dots", "From: a..b@stad.example", None),
    ("address-with-two-at-signs", "From: <a@b@stad.example>", Fault.BAD_ADDRESS),
    ("address-with-spaces", "From: Eva < eva @ stad.example >", None),
    ("address-without-brackets", "From: Eva Ek eva@stad.example", None),
    ("address-in-two-brackets", "From: <<eva@stad.example>>", None),
    ("address-never-closed", "From: Eva <eva@stad.example", None),
    ("quotation-never-closed", 'From: "Eva <eva@stad.example>', None),
    ("comment-never-closed", "From: eva@stad.example (Eva", None),
    ("comment-in-a-comment", "From: eva@stad.example (Eva (Ek))", None),
    ("address-in-apostrophes", "From: \"'eva@stad.example'\" <'eva@stad.example'>", None),
    ("address-as-mailto", "From: <mailto:eva@stad.example>", None),
    ("address-as-an-encoded-word", "From: =?utf-8?q?Eva_=3Ceva=40stad.example=3E?=", None),
    ("address-literal", "From: <eva@[192.0.2.1]>", None),
    ("address-with-a-route", "From: <@a.example,@b.example:eva@stad.example>", None),
    ("address-too-long", f"From: <{'a' * 5000}@stad.example>", Fault.BAD_ADDRESS),
    ("domain-too-long", f"From: <a@{'b' * 5000}.example>", Fault.BAD_ADDRESS),
    ("address-in-utf-8", "From: <åsa@båstad.example>", Fault.RAW_8BIT_HEADER),
    ("address-in-latin-1", "From: <åsa@båstad.example>".encode("latin-1"), Fault.RAW_8BIT_HEADER),
    ("address-of-homoglyphs", "From: <ev\u0430@st\u0430d.example>", Fault.RAW_8BIT_HEADER),
    ("no-address-at-all", "From: Eva Ek", Fault.NO_SENDER),
    ("empty-sender", "From:", Fault.NO_SENDER),
    ("empty-brackets", "From: <>", Fault.NO_SENDER),
    ("two-senders", "From: eva@stad.example, bo@stad.example", Fault.SEVERAL_SENDERS),
    ("group-as-sender", "From: Ekonomi: eva@stad.example;", None),
    ("exchange-directory-name", "From: /O=STAD/OU=X/CN=RECIPIENTS/CN=EVA", Fault.NO_SENDER),
    ("only-commas", "From: ,,,;;;,,,", Fault.NO_SENDER),
    ("only-specials", 'From: <"(,;:@>)\\"', Fault.NO_SENDER),
    ("thousands-of-quotations", "From: " + '"\\' * 20_000, Fault.NO_SENDER),
    ("thousands-of-comments", "From: " + "(" * 40_000, Fault.NO_SENDER),
    ("thousands-of-brackets", "From: " + "<" * 40_000, Fault.NO_SENDER),
    ("name-with-a-line-break", "From: =?utf-8?q?Eva=0D=0ABcc:_alla?= <eva@stad.example>", None),
    ("name-with-an-address", 'From: "rektor@stad.example" <eva@annat.example>', None),
    (
        "name-with-encoded-brackets",
        "From: =?utf-8?q?x_=3Cchef=40stad.example=3E,?= <eva@annat.example>",
        None,
    ),
    ("name-with-an-encoded-comma", "From: =?utf-8?Q?Ek,_Eva?= <eva@stad.example>", None),
    ("name-with-a-bare-comma", "From: Ek, Eva <eva@stad.example>", None),
    ("name-of-ten-thousand-letters", f"From: {'Eva' * 3000} <eva@stad.example>", None),
    ("name-read-backwards", "From: =?utf-8?q?=E2=80=AEave?= <eva@stad.example>", None),
    ("name-with-nul", "From: =?utf-8?q?Eva=00Ek?= <eva@stad.example>", None),
)

_IDS = (
    ("id-in-square-brackets", "Message-ID: <[x]1234@stad.example>"),
    ("id-without-brackets", "Message-ID: utan.hakar@stad.example"),
    ("id-with-spaces", "Message-ID: <a b\r\n c@stad.example>"),
    ("id-never-closed", "Message-ID: <abc@stad.example"),
    ("id-without-at-sign", "Message-ID: <4711>"),
    ("id-with-ellipsis", "Message-ID: <[4711]…@stad.example>"),
    ("id-of-ten-thousand-letters", f"Message-ID: <{'a' * 10_000}@stad.example>"),
    ("id-empty", "Message-ID: <>"),
    ("id-with-a-comment", "Message-ID: (hej) <a@stad.example>"),
    ("id-with-quotation-marks", 'Message-ID: <"a b"@stad.example>'),
    (
        "thousand-references",
        "References: " + "".join(f"<{n}@stad.example>\r\n " for n in range(1000)),
    ),
    ("references-of-brackets", "References: " + "<" * 30_000),
    ("answers-a-sentence", "In-Reply-To: Your message of Mon <4711@stad.example>"),
)

_DATES = (
    ("date-of-nonsense", "Date: imorgon bitti"),
    ("date-empty", "Date:"),
    ("date-with-month-13", "Date: Mon, 31 Foo 2018 25:61:00 +0100"),
    ("date-with-a-huge-zone", "Date: Wed, 17 Jan 2018 09:14:00 +9999999999"),
    ("date-in-year-zero", "Date: Wed, 17 Jan 0000 09:14:00 +0000"),
    ("date-in-year-9999", "Date: Fri, 31 Dec 9999 23:59:59 -1200"),
    ("date-before-the-epoch", "Date: Thu, 1 Jan 1903 00:00:00 +0000"),
    ("date-in-swedish", "Date: ons, 17 maj 2018 09:14:00 +0200"),
    ("date-iso", "Date: 2018-01-17T09:14:00+01:00"),
    ("date-of-digits", "Date: " + "9" * 10_000),
    ("date-with-half-a-second", "Date: Wed, 17 Jan 2018 09:14:00.500 +0100"),
    ("date-with-comments", "Date: Wed (onsdag), 17 Jan 2018 09:14:00 +0100 (CET (svensk))"),
    ("two-dates", "Date: Wed, 17 Jan 2018 09:14:00 +0100\r\nDate: i dag"),
)


def mails() -> Iterator[HostileMail]:
    """Yield mail with a strange sender, id or date; subject and body are as ever."""
    for name, header, fault in _SENDERS:
        yield _mail(name, header, fault)
    for name, header in (*_IDS, *_DATES):
        yield _mail(name, header, None)
    yield _mail("no-sender", "X-From: eva@stad.example", None)
    yield _mail(
        "two-from-headers", "From: a@stad.example\r\nFrom: b@stad.example", Fault.SEVERAL_SENDERS
    )
    yield _mail("undisclosed-recipients", "To: undisclosed-recipients:;", None)
    yield _mail("recipients-of-nonsense", "To: " + "@,;<" * 2000, Fault.BAD_ADDRESS)
    yield _mail("cc-without-end", 'Cc: "' + "a, " * 5000, Fault.BAD_ADDRESS)
    yield _mail("reply-to-of-nonsense", "Reply-To: =?utf-8?q?=00?=", Fault.BAD_ADDRESS)
    yield _mail("return-path-of-nonsense", "Return-Path: <<<>>>", None)
    yield _mail("empty-return-path", "Return-Path: <>", None)


def _mail(name: str, header: str | bytes, fault: Fault | None) -> HostileMail:
    return HostileMail(
        name=name,
        family=Family.ADDRESS,
        content=mail(header),
        subject=SUBJECT,
        says=SAYS,
        fault=fault,
    )
