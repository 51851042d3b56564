"""Who answers today, asked at the command line by somebody who plans a roster."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from bot.knowledge import bundled_folder
from tests.commands import call, write_settings
from tests.knowledge import small

KEYS = {"day", "week", "working_day", "places", "unstaffed"}
PLACE_KEYS = {"place", "kind", "on_duty", "substitutes", "head", "reasons"}
AWAY = "absences: []"
MONDAY_ALL_OF_STADSKASSAN_ARE_AWAY = """\
absences:
  - {person: rebecka-hjorth, from: 2026-11-28, to: 2026-11-30}
  - {person: robert-kallander, from: 2026-11-28, to: 2026-11-30}
  - {person: sara-edelbring, from: 2026-11-28, to: 2026-11-30}
  - {person: elin-stahlbom, from: 2026-11-30, to: 2026-11-30}
"""


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    return shutil.copytree(bundled_folder(), tmp_path / "knowledge")


@pytest.fixture
def duty(tmp_path, sqlite_url, knowledge):
    """Call `sammadag duty` with the knowledge of the test."""
    config = write_settings(tmp_path, sqlite_url, f'knowledge = "{knowledge}"')

    def run(*arguments: object, lang: str = "sv"):
        return call("--config", config, "--lang", lang, "duty", *arguments)

    return run


def place(row, key):
    (found,) = [entry for entry in row["places"] if entry["place"] == key]
    return found


def test_a_staffed_day_is_shown_with_names_and_exit_code_zero(duty):
    called = duty("--day", "2026-11-26")
    assert (called.code, called.err) == (0, "")
    assert called.out.startswith("Torsdag 26 november 2026, vecka 48\n")
    assert re.search("Kundreskontra +Amir Haddad +Emil Grahn,", called.out)
    assert "Kundsupporten" in called.out
    assert called.out.rstrip().endswith("Allt är bemannat.")
    assert "…" not in called.out


def test_it_is_shown_in_english(duty):
    called = duty("--day", "2026-11-26", lang="en")
    assert called.out.startswith("Thursday 26 November 2026, week 48\n")
    assert re.search("Customer support +Niklas Granath", called.out)
    assert called.out.rstrip().endswith("Everything is staffed.")


def test_as_json_it_holds_every_mailbox_and_line(duty):
    row = duty("--json", "--day", "2026-11-26").row()
    assert set(row) == KEYS
    assert all(set(entry) == PLACE_KEYS for entry in row["places"])
    assert [entry["kind"] for entry in row["places"]] == ["mailbox"] * 11 + ["line"] * 2
    assert (row["day"], row["week"], row["working_day"]) == ("2026-11-26", "2026-W48", True)
    assert place(row, "kundreskontra") == {
        "place": "kundreskontra",
        "kind": "mailbox",
        "on_duty": "amir-haddad",
        "substitutes": ["emil-grahn", "christer-wahlin"],
        "head": "anette-forsbro",
        "reasons": [{"code": "rota", "person": None}],
    }
    assert row["unstaffed"] == []


def test_who_is_away_is_replaced_and_the_table_says_so(duty, knowledge):
    away = "absences: [{person: amir-haddad, from: 2026-11-26, to: 2026-11-26}]"
    small.spoil(knowledge, "duty.yaml", AWAY, away)
    called = duty("--day", "2026-11-26")
    assert called.code == 0
    assert re.search("Kundreskontra +Emil Grahn +Christer Wahlin", called.out)
    assert "Kundreskontra: Amir Haddad är borta; Emil Grahn går in i stället" in called.out


def test_an_unstaffed_working_day_is_named_with_exit_code_one(duty, knowledge):
    small.spoil(knowledge, "duty.yaml", AWAY, MONDAY_ALL_OF_STADSKASSAN_ARE_AWAY)
    called = duty("--day", "2026-11-30")
    assert called.code == 1
    assert "Obemannat: Stadskassan." in called.out
    said = duty("--json", "--day", "2026-11-30")
    assert (said.code, said.row()["unstaffed"]) == (1, ["stadskassan"])
    found = place(said.row(), "stadskassan")
    assert (found["on_duty"], found["substitutes"]) == (None, [])
    assert found["head"] == "farid-nouri"  # the head is away too
    assert [reason["code"] for reason in found["reasons"]] == [
        "rota",
        "away",
        "away",
        "away",
        "unstaffed",
        "head_away",
        "head_substitute",
    ]


def test_nobody_need_be_there_on_a_day_off(duty, knowledge):
    small.spoil(knowledge, "duty.yaml", AWAY, MONDAY_ALL_OF_STADSKASSAN_ARE_AWAY)
    called = duty("--json", "--day", "2026-11-29")
    assert called.code == 0
    assert (called.row()["working_day"], called.row()["unstaffed"]) == (False, ["stadskassan"])
    assert "Söndag 29 november 2026, vecka 48 · Veckoslut" in duty("--day", "2026-11-29").out


def test_without_a_day_it_is_today(duty):
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", duty("--json").row()["day"])


def test_a_day_that_is_none_is_wrong_use(duty):
    called = duty("--day", "2026-02-30")
    assert (called.code, called.out) == (2, "")
    assert len(called.err.splitlines()) == 1


def test_a_roster_with_a_fault_is_named_with_file_and_line(duty, knowledge):
    small.spoil(knowledge, "duty.yaml", AWAY, "absences: [{person: ingen, from: x, to: y}]")
    called = duty()
    assert (called.code, called.out) == (1, "")
    assert re.match(r"sammadag: duty\.yaml rad \d+: absences\.0\.from: ", called.err)


@pytest.mark.slow
def test_check_finds_a_fault_of_the_roster(tmp_path, sqlite_url, knowledge):
    small.spoil(knowledge, "duty.yaml", "substitutes: [ebba-nyren,", "substitutes: [agneta-brandt,")
    config = write_settings(tmp_path, sqlite_url, f'knowledge = "{knowledge}"')
    called = call("--config", config, "--lang", "en", "check")
    assert called.code == 1
    assert re.fullmatch(
        r"duty\.yaml line \d+: posts\.1\.rota\.0: the same person stands twice\n", called.err
    )


def test_a_roster_beside_the_file_of_people_stands_in_place_of_the_samples(
    tmp_path, sqlite_url, knowledge
):
    elsewhere = tmp_path / "real"
    elsewhere.mkdir()
    shutil.copy(knowledge / "duty.yaml", elsewhere / "duty.yaml")
    own = "absences: [{person: amir-haddad, from: 2026-11-26, to: 2026-11-26}]"
    small.spoil(elsewhere, "duty.yaml", AWAY, own)
    organisation = (knowledge / "organisation.yaml").read_text("utf-8")
    people = elsewhere / "staff.yaml"
    people.write_text("people:\n" + organisation.split("\npeople:\n")[1], encoding="utf-8")
    config = write_settings(
        tmp_path, sqlite_url, f'knowledge = "{knowledge}"', f'people = "{people}"'
    )
    row = call("--config", config, "duty", "--json", "--day", "2026-11-26").row()
    assert place(row, "kundreskontra")["on_duty"] == "emil-grahn"
