"""The commands for calls; and what a caller said shows nowhere but where somebody calls back."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from sqlalchemy import text as sql

from bot.logging_setup import configure
from bot.notifying import sentence
from bot.services.phone import Feedback, NewCall
from bot.store import tables
from bot.texts import speaker
from tests.city import make_folders
from tests.commands import call, write_settings
from tests.ledger_files import row, write_ledger
from tests.plain_logs import log_plainly

HANDLER = "agneta.brandt@exempelstad.example"
CALLER = "Görel Zetterlund"
NUMBER = "08-46500417"
NOTE = "Undrar om [/b]Sälgvägen 4711."
PERSONAL = (CALLER, "Zetterlund", NUMBER, "46500417", "Sälgvägen")


@pytest.fixture
def config(tmp_path, sqlite_url):
    make_folders(tmp_path / "mail", ["kundreskontra"])
    return write_settings(tmp_path, sqlite_url)


def added(config, *more, **options):
    usual = {
        "customer": CALLER,
        "process": "kundreskontra",
        "matter": "fakturering",
        "callback": NUMBER,
        "note": NOTE,
        "as": HANDLER,
    }
    pairs = [(f"--{name}", value) for name, value in (usual | options).items()]
    return call(
        "--config", config, "phone", "add", *(word for pair in pairs for word in pair), *more
    )


def test_a_call_is_logged_with_one_command(config):
    called = added(config, "--json")
    assert (called.code, called.err) == (0, "")
    row = called.row()
    assert sorted(row) == [
        "broken_at", "case", "due_at", "feedback", "kept_at", "matter", "owner", "process",
        "promise", "received_at", "status", "team", "urgent",
    ]  # fmt: skip
    assert (row["status"], row["owner"], row["feedback"]) == ("open", "agneta-brandt", None)
    assert datetime.fromisoformat(row["received_at"]) < datetime.fromisoformat(row["due_at"])


def test_a_person_reads_the_number_the_team_and_when_feedback_is_due(config):
    called = added(config)
    assert called.code == 0
    assert "Team Kundreskontra centrum. Återkoppling senast" in " ".join(called.out.split())


def test_a_process_may_be_given_by_its_code(config):
    row = added(config, "--json", process="lr", matter="leverantorsfaktura").row()
    assert row["process"] == "leverantorsreskontra"


@pytest.mark.parametrize(
    ("options", "near"),
    [
        ({"as": "agnata.brandt@exempelstad.example"}, HANDLER),
        ({"process": "kundreskontran"}, "kundreskontra"),
        ({"matter": "fakturerin"}, "fakturering"),
        ({"as": "zzzzzz@exempelstad.example"}, "--as"),
        ({"process": "zzzzzz"}, "--process"),
        ({"matter": "zzzzzz"}, "--matter"),
        ({"callback": " "}, "--callback"),
    ],
)
def test_who_and_what_does_not_exist_is_wrong_usage_with_the_nearest(config, options, near):
    called = added(config, **options)
    assert (called.code, called.out) == (2, "")
    assert len(called.err.splitlines()) == 1
    assert near in called.err
    assert call("--config", config, "phone", "list", "--json").rows() == []


def test_the_list_says_whom_to_call_and_where_but_not_what_was_said(config):
    added(config)
    called = call("--config", config, "phone", "list", "--json")
    row = called.row()
    assert (row["customer"], row["callback"]) == (CALLER, NUMBER)
    assert "Sälgvägen" not in called.out
    table = call("--config", config, "phone", "list").out
    assert NUMBER in table
    assert "Sälgvägen" not in table


def test_what_a_caller_is_called_cannot_paint_the_terminal(config):
    added(config, customer="[red]Rot[/red] [bold]", callback="[/] 08")
    called = call("--config", config, "phone", "list")
    assert called.code == 0
    assert "[/] 08" in called.out


def test_feedback_is_given_with_one_command(config):
    number = added(config, "--json").row()["case"]
    called = call(
        "--config", config, "phone", "feedback", number, "ongoing", "--as", HANDLER, "--json"
    )
    assert (called.code, called.row()["feedback"], called.row()["status"]) == (0, "ongoing", "open")
    short = number.partition("-")[2].lstrip("0")
    done = call("--config", config, "phone", "feedback", short, "done", "--as", HANDLER)
    assert done.code == 0
    assert "Avslutat" in done.out
    assert call("--config", config, "phone", "list").out.strip() == "Inga öppna telefonärenden."


def test_feedback_says_when_an_urgent_case_is_not_closed_by_it(config):
    number = added(config, "--json", matter="anstand").row()["case"]
    done = call("--config", config, "phone", "feedback", number, "done", "--as", HANDLER)
    assert "stoppet" in done.out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["4711", "done", "--as", HANDLER], 1),
        (["no-number", "done", "--as", HANDLER], 1),
        (["1", "perhaps", "--as", HANDLER], 2),
        (["1", "done", "--as", "nobody@exempelstad.example"], 2),
        (["1", "done"], 2),
    ],
)
def test_feedback_on_nothing_or_by_nobody_is_one_line(config, arguments, code):
    added(config)
    called = call("--config", config, "phone", "feedback", *arguments)
    assert (called.code, called.out) == (code, "")
    assert len(called.err.splitlines()) == 1


def test_a_reopened_case_waits_for_feedback_again(config):
    number = added(config, "--json").row()["case"]
    call("--config", config, "phone", "feedback", number, "done", "--as", HANDLER)
    assert call("--config", config, "case", "reopen", number, "--as", HANDLER).code == 0
    row = call("--config", config, "phone", "list", "--json").row()
    assert (row["promise"], row["feedback"], row["status"]) == (2, None, "open")


@pytest.fixture
def lived_through(city):
    """Let a promise be broken, kept late and renewed; return the house and its log."""
    log = io.StringIO()
    configure(style="json", level="debug", stream=log)
    made = NewCall(
        process="kundreskontra", matter="anstand", customer=CALLER, callback=NUMBER, note=NOTE
    )
    try:
        found = city.app.phone.add(made, by="agneta-brandt")
        for hours in (5, 2, 20):
            city.later(hours=hours)
            city.app.same_day.run_due()
            city.app.urgency_watch.run_due()
            city.app.dispatch.run_due()
        city.app.phone.feedback(found.case, Feedback.DONE, by="agneta-brandt")
        city.app.phone.called_again(found.case, by="agneta-brandt")
        yield city, log.getvalue()
    finally:
        log_plainly()


def shown_in(text):
    return [word for word in PERSONAL if word.casefold() in text.casefold()]


def test_the_log_tells_of_reminders_and_broken_promises_but_of_no_caller(lived_through):
    _, log = lived_through
    assert "promise_reminded" in log
    assert "promise_broken" in log
    assert shown_in(log) == []


@pytest.mark.parametrize("language", ["sv", "en"])
def test_no_alert_tells_who_called(lived_through, language):
    city, _ = lived_through
    names = city.app.knowledge.names_in(language)
    said = [sentence(alert, speaker(language), names) for alert in city.notifier.alerts]
    assert {"promise_reminder", "promise_broken"} <= set(city.alerts())
    assert shown_in("\n".join([*said, repr(city.notifier.alerts)])) == []


def test_what_the_caller_said_stands_in_one_table_and_its_index_only(lived_through):
    city, _ = lived_through
    found = {}
    with city.app.database.engine.connect() as connection:
        for table in tables.Row.metadata.sorted_tables:
            rows = connection.execute(sql(f"SELECT * FROM {table.name}")).fetchall()
            found[table.name] = shown_in("\n".join(repr(tuple(row)) for row in rows))
    assert found.pop("phone_call") == list(PERSONAL)
    assert found.pop("search_entry")
    assert not any(found.values())


def test_what_the_caller_said_leaves_the_index_when_it_is_deleted(lived_through):
    city, _ = lived_through
    with city.app.database.engine.begin() as connection:
        connection.execute(sql("DELETE FROM phone_call"))
        rows = connection.execute(sql("SELECT * FROM search_entry")).fetchall()
    assert shown_in("\n".join(repr(tuple(row)) for row in rows)) == []


def test_a_phone_case_goes_on_when_what_was_said_has_been_deleted(lived_through):
    city, _ = lived_through
    with city.app.database.engine.begin() as connection:
        connection.execute(sql("DELETE FROM phone_call"))
    (found,) = city.app.phone.listed()
    assert found.call is None
    assert city.app.phone.feedback(found.case, Feedback.ONGOING, by="agneta-brandt").call is None


def test_a_caller_who_calls_again_is_noted_and_keeps_the_promise(config):
    added(config)
    again = call("--config", config, "phone", "again", "1", "--as", HANDLER, "--json")
    assert (again.code, again.row()["promise"]) == (0, 1)
    told = call("--config", config, "phone", "again", "1", "--as", HANDLER).out
    assert "Återkoppling senast" in " ".join(told.split())


def test_after_feedback_a_new_call_gets_a_new_promise(config):
    added(config)
    call("--config", config, "phone", "feedback", "1", "ongoing", "--as", HANDLER)
    again = call("--config", config, "phone", "again", "1", "--as", HANDLER, "--json")
    assert (again.row()["promise"], again.row()["feedback"]) == (2, None)


@pytest.fixture
def load(config, tmp_path):
    def imported(*lines):
        file = write_ledger(tmp_path / "ledger.csv", lines)
        assert call("--config", config, "ledger", "import", file, "--force").code == 0

    return imported


def shown(config):
    return call("--config", config, "case", "show", "1", "--json").row()


def test_an_invoice_that_a_caller_names_is_looked_up_in_the_ledger(config, load):
    load(row(40012345, due="2099-03-12", stage="påmind"))
    added(config, "--invoice", "4001 2345", matter="anstand")
    case = shown(config)
    assert [(one["number"], one["stage"]) for one in case["invoices"]] == [("40012345", "reminded")]
    assert "deadline.before_due" in {reason["code"] for reason in case["reasons"]}
    assert case["missing"] == []


def test_a_number_of_a_caller_that_the_ledger_has_not_is_missing(config, load):
    load(row(1))
    added(config, "--invoice", "40012345", matter="anstand")
    assert shown(config)["missing"] == ["invoice_number"]


def test_an_urgent_call_without_a_number_lacks_it(config):
    added(config, matter="anstand")
    assert shown(config)["missing"] == ["invoice_number"]


@pytest.mark.parametrize("number", ["", "abc", "12x4", "4" * 31, "١٢٣"])
def test_what_is_no_invoice_number_is_refused(config, number):
    called = added(config, "--invoice", number)
    assert (called.code, called.out) == (2, "")
    assert "--invoice" in called.err
