"""`remark` and `log` as people call them: what they answer, export, and refuse."""

from __future__ import annotations

import csv
import io
import sys
from datetime import UTC, datetime

import pytest

from bot.clock import FixedClock
from bot.csv_cells import plain_cell
from bot.registers import EntryKind, Facts, Nature, Register, Rung, Source, Step
from tests.city import City, make_folders
from tests.commands import call, write_settings

HEAD = "anette.forsbro@exempelstad.example"
HANDLER = "agneta.brandt@exempelstad.example"
REMARK = ("remark", "add", "--process", "KR", "--as", HEAD)


@pytest.fixture
def town(tmp_path, sqlite_url):
    """A house of March 2026 beside the command line, on the same database."""
    make_folders(tmp_path / "mail", ["kundreskontra"])
    city = City(
        tmp_path / "mail",
        sqlite_url,
        ["kundreskontra"],
        clock=FixedClock(datetime(2026, 3, 3, 9, 0, tzinfo=UTC)),
    )
    yield city
    city.close()


@pytest.fixture
def sammadag(tmp_path, town):
    """Call a command on the town's database."""
    config = write_settings(tmp_path, f"sqlite:///{tmp_path / 'sammadag.db'}")

    def run(*arguments):
        return call("--config", config, *arguments)

    return run


@pytest.fixture
def story(town):
    """A remark with everything that can be said of it, and a point on the ladder."""
    registers = town.app.registers
    opened = Step(
        kind=EntryKind.OPENED,
        text="=Kunden; fick \"vänta\"\n'länge' 🦔",
        facts=Facts(process="kundreskontra", customer="trafik", source=Source.SURVEY),
    )
    remark = registers.open(Register.REMARKS, opened, by="anette-forsbro")
    answer = Step(kind=EntryKind.ANSWERED, text="+46: vi ringde upp.")
    registers.follow(Register.REMARKS, remark.number, answer, by="agneta-brandt")
    proposal = Step(
        kind=EntryKind.OPENED, text="Slå ihop listorna.", facts=Facts(process="kundreskontra")
    )
    point = registers.open(Register.PROCESS_LOG, proposal, by="agneta-brandt")
    return remark, point


def read_csv(text):
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def one_line(called):
    (line,) = called.err.splitlines()
    return line


def test_a_complaint_goes_from_the_mailbox_to_its_answer(sammadag, town):
    town.post("Jag vill framföra ett klagomål! Jag är mycket missnöjd.", subject="Klagomål")
    town.work_off()
    case = sammadag("remark", "suggest", "--json").row()["case"]
    text = "Kunden fick vänta."
    added = sammadag(
        "remark", "add", "--case", case, "--text", text, "--as", HANDLER, "--json"
    ).row()
    assert (added["case"], added["state"], added["owner"]) == (case, "open", "anette-forsbro")
    assert (added["source"], added["unit"]) == ("email", "kundreskontra")
    assert sammadag("remark", "suggest", "--json").rows() == []
    number = added["number"]
    answered = sammadag("remark", "answer", number, "--text", "Vi bad om ursäkt.", "--as", HEAD)
    assert (answered.code, "Klar" in answered.out) == (0, True)
    shown = sammadag("remark", "show", number, "--json").row()
    assert [entry["kind"] for entry in shown["entries"]] == ["opened", "answered"]
    assert [entry["actor"] for entry in shown["entries"]] == ["agneta-brandt", "anette-forsbro"]


def test_a_case_may_be_named_by_its_last_digits(sammadag, town):
    town.post("Jag vill framföra ett klagomål!")
    town.work_off()
    called = sammadag("remark", "add", "--case", "1", "--text", "x", "--as", HEAD, "--json")
    assert called.row()["case"] == "2026-000001"


def test_a_proposal_goes_up_the_ladder_and_back_to_the_proposer(sammadag):
    add = ("log", "add", "--process", "KR", "--text", "Slå ihop.", "--json", "--as", HANDLER)
    number = sammadag(*add).row()["number"]

    def step(kind, *more):
        called = sammadag(
            "log", "update", number, "--step", kind, "--text", "x", "--as", HEAD, "--json", *more
        )
        return called.row()

    assert step("escalated")["rung"] == "specialist"
    assert step("escalated", "--to", "kaizen")["owner"] == "dragana-savic"
    assert step("resolved")["state"] == "resolved"
    assert step("feedback")["state"] == "done"


def test_a_customer_meeting_finds_what_recurs_in_the_customers_log(sammadag):
    log = ("log", "add", "--as", HANDLER, "--customer", "Fastighetskontoret")
    sammadag(*log, "--text", "Ny chef.")
    sammadag(*log, "--text", "Fel referens igen.", "--nature", "recurring")
    sammadag("log", "add", "--as", HANDLER, "--customer", "kultur", "--text", "Annat.")
    listed = sammadag("log", "list", "--customer", "fastighet", "--open", "--json").rows()
    assert [(row["text"], row["state"]) for row in listed] == [("Fel referens igen.", "open")]


def test_a_text_is_read_from_standard_input(sammadag, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("Första raden.\nAndra raden.\n"))
    number = sammadag(*REMARK, "--text", "-", "--json").row()["number"]
    shown = sammadag("remark", "show", number, "--json").row()
    assert shown["entries"][0]["text"] == "Första raden.\nAndra raden."


def test_a_correction_stands_beside_what_it_corrects(sammadag, story):
    remark, _ = story
    said = ("--text", "Det var kulturen.", "--customer", "kultur", "--as", HEAD, "--json")
    now = sammadag("remark", "update", remark.number, "--step", "corrected", *said).row()
    assert now["customer"] == "kultur"
    shown = sammadag("remark", "show", remark.number, "--json").row()
    assert shown["entries"][0]["says"]["customer"] == "trafik"
    assert shown["entries"][-1]["says"] == {"customer": "kultur"}


def test_what_was_not_answered_in_time_is_listed_as_overdue(sammadag, town):
    assert sammadag(*REMARK, "--text", "Ny.").code == 0
    opened = Step(kind=EntryKind.OPENED, text="Gammal.", facts=Facts(process="kundreskontra"))
    old = town.app.registers.open(Register.REMARKS, opened, by="anette-forsbro")
    (row,) = sammadag("remark", "list", "--overdue", "--json").rows()
    assert (row["number"], row["overdue"], row["text"]) == (old.number, True, "Gammal.")
    assert "försenad" in sammadag("remark", "list").out


def test_markup_in_a_text_is_shown_as_it_was_written(sammadag):
    number = sammadag(*REMARK, "--text", "[red]Kunden[/red]", "--json").row()["number"]
    assert "[red]Kunden[/red]" in sammadag("remark", "show", number).out


def test_people_read_the_lists_in_their_own_language(sammadag, story):
    swedish = sammadag("remark", "show", story[0].number).out
    english = sammadag("--lang", "en", "remark", "show", story[0].number).out
    assert "Klagomål" in swedish
    assert "Complaint" in english


@pytest.mark.parametrize("command", ["remark", "log"])
def test_empty_registers_say_so(sammadag, command):
    called = sammadag(command, "list")
    assert (called.code, called.out) == (0, "Inga poster.\n")
    assert sammadag(command, "list", "--json").out == ""


def test_the_history_is_exported_whole_and_read_back(sammadag, town, story):
    rows = read_csv(sammadag("remark", "export", "--history").out)
    (sheet,) = town.app.registers.listed(Register.REMARKS)
    assert [plain_cell(row["text"]) for row in rows] == [one.text for one in sheet.entries]
    assert [int(row["id"]) for row in rows] == [one.id for one in sheet.entries]
    assert [EntryKind(row["kind"]) for row in rows] == [one.kind for one in sheet.entries]
    assert [datetime.fromisoformat(row["at"]) for row in rows] == [one.at for one in sheet.entries]
    for row, entry in zip(rows, sheet.entries, strict=True):
        facts = {name: str(value) for name, value in entry.facts.said().items()}
        assert {name: row[name] for name in facts} == facts
        names = Facts.__dataclass_fields__
        assert {name for name in names if row[name]} == set(facts)


def test_no_cell_of_an_export_becomes_a_formula(sammadag, story):
    for arguments in ((), ("--history",)):
        for row in read_csv(sammadag("remark", "export", *arguments).out):
            assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())


def test_an_export_has_a_line_for_each_item_as_it_stands(sammadag, story):
    (row,) = read_csv(sammadag("remark", "export").out)
    assert (row["Läge"], row["Kund"]) == ("Klar", "Trafik- och gatukontoret")
    assert plain_cell(row["Senaste text"]) == "+46: vi ringde upp."
    (row,) = read_csv(sammadag("log", "export", "--process", "KR").out)
    assert row["Stödtrappan"] == "1:a linjens support"


def test_an_export_keeps_to_the_items_that_are_asked_for(sammadag, story):
    assert read_csv(sammadag("remark", "export", "--unit", "hyror-avgifter").out) == []
    assert read_csv(sammadag("log", "export", "--customer", "kultur").out) == []


def test_excel_gets_a_mark_that_other_programs_do_not(sammadag, story, tmp_path):
    sammadag("remark", "export", "--excel", "--out", tmp_path / "excel.csv")
    sammadag("remark", "export", "--out", tmp_path / "plain.csv")
    excel, plain = ((tmp_path / name).read_bytes() for name in ("excel.csv", "plain.csv"))
    assert excel == b"\xef\xbb\xbf" + plain
    assert plain.endswith(b"\r\n")


def test_an_export_to_a_file_says_how_much_it_wrote(sammadag, story, tmp_path):
    called = sammadag("remark", "export", "--out", tmp_path / "remarks.csv")
    assert (called.code, called.out) == (0, "")
    assert one_line(called) == f"1 post skriven till {tmp_path / 'remarks.csv'}"


@pytest.mark.parametrize(
    ("arguments", "about"),
    [
        ([*REMARK, "--text", "x", "--nature", "rykte"], "--nature"),
        ([*REMARK[:-1], "nobody@exempelstad.example", "--text", "x"], "--as"),
        (["log", "add", "--text", "x", "--as", HEAD], "--customer"),
        (["log", "list", "--process", "KR", "--customer", "kultur"], "--customer"),
        (["remark", "export", "--out", "/finns/inte.csv"], "--out"),
    ],
)
def test_wrong_use_is_one_line_that_names_the_option(sammadag, arguments, about):
    called = sammadag(*arguments)
    assert (called.code, called.out) == (2, "")
    assert about in one_line(called)


@pytest.mark.parametrize(
    "arguments",
    [
        [*REMARK, "--text", "Gäller 121212-1212."],
        [*REMARK, "--text", "x", "--case", "hej"],
        ["remark", "answer", "1", "--text", "x", "--as", HEAD],
        ["log", "show", "1"],
    ],
)
def test_bad_data_is_one_line_and_changes_nothing(sammadag, town, story, arguments):
    before = [town.app.registers.listed(register) for register in Register]
    called = sammadag(*arguments)
    assert (called.code, called.out) == (1, "")
    assert one_line(called).startswith("sammadag: ")
    assert [town.app.registers.listed(register) for register in Register] == before


def test_the_help_names_every_word_that_an_option_takes():
    verbs = [("remark", "add"), ("remark", "update"), ("log", "add"), ("log", "update")]
    helps = " ".join(call(group, verb, "--help").out for group, verb in verbs)
    said_otherwise = {EntryKind.OPENED, EntryKind.ANSWERED, Rung.FIRST_LINE}
    words = {*Nature, *Source, *Rung, *EntryKind} - said_otherwise
    assert {word for word in words if word not in helps} == set()


def test_a_false_complaint_is_dismissed_by_the_number_of_its_case(sammadag, town):
    town.post("Jag vill framföra ett klagomål! Jag är mycket missnöjd.", subject="Klagomål")
    town.work_off()
    case = sammadag("remark", "suggest", "--json").row()["case"]
    dismissed = sammadag("remark", "dismiss", case, "--as", HANDLER)
    assert (dismissed.code, dismissed.out) == (0, f"Ärende {case} är inget klagomål.\n")
    assert sammadag("remark", "suggest", "--json").rows() == []
    again = sammadag("remark", "dismiss", case, "--as", HANDLER)
    assert (again.code, "ser inte ut som ett klagomål" in one_line(again)) == (1, True)
