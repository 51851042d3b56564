"""Changes to knowledge and templates are taken up by a house that runs, or told and left."""

from __future__ import annotations

import shutil
import threading
import time
from contextlib import contextmanager
from functools import partial

import pytest

from bot import knowledge, templates
from bot.app import build
from bot.clock import SystemClock
from bot.edits import DocumentPath, Origin
from bot.in_force import in_force
from bot.material import ground_of, load_knowledge
from bot.notifying import MemoryNotifier
from bot.operating.findings import State
from bot.operating.house import examine_house
from bot.running import Running
from bot.services.editing.drafting import Draft
from bot.store import schema
from bot.store.engine import opened
from bot.vocabulary import CustomerKey
from bot.web_face import web_house
from functionmail.connectors.maildir import deliver
from tests.city import city_settings, mail, make_folders
from tests.letters import ORDINARY
from tests.waiting import until

pytestmark = pytest.mark.slow

ANNA = "agneta-brandt"
CUSTOMERS = DocumentPath("knowledge/customers.yaml")
PATIENCE_S = 60
"""Seconds on the wall; what the house itself needs is measured as CPU time."""


class Town:
    """A house that runs on folders of its own."""

    def __init__(self, folder, url, **more):
        self.folder = folder
        if not (folder / "knowledge").exists():
            shutil.copytree(knowledge.bundled_folder(), folder / "knowledge")
            shutil.copytree(templates.bundled_folder(), folder / "templates")
        make_folders(folder / "mail", ["kundreskontra"])
        self.settings = city_settings(
            folder / "mail",
            url,
            ["kundreskontra"],
            knowledge=folder / "knowledge",
            templates=folder / "templates",
            poll_seconds=0.2,
        )
        self.notifier = MemoryNotifier()
        self.running = Running(
            self.settings, make=partial(build, notifier=self.notifier), clock=SystemClock(), **more
        )

    @property
    def customers(self):
        return self.running.current.knowledge.customers

    @property
    def editing(self):
        return self.running.current.editing

    def alerts(self):
        return [alert.code.value for alert in self.notifier.alerts]

    def edit(self, old, new, file="knowledge/customers.yaml"):
        """Change a file by hand."""
        path = self.folder / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    def save(self, old, new, path=CUSTOMERS):
        """Change a file in the program, and let it come into force."""
        read = self.editing.read(path)
        after = read.content.replace(old.encode(), new.encode(), 1)
        assert after != read.content
        change = self.editing.save(Draft(files={path: after}, seen={path: read.digest}), by=ANNA)
        until(lambda: self.editing.change(change.id).trial_state.is_over, seconds=PATIENCE_S)
        return self.editing.put_in_force(change.id, by=ANNA)

    @contextmanager
    def at_work(self):
        thread = threading.Thread(target=self.running.run)
        thread.start()
        try:
            yield self
        finally:
            self.running.stop()
            thread.join(PATIENCE_S)
            assert not thread.is_alive()


@pytest.fixture
def towns(tmp_path, sqlite_url):
    opened = []

    def open_town(name="town", url=sqlite_url, **more):
        town = Town(tmp_path / name, url, **more)
        (tmp_path / name).mkdir(exist_ok=True)
        opened.append(town)
        return town

    yield open_town
    for town in opened:
        town.running.close()


def name_of(town, key="kultur"):
    return town.customers[CustomerKey(key)].name


def test_a_file_that_is_changed_by_hand_is_taken_up_within_five_seconds(towns):
    with towns().at_work() as town:
        before = town.running.current
        town.edit("Kulturförvaltningen", "Kulturkontoret")
        started = time.process_time()
        until(lambda: name_of(town) == "Kulturkontoret", seconds=PATIENCE_S)
        assert time.process_time() - started < 4  # a look each half second, and it must be twice
        assert town.running.current is not before
        (version,) = town.editing.versions()
    assert (version.origin, version.author, version.paths) == (Origin.FOLDER, None, (CUSTOMERS,))


def test_what_is_wrong_is_not_taken_up_and_operators_are_told_once(towns):
    with towns().at_work() as town:
        before = town.running.current
        town.edit("kind: central", "kind: centrum")
        until(lambda: "knowledge_refused" in town.alerts(), seconds=PATIENCE_S)
        assert town.running.current.knowledge == before.knowledge
        town.save("closed: []", "closed: [2027-05-07]", DocumentPath("knowledge/hours.yaml"))
        until(lambda: town.running.current.knowledge.hours.closed, seconds=PATIENCE_S)
        assert name_of(town, "stadsledning") == "Stadsledningskontoret"
        town.edit("kind: centrum", "kind: company")
        until(
            lambda: town.customers[CustomerKey("stadsledning")].kind == "company",
            seconds=PATIENCE_S,
        )
        assert town.alerts() == ["knowledge_refused"]


def knowledge_of(town):
    """Return what operators see of the knowledge."""
    return web_house(town.running.current).operations.knowledge()


def test_operators_see_what_was_refused_and_which_file_differs_until_it_is_right(towns):
    with towns().at_work() as town:
        town.edit("kind: central", "kind: centrum")
        until(lambda: knowledge_of(town).version == 1, seconds=PATIENCE_S)  # as it was before
        seen = knowledge_of(town)
        assert seen.differing == (CUSTOMERS,)
        assert seen.refused["file"].endswith("customers.yaml")
        assert seen.refused_at < seen.changed_at
        town.edit("kind: centrum", "kind: company")
        until(lambda: knowledge_of(town).version == 2, seconds=PATIENCE_S)
        seen = knowledge_of(town)
        assert (seen.differing, seen.refused_at) == ((), None)


def test_operators_see_that_a_file_was_taken_away_which_the_house_needs(towns):
    with towns().at_work() as town:
        (town.folder / CUSTOMERS).unlink()
        until(lambda: knowledge_of(town).version == 1, seconds=PATIENCE_S)
        seen = knowledge_of(town)
        assert seen.differing == (CUSTOMERS,)
        assert seen.refused_at is not None


def test_a_start_goes_by_what_held_before_a_file_became_wrong(towns):
    with towns().at_work() as town:
        town.edit("kind: central", "kind: centrum")
        until(lambda: "knowledge_refused" in town.alerts(), seconds=PATIENCE_S)
    again = towns()
    assert name_of(again, "stadsledning") == "Stadsledningskontoret"


def test_a_saved_change_is_taken_up_and_mail_goes_on_being_answered(towns):
    with towns().at_work() as town:
        town.save("Kulturförvaltningen", "Kulturkontoret")
        started = time.process_time()
        until(lambda: name_of(town) == "Kulturkontoret", seconds=PATIENCE_S)
        assert time.process_time() - started < 4
        assert (town.folder / "knowledge" / "customers.yaml").read_text("utf-8").count(
            "Kulturförvaltningen"
        ) == 1
        inbox, now = town.folder / "mail" / "kundreskontra", SystemClock().now()
        deliver(inbox, "1.test", mail(**ORDINARY, date=now), now)
        until(lambda: list((inbox / ".Sent" / "cur").glob("*")), seconds=PATIENCE_S)


def test_a_changed_template_writes_the_next_letters(towns):
    with towns().at_work() as town:
        before = town.running.current.templates.get("delayed").version
        town.edit("{% endblock %}", "Hej!\n{% endblock %}", "templates/delayed/sv/body.txt.j2")
        until(
            lambda: town.running.current.templates.get("delayed").version != before,
            seconds=PATIENCE_S,
        )


def test_a_file_changed_while_nobody_looked_does_not_displace_what_a_person_saved(towns):
    with towns().at_work() as town:
        town.save("Kulturförvaltningen", "Kulturkontoret")
    town.edit("Kulturförvaltningen", "Kulturnämnden")
    with towns().at_work() as again:
        until(lambda: "knowledge_differs" in again.alerts(), seconds=PATIENCE_S)
        assert name_of(again) == "Kulturkontoret"
    found = list(examine_house(town.settings, SystemClock(), faults=lambda _settings: 0))
    doubts = [str(one.text) for one in found if one.state is State.DOUBTFUL]
    assert any(
        "knowledge/customers.yaml i mappen är en annan än den som är sparad" in doubt
        for doubt in doubts
    )


def test_a_file_changed_while_nobody_looked_goes_on_from_one_changed_by_hand(towns):
    with towns().at_work() as town:
        town.edit("Kulturförvaltningen", "Kulturkontoret")
        until(lambda: name_of(town) == "Kulturkontoret", seconds=PATIENCE_S)
    town.edit("Kulturkontoret", "Kulturnämnden")
    assert name_of(towns()) == "Kulturnämnden"


def test_commands_go_by_what_is_in_force(towns):
    with towns().at_work() as town:
        town.save("Kulturförvaltningen", "Kulturkontoret")
    with in_force(town.settings) as held:
        assert load_knowledge(held).customers[CustomerKey("kultur")].name == "Kulturkontoret"
        assert ground_of(held) != ground_of(town.settings)
    assert not ground_of(held).knowledge.exists()


def test_a_face_that_is_put_on_each_house_is_taken_off_before_the_next(towns):
    told = []

    class Face:
        def __init__(self, app):
            self.app = app

        def start(self):
            told.append(("on", self.app.knowledge.customers[CustomerKey("kultur")].name))

        def stop(self):
            told.append(("off", self.app.knowledge.customers[CustomerKey("kultur")].name))

    with towns(face=Face).at_work() as town:
        town.edit("Kulturförvaltningen", "Kulturkontoret")
        until(lambda: len(told) == 3, seconds=PATIENCE_S)
    old, new = "Kulturförvaltningen", "Kulturkontoret"
    assert told == [("on", old), ("off", old), ("on", new), ("off", new)]


def test_a_change_by_hand_stands_beside_what_was_saved_in_the_program(towns):
    with towns().at_work() as town:
        town.save("Kulturförvaltningen", "Kulturkontoret")
        town.edit("Socialförvaltningen", "Socialkontoret")
        until(lambda: name_of(town, "social") == "Socialkontoret", seconds=PATIENCE_S)
        assert name_of(town) == "Kulturkontoret"
    again = towns()
    assert (name_of(again), name_of(again, "social")) == ("Kulturkontoret", "Socialkontoret")
    assert town.alerts() == []


def test_a_change_by_hand_of_what_was_saved_in_the_program_is_told_and_left(towns):
    with towns().at_work() as town:
        town.save("Kulturförvaltningen", "Kulturkontoret")
        town.edit("Kulturförvaltningen", "Kulturnämnden")
        until(lambda: "knowledge_differs" in town.alerts(), seconds=PATIENCE_S)
        assert name_of(town) == "Kulturkontoret"


def test_all_workers_of_one_database_take_a_change_up(towns, fresh_postgres):
    with opened(fresh_postgres) as engine:
        schema.upgrade(engine)
    first, second = towns("first", fresh_postgres), towns("second", fresh_postgres)
    with first.at_work(), second.at_work():
        first.save("Kulturförvaltningen", "Kulturkontoret")
        until(lambda: name_of(second) == "Kulturkontoret", seconds=PATIENCE_S)
        second.edit("Socialförvaltningen", "Socialkontoret")
        until(lambda: name_of(first, "social") == "Socialkontoret", seconds=PATIENCE_S)
        assert name_of(first) == "Kulturkontoret"
