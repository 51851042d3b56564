"""What cases are found by: both databases held to the same questions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql

from bot.language.search_words import MOST_ASKED, asked_words, entry_words
from bot.store.case_invoices import CaseInvoice
from bot.store.promises import PhoneCall
from bot.store.records import NewMessage, SentMessage
from bot.store.search import Entry
from bot.vocabulary import CaseId, Channel, Kind, MailboxKey, MessageId
from functionmail.message import Address, Message
from tests.kept_database import BOTH, empty, kept_databases
from tests.made_cases import a_case

NOON = datetime(2026, 3, 3, 11, tzinfo=UTC)
ASA = Address(name="Åsa Öberg-Lind", address="asa.oberg@hemtjanst.example")
KIM = Address(name="Kim Ek", address="kim@bolag.example")

MAILS = {
    1: ("Anstånd med faktura 40012345", "Kan jag få betala hyran i juni i stället? /Åsa", ASA),
    2: ("Fel belopp på hyresfakturan", "Fakturorna för februari har fel moms.", KIM),
    3: ("Betalningspåminnelse", "Vi har redan betalat. Återbetala 1 250 kr, tack!", ASA),
    4: ("Leverantörsfaktura saknas", "Rosengårdens äldreboende väntar på betalning.", KIM),
    5: ("FÖRFALLODATUM", "Utbetalningen gick till fel konto: 5012-3456789. OBS!!!", KIM),
    6: ("Nytt lösenord", "Inloggningen i Agresso fungerar inte sedan måndags.", ASA),
    7: ("Frågor om e-faktura", "Peppol-id 0007:2120000142 nämns i cafe\u0301ets avtal", KIM),
    8: ("", "100% rabatt_kod \x00 or near not and * \"citat\" 'apostrof' (parentes)", ASA),
}

QUESTIONS = (
    ("anstånd", {1}),
    ("ANSTÅND", {1}),
    ("anst", {1}),
    ("faktura", {1, 2, 7}),
    ("fakturan", {1, 2, 7}),
    ("fakturor", {1, 2, 7}),
    ("fakturo", {2}),
    ("fakturornas", {1, 2, 7}),
    ("hyra", {1, 2}),
    ("hyresfaktura", {2}),
    ("hyres", {1, 2}),
    ("betala faktura", {1}),
    ("faktura betala", {1}),
    ("betalt", {1, 3, 4}),
    ("påminnelse betalning återbetala", set()),
    ("återbetalning", {3}),
    ("Aterbetala", set()),
    ("leverantör", {4}),
    ("äldreboendet", {4}),
    ("ÄLDREBOENDE", {4}),
    ("rosengårdens", {4}),
    ("förfallodatum", {5}),
    ("utbetalningar", {5}),
    ("3456789", {5}),
    ("40012345", {1}),
    ("4001", {1}),
    ("åsa öberg", {1, 3, 6, 8}),
    ("asa.oberg@hemtjanst.example", {1, 3, 6, 8}),
    ("hemtjanst fungerar", {6}),
    ("inloggning agresso", {6}),
    ("lösenordet", {6}),
    ("peppol-id", {7}),
    ("caféets", {7}),
    ("cafe\u0301ets", {7}),
    ("2120000142", {7}),
    ("rabatt_kod", {8}),
    ('"citat"', {8}),
    ("citat*", {8}),
    ("'apostrof' OR", {8}),
    ("NEAR(citat", {8}),
    ("(parentes) AND citat", {8}),
    ("citat OR parentes OR rosengården", set()),
    ("%", set()),
    ("_", set()),
    ("\x00", set()),
    ('"', set()),
    ("''; DROP TABLE case_file; --", set()),
    ("och att det inte", set()),
    ("kr", set()),
    ("", set()),
    ("x" * 10_000, set()),
    ("faktura " * 1_250, {1, 2, 7}),
    ("finnsinte", set()),
)
"""Questions, and the cases that both databases must find."""

BESIDES = {
    "sqlite": {
        "faktura": {4}, "fakturan": {4}, "fakturor": {4}, "fakturornas": {4},
        "faktura " * 1_250: {4}, "betalt": {5}, "betala faktura": {4}, "faktura betala": {4},
        "anst": {3, 6, 8}, "påminnelse betalning återbetala": {3},
    },
    "postgresql": {"fakturo": {1, 7}},
}  # fmt: skip
"""What one of them finds besides, by its nature.

Trigrams find a word inside another: ``faktura`` in ``leverantörsfaktura``, ``anst`` in
``hemtjanst``. Stems find the other forms of a word whose ending is typed half.
"""


def mail(number, *, case=None, kind=Kind.CASE):
    subject, text, sender = MAILS[number]
    return NewMessage(
        id=MessageId(number),
        message=Message(
            message_id=f"{number}@x.example",
            content_hash=f"{number}",
            sender=sender,
            subject=subject.replace("\0", ""),
            text=text.replace("\0", ""),
        ),
        content=b"",
        transport_headers=(),
        mailbox=MailboxKey("info"),
        case_id=None if kind is Kind.SPAM else CaseId(case or number),
        kind=kind,
        automatic=False,
        glance=False,
        received_at=NOON + timedelta(hours=number),
        triage={},
    )


@pytest.fixture(scope="module")
def kept(request, tmp_path_factory):
    with kept_databases(request, tmp_path_factory) as kept:
        yield kept


@pytest.fixture(params=BOTH)
def database(request, kept):
    database = kept(request.param)
    yield database
    empty(database)


@pytest.fixture
def store(database):
    """Cases 1 to 8, each with the mail of its number."""
    with database.work() as work:
        work.cases.insert(a_case(n, at=NOON + timedelta(hours=n)) for n in MAILS)
        work.messages.insert(mail(n) for n in MAILS)
    return database


def found(database, question, *, protected=False):
    with database.reading() as work:
        hits = work.search.with_words(asked_words(question), protected=protected)
    return [hit.case_id for hit in hits]


def test_both_databases_answer_the_same_questions_alike(store):
    wrong, besides = {}, BESIDES[store.engine.dialect.name]
    for question, expected in QUESTIONS:
        cases = set(found(store, question))
        if cases != expected | besides.get(question, set()):
            wrong[question[:40]] = cases
    assert wrong == {}


def test_only_sqlite_finds_a_word_inside_another(store):
    finds_inside = store.engine.dialect.name == "sqlite"
    assert (4 in found(store, "faktura")) is finds_inside


def test_the_newest_mail_comes_first(store):
    assert found(store, "öberg") == [8, 6, 3, 1]


def test_every_word_of_a_mail_finds_it(store):
    lost = {}
    for number, (subject, text, sender) in MAILS.items():
        words = entry_words(subject, sender.name, sender.address, text).split()
        lost[number] = [word for word in words if number not in found(store, word)]
    assert not any(lost.values())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(question=st.text(max_size=60))
def test_no_question_breaks_the_search(store, question):
    assert len(found(store, question)) <= len(MAILS)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(st.text(alphabet="abdefgiklmnorstuvåäö", min_size=3, max_size=12), min_size=1))
def test_every_word_is_found_by_itself_and_by_its_beginning(store, words):
    with store.work() as work:
        work.messages.insert([_saying(work.messages.reserve_ids(1) + 100, " ".join(words))])
    for word in entry_words(*words).split()[:5]:
        assert 1 in found(store, word)


def _saying(number, text):
    new = mail(1)
    message = Message(message_id=f"{number}@x", content_hash=f"{number}", text=text)
    changed = {name: getattr(new, name) for name in new.__slots__}
    return NewMessage(**(changed | {"id": MessageId(number), "message": message}))


def test_a_protected_case_is_found_only_by_those_who_may_see_it(store):
    with store.work() as work:
        work.cases.insert([a_case(9, at=NOON, protected=True)])
        work.messages.insert([_on(9, 20, "anstånd")])
    assert found(store, "anstånd") == [1]
    assert set(found(store, "anstånd", protected=True)) == {1, 9}


def _on(case, number, text):
    new = _saying(number, text)
    changed = {name: getattr(new, name) for name in new.__slots__}
    return NewMessage(**(changed | {"case_id": CaseId(case)}))


def test_an_erased_mail_is_found_no_more_and_leaves_nothing_in_the_index(store):
    with store.work() as work:
        connection = work.search._connection
        connection.execute(sql("DELETE FROM message_text WHERE message_id = 1"))
        left = connection.scalar(sql("SELECT count(*) FROM search_entry WHERE message_id = 1"))
    assert found(store, "anstånd") == []
    assert left == 0
    if store.engine.dialect.name == "sqlite":
        with store.work() as work:
            # Compares what is in the index with the words; fails with "malformed" if they differ.
            work.search._connection.execute(
                sql("INSERT INTO search_words(search_words, rank) VALUES ('integrity-check', 1)")
            )


def test_ignored_mail_is_found_only_once_it_has_become_a_case(database):
    with database.work() as work:
        work.cases.insert([a_case(1, at=NOON)])
        work.messages.insert([mail(1, kind=Kind.SPAM)])
    assert found(database, "anstånd") == []
    with database.work() as work:
        connection = work.search._connection
        connection.execute(sql("UPDATE message SET case_id = 1"))
        work.search.add_stored(MessageId(1))
    assert found(database, "anstånd") == [1]


def test_what_colleagues_write_is_found_and_what_comes_from_templates_is_not(store):
    def sent(number, *, template, automatic):
        return SentMessage(
            message=Message(
                message_id=f"out{number}@x",
                content_hash=f"out{number}",
                sender=Address(name="", address="info@stad.example"),
                subject="Svar",
                text="hälsningar grönsakstorget",
            ),
            content=b"",
            mailbox=MailboxKey("info"),
            case_id=CaseId(number),
            automatic=automatic,
            template=template,
            template_version=None,
            sent_at=NOON,
        )

    with store.work() as work:
        work.messages.reserve_ids(100)
        work.messages.insert_sent(sent(1, template=None, automatic=False))
        work.messages.insert_sent(sent(2, template="svar", automatic=False))
        work.messages.insert_sent(sent(3, template="mottaget", automatic=True))
    assert found(store, "grönsakstorget") == [1]
    assert found(store, "stad.example") == []


def test_a_call_is_found_by_what_was_said_until_it_is_forgotten(store):
    call = PhoneCall(
        case_id=CaseId(9), customer="Äppelviks förskola", callback="08-123 45 67", note="gungor"
    )
    with store.work() as work:
        work.cases.insert([a_case(9, at=NOON, channel=Channel.PHONE)])
        work.phone_calls.insert(call)
    assert [found(store, asked) for asked in ("förskolan", "gungor", "äppelvik")] == [[9]] * 3
    with store.work() as work:
        work.phone_calls.forget(CaseId(9))
    assert found(store, "gungor") == []


def test_cases_are_found_by_their_invoices_and_by_the_number_of_the_customer(store):
    def invoice(case_id, number, **said):
        return CaseInvoice(case_id=CaseId(case_id), number=number, position=0, **said)

    with store.work() as work:
        work.case_invoices.insert([invoice(1, "4711"), invoice(3, "4711"), invoice(2, "4712")])
        work.case_invoices.insert([invoice(5, "4713", customer_no="88001")])
    with store.reading() as work:
        assert [h.case_id for h in work.search.naming(["4711"], protected=False, limit=9)] == [3, 1]
        assert [h.case_id for h in work.search.naming(["88001"], protected=False, limit=9)] == [5]
        assert work.search.naming(["4711"], protected=False, limit=1)[0].case_id == 3


def test_the_words_of_a_question_are_few(store):
    assert len(asked_words(" ".join(f"ord{n}" for n in range(100)))) == MOST_ASKED


def test_a_word_that_very_many_mails_hold_is_found_in_the_newest(database):
    with database.work() as work:
        work.cases.insert(a_case(n, at=NOON + timedelta(minutes=n)) for n in range(1, 601))
        work.messages.insert(_on(n, n, "faktura nummer") for n in range(1, 601))
    cases = found(database, "faktura")
    assert (cases[0], len(cases)) == (600, 400)


def test_what_the_newest_mails_do_not_hold_is_found_among_all(store):
    with store.work() as work:
        # Common words of late, which no case goes with any more.
        work.search.add([Entry(words="lösenord kontoutdrag")] * 5_100)
    assert found(store, "agresso") == [6]
    assert found(store, "agresso lösenordet") == [6]
    assert found(store, "nytt lösenord") == [6]
    assert found(store, "lösenord") == []
    assert found(store, "betala faktura")[-1:] == [1]


def test_sqlite_finds_by_index_and_reads_no_table_through(store):
    if store.engine.dialect.name != "sqlite":
        pytest.skip("the planner of PostgreSQL reads small tables through")
    from bot.store.search import _TRIGRAMS

    with store.reading() as work:
        plan = work.search._connection.execute(
            sql("EXPLAIN QUERY PLAN " + _TRIGRAMS.format(same="instr(entry.words, 'x') > 0")),
            {"match": '"abc"', "most": 10, "limit": 10},
        )
        steps = [row[3] for row in plan]
    assert not [step for step in steps if step.startswith("SCAN entry")]
