"""Making a history up: as many cases as wished, spread, the same again, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from random import Random

import pytest
from sqlalchemy import inspect, select

from bot.app import open_database
from bot.errors import DataError
from bot.services.books import balance
from bot.services.search import Search
from bot.services.sight import Sight
from bot.settings import Settings
from bot.simulate import Wishes, simulate, wishes_of
from bot.simulate.hours import Hours, seconds
from bot.simulate.rhythm import arrivals
from bot.simulate.rows import COLUMNS
from bot.store import schema
from bot.store.bulk import writing
from bot.store.engine import open_engine
from bot.store.tables import CaseRow, EventRow, FactSumRow, MessageRow, Row
from bot.store.unit_of_work import Database
from bot.vocabulary import MessageId, Outcome, Right
from tests.city import SECRET, shipped_material

pytestmark = pytest.mark.slow

END = datetime(2026, 11, 25, 13, 0, tzinfo=UTC)
WISHES = Wishes(cases=40, seed=5, first=date(2025, 11, 26), end=END)


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings.model_validate({"secret_key": SECRET, "database_url": "sqlite://"})


@pytest.fixture(scope="module")
def made(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    file = tmp_path_factory.mktemp("history") / "made.db"
    database = open_database(settings.model_copy(update={"database_url": f"sqlite:///{file}"}))
    simulate(WISHES, settings, database, sums_from=WISHES.cases)
    yield database
    database.close()


def test_a_history_is_the_same_in_both_databases(made, database_url, settings):
    other = Database(open_engine(database_url))
    schema.upgrade(other.engine)
    simulate(WISHES, settings, other)
    with made.engine.connect() as first, other.engine.connect() as second:
        for query in (select(CaseRow.__table__), _MAILS, _EVENTS):
            assert first.execute(query).all() == second.execute(query).all()
    other.close()


_MAILS = select(MessageRow.id, MessageRow.mid, MessageRow.content_hash).order_by(MessageRow.id)
_EVENTS = select(EventRow.id, EventRow.case_id, EventRow.at, EventRow.data).order_by(EventRow.id)


def test_exactly_as_many_cases_are_made_as_were_wished_for(made):
    with made.engine.connect() as connection:
        assert len(connection.execute(select(CaseRow.id)).all()) == WISHES.cases


def test_every_mail_of_a_history_has_one_outcome(made):
    found = balance(made, [])
    assert found.total(Outcome.IGNORED) == 2
    assert found.balanced


def test_nothing_happens_after_the_end_of_a_history(made):
    with made.engine.connect() as connection:
        assert max(connection.scalars(select(EventRow.at))) <= END


def test_a_long_history_has_the_sums_that_figures_need_first(made):
    with made.engine.connect() as connection:
        kept = connection.scalars(select(FactSumRow.by).distinct().order_by(FactSumRow.by)).all()
    assert kept == ["", "process"]


def test_the_next_case_gets_the_next_number(made):
    with made.work() as work:
        assert work.cases.reserve_ids(1) > WISHES.cases


def test_a_database_with_cases_is_refused_and_stays_as_it_was(made, settings):
    with pytest.raises(DataError):
        simulate(WISHES, settings, made)
    with made.engine.connect() as connection:
        assert len(connection.execute(select(CaseRow.id)).all()) == WISHES.cases


def test_an_interrupted_history_is_refused(settings, tmp_path):
    url = f"sqlite:///{tmp_path / 'half.db'}"
    database = open_database(settings.model_copy(update={"database_url": url}))
    with (
        pytest.raises(KeyboardInterrupt),
        writing(database.engine, COLUMNS, commit_after=1) as into,
    ):
        into.add("case_file", [a_case()])
        raise KeyboardInterrupt
    database.close()
    with pytest.raises(DataError, match="avbröts"):
        open_database(settings.model_copy(update={"database_url": url}))


def test_a_database_into_which_nothing_came_before_it_was_interrupted_is_as_it_was(
    settings, tmp_path
):
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    database = open_database(settings.model_copy(update={"database_url": url}))
    with pytest.raises(KeyboardInterrupt), writing(database.engine, COLUMNS) as into:
        into.add("case_file", [a_case()])
        raise KeyboardInterrupt
    simulate(WISHES, settings, database)
    database.close()


def a_case() -> tuple[object, ...]:
    """A row with a number in each column, which is all that the file asks for."""
    return tuple(range(1, len(COLUMNS["case_file"]) + 1))


def test_all_indexes_of_the_schema_are_there_afterwards(made):
    found = {
        index["name"] for table in COLUMNS for index in inspect(made.engine).get_indexes(table)
    }
    wanted = {index.name for table in COLUMNS for index in Row.metadata.tables[table].indexes}
    assert wanted <= found


def test_what_triage_said_of_made_up_mails_is_read(made):
    with made.work() as work:
        judged = work.messages.judged(after=MessageId(0), limit=100)
    assert judged
    assert all("urgent" in (mail.triage or {}) for mail in judged)


def test_what_was_made_is_found_by_its_words(made):
    knowledge = shipped_material().knowledge
    sight = Sight(rights=frozenset(Right))
    assert Search(made, knowledge).find("faktura", sight).cases


def test_a_history_ends_now_or_with_the_end_of_its_last_day():
    calendar = shipped_material().knowledge.calendar
    wishes = wishes_of(1, 2, seed=1, last=date(2025, 12, 31), now=END, calendar=calendar)
    assert (wishes.first, wishes.end) == (
        date(2024, 1, 1),
        datetime(2025, 12, 31, 22, 59, 59, tzinfo=UTC),
    )
    assert wishes_of(1, 1, seed=1, last=None, now=END, calendar=calendar).end == END


def test_few_mails_come_on_days_off():

    calendar = shipped_material().knowledge.calendar
    hours = Hours(calendar, datetime(2025, 1, 1, tzinfo=UTC), END)
    came = arrivals(20_000, date(2025, 1, 1), seconds(END), hours, Random(1))
    counts = Counter(calendar.is_working_day(hours.local_day(at)) for at in came)
    assert 0 < counts[False] < 0.06 * counts[True]
