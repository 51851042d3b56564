"""A report as a page needs nothing else, lets nothing run, and prints whole."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from lxml import html

from bot.reports.files import page_of
from tests.reports.files.report_values import EVERY_UNIT, FORMULA, ROW, report, table

HOSTILE = '</style><script src="https://x.example/a.js"></script><img src=x onerror=alert(1)>'


@pytest.fixture
def page():
    made = report(table([ROW], *EVERY_UNIT, notes=("Räknat efter när de kom in.",)), charts=True)
    return page_of(made).decode()


def test_the_page_loads_nothing(page):
    tree = html.fromstring(page)
    assert not tree.xpath("//script|//link|//img|//iframe|//@src|//@href")
    assert not re.search(r"url\((?!#)|@import", page)


def test_the_rule_of_the_page_allows_its_own_sheet_alone(page):
    tree = html.fromstring(page)
    (rule,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    digest = b64encode(sha256(tree.xpath("string(//style)").encode()).digest()).decode()
    assert rule == f"default-src 'none'; style-src 'sha256-{digest}'"
    assert not tree.xpath("//@style")


def test_charts_are_in_the_page_and_their_numbers_are_open(page):
    tree = html.fromstring(page)
    assert len(tree.xpath("//figure//*[local-name()='svg']")) == 4
    assert len(tree.xpath("//figure/details[@open]//table")) == 4


def test_every_id_is_there_once(page):
    ids = html.fromstring(page).xpath("//@id")
    assert ids
    assert len(ids) == len(set(ids))


def test_every_table_has_a_caption_and_every_heading_a_scope(page):
    tree = html.fromstring(page)
    assert len(tree.xpath("//table/caption")) == len(tree.xpath("//table")) == 5
    assert not tree.xpath("//th[not(@scope)]")


def test_it_says_when_and_how_it_was_counted(page):
    text = " ".join(html.fromstring(page).text_content().split())
    assert "Period 2026-10-01 till 2026-10-31. Räknat 2026-11-26 09:30 UTC." in text
    assert "Räknat efter när de kom in." in text
    assert "Första svaret från en person; kvittenser räknas inte." in text


def test_the_page_says_its_language(page):
    assert html.fromstring(page).get("lang") == "sv"
    assert html.fromstring(page_of(report(language="en")).decode()).get("lang") == "en"


@pytest.mark.parametrize("text", [HOSTILE, FORMULA, "\x00\x1b[31m\u202e", "]]>", "<!--"])
def test_hostile_text_is_only_text(text):
    made = table([(text, *ROW[1:])], *EVERY_UNIT, title=text, notes=(text,))
    tree = html.fromstring(page_of(report(made)).decode())
    assert not tree.xpath("//script|//img|//comment()")
    assert len(tree.xpath("//table")) == 1


def test_the_same_report_is_the_same_bytes():
    made = report(table([ROW], *EVERY_UNIT), charts=True)
    assert page_of(made) == page_of(made)
