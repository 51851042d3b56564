"""`reply`, `case move` and `template effect`, as people on the command line use them."""

from __future__ import annotations

import pytest

from tests.commands import call, write_settings
from tests.letters import ORDINARY, URGENT_INVOICE


@pytest.fixture
def desk(city, tmp_path, sqlite_url):
    """A case in the city's database, and the command line on it."""
    city.post(**ORDINARY)
    city.work_off()
    config = write_settings(tmp_path, sqlite_url)
    emails = list(city.app.knowledge.person_by_email)

    def run(*arguments, by=0, lang="sv"):
        given = ("--as", emails[by]) if by is not None else ()
        return call("--config", config, "--lang", lang, *arguments, *given)

    return run


def test_a_reply_goes_the_whole_way(city, desk):
    suggested = desk("reply", "suggest", "1", "--json", by=None).rows()
    assert "done" in [row["template"] for row in suggested]
    made = desk("reply", "draft", "1", "K12", "--set", "measure=Klart nu.", "--json").row()
    assert made["holes"] == ["done_on"]
    refused = desk("reply", "send", made["draft"])
    assert (refused.code, "done_on" in refused.err) == (1, True)
    shown = desk("reply", "edit", made["draft"], "--set", "done_on=2026-03-03")
    assert "Klart nu." in shown.out
    assert desk("reply", "send", made["draft"], "--done").code == 0
    city.later(days=10_000)  # the command line goes by the clock on the wall
    city.app.dispatch.run_due()
    assert "feedback_done" in city.events(city.cases()[0])
    (row,) = desk("reply", "list", "--case", "1", "--json", by=None).rows()
    assert (row["state"], row["template"]) == ("sent", "done")


def test_a_draft_is_shown_with_what_it_lacks_in_the_readers_language(desk):
    made = desk("reply", "draft", "1", "K12", "--json").row()
    told = desk("reply", "show", made["draft"], by=None, lang="en")
    assert "Missing: measure" in told.out


def test_the_html_is_a_whole_page(desk):
    values = ("--set", "measure=Klart", "--set", "done_on=2026-03-03")
    made = desk("reply", "draft", "1", "done", *values, "--json").row()
    assert "<html" in desk("reply", "show", made["draft"], "--html", by=None).out


def test_a_letter_is_rewritten_from_a_file(desk, tmp_path):
    values = ("--set", "measure=Klart", "--set", "done_on=2026-03-03")
    made = desk("reply", "draft", "1", "done", *values, "--json").row()
    path = tmp_path / "brev.txt"
    path.write_text("Hej!\n\nNu är det klart.\n", "utf-8")
    assert "Nu är det klart." in desk("reply", "edit", made["draft"], "--text", path).out


@pytest.mark.parametrize(
    ("typed", "told"),
    [("mesure=x", "measure"), ("measure", "measure"), ("zzz=x", "done_on")],
)
def test_an_unknown_value_is_refused_with_the_nearest(desk, typed, told):
    refused = desk("reply", "draft", "1", "K12", "--set", typed)
    assert (refused.code, told in refused.err) == (2, True)


def test_a_file_that_is_no_text_is_refused(desk, tmp_path):
    made = desk("reply", "draft", "1", "K12", "--json").row()
    path = tmp_path / "brev.bin"
    path.write_bytes(b"\xff\xfe\x00")
    assert desk("reply", "edit", made["draft"], "--text", path).code == 2


def test_an_own_letter_is_not_approved_and_can_be_thrown_away(desk):
    values = ("--set", "measure=Klart", "--set", "done_on=2026-03-03")
    made = desk("reply", "draft", "1", "done", *values, "--json").row()
    assert desk("reply", "approve", made["draft"]).code == 1
    assert desk("reply", "approve", made["draft"], by=1).code == 0
    assert desk("reply", "discard", made["draft"]).code == 0
    assert "Inga utkast" in desk("reply", "list", by=None).out


def test_ongoing_and_done_exclude_each_other(desk):
    made = desk("reply", "draft", "1", "K12", "--json").row()
    assert desk("reply", "send", made["draft"], "--done", "--ongoing").code == 2


def test_a_case_is_moved_to_another_process(city, desk):
    assert desk("case", "move", "1", "LR").code == 0
    assert city.cases()[0].process == "leverantorsreskontra"
    assert desk("case", "move", "1", "LR").code == 1


def test_the_effect_of_templates_is_shown_and_given_as_json(city, desk):
    (row,) = desk(
        "template", "effect", "--from", "2026-03-01", "--to", "2026-03-31", "--json", by=None
    ).rows()
    assert (row["template"], row["sent"]) == ("received", 1)
    shown = desk("template", "effect", "--from", "2026-03-01", "--to", "2026-03-31", by=None)
    assert "received" in shown.out
    nothing = desk("template", "effect", "--from", "2025-01-01", "--to", "2025-01-31", by=None)
    assert "Inga brev" in nothing.out


def test_no_list_shows_what_a_letter_says(city, desk):
    city.post(**URGENT_INVOICE, sender="Sven Hemlig <sven@kund.example>")
    city.work_off()
    values = ("--set", "measure=Hemligt", "--set", "done_on=2026-03-03")
    desk("reply", "draft", "1", "done", *values)
    listed = desk("reply", "list", "--json", by=None).out + desk("reply", "list", by=None).out
    assert not any(word in listed for word in ("Hemligt", "karin", "sven", "Karin"))
