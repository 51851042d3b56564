import json
import re
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest

from bot.control import Question
from bot.vocabulary import EventKind, PersonKey
from tests.letters import ORDINARY
from tests.web_city import text_of

HANDLER, COLLEAGUE = PersonKey("agneta-brandt"), PersonKey("ebba-nyren")
MANAGER, MAY_SEE_PROTECTED = PersonKey("anette-forsbro"), PersonKey("amir-haddad")
ORDER = {
    "process": "kundreskontra",
    "first": "2026-03-01",
    "last": "2026-03-31",
    "size": "5",
    "seed": "våren",
}
ALL_WELL = {question.value: "yes" for question in Question}


@pytest.fixture
def closed(web_city):
    """A city where two cases were closed."""
    city = web_city.city
    for number in range(2):
        city.post(**ORDINARY | {"sender": f"p{number}@kund{number}.example"})
    city.work_off()
    for case in city.cases():
        city.app.casework.take(case, by=HANDLER)
        city.app.casework.close(case, by=HANDLER)
    return web_city


def drawn(web_city):
    return web_city.browser(MANAGER).done("/control", **ORDER)


def test_a_manager_draws_a_sample_and_sees_its_cases(closed):
    page = drawn(closed)
    numbers = re.findall(r'href="/control/1/cases/([0-9-]+)"', page.text)
    assert sorted(numbers) == [str(case.number) for case in closed.city.cases()]
    assert "2 ärenden ska granskas." in text_of(page)


def test_others_see_the_samples_but_cannot_draw(closed):
    drawn(closed)
    browser = closed.browser(COLLEAGUE)
    page = browser.get("/control")
    assert "Urval 1" in text_of(page)
    assert 'name="seed"' not in page.text
    assert browser.post("/control", **ORDER).status_code == 403


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"size": "0"}, "size"),
        ({"last": "2026-03-01"}, "last"),
        ({"last": "2026-03-01", "size": "0"}, "last"),
    ],
)
def test_a_sample_without_cases_is_refused_beside_the_field(closed, typed, field):
    browser = closed.browser(MANAGER)
    answer = browser.post("/control", **ORDER | typed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "Urval 1" not in text_of(browser.get("/control"))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"process": "nonsense"}, "process"),
        ({"first": "i går"}, "first"),
        ({"last": "2026-02-01"}, "last"),
        ({"size": "201"}, "size"),
        ({"size": "många"}, "size"),
        ({"seed": " "}, "seed"),
    ],
)
def test_an_order_that_makes_no_sense_is_said_beside_its_field(web_city, typed, field):
    answer = web_city.browser(MANAGER).post("/control", **ORDER | typed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_a_colleague_reviews_a_case_and_that_is_an_event(closed):
    drawn(closed)
    case = closed.city.cases()[0]
    path = f"/control/1/cases/{case.number}"
    page = closed.browser(COLLEAGUE).done(path, **ALL_WELL | {"lead_time_kept": "no"})
    assert "Brist Ebba Nyrén" in text_of(page)
    event = closed.city.history(case)[-1]
    assert (event.kind, event.actor) == (EventKind.CONTROLLED, COLLEAGUE)


def test_a_question_without_an_answer_is_asked_again_and_nothing_typed_is_lost(closed):
    drawn(closed)
    path = f"/control/1/cases/{closed.city.cases()[0].number}"
    typed = {key: value for key, value in ALL_WELL.items() if key != "routine_clear"}
    answer = closed.browser(COLLEAGUE).post(path, **typed, note="Lathunden är från 2019.")
    assert answer.status_code == 422
    assert 'id="routine_clear-error"' in answer.text
    assert "Lathunden är från 2019." in answer.text
    assert answer.text.count(" checked") == len(typed)


def test_nobody_reviews_a_case_that_they_have_worked_on(closed):
    drawn(closed)
    path = f"/control/1/cases/{closed.city.cases()[0].number}"
    answer = closed.browser(HANDLER).post(path, **ALL_WELL)
    assert answer.status_code == 422
    assert "låt en kollega granska det" in text_of(answer)


def test_a_case_that_was_reviewed_shows_what_was_said_of_it(closed):
    drawn(closed)
    path = f"/control/1/cases/{closed.city.cases()[0].number}"
    browser = closed.browser(COLLEAGUE)
    browser.done(path, **ALL_WELL, note="Bra.")
    page = browser.get(path)
    assert "Granskat av Ebba Nyrén" in text_of(page)
    assert '<form method="post" action="/control' not in page.text


def test_the_page_of_a_case_names_the_next_one_to_review(closed):
    drawn(closed)
    first, second = closed.city.cases()
    page = closed.browser(COLLEAGUE).get(f"/control/1/cases/{first.number}")
    assert f"Nästa att granska: {second.number}" in text_of(page)


def test_a_protected_case_of_a_sample_is_counted_only_for_those_who_may_not_see_it(closed):
    drawn(closed)
    with closed.city.app.database.work() as work:
        case = work.cases.get(closed.city.cases()[0].id)
        work.cases.change(replace(case, protected=True))
    path = f"/control/1/cases/{case.number}"
    page = closed.browser(COLLEAGUE).get("/control/1")
    assert str(case.number) not in page.text
    assert "1 ärende till har skyddade uppgifter" in text_of(page)
    assert closed.browser(COLLEAGUE).get(path).status_code == 404
    assert closed.browser(COLLEAGUE).post(path, **ALL_WELL).status_code == 404
    assert closed.browser(MAY_SEE_PROTECTED).get(path).status_code == 200


def test_a_manager_takes_home_the_protocol_and_the_evidence_and_that_is_an_event(closed):
    drawn(closed)
    case = closed.city.cases()[0]
    answer = closed.browser(MANAGER).get("/control/1/evidence")
    assert 'filename="internkontroll-1.zip"' in answer.headers["content-disposition"]
    with ZipFile(BytesIO(answer.content)) as archive:
        assert "protokoll.csv" in archive.namelist()
        assert json.loads(archive.read(f"{case.number}/underlag.json"))["case"] == str(case.number)
    event = closed.city.history(case)[-1]
    assert (event.kind, event.actor) == (EventKind.EXPORTED, MANAGER)


def test_others_do_not_take_the_evidence_home(closed):
    drawn(closed)
    assert closed.browser(COLLEAGUE).get("/control/1/evidence").status_code == 403


@pytest.mark.parametrize(
    "path", ["/control/7", f"/control/{10**20}", "/control/1/cases/2026-000001"]
)
def test_what_was_never_drawn_is_not_there(web_city, path):
    assert web_city.browser().get(path).status_code == 404
