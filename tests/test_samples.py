"""The sample city: complete, always in the present, and without a single real thing in it."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.utils import getaddresses, parsedate_to_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.samples import SampleMail, sample_mails
from bot.samples.draft import Draft
from bot.samples.mime import Delivery
from bot.samples.wording import fill
from bot.vocabulary import Kind, Language, Urgency

NOW = datetime(2018, 3, 7, 13, 5, tzinfo=UTC)
MAILS = sample_mails(NOW)
UNREADABLE = "trasigt"
READABLE = [mail for mail in MAILS if mail.name != UNREADABLE]

PROCESS_MAILBOXES = {
    "kundreskontra",
    "leverantorsreskontra",
    "redovisning",
    "systemforvaltning",
    "tid-projekt",
    "anlaggning",
    "kassa-bank",
    "hyresadministration",
    "avgiftshantering",
    "stadskassan",
}
MATTERS = {
    "anstand",
    "makulering",
    "avbetalningsplan",
    "bestridande",
    "fakturering",
    "kundregister",
    "aterbetalning",
    "leverantorsfaktura",
    "leverantorsregister",
    "betalstopp",
    "bokforing",
    "motpartsavstamning",
    "behorighet",
    "systemfel",
    "tidrapport",
    "anlaggning",
    "inbetalning",
    "hyra",
    "avgift",
    "bankfraga",
    "ovrigt",
    "wrong_recipient",
}
LABELS = {
    "kind": {kind.value for kind in Kind},
    "process": PROCESS_MAILBOXES | {"none"},
    "matter": MATTERS | {"none"},
    "urgent": {urgency.value for urgency in Urgency},
    "lang": {language.value for language in Language},
    "complaint": {True, False},
    "protected": {True, False},
}
FICTIVE_PHONE = re.compile(
    r"070174(?:060[5-9]|06[1-9]\d)|08465004\d\d|0313900[6]\d\d|0406280[4]\d\d|0980319[2]\d\d"
)
A_PHONE = re.compile(r"(?<![\d-])(?:\+46 ?|0)\d{1,3}[- ]\d{2,3}(?: ?\d{2,3}){1,3}(?!\d)")
A_PERSON = re.compile(r"(?<!\d)(\d{6})-(\d{4})(?!\d)")


def parsed(mail: SampleMail):
    return message_from_bytes(mail.content, policy=policy.default)


def readable_text(mail: SampleMail) -> str:
    """Return the subject and every text part as a reader sees them."""
    message = parsed(mail)
    parts = [part for part in message.walk() if part.get_content_maintype() == "text"]
    return "\n".join([message["Subject"] or "", *(part.get_content() for part in parts)])


def named(name: str) -> SampleMail:
    return next(mail for mail in MAILS if mail.name == name)


every_mail = pytest.mark.parametrize("mail", READABLE, ids=lambda mail: mail.name)


def test_the_city_has_enough_mails_and_no_name_twice():
    assert len(MAILS) >= 60
    assert len({mail.name for mail in MAILS}) == len(MAILS)


def test_every_name_is_fit_for_a_file():
    assert all(re.fullmatch(r"[a-z0-9-]{3,60}", mail.name) for mail in MAILS)


def test_no_two_mails_have_the_same_message_id():
    ids = [parsed(mail)["Message-ID"] for mail in READABLE]
    given_ids = [one for one in ids if one]
    assert len(set(given_ids)) == len(given_ids)
    assert len(given_ids) < len(ids), "one mail has none"


def test_the_same_instant_gives_the_same_bytes():
    assert sample_mails(NOW) == MAILS


@settings(max_examples=15)
@given(st.timedeltas(timedelta(0), timedelta(days=30_000)))
def test_nothing_was_delivered_in_the_future_and_most_of_it_today(later):
    now = NOW + later
    mails = sample_mails(now)
    ages = [now - mail.delivered_at for mail in mails]
    assert min(ages) >= timedelta(0)
    assert max(ages) < timedelta(days=2)
    assert sum(age <= timedelta(hours=6, minutes=1) for age in ages) > len(ages) * 0.8
    assert mails == sorted(mails, key=lambda mail: mail.delivered_at)


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="aware"):
        sample_mails(NOW.replace(tzinfo=None))


@every_mail
def test_the_headers_agree_with_the_delivery(mail):
    message = parsed(mail)
    received = parsedate_to_datetime(message["Received"].rpartition(";")[2].strip())
    assert received == mail.delivered_at
    if message["Date"]:
        assert timedelta(0) <= received - parsedate_to_datetime(message["Date"])
    addressed = {address for _, address in getaddresses(message.get_all("To", []))}
    assert {f"{box}@exempelstad.example" for box in (mail.mailbox, *mail.also_in)} == addressed


@every_mail
def test_every_line_ends_as_the_mail_standard_says(mail):
    assert re.search(rb"(?<!\r)\n|\r(?!\n)", mail.content) is None


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.name)
def test_every_label_is_one_of_the_schema(mail):
    assert mail.expect["kind"]
    for label, value in mail.expect.items():
        assert value in LABELS[label]


@pytest.mark.parametrize(
    ("label", "wanted"),
    [
        ("kind", LABELS["kind"]),
        ("process", LABELS["process"]),
        ("matter", LABELS["matter"]),
        ("urgent", LABELS["urgent"]),
        ("lang", {"en"}),
        ("complaint", {True}),
        ("protected", {True}),
    ],
)
def test_every_label_of_the_schema_is_in_the_city(label, wanted):
    assert wanted <= {mail.expect.get(label) for mail in MAILS}


def test_every_mailbox_gets_mail_and_some_of_it_belongs_elsewhere():
    assert {mail.mailbox for mail in MAILS} == PROCESS_MAILBOXES | {"info"}
    astray = [
        mail
        for mail in MAILS
        if mail.expect.get("process", "none") not in {"none", mail.mailbox}
        and mail.mailbox != "info"
    ]
    assert len(astray) >= 3


def test_machines_are_labelled_without_a_matter():
    machines = [mail for mail in MAILS if mail.expect["kind"] in {"auto_reply", "bounce", "spam"}]
    labels = {(m.expect["process"], m.expect["matter"], m.expect["urgent"]) for m in machines}
    assert labels == {("none", "none", "no")}


def test_a_reply_refers_to_an_older_mail_of_the_city():
    older: set[str] = set()
    replies = 0
    for mail in READABLE:
        message = parsed(mail)
        if message["References"]:
            replies += 1
            assert message["In-Reply-To"] in older
            assert set(message["References"].split()) <= older
        older.add(message["Message-ID"])
    assert replies >= 3


def test_a_reply_to_a_mail_that_is_not_older_is_refused():
    draft = Draft(name="x", mailbox="info", age=1, sender="a@b.example", expect={}, answers="y")
    with pytest.raises(ValueError, match="not older"):
        Delivery.of(draft, NOW, {})


def test_one_mail_lies_in_two_mailboxes():
    assert [mail.also_in for mail in MAILS if mail.also_in] == [("info",)]


def test_mails_come_in_the_encodings_that_senders_use():
    parts = [part for mail in READABLE for part in parsed(mail).walk() if not part.is_multipart()]
    texts = [part for part in parts if part.get_content_maintype() == "text"]
    charsets = Counter(part.get_content_charset() for part in texts)
    transfers = Counter(part["Content-Transfer-Encoding"] for part in texts)
    assert {"utf-8", "iso-8859-1", "windows-1252"} <= set(charsets)
    assert {"8bit", "quoted-printable", "base64"} <= set(transfers)


def test_mails_come_in_the_shapes_that_programs_make():
    types = {mail.name: [part.get_content_type() for part in parsed(mail).walk()] for mail in MAILS}
    flat = {kind for kinds in types.values() for kind in kinds}
    assert ["text/html"] in types.values()
    assert {"multipart/alternative", "multipart/report", "message/delivery-status"} <= flat
    assert {"message/disposition-notification", "application/ms-tnef", "image/png"} <= flat
    assert any(parsed(mail).get_param("format") == "flowed" for mail in READABLE)


def test_attachments_can_be_opened_as_what_they_are_called():
    starts = {
        ".pdf": b"%PDF-",
        ".xlsx": b"PK\x03\x04",
        ".png": b"\x89PNG",
        ".dat": b"\x78\x9f\x3e\x22",
    }
    seen = set()
    for part in (part for mail in READABLE for part in parsed(mail).iter_attachments()):
        ending = re.search(r"\.\w+$", part.get_filename() or "")
        if ending:
            seen.add(ending[0])
            assert part.get_content().startswith(starts[ending[0]])
    assert seen == set(starts)


def test_the_broken_mail_is_broken():
    assert parsed(named(UNREADABLE)).defects


@every_mail
def test_no_place_for_a_day_is_left_open(mail):
    assert re.search(r"\{(date|short|words|month|period)", readable_text(mail)) is None


def test_every_address_is_invented():
    found = re.findall(rb"[\w.+-]+@([\w.-]+)", b"\n".join(mail.content for mail in READABLE))
    assert found
    assert {domain.rpartition(b".")[2] for domain in found} == {b"example"}


@every_mail
def test_every_link_is_invented(mail):
    hosts = re.findall(r"https?://([^/\s\"<>]+)", readable_text(mail))
    assert [host for host in hosts if not host.endswith(".example")] == []


def test_every_phone_number_is_kept_free_for_fiction():
    numbers = [found for mail in READABLE for found in A_PHONE.findall(readable_text(mail))]
    digits = [re.sub(r"\D", "", number.replace("+46 ", "0")) for number in numbers]
    assert len(digits) >= 10
    assert [one for one in digits if not FICTIVE_PHONE.fullmatch(one)] == []


def test_every_personal_identity_number_is_a_test_number():
    people = [found for mail in READABLE for found in A_PERSON.findall(readable_text(mail))]
    assert len(people) >= 3
    for birth, rest in people:
        assert rest[:3] in {"238", "239"}
        assert luhn(birth + rest)


def luhn(digits: str) -> bool:
    """Tell whether the last digit is the modulus-10 check digit of the others."""
    products = [int(digit) * (2 - index % 2) for index, digit in enumerate(digits)]
    return sum(product // 10 + product % 10 for product in products) % 10 == 0


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{date}", "2026-12-30"),
        ("{date+3}", "2027-01-02"),
        ("{short-1}", "29/12"),
        ("{words+2}", "1 januari"),
        ("{month+1} {period+1}", "januari 202701"),
        ("{month-12} {period}", "december 202612"),
        ("{other} {} {date+x}", "{other} {} {date+x}"),
    ],
)
def test_days_are_counted_from_the_delivery(text, filled):
    assert fill(text, date(2026, 12, 30)) == filled
