"""Mail on record, replayed by the real house with the same and with other knowledge."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text as sql

from bot.errors import SettingsError
from bot.knowledge import bundled_folder
from bot.knowledge.lexicon_words import lexicon_words
from bot.material import make_trial
from bot.services.backtest import Trial, backtest, mails_to_replay
from bot.services.reading import Reader
from bot.store.tables import Row
from bot.vocabulary import Urgency
from tests.city import City, mail, shipped_material
from tests.edited import HANGS_ON_THE_TERM, TERM, material_without_the_term
from tests.letters import ENGLISH, ORDINARY, PROTECTED, URGENT_INVOICE, URGENT_PAYMENT
from tests.poison import poisoned_material

WORDS = lexicon_words([bundled_folder()])
HANDLER = "agneta-brandt"


@pytest.fixture
def build_house(tmp_path):
    houses = []

    def build(url=None, **settings):
        house = City(tmp_path / "mail", url or f"sqlite:///{tmp_path / 'one.db'}", **settings)
        houses.append(house)
        return house

    yield build
    for house in houses:
        house.close()


@pytest.fixture
def house(build_house):
    return build_house()


def trial(house, material, *, today=None):
    def reader(of):
        return Reader(of.knowledge, of.rules, house.app.identity)

    return Trial(
        knowledge=material.knowledge,
        reader=reader(material),
        words=WORDS,
        today=None if today is None else lambda: reader(today),
    )


def replay(house, material, **more):
    return backtest(house.app.database, trial(house, material, **more))


def looking_like_a_persons(sent):
    """Take away the headers of a mail of ours by which any program knows that it is automatic."""
    head, _, body = sent.partition(b"\r\n\r\n")
    automatic = (b"auto-submitted", b"precedence", b"x-auto-response-suppress")
    kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(automatic)]
    assert len(kept) < head.count(b"\r\n") + 1
    return b"\r\n".join(kept) + b"\r\n\r\n" + body


def post_all_sorts(house):
    """Deliver mail of every sort, among it what only our own keys or a person can explain."""
    for letter in (ORDINARY, URGENT_INVOICE, URGENT_PAYMENT, PROTECTED, ENGLISH):
        house.post(**letter)
    house.post(**HANGS_ON_THE_TERM, mailbox="info", to="kundreskontra@exempelstad.example")
    house.post(**ORDINARY, to="redovisning@exempelstad.example")  # which nobody watches here
    house.post("Vi betalar faktura 40012345 på fredag. Kan ni vänta?", subject="Faktura")
    house.post("Jag är borta.", subject="Frånvaro", headers=[("Auto-Submitted", "auto-replied")])
    house.post("Billigt!", subject="Erbjudande", headers=[("Precedence", "bulk")])
    house.deliver(b"\xff\xfe no mail at all")
    house.work_off()
    house.deliver(looking_like_a_persons(house.sent()[0]), "info")
    house.take_in()


def test_the_knowledge_that_judged_the_mail_changes_nothing(house):
    post_all_sorts(house)
    assert {entry.because for entry in house.app.ignored.listed()} >= {"own_loop", "auto_reply"}
    found = backtest(house.app.database, make_trial(house.app.settings, None))
    assert found.mails == mails_to_replay(house.app.database) == 12
    assert (found.changed, found.changes, found.lost, found.failed) == (0, (), (), 0)
    assert found.is_safe


def test_mail_that_a_person_made_a_case_of_is_judged_as_then(house):
    house.post(**URGENT_PAYMENT, headers=[("Auto-Submitted", "auto-replied")])
    house.work_off()
    (entry,) = house.app.ignored.listed()
    house.app.ignored.make_case(entry.id, by=HANDLER)
    assert replay(house, shipped_material()).changed == 0


def everything_in(house):
    with house.app.database.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(table.select())))
            for table in Row.metadata.sorted_tables
        }


def test_nothing_is_changed_in_either_database(build_house, database_url):
    house = build_house(database_url)
    house.post(**HANGS_ON_THE_TERM)
    house.work_off()
    before = everything_in(house)
    assert len(replay(house, material_without_the_term()).lost) == 1
    assert everything_in(house) == before


def test_a_case_that_hangs_on_a_struck_word_is_lost_and_tells_the_word(house):
    house.post(**HANGS_ON_THE_TERM)
    house.take_in()
    found = replay(house, material_without_the_term())
    (lost,) = found.lost
    assert lost.case == house.cases()[0].number
    assert (lost.urgent, lost.becomes.urgent) == (Urgency.COLLECTIONS, Urgency.NO)
    assert [(reason.rule, reason.words) for reason in lost.reasons] == [("matter.named", TERM)]
    assert not found.is_safe


def follow_up(house, first, **letter):
    house.post(**letter, message_id="<f@kund.example>", headers=[("References", first)])
    house.take_in()


def test_a_case_that_another_mail_keeps_urgent_is_late_and_not_lost(house):
    first = house.post(**HANGS_ON_THE_TERM)
    follow_up(house, first, **URGENT_INVOICE)
    assert len(house.cases()) == 1
    found = replay(house, material_without_the_term())
    assert (found.lost, len(found.later)) == ((), 1)


def test_a_case_that_loses_only_its_second_urgent_mail_is_neither_late_nor_lost(house):
    first = house.post(**URGENT_INVOICE)
    follow_up(house, first, **HANGS_ON_THE_TERM)
    found = replay(house, material_without_the_term())
    assert (found.lost, found.later, found.changed) == ((), (), 1)


def test_a_case_that_would_become_urgent_is_told_with_what_is_new(build_house):
    house = build_house(material=material_without_the_term())
    house.post(**HANGS_ON_THE_TERM)
    house.take_in()
    found = replay(house, shipped_material())
    (gained,) = found.gained
    assert gained.case == house.cases()[0].number
    assert (gained.urgent, gained.becomes.matter) == (Urgency.COLLECTIONS, "anstand")
    assert (TERM, "body") in [(reason.words, reason.where) for reason in gained.reasons]
    assert found.is_safe


def test_a_change_that_the_knowledge_of_today_makes_too_is_marked(house):
    house.post(**HANGS_ON_THE_TERM)
    house.take_in()
    edited = material_without_the_term()
    found = replay(house, edited, today=edited)
    assert (found.already, found.lost[0].already) == (1, True)
    found = replay(house, edited, today=shipped_material())
    assert (found.already, found.lost[0].already) == (0, False)


def test_a_person_who_found_the_case_not_urgent_loses_nothing_and_is_agreed_with(house):
    house.post(**HANGS_ON_THE_TERM)
    house.take_in()
    (case,) = house.cases()
    with house.app.database.work() as work:
        work.cases.change(replace(case, urgent=Urgency.NO))
    found = replay(house, material_without_the_term())
    assert (found.lost, found.is_safe) == ((), True)
    assert [(one.field, one.cases, one.agreeing) for one in found.corrected] == [("urgent", 1, 1)]


def test_what_a_person_has_corrected_is_counted_and_whether_it_would_come_right(house):
    house.post(**HANGS_ON_THE_TERM)
    house.take_in()
    (case,) = house.cases()
    becomes = replay(house, material_without_the_term()).lost[0].becomes.matter
    with house.app.database.work() as work:
        work.cases.change(replace(case, matter=becomes))
    right = replay(house, material_without_the_term())
    wrong = replay(house, shipped_material())
    assert [(one.field, one.cases, one.agreeing) for one in right.corrected] == [("matter", 1, 1)]
    assert [(one.field, one.cases, one.agreeing) for one in wrong.corrected] == [("matter", 1, 0)]


@pytest.mark.parametrize("table", ["message_raw", "message_triage"])
def test_mail_whose_words_were_deleted_is_counted_and_never_called_lost(house, table):
    house.post(**HANGS_ON_THE_TERM)
    house.post(**ORDINARY)
    house.take_in()
    with house.app.database.engine.begin() as connection:
        connection.execute(sql(f"DELETE FROM {table} WHERE message_id = 1"))
    found = replay(house, material_without_the_term())
    assert (found.mails, found.deleted, found.lost, found.corrected) == (1, 1, (), ())


def test_mail_that_our_code_fails_on_is_counted_and_its_urgent_case_is_lost(house):
    house.post(**URGENT_INVOICE, mailbox="info")
    house.post(**ORDINARY)
    house.take_in()
    poisoned, _ = poisoned_material()
    found = replay(house, poisoned)
    assert (found.mails, found.failed, found.is_safe) == (2, 1, False)
    (lost,) = found.lost
    assert (lost.urgent, lost.becomes) == (Urgency.COLLECTIONS, None)
    assert [(one.field, one.after) for one in found.changes] == [("kind", "failed")]


def test_every_batch_is_replayed_and_told_of(house):
    for number in range(205):
        house.deliver(mail(f"Fråga {number}.", message_id=f"<{number}@kund.example>"))
    house.take_in()
    steps = []
    found = backtest(house.app.database, trial(house, shipped_material()), progress=steps.append)
    assert (found.mails, found.changed) == (205, 0)
    assert steps == [100, 100, 5]


def test_knowledge_without_a_mailbox_that_is_watched_is_refused(house):
    watched = {"nonsense": house.app.settings.mailboxes["info"]}
    with pytest.raises(SettingsError, match="nonsense"):
        make_trial(house.app.settings.model_copy(update={"mailboxes": watched}), None)


def test_our_own_mails_are_not_replayed(house):
    house.post(**ORDINARY)
    house.work_off()
    assert house.sent()
    assert replay(house, shipped_material()).mails == 1
