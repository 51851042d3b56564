"""`template` and what `check` says of templates, as a process owner uses them."""

from __future__ import annotations

import shutil

import pytest

from bot.templates import bundled_folder
from tests.city import make_folders
from tests.commands import call, write_settings
from tests.letters import URGENT_INVOICE

pytestmark = pytest.mark.slow


@pytest.fixture
def config(tmp_path, sqlite_url):
    make_folders(tmp_path / "mail", ["kundreskontra"])
    return write_settings(tmp_path, sqlite_url)


@pytest.fixture
def own(tmp_path, sqlite_url):
    """Return the settings of a city with a few templates of its own, and their folder."""
    folder = tmp_path / "templates"
    for name in ("_base", "received", "tag_hint", "received_outside_hours", "received_protected"):
        shutil.copytree(bundled_folder() / name, folder / name)
    for name in ("received_urgent_invoice", "received_urgent_payment", "delayed"):
        shutil.copytree(bundled_folder() / name, folder / name)
    return write_settings(tmp_path, sqlite_url, f'templates = "{folder}"'), folder


def spoil(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_the_list_shows_every_template_with_who_sends_it(config):
    rows = call("--config", config, "template", "list", "--json").rows()
    assert len(rows) == 31
    by_code = {row["code"]: row for row in rows}
    assert by_code["K13"]["name"] == "extension_registered"
    assert by_code["K13"]["sending"] == "staff"
    assert by_code["K8"]["auto_when"] == "one_invoice_number"
    assert by_code["K13"]["fields"]["new_due_date"]["type"] == "date"


def test_the_list_can_be_narrowed(config):
    called = call("--config", config, "template", "list", "anstånd", "--process", "KR", "--json")
    assert [row["code"] for row in called.rows()] == ["K13", "K14"]
    called = call("--config", config, "template", "list", "--matter", "anstand")
    assert "extension_registered" in called.out
    assert "invoice_cancelled" not in called.out


def test_one_template_is_shown_with_its_values(config):
    called = call("--config", config, "--lang", "en", "template", "show", "K13")
    assert called.code == 0
    for said in ("extension_registered", "Customer invoices", "new_due_date", "More time to pay"):
        assert said in called.out


def test_a_preview_is_the_letter_as_the_customer_will_see_it(config):
    called = call("--config", config, "template", "preview", "K11")
    assert called.code == 0
    assert "Hej!\n\nVi är inte klara med ditt ärende" in called.out
    assert "Klarspråk: inga råd." in called.out
    made = call("--config", config, "template", "preview", "K11", "--lang", "en", "--json").row()
    assert made["language"] == "en"
    assert made["text"].startswith("Hello,")
    assert made["advice"] == []
    page = call("--config", config, "template", "preview", "K11", "--html")
    assert page.out.startswith("<!DOCTYPE html>")


def test_a_preview_says_what_could_be_plainer(own):
    config, folder = own
    spoil(folder / "delayed" / "sv" / "body.txt.j2", "Vi är ledsna", "Vi är härmed ledsna")
    called = call("--config", config, "template", "preview", "delayed", "--json")
    assert [advice["code"] for advice in called.row()["advice"]] == ["jargon"]
    assert called.code == 0


def test_a_preview_takes_what_a_case_says_and_names_what_is_a_sample(config, build_city):
    city = build_city("kundreskontra")
    city.post(**URGENT_INVOICE)
    city.work_off()
    (case,) = city.cases()
    called = call("--config", config, "template", "preview", "K17", "--case", case.number, "--json")
    made = called.row()
    assert f"[#{case.number}-" in made["subject"]
    assert "faktura 40012345" in made["text"]
    assert made["samples"] == ["administration", "answer_by"]
    assert (made["language"], called.code) == ("sv", 0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["preview", "delayd"], "menade du delayed?"),
        (["preview", "K11", "--lang", "fi"], "--lang: mallen finns inte på det språket"),
        (["preview", "K11", "--case", "2026-999"], "ärende"),
        (["show", "x"], "kontrollera namnet"),
        (["list", "--process", "KX"], "--process"),
        (["list", "--matter", "anstnd"], "menade du anstand?"),
    ],
)
def test_bad_input_is_one_line(config, arguments, said):
    called = call("--config", config, "template", *arguments)
    assert called.code in (1, 2)
    assert len(called.err.splitlines()) == 1
    assert said in called.err
    assert called.out == ""


def test_check_gives_advice_and_is_content(own):
    config, folder = own
    spoil(folder / "delayed" / "sv" / "body.txt.j2", "Vi är ledsna", "Vi är härmed ledsna")
    called = call("--config", config, "check")
    assert called.code == 0
    assert called.err.startswith("råd om mallen delayed/sv: svårt ord: härmed")
    rows = call("--config", config, "check", "--json").row()
    assert [row["file"] for row in rows if row["level"] == "advice"] == ["delayed/sv"]


def test_check_names_a_template_of_a_process_that_is_not_there(own):
    config, folder = own
    spoil(
        folder / "delayed" / "template.toml", "languages", 'processes = ["kundreskontr"]\nlanguages'
    )
    called = call("--config", config, "check")
    assert called.code == 1
    assert "processen kundreskontr finns inte; menade du kundreskontra?" in called.err
