import re
from dataclasses import replace
from html import unescape
from io import BytesIO
from zipfile import ZipFile

import pytest

from bot.services.reporting import Reporting
from bot.vocabulary import MailboxKey, PersonKey, Right
from tests.city import City
from tests.letters import ORDINARY
from tests.web_city import WebCity, text_of

HANDLER, MAY_SEE_PROTECTED = PersonKey("agneta-brandt"), PersonKey("amir-haddad")
MARCH = {"period": "2026-03"}


def make_worked(web_city):
    """Let three cases come in in March, one of them be closed, and another be protected."""
    city = web_city.city
    for number in range(3):
        city.post(**ORDINARY | {"sender": f"p{number}@kund{number}.example"})
    city.work_off()
    first, second, _ = city.cases()
    city.app.casework.take(first, by=HANDLER)
    city.app.casework.close(first, by=HANDLER)
    with city.app.database.work() as work:
        work.cases.change(replace(work.cases.get(second.id), protected=True))
    Reporting(city.app.database, city.app.knowledge, city.clock).make_anew()
    return web_city


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """The page of such a city; tests only look at it."""
    folder = tmp_path_factory.mktemp("figures")
    city = City(folder / "mail", f"sqlite:///{folder / 'figures.db'}")
    email = city.app.knowledge.people[MAY_SEE_PROTECTED].email
    yield make_worked(WebCity(city, rights={Right.PROTECTED: [email]}))
    city.close()


def tile(page, title):
    found = re.search(rf"<strong>([^\0]*?)</strong>\s*{re.escape(title)}", page.text)
    assert found is not None
    return found[1]


def link_of(markup):
    return unescape(re.search(r'href="([^"]+)"', markup)[1])


def test_the_figures_of_last_month_come_first(worked):
    page = worked.browser().get("/figures")
    assert "Siffror, februari 2026" in text_of(page)


def test_a_figure_opens_the_cases_behind_it(worked):
    browser = worked.browser()
    page = browser.get("/figures", **MARCH)
    received = tile(page, "Inkomna")
    assert ">3<" in received
    behind = browser.client.get(link_of(received))
    numbers = re.findall(r'<th scope="row"><a href="/cases/([0-9-]+)">', behind.text)
    assert numbers == [str(case.number) for case in worked.city.cases() if not case.protected]


def test_a_figure_says_how_it_was_counted(worked):
    page = worked.browser().get("/figures", **MARCH)
    assert text_of(page).count("Så räknas den") == 8


def test_a_protected_case_behind_a_figure_is_counted_but_not_named(worked):
    (case,) = [case for case in worked.city.cases() if case.protected]
    wanted = {**MARCH, "figure": "received"}
    hidden = worked.browser().get("/figures/cases", **wanted)
    assert str(case.number) not in hidden.text
    assert "1 ärende till har skyddade uppgifter" in text_of(hidden)


def test_whoever_may_see_protected_cases_finds_them_behind_a_figure(worked):
    (case,) = [case for case in worked.city.cases() if case.protected]
    shown = worked.browser(MAY_SEE_PROTECTED).get("/figures/cases", **MARCH, figure="received")
    assert str(case.number) in shown.text
    assert "skyddade uppgifter" not in text_of(shown)


def test_a_row_of_a_group_opens_the_cases_of_that_group_only(worked):
    browser = worked.browser()
    page = browser.get("/figures", **MARCH, by="channel")
    row = re.search(r'<tr><th scope="row">E-post</th>(.*?)</tr>', page.text, re.S)[1]
    assert "channel=email" in link_of(row)


def test_days_of_ones_own_can_be_chosen(worked):
    page = worked.browser().get("/figures", **{"from": "2026-03-03", "to": "2026-03-05"})
    assert page.status_code == 200
    assert "Siffror, 2026-03-03 till 2026-03-05" in text_of(page)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"from": "2026-03-05", "to": "2026-03-03"}, "to"),
        ({"from": "i går", "to": "2026-03-03"}, "from"),
        ({"from": "1971-01-01", "to": "2026-03-03"}, "to"),
        ({"by": "zzz"}, "by"),
        ({"period": "2026-01", "from": "2026-03-03", "to": "2026-03-05"}, "period"),
        ({"period": "2026-02", "shown": "2026-02", "from": "2026-02-30"}, "from"),
        ({"period": "våren"}, "period"),
        ({"process": "nonsense"}, "process"),
        ({"from": "2020-01-01", "to": "2026-03-03", "by": "day"}, "by"),
    ],
)
def test_a_choice_that_makes_no_sense_is_said_beside_its_field(worked, typed, field):
    page = worked.browser().get("/figures", **typed)
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text


def test_figures_need_not_be_told_apart_and_their_files_neither(worked):
    browser = worked.browser()
    page = browser.get("/figures", by="", **MARCH)
    assert '<th scope="row">Kundreskontra' not in page.text
    assert '<th scope="row">Kundreskontra' in browser.get("/figures", **MARCH).text
    assert re.search(r'href="[^"]*/figures/file\?[^"]*by=&amp;', page.text)


OWN = {"from": "2026-03-03", "to": "2026-03-05"}


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ({"period": "2026-02", "shown": "2026-02", **OWN}, "2026-03-03 till 2026-03-05"),
        ({"period": "2026-01", "shown": "2026-03-03/2026-03-05", **OWN}, "januari 2026"),
    ],
)
def test_of_a_period_and_days_of_ones_own_that_holds_which_was_chosen_last(worked, chosen, shown):
    page = worked.browser().get("/figures", **chosen)
    assert f"Siffror, {shown}" in text_of(page)


def test_the_form_says_what_it_was_shown_with(worked):
    page = worked.browser().get("/figures", **OWN)
    assert '<input type="hidden" name="shown" value="2026-03-03/2026-03-05">' in page.text


def test_an_unknown_figure_is_not_there(worked):
    answer = worked.browser().get("/figures/cases", figure="nonsense")
    assert answer.status_code == 404


def test_a_figure_that_was_corrected_after_its_month_was_frozen_says_so(web_city):
    city = make_worked(web_city).city
    city.later(days=45)
    reporting = Reporting(city.app.database, city.app.knowledge, city.clock)
    while reporting.freeze_due():
        pass
    browser = web_city.browser()
    assert "rättad, var" not in browser.get("/figures", **MARCH).text
    city.app.moving.move(city.cases()[2], MailboxKey("redovisning"), by=HANDLER)
    assert "rättad, var 3" in browser.get("/figures", **MARCH).text


@pytest.mark.parametrize("form", ["csv", "html", "xlsx"])
def test_the_figures_can_be_taken_home_as_a_file(worked, form):
    browser = worked.browser()
    page = browser.get("/figures", **MARCH)
    (link,) = [
        unescape(found)
        for found in re.findall(r'href="(/figures/file[^"]+)"', page.text)
        if f"form={form}" in found
    ]
    answer = browser.client.get(link)
    assert f'filename="siffror-2026-03.{form}"' in answer.headers["content-disposition"]
    assert STARTS[form](answer.content)


STARTS = {
    "csv": lambda content: "Inkomna" in content.decode("utf-8-sig"),
    "html": lambda content: content.startswith(b"<!doctype html>"),
    "xlsx": lambda content: "xl/workbook.xml" in ZipFile(BytesIO(content)).namelist(),
}


def test_a_chart_can_be_taken_home_as_an_image(worked):
    browser = worked.browser()
    page = browser.get("/figures", **MARCH)
    link = unescape(re.search(r'href="(/figures/chart[^"]+)"', page.text)[1])
    assert browser.client.get(link).content.startswith(b"\x89PNG")


def test_there_is_no_file_in_a_form_that_nobody_knows(worked):
    assert worked.browser().get("/figures/file", form="exe").status_code == 404


def test_a_page_of_figures_holds_nothing_that_the_policy_forbids(worked):
    page = worked.browser().get("/figures", **MARCH)
    assert "style=" not in page.text
    assert "<style" not in page.text
