import pytest

from bot.vocabulary import PersonKey
from tests.web_city import text_of

MANAGER = PersonKey("anette-forsbro")
ONE = {
    "source": "callguide",
    "measure": "answered_in_time",
    "place": "kundsupport",
    "first": "2026-01-01",
    "last": "2026-01-31",
    "value": "93,5 %",
}
FILE = (
    "from;to;place;measure;value\r\n"
    "2026-01-01;2026-01-31;kundsupport;calls_offered;1200\r\n"
    "2026-01-01;2026-12-31;;index;78\r\n"
)


def send(browser, content, **fields):
    typed = {"token": browser.token, "from_source": "callguide", **fields}
    files = {"file": ("callguide.csv", content.encode(), "text/csv")}
    return browser.client.post("/outside/file", data=typed, files=files)


@pytest.fixture
def browser(web_city):
    return web_city.browser(MANAGER)


def test_a_figure_is_typed_in_and_stands_in_the_list(browser):
    page = text_of(browser.done("/outside", **ONE))
    listed = page.partition("Inskrivna siffror")[2]
    assert "Besvarade i tid" in listed
    assert "93,5 %" in listed


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"source": "nonsense"}, "source"),
        ({"measure": "nonsense"}, "measure"),
        ({"place": "nonsense"}, "place"),
        ({"first": "i går"}, "first"),
        ({"last": "2025-01-01"}, "last"),
        ({"value": "93"}, "value"),
        ({"value": "många"}, "value"),
        ({"first": "2026-12-01", "last": "2026-12-31"}, "first"),
        ({"last": "2099-12-31"}, "last"),
        ({"measure": "calls_offered", "value": "1234,5"}, "value"),
        ({"measure": "calls_offered", "value": "100 %"}, "value"),
    ],
)
def test_a_figure_that_makes_no_sense_is_said_beside_its_field(browser, typed, field):
    answer = browser.post("/outside", **ONE | typed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_what_was_typed_is_not_lost_when_something_is_wrong(browser):
    answer = browser.post("/outside", **ONE | {"value": "ungefär 9"})
    assert 'value="ungefär 9"' in answer.text
    assert '<option value="kundsupport" selected>' in answer.text


def test_a_file_is_read(browser):
    answer = send(browser, FILE)
    page = text_of(browser.client.get(answer.headers["location"]))
    assert "2 siffror är inlästa." in page
    assert "Hela verksamheten" in page.partition("Inskrivna siffror")[2]


def test_a_file_with_a_wrong_line_is_refused_whole_and_the_line_is_named(browser):
    answer = send(browser, FILE + "2026-01-01;2026-01-31;nobody;index;1\r\n")
    assert answer.status_code == 422
    page = text_of(answer)
    assert "Rad 4:" in page
    assert "Inga siffror är inskrivna än." in page


@pytest.mark.parametrize("content", ["", "a;b\r\n1;2\r\n"])
def test_what_is_no_such_file_is_refused(browser, content):
    answer = send(browser, content)
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text


def test_a_file_without_a_source_is_refused(browser):
    answer = send(browser, FILE, from_source="")
    assert answer.status_code == 422
    assert 'id="from_source-error"' in answer.text


def test_a_form_without_a_file_is_refused(browser):
    answer = browser.post("/outside/file", from_source="survey")
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text


def test_only_managers_may_write_figures_in(web_city):
    assert web_city.browser().get("/outside").status_code == 403
    assert web_city.browser().post("/outside", **ONE).status_code == 403
