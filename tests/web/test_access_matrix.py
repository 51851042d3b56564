"""Who may open what: every address, for everybody, with and without what they need.

The table is written by hand. A new page is added to it with the right that it ought to have, so
that a page that is open to too many is noticed by whoever reads the change.
"""

from __future__ import annotations

import re

import pytest
from starlette.routing import Mount, Route

from bot.vocabulary import PersonKey, Right
from bot.web.pages import PAGES
from tests.city import City
from tests.letters import ORDINARY
from tests.web.conftest import HOLDERS
from tests.web_city import HANDLER, WebCity

ACCESS = """
GET   /                                                 staff
GET   /operations                                       operator
GET   /operations/books                                 operator
GET   /operations/ignored                               operator
POST  /operations/ignored/case                          operator
GET   /operations/quarantine                            operator
POST  /operations/quarantine/retry                      operator
POST  /operations/outbox/settle                         operator
POST  /language                                         staff
GET   /phone                                            staff
GET   /phone/calls                                      staff
POST  /phone/log                                        staff
POST  /phone/{number}/feedback                          staff
POST  /phone/{number}/take-back                         staff
GET   /chat                                             staff
POST  /chat                                             staff
POST  /chat/anew                                        staff
POST  /chat/turns/{turn:int}                            staff
POST  /chat/turns/{turn:int}/rating                     staff
GET   /chat/turns/{turn:int}/wrong                      staff
POST  /chat/turns/{turn:int}/wrong                      staff
GET   /remarks/suggested                                staff
POST  /remarks/suggested/{number}                       staff
GET   /remarks                                          staff
GET   /remarks/new                                      staff
POST  /remarks/new                                      staff
GET   /remarks/{number:int}                             staff
POST  /remarks/{number:int}                             staff
GET   /customer-log                                     staff
GET   /customer-log/new                                 staff
POST  /customer-log/new                                 staff
GET   /customer-log/{number:int}                        staff
POST  /customer-log/{number:int}                        staff
GET   /process-log                                      staff
GET   /process-log/new                                  staff
POST  /process-log/new                                  staff
GET   /process-log/{number:int}                         staff
POST  /process-log/{number:int}                         staff
GET   /cases/{number}                                   staff
GET   /cases/{number}/others                            staff
GET   /cases/{number}/mails/{message}                   staff
GET   /cases/{number}/mails/{message}/original          staff
GET   /cases/{number}/mails/{message}/files/{position}  staff
POST  /cases/{number}/take                              staff
POST  /cases/{number}/give                              staff
POST  /cases/{number}/move                              staff
POST  /cases/{number}/correct                           staff
POST  /cases/{number}/merge                             staff
POST  /cases/{number}/undo                              staff
POST  /cases/{number}/feedback                          staff
POST  /cases/{number}/wait                              staff
POST  /cases/{number}/resume                            staff
POST  /cases/{number}/close                             staff
POST  /cases/{number}/reopen                            staff
POST  /cases/{number}/acknowledge                       staff
POST  /cases/{number}/escalate                          staff
POST  /cases/{number}/settle                            staff
GET   /cases/{number}/reply                             staff
POST  /cases/{number}/reply                             staff
GET   /cases/{number}/replies/{draft}                   staff
POST  /cases/{number}/replies/{draft}/save              staff
POST  /cases/{number}/replies/{draft}/send              staff
POST  /cases/{number}/replies/{draft}/approve           staff
POST  /cases/{number}/replies/{draft}/discard           staff
GET   /edit                                             editor
GET   /edit/document                                    editor
POST  /edit/document/save                               editor
GET   /edit/form                                        editor
POST  /edit/form/save                                   editor
GET   /edit/new                                         editor
GET   /edit/file                                        editor
GET   /edit/versions                                    editor
GET   /edit/changes/{number}                            editor
GET   /edit/changes/{number}/trial                      editor
POST  /edit/changes/{number}/approve                    editor
POST  /edit/changes/{number}/refuse                     editor
POST  /edit/changes/{number}/undo                       editor
GET   /edit/answers                                     editor
GET   /figures                                          staff
GET   /figures/cases                                    staff
GET   /figures/file                                     staff
GET   /figures/chart                                    staff
GET   /control                                          staff
POST  /control                                          manager
GET   /control/{sample:int}                             staff
GET   /control/{sample:int}/evidence                    manager
GET   /control/{sample:int}/cases/{number}              staff
POST  /control/{sample:int}/cases/{number}              staff
GET   /outside                                          manager
POST  /outside                                          manager
POST  /outside/file                                     manager
GET   /reports                                          manager
GET   /reports/tertial                                  manager
GET   /reports/customer                                 manager
GET   /reports/quarter                                  manager
GET   /inbox                                            staff
GET   /inbox/news                                       staff
POST  /inbox/take                                       staff
GET   /search                                           staff
POST  /search                                           staff
GET   /duty                                             staff
GET   /knowledge                                        staff
GET   /knowledge/people                                 staff
GET   /knowledge/customers                              staff
GET   /knowledge/articles                               staff
POST  /knowledge/articles                               staff
GET   /knowledge/articles/{key}                         staff
GET   /knowledge/processes/{key}                        staff
GET   /templates                                        staff
GET   /templates/{key}                                  staff
"""

PUBLIC = {
    "GET /sign-in",
    "POST /sign-out",
    "GET /healthz",
    "GET /metrics",
    "GET /static",
}
"""What answers without a session: `test_signing_in` and `test_operations` say what."""

ROWS = {
    f"{method} {path}": Right(right)
    for method, path, right in (line.split() for line in ACCESS.strip().splitlines())
}
FORMS = [row for row in ROWS if row.startswith("POST ")]
OF_A_CASE = [row for row in ROWS if re.search(r" /(cases|phone)/\{number\}", row)]
PARTS = {
    "number": "2026-000001",
    "number:int": "1",
    "message": "1",
    "position": "1",
    "draft": "1",
    "sample:int": "1",
    "turn:int": "0",
    "key": "kundreskontra",
    "name": "received",
}
PEOPLE = {Right.STAFF: HANDLER, **{right: PersonKey(key) for right, key in HOLDERS.items()}}


@pytest.fixture(scope="module")
def web_city(tmp_path_factory, empty_database):
    """A page that all tests here share; they change nothing that another one looks at."""
    folder = tmp_path_factory.mktemp("access")
    file = folder / "sammadag.db"
    file.write_bytes(empty_database.read_bytes())
    city = City(folder / "mail", f"sqlite:///{file}", ("kundreskontra", "info"))
    city.post(**ORDINARY)
    city.post("Jag har skyddad identitet och vill ha anstånd.", subject="Skyddade uppgifter")
    city.work_off()
    people = city.app.knowledge.people
    yield WebCity(city, rights={right: [people[key].email] for right, key in HOLDERS.items()})
    city.close()


def address(row, **parts):
    path = row.partition(" ")[2]
    return re.sub(r"\{([^}]+)\}", lambda found: {**PARTS, **parts}[found[1]], path)


def knock(client, row, token="", **headers):
    """Ask for an address, with an empty form where it takes one; return the answer."""
    path = address(row)
    if row.startswith("GET "):
        return client.get(path, headers=headers)
    return client.post(path, data={"token": token}, headers=headers)


def contents(web_city):
    """Return how many rows each table has, but for who looks at a case just now."""
    with web_city.city.app.database.engine.connect() as connection:
        names = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
        ).scalars()
        return {
            name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one()
            for name in list(names)
        }


def test_every_page_stands_in_the_table_with_the_right_that_it_asks_for():
    pages = {f"{page.method} {page.path}": page.right for page in PAGES}
    assert pages == ROWS


def test_nothing_else_answers_than_the_pages_and_what_is_meant_for_strangers(web_city):
    found = set()
    for route in web_city.web.routes:
        assert isinstance(route, Route | Mount)
        methods = getattr(route, "methods", None) or {"GET"}
        found |= {f"{method} {route.path}" for method in methods - {"HEAD"}}
    assert found == PUBLIC | ROWS.keys()


def test_a_stranger_sees_nothing_of_any_page(web_city):
    stranger = web_city.stranger()
    for row in ROWS:
        answer = knock(stranger, row)
        if row in FORMS:
            assert (row, answer.status_code) == (row, 403)
        else:
            assert (row, answer.status_code, answer.text) == (row, 303, "")
            assert answer.headers["location"].startswith("/sign-in?next=")


@pytest.mark.parametrize("right", list(Right))
def test_a_page_opens_for_those_who_have_its_right_and_nobody_else(web_city, right):
    browser = web_city.browser(PEOPLE[right])
    for row, needed in ROWS.items():
        answer = knock(browser.client, row, browser.token)
        may = needed in (Right.STAFF, right)
        assert (row, answer.status_code != 403) == (row, may)
        assert (row, answer.status_code < 500) == (row, True)
        assert not answer.headers.get("location", "").startswith("/sign-in"), row


def test_whoever_has_left_is_a_stranger_everywhere(web_city):
    stranger, left = web_city.stranger(), web_city.browser(PersonKey("has-left"))
    for row in ROWS:
        answer = knock(left.client, row, left.token)
        assert (row, answer.status_code) == (row, knock(stranger, row).status_code)


@pytest.mark.parametrize("token", ["", "x", "of another session"])
def test_no_form_is_taken_without_the_token_of_the_session(web_city, token):
    before = contents(web_city)
    for row in FORMS:
        person = PEOPLE[ROWS[row]]
        given = web_city.browser(person).token if token.startswith("of") else token
        answer = knock(web_city.browser(person).client, row, given)
        assert (row, answer.status_code) == (row, 403)
    assert contents(web_city) == before


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_no_form_is_taken_from_another_site_even_with_the_token(web_city, site):
    before = contents(web_city)
    for row in FORMS:
        browser = web_city.browser(PEOPLE[ROWS[row]])
        answer = knock(browser.client, row, browser.token, **{"sec-fetch-site": site})
        assert (row, answer.status_code) == (row, 403)
    assert contents(web_city) == before


def without_keys(answer, number):
    """Return a page without the number that it is about, and without the key of its forms."""
    return re.sub(number, "N", re.sub(r'name="once" value="[^"]*"', "", answer.text))


def test_a_protected_case_is_for_others_as_if_it_did_not_exist(web_city):
    browser = web_city.browser()
    before = contents(web_city)
    for row in OF_A_CASE:
        answers = []
        for number in ("2026-000002", "2026-009999"):
            path = address(row, number=number)
            sent = browser.get(path) if row.startswith("GET ") else browser.post(path)
            answers.append((row, sent.status_code, without_keys(sent, number)))
        assert answers[0] == answers[1]
        assert answers[0][1] == 404
    assert contents(web_city) == before
