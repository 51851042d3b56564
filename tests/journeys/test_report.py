"""`report`: figures of a period, as people and other programs ask for them."""

from __future__ import annotations

import csv
from zipfile import ZipFile

import pytest

from bot.promises import Feedback
from bot.reports.measures import MEASURES
from bot.services.phone import NewCall
from bot.texts.codes import CODES
from tests.city import make_folders
from tests.commands import call, write_settings

HANDLER = "agneta-brandt"


@pytest.fixture
def config(tmp_path, sqlite_url):
    make_folders(tmp_path / "mail", ["kundreskontra"])
    return write_settings(tmp_path, sqlite_url)


def log(city, *, matter="fakturering", customer="Kulturförvaltningen"):
    new = NewCall(process="kundreskontra", matter=matter, customer=customer, callback="08-46500417")
    return city.app.phone.add(new, by=HANDLER).case


@pytest.fixture
def cases(city, config):
    """Two calls in March, of which one was answered after two hours."""
    made = [log(city), log(city, matter="anstand", customer="Exempelhamnen")]
    city.later(hours=2)
    city.app.phone.feedback(made[0], Feedback.DONE, by=HANDLER)
    return made


def report(config, *options):
    return call("--config", config, "report", "--from", "2026-03", *options)


@pytest.mark.usefixtures("cases")
def test_json_has_every_figure_with_its_unit_and_how_it_was_counted(config):
    found = report(config, "--format", "json").row()
    assert found["period"] == {
        "key": "2026-03",
        "from": "2026-03-01",
        "to": "2026-03-31",
        "granularity": "month",
    }
    assert set(found["total"]) == set(MEASURES)
    assert found["total"]["received"]["value"] == 2
    median = found["total"]["answer_work_median"]
    assert (median["value"], median["unit"], median["cases"]) == (7200, "working_time", 1)
    assert median["counted"] == "counted.answer_work_median"
    assert [group["key"] for group in found["groups"]] == ["kundreskontra"]


@pytest.mark.usefixtures("cases")
def test_figures_can_be_told_apart_by_time_and_kept_to_a_process(config):
    found = report(config, "--by", "week", "--process", "KR", "--format", "json").row()
    assert found["scope"] == {"process": "kundreskontra"}
    received = {group["key"]: group["figures"]["received"]["value"] for group in found["groups"]}
    assert received["2026-W10"] == 2
    assert sum(received.values()) == 2
    other = report(config, "--process", "redovisning", "--format", "json").row()
    assert other["total"]["received"]["value"] == 0


@pytest.mark.usefixtures("cases")
def test_people_read_it_as_tables_in_their_language(config):
    swedish, english = report(config).out, report(config, "--lang", "en").out
    assert "Siffror för 2026-03" in swedish
    assert "Kundreskontra" in swedish
    assert "Figures for 2026-03" in english


@pytest.mark.usefixtures("cases")
def test_a_file_of_each_sort_is_written(config, tmp_path):
    for form in ("csv", "xlsx", "html", "table"):
        called = report(config, "--format", form, "--out", tmp_path / f"r.{form}")
        assert called.code == 0
    rows = list(csv.reader((tmp_path / "r.csv").read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert ["Kundreskontra", "2"] in [row[:2] for row in rows]
    with ZipFile(tmp_path / "r.xlsx") as book:
        assert book.testzip() is None
    assert "<svg" in (tmp_path / "r.html").read_text("utf-8")


def test_a_figure_opens_the_cases_behind_it(config, cases):
    closed = report(config, "--behind", "closed")
    assert closed.out.split() == [str(cases[0].number)]
    both = report(config, "--behind", "received").out.split()
    assert both == [str(case.number) for case in cases]


@pytest.mark.usefixtures("cases")
def test_protected_cases_behind_a_figure_are_only_counted(config, city):
    hidden = log(city, customer="Anna 19811218-9876")
    called = report(config, "--behind", "received")
    assert str(hidden.number) not in called.out
    assert "1 ärende till har skyddade uppgifter" in called.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--from", "snart"], "--from: ”snart” är ingen dag"),
        (["--from", "2026-13"], "ingen dag eller tid"),
        (["--from", "2026-02-30"], "ingen dag eller tid"),
        (["--from", "2026-03-02", "--to", "2026-03-01"], "--to: ligger före --from"),
        (["--to", "2026-03-01"], "--from: saknas"),
        (["--process", "xx"], "--process: xx finns inte"),
        (["--customer", "Ingen sådan"], "--customer: Ingen sådan finns inte"),
    ],
)
def test_what_cannot_be_counted_is_wrong_usage_and_says_why(config, options, said):
    called = call("--config", config, "report", *options)
    assert called.code == 2
    assert said in called.err
    assert len(called.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "key"),
    [("mars 2026", "2026-03"), ("tredje tertialet 2025", "2025-T3"), ("v 12 2026", "2026-W12")],
)
def test_a_time_may_be_said_in_words(config, words, key):
    called = call("--config", config, "report", "--from", words, "--format", "json")
    assert called.row()["period"]["key"] == key


def test_a_figure_that_does_not_exist_is_named(config):
    called = report(config, "--behind", "happiness")
    assert (called.code, "happiness" in called.err) == (1, True)


def test_without_a_period_last_month_is_counted(config):
    found = call("--config", config, "report", "--format", "json").row()
    assert found["period"]["granularity"] == "month"


@pytest.mark.usefixtures("cases")
def test_a_table_in_a_pipe_has_every_heading_whole(config):
    out = report(config).out
    assert "…" not in out
    for key in ("received", "answer_work_median", "urgent_in_time", "misdirected"):
        assert CODES[f"figure.{key}"] in out
