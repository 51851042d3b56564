"""Files of the folder that are not what holds: what the doctor says, and what operators hear."""

from contextlib import closing

import pytest

from bot.edits import LARGEST, Change, ChangeId, ChangeState, DocumentPath, FileChange, Origin
from bot.material import ground_of
from bot.notifying import AlertCode
from bot.operating.findings import Matter, State
from bot.operating.house import examine_house
from bot.services.editing.taking_up import Folder
from bot.store.engine import open_engine
from bot.store.unit_of_work import Database
from tests.city import city_settings

FILE = DocumentPath("knowledge/customers.yaml")
CHANGES = {
    "missing": lambda place: place.unlink(),
    "too large": lambda place: place.write_bytes(b"#" * (LARGEST + 1)),
    "changed": lambda place: place.write_bytes(b"changed: by hand\n"),
}


@pytest.fixture
def settings(tmp_path, sqlite_url):
    folders = {name: tmp_path / name for name in ("knowledge", "templates")}
    for folder in folders.values():
        folder.mkdir()
    return city_settings(tmp_path, sqlite_url, [], **folders)


def version(settings, clock, origin):
    """Let a version come into force that the folder holds too; return its place there."""
    change = Change(
        id=ChangeId(0),
        state=ChangeState.OPEN,
        origin=origin,
        author=None,
        note="",
        made_at=clock.now(),
        paths=(),
        touches=frozenset(),
    )
    file = FileChange(path=FILE, before=b"customers: []\n", after=b"saved: yes\n")
    with closing(Database(open_engine(settings.database_url))) as database, database.work() as work:
        number = work.knowledge.claim_number()
        stored = work.knowledge.insert(change, [file])
        work.knowledge.settle(stored.id, ChangeState.IN_FORCE, clock.now(), by=None, number=number)
    place = ground_of(settings).place_of(FILE)
    place.write_bytes(file.after)
    return place


def doubts(settings, clock):
    return [
        str(one.text)
        for one in examine_house(settings, clock, faults=lambda _settings: 0)
        if one.matter is Matter.KNOWLEDGE and one.state is State.DOUBTFUL
    ]


@pytest.mark.parametrize(
    ("origin", "change", "said"),
    [
        (Origin.SAVED, "missing", "saknas i mappen"),
        (Origin.FOLDER, "missing", "saknas i mappen"),
        (Origin.SAVED, "too large", "går inte att läsa"),
        (Origin.SAVED, "changed", "är en annan än den som är sparad i programmet"),
        (Origin.FOLDER, "changed", "är ändrad men inte i bruk"),
    ],
)
def test_the_doctor_says_how_a_file_is_not_what_holds(settings, clock, origin, change, said):
    place = version(settings, clock, origin)
    assert doubts(settings, clock) == []
    CHANGES[change](place)
    (doubt,) = doubts(settings, clock)
    assert said in doubt


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("missing", "knowledge_missing"),
        ("too large", "knowledge_unreadable"),
        ("changed", "knowledge_differs"),
    ],
)
def test_operators_hear_at_the_start_what_became_of_a_file_that_was_saved(
    settings, clock, change, code
):
    CHANGES[change](version(settings, clock, Origin.SAVED))
    with closing(Database(open_engine(settings.database_url))) as database:
        assert Folder(database, ground_of(settings), clock).open() == (FILE,)
        with database.reading() as work:
            told = {one for one in AlertCode if work.operating.last_alert(one.value) is not None}
    assert told == {AlertCode(code)}
