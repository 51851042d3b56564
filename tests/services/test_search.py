"""Finding cases by what people have at hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.cases import CaseNumber
from bot.ledger_file import Invoice
from bot.services.search import FoundBy, Search, rebuild
from bot.services.sight import Sight
from bot.store.case_invoices import CaseInvoice
from bot.store.promises import PhoneCall
from bot.store.records import NewMessage
from bot.vocabulary import CaseId, Channel, InvoiceStage, Kind, MailboxKey, MessageId, Right
from functionmail.message import Address, Message
from tests.city import shipped_material
from tests.kept_database import BOTH, empty, kept_databases
from tests.made_cases import a_case

NOON = datetime(2026, 3, 3, 11, tzinfo=UTC)
HOUR = timedelta(hours=1)
KNOWLEDGE = shipped_material().knowledge
STAFF = Sight(rights=frozenset({Right.STAFF}))
TRUSTED = Sight(rights=frozenset({Right.STAFF, Right.PROTECTED}))
CUSTOMER = next(iter(KNOWLEDGE.customers.values()))


@pytest.fixture(scope="module")
def kept(request, tmp_path_factory):
    with kept_databases(request, tmp_path_factory) as kept:
        yield kept


@pytest.fixture(params=BOTH)
def database(request, kept):
    database = kept(request.param)
    with database.work() as work:
        work.cases.insert(
            [
                case(1, number=CaseNumber(year=2025, serial=123)),
                case(2, number=CaseNumber(year=2026, serial=123)),
                case(3, customer=CUSTOMER.key),
                case(4, protected=True, customer=CUSTOMER.key),
                case(5, customer=CUSTOMER.key),
            ]
        )
    yield database
    empty(database)


@pytest.fixture
def search(database):
    return Search(database, KNOWLEDGE)


def case(case_id, **changes):
    number = CaseNumber(year=2026, serial=1000 + case_id)
    return a_case(case_id, **({"at": NOON + case_id * HOUR, "number": number} | changes))


def store(database, *mails, invoices=()):
    with database.work() as work:
        work.messages.insert(mails)
        work.case_invoices.insert(invoices)


def mail(message_id, case_id, text, *, subject="Fråga", name="Kim Ek"):
    return NewMessage(
        id=MessageId(message_id),
        message=Message(
            message_id=f"{message_id}@x.example",
            content_hash=f"{message_id}",
            sender=Address(name=name, address="kim.ek@kund.example"),
            subject=subject,
            text=text,
        ),
        content=b"",
        transport_headers=(),
        mailbox=MailboxKey("info"),
        case_id=CaseId(case_id),
        kind=Kind.CASE,
        automatic=False,
        glance=False,
        received_at=NOON + message_id * HOUR,
        triage={},
    )


def invoice(case_id, number, **said):
    return CaseInvoice(case_id=CaseId(case_id), number=number, position=0, **said)


def ids(found):
    return [one.case.id for one in found.cases]


@pytest.mark.parametrize(
    "written",
    ["2026-000123", "#2026-123", "2026-123", "[#2026-000123-k7]", "SV: [#2026-000123-k7] Hej"],
)
def test_a_case_is_found_by_its_number_as_people_write_it(search, written):
    found = search.find(written, STAFF)
    assert (ids(found), found.cases[0].by) == ([2], FoundBy.CASE_NUMBER)


@pytest.mark.parametrize("written", ["123", "#123", "000123", " [#123] "])
def test_a_serial_alone_finds_the_cases_of_all_years_the_newest_first(search, written):
    assert ids(search.find(written, STAFF)) == [2, 1]


@pytest.mark.parametrize("written", ["40012345", "4001 2345", "4001-2345", "faktura 40012345"])
def test_a_case_is_found_by_its_invoice_however_it_is_grouped(database, search, written):
    store(
        database, invoices=[invoice(1, "40012345"), invoice(3, "40012345"), invoice(2, "40012346")]
    )
    found = search.find(written, STAFF)
    assert ids(found) == [3, 1]
    assert {one.by for one in found.cases} == {FoundBy.NUMBER}


def test_a_case_is_found_by_the_ocr_number_of_its_invoice_and_by_its_customer_number(
    database, search
):
    known = Invoice(
        number="40012345",
        ocr="400123459",
        customer_no="880011",
        customer="x",
        due=date(2026, 4, 1),
        amount_ore=100,
        stage=InvoiceStage.OPEN,
        paid_on=None,
    )
    with database.work() as work:
        generation = work.ledger.begin(NOON)
        work.ledger.add(generation, [known])
        work.ledger.switch(generation, rejected=0, now=NOON)
    store(database, invoices=[invoice(1, "40012345", customer_no="880011")])
    assert ids(search.find("400123459", STAFF)) == [1]
    assert ids(search.find("880011", STAFF)) == [1]


def test_a_customer_is_found_by_every_form_of_its_name(search):
    for form in (CUSTOMER.name, CUSTOMER.name.upper(), *CUSTOMER.forms(), *CUSTOMER.abbreviations):
        found = search.find(f"  {form} ", STAFF)
        assert ids(found)[:2] == [5, 3]
        assert found.cases[0].by is FoundBy.CUSTOMER


def test_better_reasons_come_first_and_the_newest_of_each(database, search):
    store(
        database,
        mail(1, 3, "ärende 2026-000123 och faktura 40012345"),
        mail(2, 1, "ärende 2026-000123"),
        invoices=[invoice(5, "2026000123")],
    )
    assert ids(search.find("2026-000123", STAFF)) == [2, 5, 3, 1]


def test_a_protected_case_is_found_by_nothing_without_the_right(database, search):
    store(database, mail(1, 4, "grönsakstorget"), invoices=[invoice(4, "40099999")])
    for question in ("2026-1004", "1004", "40099999", "grönsakstorget", "kim.ek@kund.example"):
        assert search.find(question, STAFF).cases == ()
        assert search.find(question, STAFF).more is False
        assert ids(search.find(question, TRUSTED)) == [4]
    assert ids(search.find(CUSTOMER.name, STAFF)) == [5, 3]


def test_a_snippet_shows_the_word_and_what_stands_around_it(database, search):
    before, after = "lång inledning " * 20, " lång avslutning" * 20
    store(database, mail(1, 1, f"{before}om\n\nFakturornas moms{after}"))
    (found,) = search.find("faktura", STAFF).cases
    start, end = found.marked
    assert found.snippet[start:end] == "Fakturornas"
    assert "\n" not in found.snippet
    assert found.snippet.startswith("…")
    assert found.snippet.endswith("…")
    assert len(found.snippet) < 150


def test_whoever_may_not_read_mails_gets_no_snippet(database, search):
    store(database, mail(1, 1, "grönsakstorget"))
    (found,) = search.find("grönsakstorget", Sight(rights=frozenset({Right.MANAGER}))).cases
    assert (found.case.id, found.snippet) == (1, None)


def test_a_case_whose_words_stand_with_the_sender_has_no_snippet(database, search):
    store(database, mail(1, 1, "grönsakstorget"))
    (found,) = search.find("ek@kund.example kim", STAFF).cases
    assert found.snippet is None


def test_a_call_is_found_with_a_snippet(database, search):
    with database.work() as work:
        work.cases.insert([case(9, channel=Channel.PHONE)])
        work.phone_calls.insert(
            PhoneCall(case_id=CaseId(9), customer="Åsa", callback="08-1", note="om gungorna")
        )
    (found,) = search.find("gunga", STAFF).cases
    assert found.snippet[slice(*found.marked)] == "gungorna"


def test_a_case_stands_once_however_many_mails_say_it(database, search):
    store(database, *(mail(n, 1, "grönsakstorget") for n in range(1, 6)))
    assert ids(search.find("grönsakstorget", STAFF)) == [1]


def test_at_most_fifty_are_shown_and_that_there_are_more(database, search):
    with database.work() as work:
        work.cases.insert(case(n) for n in range(100, 160))
    store(database, *(mail(n, n, "grönsakstorget") for n in range(100, 160)))
    found = search.find("grönsakstorget", STAFF)
    assert (len(found.cases), found.more) == (50, True)
    assert ids(found)[0] == 159
    assert search.find("grönsakstorget", STAFF, limit=60).more is True


@pytest.mark.parametrize(
    "question", ["", " ", "\0", '"', "*", "OR", "NEAR(", "%", "_", "'; --", "9" * 400, "å" * 10_000]
)
def test_hostile_questions_find_nothing_and_break_nothing(database, search, question):
    store(database, mail(1, 1, "grönsakstorget"))
    assert search.find(question, TRUSTED).cases == ()


def test_a_question_with_signs_finds_what_its_words_find(database, search):
    store(database, mail(1, 1, "grönsakstorget"))
    assert ids(search.find('"grönsakstorget" AND* NEAR(', STAFF)) == []
    assert ids(search.find('*"grönsakstorget")(%', STAFF)) == [1]


def test_an_index_built_anew_finds_what_it_found(database, search):
    with database.work() as work:
        work.cases.insert([case(9, channel=Channel.PHONE)])
        work.phone_calls.insert(
            PhoneCall(case_id=CaseId(9), customer="Åsa", callback="08-1", note="torget")
        )
    store(database, *(mail(n, n, "torget") for n in (1, 2, 3)), mail(20, 1, "annat"))
    questions = ("torget", "annat", "kim ek", "åsa")
    before = [ids(search.find(question, STAFF)) for question in questions]
    told = []
    rebuilt = rebuild(database, progress=lambda done, total: told.append((done, total)))
    assert [ids(search.find(question, STAFF)) for question in questions] == before
    assert before[0] == [9, 3, 2, 1]
    assert rebuilt.entries == 5
    assert told[-1] == (5, 5)


def test_an_index_built_anew_holds_the_newest_last(database):
    with database.work() as work:
        work.cases.insert([case(n, channel=Channel.PHONE) for n in (7, 9)])
        for number in (7, 9):
            call = PhoneCall(case_id=CaseId(number), customer="x", callback="y", note="torget")
            work.phone_calls.insert(call)
    store(database, mail(8, 1, "torget"), mail(10, 2, "torget"))
    rebuild(database)
    with database.reading() as work:
        from bot.language.search_words import asked_words

        hits = work.search.with_words(asked_words("torget"), protected=False)
    assert [hit.case_id for hit in hits] == [2, 9, 1, 7]


def test_an_empty_index_is_filled_for_mails_from_before(database, search):
    store(database, mail(1, 1, "grönsakstorget"))
    with database.work() as work:
        work.search.clear()
    assert search.find("grönsakstorget", STAFF).cases == ()
    rebuild(database)
    assert ids(search.find("grönsakstorget", STAFF)) == [1]
    assert ids(search.find("grönsakstorget", replace(STAFF, rights=frozenset()))) == [1]
