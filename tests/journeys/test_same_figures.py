"""A figure is the same wherever it is asked for: page, files, command line, assistant."""

from __future__ import annotations

import csv
import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from lxml import etree

from bot.promises import Feedback
from bot.services.phone import NewCall
from bot.vocabulary import StopReason
from tests.commands import call, write_settings
from tests.journeys.assistant_talk import HANDLER, Talker
from tests.web_city import WebCity, text_of

MARCH = {"period": "2026-03"}


def log(city, matter="fakturering"):
    new = NewCall(process="kundreskontra", matter=matter, customer="Kim Ek", callback="08-46500417")
    return city.app.phone.add(new, by=HANDLER).case


@pytest.fixture
def city(city):
    """A month in which three people called, of whom one was answered after two hours."""
    answered, urgent, _ = log(city), log(city, "anstand"), log(city)
    city.later(hours=2)
    city.app.phone.feedback(answered, Feedback.DONE, by=HANDLER)
    city.app.casework.confirm_stop(urgent, StopReason.DUE_DATE_MOVED, by=HANDLER)
    city.later(days=40)
    return city


@pytest.fixture
def browser(city):
    return WebCity(city).browser()


@pytest.fixture
def from_command_line(city, tmp_path, sqlite_url):
    """Figure -> its value in March, as other programs get it."""
    config = write_settings(tmp_path, sqlite_url)
    row = call("--config", config, "report", "--from", "2026-03", "--format", "json").row()
    return {key: figure["value"] for key, figure in row["total"].items()}


def row_of_all(content, heading):
    """Return heading -> value of the row for all, from the table that has a heading."""
    rows = list(csv.reader(content.decode("utf-8-sig").splitlines(), delimiter=";"))
    at = next(at for at, row in enumerate(rows) if heading in row)
    total = next(row for row in rows[at:] if row[:1] == ["Alla"])
    return dict(zip(rows[at], total, strict=True))


def test_the_command_line_counts_what_happened(from_command_line):
    wanted = {"received": 3, "answered": 1, "answer_work_median": 7200, "urgent": 1}
    assert {key: from_command_line[key] for key in wanted} == wanted
    assert from_command_line["urgent_in_time"] == 1
    assert from_command_line["phone_same_day"] == pytest.approx(1 / 3)


def test_the_page_says_the_same(browser, from_command_line):
    said = text_of(browser.get("/figures", **MARCH))
    assert f"{from_command_line['received']} Inkomna" in said
    assert "2 tim Första svar, median" in said
    assert re.search(r"33\s%\s+Återkoppling samma dag, telefon", said) is not None
    assert re.search(r"100\s%\s+Stoppade i tid", said) is not None


def test_a_csv_file_says_the_same(browser, from_command_line):
    file = browser.get("/figures/file", form="csv", **MARCH).content
    assert row_of_all(file, "Inkomna")["Inkomna"] == str(from_command_line["received"])
    heading = "Återkoppling samma dag, telefon (procent)"
    assert row_of_all(file, heading)[heading].startswith("33,3")


def test_an_excel_file_says_the_same(browser, from_command_line):
    file = browser.get("/figures/file", form="xlsx", **MARCH).content
    with ZipFile(BytesIO(file)) as book:
        sheets = [book.read(name) for name in book.namelist() if "worksheets/" in name]
    numbers = {
        round(float(cell.text), 6)
        for sheet in sheets
        for cell in etree.fromstring(sheet).iter("{*}v")
        if cell.getparent().get("t") != "s"
    }
    assert {from_command_line["received"], round(from_command_line["phone_same_day"], 6)} <= numbers


def test_the_assistant_says_the_same(city, from_command_line):
    talker = Talker(city)
    assert f"{from_command_line['received']} ärenden kom in" in talker.says(
        "hur många ärenden kom in i mars"
    )
    assert "inom 2 timmar" in talker.says("svarstider i mars")
    assert "1 av 1" in talker.says("hur många brådskande hanterades i tid i mars")
