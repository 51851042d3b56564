"""Texts in a SQLite file are packed; both databases give back what they were given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random

import pytest
from alembic import command
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import insert, select, text

from bot.cases import PlannedAction
from bot.store import schema
from bot.store.actions import ActionQueue
from bot.store.engine import open_engine, transaction
from bot.store.packing import (
    MOST,
    helping_text,
    pack_bytes,
    pack_short,
    pack_text,
    short_helping_text,
    unpack_bytes,
    unpack_short,
    unpack_text,
)
from bot.store.tables import (
    MessageAddressRow,
    MessageRawRow,
    MessageRow,
    MessageTextRow,
    MessageTriageRow,
)
from bot.store.tables.base import stored_instant, told_instant
from bot.vocabulary import ActionKind
from tests.kept_database import BOTH, empty

AT = datetime(2026, 3, 3, 8, 0, 1, 250, tzinfo=UTC)
LETTER = "Hej!\n\nTack för ditt mejl. Ditt ärende har nummer 2026-000123. ☂ \x00\n" * 3


@pytest.fixture(params=BOTH)
def database(request, databases):
    found = databases(request.param)
    yield found
    empty(found)


@given(st.text(max_size=300))
@example(LETTER)
def test_a_text_is_the_same_after_packing(said):
    assert unpack_text(pack_text(said)) == said


NOISE = Random(5).randbytes(30_000).decode("latin-1")
TOLD = '{"message":12345,"process":"redovisning","matter":"bokforing","urgent":"no","tag":"none"}'


@given(st.text(max_size=60))
@example("Ärende \x00")
@example(NOISE)
@example(TOLD * 1_000)
def test_a_line_is_the_same_after_packing(said):
    packed = pack_short(said)
    assert unpack_short(packed) == said
    assert isinstance(packed, str) or packed[0] & 0b111


@given(st.binary(max_size=300))
@example(b"\x00" + bytes(60))
@example(b"\x01not packed")
@example(b"\x01" * 100)
def test_bytes_are_the_same_after_packing(content):
    assert unpack_bytes(pack_bytes(content)) == content


FAR = st.datetimes(timezones=st.just(UTC))
SPAN = timedelta(days=99_000)
INSTANTS = st.timedeltas(-SPAN, SPAN).map(datetime(1970, 1, 1, tzinfo=UTC).__add__)


@given(INSTANTS)
def test_an_instant_is_the_same_as_a_number(at):
    assert told_instant(stored_instant(at)) == at


@given(FAR)
@example(datetime.max.replace(tzinfo=UTC))
def test_an_instant_of_another_age_keeps_its_second(at):
    assert told_instant(stored_instant(at)).replace(microsecond=0) == at.replace(microsecond=0)


@given(INSTANTS, INSTANTS)
def test_instants_are_in_the_same_order_as_their_numbers(one, other):
    assert (one < other) == (stored_instant(one) < stored_instant(other))


def test_the_texts_that_packing_needs_are_never_changed():
    told = "cdbf8cd2bbb2a0c6d581fe7550c708c3c5cd4a87113664b63362b3de7fc10c2d"
    assert sha256(helping_text()).hexdigest() == told
    told = "e517d163ef8a37abccd94863a4a6485fae29660f57a88e83531e14bff71da0c4"
    assert sha256(short_helping_text()).hexdigest() == told


def test_what_an_event_tells_takes_a_fourth():
    assert len(pack_short(TOLD)) < len(TOLD) / 4


def test_a_letter_becomes_much_shorter_and_a_huge_mail_stays_as_it_is():
    assert len(pack_text(LETTER)) < len(LETTER.encode()) / 3
    assert len(pack_bytes(b"a" * (MOST + 1))) == MOST + 1


PEOPLE = [
    ["from", 'Åsa "Å" Berg', "asa@hemmapost.example"],
    ["to", "", "info@exempelstad.example"],
    ["cc", "Ö", "info@exempelstad.example"],
]


def a_mail(number, content=b"From: a@b.example\r\n\r\nHej"):
    return {
        MessageRow: {
            "id": number,
            "direction": "in",
            "mid": f"{number}@b.example",
            "content_hash": f"{number:x}" * 32,
            "mailbox": "info",
            "automatic": False,
            "glance": False,
            "received_at": AT,
            "size": len(content),
            "faults": [],
        },
        MessageRawRow: {"message_id": number, "content": content, "transport_headers": {}},
        MessageTextRow: {
            "message_id": number,
            "subject": "Vi har tagit emot ditt mejl [#2026-000123-k7]",
            "text": LETTER.replace("\x00", ""),
            "signature": "",
            "quoted": "x" * 200,
        },
        MessageTriageRow: {"message_id": number, "triage": {"process": "kundreskontra" * 9}},
        MessageAddressRow: {"message_id": number, "people": PEOPLE},
    }


def told(connection, number):
    """What the program reads of a mail, table by table."""
    found = {}
    for row, values in a_mail(number).items():
        key = "id" if row is MessageRow else "message_id"
        table = row.__table__
        query = select(*(table.columns[name] for name in values)).where(
            table.columns[key] == number
        )
        found[row] = dict(connection.execute(query).one()._mapping)
    return found


@pytest.mark.parametrize("content", [b"From: a@b.example\r\n" * 20, b"\x00\x01", b"\x01" * 90])
def test_a_mail_is_read_as_it_was_stored(database, content):
    with transaction(database.engine) as connection:
        for row, values in a_mail(1, content).items():
            connection.execute(insert(row).values(**values))
        assert told(connection, 1) == a_mail(1, content)


def test_what_people_wrote_lies_packed_in_a_file(databases):
    kept = databases("sqlite")
    with transaction(kept.engine) as connection:
        for row, values in a_mail(1, b"From: a@b.example\r\n" * 20).items():
            connection.execute(insert(row).values(**values))
        for row, name in PACKED:
            query = f"SELECT typeof({name}) FROM {row.__tablename__}"
            assert (name, connection.scalar(text(query))) == (name, "blob")
    empty(kept)


PACKED = (
    (MessageRawRow, "content"),
    (MessageTextRow, "subject"),
    (MessageTextRow, "text"),
    (MessageTriageRow, "triage"),
    (MessageAddressRow, "people"),
)


def test_a_mail_is_found_by_its_sum(database):
    with transaction(database.engine) as connection:
        connection.execute(insert(MessageRow).values(**a_mail(1)[MessageRow]))
        wanted = MessageRow.content_hash == "1" * 32, MessageRow.received_at == AT
        assert connection.scalar(select(MessageRow.id).where(*wanted)) == 1


OLD = ((1, b"From: a@b.example\r\n\r\nHej"), (2, b"\x01\x02"), (3, b"\x00"))


def test_an_upgrade_keeps_mails_as_they_are_read(database_url):
    engine = open_engine(database_url)
    schema.upgrade(engine)
    with engine.begin() as connection:
        command.downgrade(schema.config(connection), "0013")
        for number, content in OLD:
            put_as_before(connection, number, content)
    schema.upgrade(engine)
    with engine.begin() as connection:
        for number, content in OLD:
            assert told(connection, number) == a_mail(number, content)
        before = connection.scalar(select(MessageRow.id).where(MessageRow.received_at < AT))
        later = AT + timedelta(microseconds=1)
        after = connection.scalars(select(MessageRow.id).where(MessageRow.received_at < later))
        assert (before, sorted(after)) == (None, [1, 2, 3])
    engine.dispose()


def test_a_file_that_may_hold_packed_actions_is_not_taken_back(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'new.db'}")
    schema.upgrade(engine)
    action = PlannedAction(key="alert:1", kind=ActionKind.ALERT, case_id=None, due_at=AT)
    with engine.begin() as connection:
        ActionQueue(connection).plan([action], AT)
        with pytest.raises(RuntimeError, match="backup"):
            command.downgrade(schema.config(connection), "0015")
    engine.dispose()


def test_an_upgraded_file_minds_parents_again(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'old.db'}")
    schema.upgrade(engine)
    with engine.begin() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    engine.dispose()


def put_as_before(connection, number, content):
    """Store a mail as the schema before 0014 had it: instants as text, nothing packed.

    The people of a mail had a row each, and came in any order.
    """
    mail = a_mail(number, content)
    zone = "" if connection.dialect.name == "sqlite" else "+00"
    connection.execute(
        text(
            "INSERT INTO message (id, direction, mid, content_hash, mailbox, automatic, glance,"
            " received_at, size, faults) VALUES (:id, :direction, :mid, :content_hash, :mailbox,"
            f" :automatic, :glance, '2026-03-03 08:00:01.000250{zone}', :size, '[]')"
        ),
        mail[MessageRow] | {"content_hash": f"{number:x}" * 64},
    )
    connection.execute(
        text("INSERT INTO message_raw VALUES (:message_id, :content, '{}')"), mail[MessageRawRow]
    )
    connection.execute(
        text("INSERT INTO message_text VALUES (:message_id, :subject, :text, :signature, :quoted)"),
        mail[MessageTextRow],
    )
    connection.execute(
        text("INSERT INTO message_triage VALUES (:id, :triage)"),
        {"id": number, "triage": '{"process": "' + "kundreskontra" * 9 + '"}'},
    )
    people = [(number, place, *person) for place, person in enumerate(PEOPLE)]
    names = ("message_id", "position", "role", "name", "address")
    connection.execute(
        text("INSERT INTO message_address VALUES (:message_id, :position, :role, :name, :address)"),
        [dict(zip(names, row, strict=True)) for row in reversed(people)],
    )
