from __future__ import annotations

import csv

import pytest

from bot.app import open_database
from bot.settings import Settings
from bot.vocabulary import InvoiceStage
from tests.commands import call, write_settings
from tests.ledger_files import many, row, write_ledger


@pytest.fixture
def database_url(tmp_path):
    return f"sqlite:///{tmp_path / 'sammadag.db'}"


@pytest.fixture
def config(tmp_path, database_url):
    return write_settings(tmp_path, database_url, mailboxes=())


@pytest.fixture
def load(config):
    return lambda *arguments: call("--config", config, "ledger", "import", *arguments)


@pytest.fixture
def find(database_url):
    def look(number):
        database = open_database(Settings(database_url=database_url))
        try:
            with database.reading() as work:
                return work.ledger.find(str(number))
        finally:
            database.close()

    return look


def test_a_good_file_becomes_the_ledger(load, find, tmp_path):
    file = write_ledger(tmp_path / "a.csv", many(12))
    called = load(file, "--json")
    assert called.code == 0
    found = called.row()
    assert list(found) == ["rows", "imported", "rejected", "switched", "seconds"]
    assert (found["rows"], found["imported"], found["rejected"]) == (12, 12, 0)
    assert found["switched"] is True
    assert called.err == ""
    assert find(40000011).amount_ore == 123450


def test_rows_that_are_left_out_are_named_by_line(load, tmp_path):
    lines = [*many(300), row("x"), row(7, due="2026-02-30"), row(40000000)]
    called = load(write_ledger(tmp_path / "a.csv", lines))
    assert called.code == 1
    assert called.err.splitlines() == [
        "rad 302: fakturanumret saknas eller är inget nummer",
        "rad 303: förfallodagen finns inte",
        "rad 304: faktura 40000000 står flera gånger; den sista raden gäller",
    ]
    assert "Fakturor i reskontran: 300" in " ".join(called.out.split())


def test_a_refused_file_says_why_and_leaves_the_old_ledger(load, find, tmp_path):
    load(write_ledger(tmp_path / "a.csv", many(10)))
    called = load(write_ledger(tmp_path / "b.csv", many(5)), "--json")
    assert called.code == 1
    assert called.row()["switched"] is False
    assert "--force" in called.err
    assert find(40000009) is not None


def test_force_takes_a_file_that_has_shrunk(load, find, tmp_path):
    load(write_ledger(tmp_path / "a.csv", many(10)))
    assert load(write_ledger(tmp_path / "b.csv", many(5)), "--force").code == 0
    assert find(40000009) is None


def test_a_thousand_faults_are_shown_and_all_go_to_a_file(load, tmp_path):
    file = write_ledger(tmp_path / "a.csv", [row("x")] * 1203)
    rejects = tmp_path / "fel.csv"
    called = load(file, "--rejects", rejects)
    shown = called.err.splitlines()
    assert len([line for line in shown if line.startswith("rad ")]) == 1000
    assert "203" in shown[1000]
    with rejects.open(encoding="utf-8-sig", newline="") as written:
        rows = list(csv.reader(written, delimiter=";"))
    assert len(rows) == 1204
    assert rows[1] == ["2", "fakturanumret saknas eller är inget nummer", ""]


def test_nothing_of_a_faulty_row_is_repeated(load, tmp_path):
    rejects = tmp_path / "fel.csv"
    lines = [*many(200), row("19121212-1212", customer="Tolvan Tolvansson")]
    called = load(write_ledger(tmp_path / "a.csv", lines), "--rejects", rejects)
    said = called.err + called.out + rejects.read_text("utf-8-sig")
    assert "201" in said
    assert "1212" not in said
    assert "Tolvan" not in said


def test_a_file_that_is_not_there_is_an_error_of_one_line(load, tmp_path):
    called = load(tmp_path / "saknas.csv", "--json")
    assert (called.code, called.out, called.err.count("\n")) == (1, "", 1)


def test_a_file_of_faults_that_cannot_be_written_is_wrong_usage(load, tmp_path):
    file = write_ledger(tmp_path / "a.csv", many(3))
    assert load(file, "--rejects", tmp_path / "no" / "fel.csv").code == 2


def test_another_finance_system_is_a_matter_of_settings(tmp_path, database_url, find):
    config = write_settings(
        tmp_path,
        database_url,
        "[ledger]",
        'separator = "\\t"',
        'decimal_mark = "."',
        "[ledger.columns]",
        'number = "Invoice"',
        'due = "Due"',
        'amount = "Sum"',
        'stage = "State"',
        'ocr = ""',
        'customer = ""',
        'customer_no = ""',
        'paid_on = ""',
        "[ledger.stages]",
        'Sent = "open"',
        mailboxes=(),
    )
    file = write_ledger(
        tmp_path / "a.csv",
        ["40012345\t2026-03-31\t1,234.50\tsent"],
        header="Invoice\tDue\tSum\tState",
    )
    assert call("--config", config, "ledger", "import", file).code == 0
    found = find(40012345)
    assert (found.amount_ore, found.stage) == (123450, InvoiceStage.OPEN)


@pytest.mark.parametrize(
    ("line", "named"),
    [('separator = ";;"', "ledger.separator"), ('decimal_mark = "x"', "ledger.decimal_mark")],
)
def test_a_setting_that_cannot_be_is_named(tmp_path, line, named):
    config = write_settings(
        tmp_path, f"sqlite:///{tmp_path / 'a.db'}", "[ledger]", line, mailboxes=()
    )
    file = write_ledger(tmp_path / "a.csv", many(1))
    called = call("--config", config, "ledger", "import", file)
    assert called.code == 2
    assert named in called.err


def test_the_command_speaks_english(config, tmp_path):
    file = write_ledger(tmp_path / "a.csv", [*many(200), row("x")])
    called = call("--lang", "en", "--config", config, "ledger", "import", file)
    assert called.err == "line 202: the invoice number is missing or is no number\n"
