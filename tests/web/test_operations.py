"""Drift: how the house stands, and what operators do about it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.cases import PlannedAction
from bot.edits import Change, ChangeId, ChangeState, DocumentPath, FileChange, Origin
from bot.store.slack import Link
from bot.texts import speaker
from bot.vocabulary import ActionKind, ActionState, MailboxKey, PersonKey, Right
from bot.web.pages.operations import room
from bot.web_face import web_house
from tests.city import City, mail
from tests.letters import ORDINARY, URGENT_INVOICE
from tests.poison import poisoned_material
from tests.web_city import WebCity, text_of

VACATION = [("Auto-Submitted", "auto-replied")]
OPERATOR = PersonKey("emil-grahn")
TOKEN = "a token for tests, long enough"


@pytest.fixture
def operator(web_city):
    return web_city.browser(OPERATOR)


def plan(city, state, *, key="reply:1", case=None, kind=ActionKind.REPLY):
    """Let an action lie in the outbox in a state."""
    now = city.clock.now()
    action = PlannedAction(
        key=key, kind=kind, case_id=None if case is None else case.id, due_at=now, data={}
    )
    with city.app.database.work() as work:
        work.actions.plan([action], now)
        if state is not ActionState.PLANNED:
            claimed = work.actions.claim_due(
                now, worker="w", lease=timedelta(minutes=1), keys_like=key
            )
            work.actions.finish(claimed, now, state=state, because="SendRefused")


def tile(page, label):
    """Return the number in front of a label."""
    return int(text_of(page).split(f" {label}")[0].rpartition(" ")[2])


def test_only_operators_see_how_the_house_stands(web_city):
    assert web_city.browser().get("/operations").status_code == 403
    assert "Drift" not in text_of(web_city.browser().get("/"))
    assert "Drift" in text_of(web_city.browser(OPERATOR).get("/"))


def test_each_mailbox_is_shown_with_its_mode_and_when_it_was_last_read(city, operator):
    city.look("kundreskontra")
    text = text_of(operator.get("/operations"))
    assert "Kundreskontra" in text
    assert "Automatisk: skickar kvittenser själv" in text
    assert "11:00 " in text
    assert "inte än" in text


def test_a_mailbox_that_does_not_answer_is_shown_with_the_reason_and_how_long(city, operator):
    city.look("info")
    (city.folder / "info").rename(city.folder / "gone")
    for _ in range(3):
        city.app.watch.round(MailboxKey("info"))
    page = operator.get("/operations")
    assert tile(page, "brevlådor svarar inte") == 1
    assert "Svarar inte" in text_of(page)
    assert "3 försök" in text_of(page)


def test_what_failed_and_what_is_uncertain_is_listed_with_its_case(city, operator):
    city.post(**ORDINARY)
    city.take_in()
    (case,) = city.cases()
    plan(city, ActionState.FAILED, key="reply:a", case=case)
    plan(city, ActionState.UNCERTAIN, key="reply:b", case=case)
    page = operator.get("/operations")
    assert tile(page, "har misslyckats") == 1
    assert tile(page, "är kanske skickade") == 1
    assert str(case.number) in text_of(page)
    assert "SendRefused" in text_of(page)


def test_mail_that_should_have_gone_out_is_counted_as_late(city, operator):
    plan(city, ActionState.PLANNED)
    assert tile(operator.get("/operations"), "mejl och larm är försenade") == 0
    city.later(minutes=3)
    assert tile(operator.get("/operations"), "mejl och larm är försenade") == 1


@pytest.mark.parametrize(
    ("verdict", "said"), [("sent", "Svaret räknas som skickat"), ("again", "Svaret skickas igen")]
)
def test_an_operator_says_of_a_doubtful_mail_whether_it_was_sent(city, operator, verdict, said):
    city.post(**ORDINARY)
    city.take_in()
    (case,) = city.cases()
    plan(city, ActionState.UNCERTAIN, key="reply:b", case=case)
    page = operator.done("/operations/outbox/settle", case=str(case.number), verdict=verdict)
    assert said in text_of(page)
    assert city.actions(case)["reply:b"] == "planned"
    assert "send_settled" in city.events(case)


def test_a_mail_that_is_not_in_doubt_cannot_be_settled(city, operator):
    city.post(**ORDINARY)
    city.take_in()
    (case,) = city.cases()
    page = operator.done("/operations/outbox/settle", case=str(case.number), verdict="again")
    assert "inget svar väntar på besked" in text_of(page)


def test_connections_to_slack_are_shown_while_they_are_seen(city, operator):
    link = Link(
        worker="maskin-2",
        transport="socket",
        connected=False,
        last_frame_at=None,
        seen_at=city.clock.now(),
    )
    with city.app.database.work() as work:
        work.slack_links.report(link)
    assert "Inte ansluten maskin-2" in text_of(operator.get("/operations"))
    city.later(minutes=5)
    assert "maskin-2" not in text_of(operator.get("/operations"))


def put_in_force(city, *files):
    """Let files of knowledge come into force as if saved in the program."""
    change = Change(
        id=ChangeId(0),
        state=ChangeState.OPEN,
        origin=Origin.SAVED,
        author=OPERATOR,
        note="",
        made_at=city.clock.now(),
        paths=(),
        touches=frozenset(),
    )
    with city.app.database.work() as work:
        number = work.knowledge.claim_number()
        stored = work.knowledge.insert(change, files)
        work.knowledge.settle(
            stored.id, ChangeState.IN_FORCE, city.clock.now(), by=OPERATOR, number=number
        )


TAGS = DocumentPath("knowledge/tags.yaml")
NOT_THERE = DocumentPath("knowledge/not_there.yaml")


def test_files_in_the_folder_that_no_version_ever_was_are_named(city, operator):
    assert "Skiljer sig" not in text_of(operator.get("/operations"))
    put_in_force(city, FileChange(path=TAGS, before=b"a: 1", after=b"a: 2"))
    text = text_of(operator.get("/operations"))
    assert "inte är någon version som har gällt: knowledge/tags.yaml" in text


def test_a_file_that_is_missing_in_the_folder_is_named(city, operator):
    put_in_force(city, FileChange(path=NOT_THERE, before=b"a: 1", after=b"a: 2"))
    assert f"version som har gällt: {NOT_THERE}" in text_of(operator.get("/operations"))


@pytest.mark.parametrize(("before", "after"), [(None, b"a: 1"), (b"a: 1", None)])
def test_a_file_that_was_made_or_deleted_in_the_program_need_not_be_in_the_folder(
    city, operator, before, after
):
    put_in_force(city, FileChange(path=NOT_THERE, before=before, after=after))
    assert "Skiljer sig" not in text_of(operator.get("/operations"))


def test_room_of_the_database_and_of_its_disk_is_shown(operator):
    text = text_of(operator.get("/operations"))
    assert "Storlek" in text
    assert "Ledigt på disken" in text


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 B"), (999, "999 B"), (1500, "1,5 kB"), (123_456_789, "123 MB"), (10**16, "10000 TB")],
)
def test_room_is_said_in_the_largest_unit(count, said):
    assert room(count, speaker("sv")) == said


# The books


def test_the_books_are_counted_by_mailbox_and_balance(city, operator):
    city.post(**ORDINARY)
    city.deliver(mail(headers=VACATION, message_id="<2@kund.example>"))
    city.work_off()
    page = operator.get("/operations/books")
    assert "Böckerna går ihop" in text_of(page)
    assert "Kundreskontra 1 0 1 0 0 0" in text_of(page)


def test_books_that_contradict_what_is_stored_are_told_in_red(city, operator):
    city.post(**ORDINARY)
    city.take_in()
    with city.app.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE delivery SET message_id = NULL")
    page = operator.get("/operations/books")
    assert "Böckerna går inte ihop: 1 poster" in text_of(page)


# Mail that became no case


@pytest.fixture
def put_aside(city):
    """Two mails that became no case, one of them with words of urgency."""
    for number, parts in enumerate((ORDINARY, URGENT_INVOICE)):
        city.deliver(mail(headers=VACATION, message_id=f"<{number}@kund.example>", **parts))
    city.work_off()
    return city.app.ignored.listed()


def test_ignored_mail_is_listed_with_its_reason_and_nothing_of_what_it_says(operator, put_aside):
    text = text_of(operator.get("/operations/ignored"))
    assert text.count("Automatiskt svar från avsändarens e-post") == 2
    assert ORDINARY["subject"] not in text
    assert "karin@" not in text


def test_ignored_mail_is_shown_page_by_page(city, operator, put_aside):
    listed = web_house(city.app).operations
    first = listed.ignored(glance_only=False, limit=1)
    assert (first.mails, first.next) == ((put_aside[0],), put_aside[0].id)
    second = listed.ignored(glance_only=False, below=first.next, limit=1)
    assert (second.mails, second.next) == ((put_aside[1],), None)
    page = operator.get("/operations/ignored", below=str(first.next))
    assert f'value="{put_aside[0].id}"' not in page.text
    assert f'value="{put_aside[1].id}"' in page.text


def test_from_older_ignored_mail_one_comes_back_to_newer(city, operator):
    for number in range(3):
        city.deliver(mail(headers=VACATION, message_id=f"<{number}@kund.example>", **ORDINARY))
    city.work_off()
    newest, newer, oldest = (one.id for one in city.app.ignored.listed())
    pages = web_house(city.app).operations
    last = pages.ignored(glance_only=False, below=newer, limit=1)
    assert [one.id for one in last.mails] == [oldest]
    assert (last.is_first, last.previous) == (False, newest)
    middle = pages.ignored(glance_only=False, below=last.previous, limit=1)
    assert [one.id for one in middle.mails] == [newer]
    assert (middle.is_first, middle.previous) == (False, None)
    page = operator.get("/operations/ignored", below=str(newer))
    assert 'href="/operations/ignored" rel="prev"' in page.text


def test_when_no_older_ignored_mail_is_left_the_newest_is_shown(operator, put_aside):
    page = operator.get("/operations/ignored", below=str(put_aside[1].id))
    assert f'value="{put_aside[0].id}"' in page.text
    assert 'rel="prev"' not in page.text


def test_one_can_see_only_those_with_words_of_urgency(operator, put_aside):
    text = text_of(operator.get("/operations/ignored", glance="1"))
    assert text.count("Automatiskt svar från avsändarens e-post") == 1


def test_an_ignored_mail_becomes_a_case_by_one_click(city, operator, put_aside):
    page = operator.done("/operations/ignored/case", mail=str(put_aside[0].id))
    (case,) = city.cases()
    assert f"Mejlet är nu ärende {case.number}" in text_of(page)
    assert city.history(case)[0].actor == OPERATOR
    assert text_of(page).count("Automatiskt svar från avsändarens e-post") == 1


def test_a_mail_that_became_a_case_meanwhile_is_not_made_one_twice(city, operator, put_aside):
    for _ in range(2):
        page = operator.done("/operations/ignored/case", mail=str(put_aside[0].id))
    assert len(city.cases()) == 1
    assert "hör redan till ett ärende" in text_of(page)


@pytest.mark.parametrize("number", ["", "-1", "x", "²", "9" * 30, "4711"])
def test_a_mail_that_is_not_there_becomes_no_case(operator, number):
    assert operator.post("/operations/ignored/case", mail=number).status_code == 404


# Quarantine


@pytest.fixture
def poison_and_operator(tmp_path, sqlite_url):
    material, poison = poisoned_material()
    city = City(tmp_path / "mail", sqlite_url, material=material)
    city.post(**ORDINARY, to="info@exempelstad.example")
    city.work_off()
    email = city.app.knowledge.people[OPERATOR].email
    yield poison, WebCity(city, rights={Right.OPERATOR: [email]}).browser(OPERATOR)
    city.close()


def test_quarantined_mail_is_listed_by_a_name_that_says_nothing_of_it(poison_and_operator):
    _, operator = poison_and_operator
    text = text_of(operator.get("/operations/quarantine"))
    assert "1 mejl i karantän" in text
    assert "ZeroDivisionError" in text
    assert ORDINARY["subject"] not in text
    assert tile(operator.get("/operations"), "mejl i karantän") == 1


def test_quarantined_mail_is_tried_again_on_request(poison_and_operator):
    poison, operator = poison_and_operator
    assert "0 mejl lämnade" in text_of(operator.done("/operations/quarantine/retry"))
    poison.cured = True
    page = operator.done("/operations/quarantine/retry")
    assert "1 mejl lämnade" in text_of(page)
    assert "Inga mejl i karantän" in text_of(page)


# What programs ask


def test_monitoring_learns_without_login_that_all_is_well_and_nothing_else(web_city):
    answer = web_city.stranger().get("/healthz", headers={"host": "10.0.0.9:8000"})
    assert (answer.status_code, answer.text) == (200, "ok")


def test_monitoring_learns_that_the_database_does_not_answer(city, web_city):
    stranger = web_city.stranger()
    stranger.get("/healthz")
    city.later(seconds=3)
    city.app.database.engine.dispose()
    (file,) = city.folder.parent.glob("*.db")
    file.rename(file.with_suffix(".away"))
    file.mkdir()
    answer = stranger.get("/healthz")
    assert (answer.status_code, answer.text) == (503, "no")


@pytest.fixture
def measured(city):
    return WebCity(city, metrics_token=TOKEN).stranger()


def test_numbers_are_given_for_the_token_of_the_settings(city, measured):
    city.look("info")
    plan(city, ActionState.FAILED)
    answer = measured.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    lines = answer.text.splitlines()
    assert 'sammadag_mailbox_answers{mailbox="info"} 1.0' in lines
    assert 'sammadag_outbox{state="failed"} 1.0' in lines
    assert "sammadag_quarantined 0.0" in lines
    assert "sammadag_knowledge_version 0.0" in lines


def test_numbers_hold_nothing_of_any_mail(city, measured):
    city.post(**URGENT_INVOICE)
    city.work_off()
    text = measured.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).text
    assert "karin" not in text.lower()
    assert "@" not in text


@pytest.mark.parametrize("given", [None, "", "Bearer ", "Bearer wrong", TOKEN, f"Basic {TOKEN}"])
def test_without_the_token_there_are_no_numbers(measured, given):
    headers = {} if given is None else {"authorization": given}
    assert measured.get("/metrics", headers=headers).status_code == 404


@pytest.mark.parametrize("given", ["Bearer ", "Bearer", ""])
def test_without_a_token_in_the_settings_nobody_gets_numbers(web_city, given):
    answer = web_city.stranger("127.0.0.1").get("/metrics", headers={"authorization": given})
    assert answer.status_code == 404
