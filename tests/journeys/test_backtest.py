"""A process owner tries changed knowledge on the mail on record, before it goes live."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import pytest
from sqlalchemy import text as sql

from tests.city import City
from tests.commands import call, write_settings
from tests.edited import HANGS_ON_THE_TERM, TERM, copy_without_the_term
from tests.letters import ORDINARY, URGENT_PAYMENT

WORDS_OF_THE_MAIL = ("Karin", "karin", "Lundqvist", "kund.example", "40012345", "behöver", "Hej")


@pytest.fixture(scope="module")
def story(tmp_path_factory, empty_database):
    """An urgent case that hangs on one word, and knowledge from which the word was struck."""
    folder = tmp_path_factory.mktemp("story")
    database = folder / "sammadag.db"
    shutil.copy(empty_database, database)
    city = City(folder / "mail", f"sqlite:///{database}")
    for letter in (ORDINARY, HANGS_ON_THE_TERM, URGENT_PAYMENT):
        city.post(**letter)
    city.work_off()
    city.close()
    edited = copy_without_the_term(folder / "edited")
    config = write_settings(folder, f"sqlite:///{database}")
    before = database.read_bytes()
    arguments = ("--config", config, "backtest", "--knowledge", edited)
    return SimpleNamespace(
        config=config,
        edited=edited,
        database=database,
        before=before,
        text=call(*arguments),
        json=call(*arguments, "--json"),
    )


def test_the_urgent_case_that_would_be_lost_comes_first_and_the_exit_code_says_so(story):
    assert story.text.code == 1
    first, case, becomes, gone = story.text.out.splitlines()[:4]
    assert first == "1 ärende är brådskande i dag och skulle inte längre vara det:"
    assert case == "  2026-000002 · Anstånd · Kundreskontra · Bråttom: kan gå vidare till inkasso"
    assert becomes.startswith("      skulle bli: ")
    assert becomes.endswith("Inte bråttom")
    assert gone == "      borta: det står ”betalningsrespit”"


def test_the_last_line_sums_up(story):
    assert story.text.out.splitlines()[-1] == (
        "3 mejl prövade. Annorlunda: 1. Brådskande som skulle gå förlorade: 1."
    )


def test_every_change_is_counted_from_what_to_what_with_a_case_to_look_at(story):
    rows = [line.split() for line in story.text.out.splitlines()]
    (matter,) = [row for row in rows if row[:2] == ["Ärendetyp", "Anstånd"]]
    assert matter[-2:] == ["1", "2026-000002"]


def test_json_counts_what_was_tried_changed_and_lost(story):
    row = story.json.row()
    assert (story.json.code, story.json.err) == (1, "")
    counts = ("mails", "changed", "urgent_lost", "urgent_later", "urgent_gained", "deleted")
    assert [row[name] for name in counts] == [3, 1, 1, 0, 0, 0]


def test_json_names_the_lost_case_its_vanished_reasons_and_what_it_would_be(story):
    (lost,) = story.json.row()["lost"]
    assert (lost["case"], lost["urgent"], lost["matter"]) == (
        "2026-000002",
        "collections",
        "anstand",
    )
    (reason,) = lost["reasons"]
    assert reason == {"rule": "matter.named", "words": TERM, "where": "body"}
    assert lost["becomes"]["urgent"] == "no"
    assert lost["becomes"]["matter"] != "anstand"


def test_json_counts_each_change_of_a_field(story):
    assert {
        "field": "urgent",
        "from": "collections",
        "to": "no",
        "mails": 1,
        "already": 0,
        "cases": ["2026-000002"],
    } in story.json.row()["changes"]


@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_of_what_stands_in_a_mail_is_shown_but_words_of_knowledge(story, form):
    called = getattr(story, form)
    assert "betalningsrespit" in called.out
    assert [word for word in WORDS_OF_THE_MAIL if word in called.out + called.err] == []


def test_the_file_of_the_database_stays_the_same_to_the_last_byte(story):
    assert story.database.read_bytes() == story.before


def test_knowledge_that_is_edited_in_place_is_tried_without_naming_it(story, monkeypatch):
    monkeypatch.setenv("SAMMADAG_KNOWLEDGE", str(story.edited))
    called = call("--config", story.config, "backtest", "--json")
    assert called.code == 1
    assert [lost["case"] for lost in called.row()["lost"]] == ["2026-000002"]


def test_what_is_lost_with_the_knowledge_of_today_already_is_told_apart(
    story, tmp_path, monkeypatch
):
    monkeypatch.setenv("SAMMADAG_KNOWLEDGE", str(story.edited))
    next_edit = shutil.copytree(story.edited, tmp_path / "next")
    called = call("--config", story.config, "backtest", "--knowledge", next_edit)
    assert called.code == 1
    assert "      så är det redan med dagens kunskap" in called.out.splitlines()
    assert "1 av ändringarna gäller redan med dagens kunskap." in called.out.splitlines()


def test_a_fault_in_the_changed_knowledge_is_named_with_its_file(story, tmp_path):
    broken = shutil.copytree(story.edited, tmp_path / "broken")
    (broken / "hours.yaml").write_text("nonsense\n", "utf-8")
    called = call("--config", story.config, "backtest", "--knowledge", broken)
    assert (called.code, called.out) == (1, "")
    assert "hours.yaml" in called.err


def test_a_folder_that_is_not_there_is_wrong_use(story):
    called = call("--config", story.config, "backtest", "--knowledge", "nowhere")
    assert (called.code, called.out) == (2, "")
    assert called.err == "sammadag: --knowledge: nowhere är ingen mapp\n"


def test_a_database_that_is_named_and_not_there_is_not_made(tmp_path):
    url = f"sqlite:///{tmp_path / 'wrong.db'}"
    called = call("--config", write_settings(tmp_path, url), "backtest")
    assert called.code == 1
    assert "database_url" in called.err
    assert not (tmp_path / "wrong.db").exists()


def test_before_the_first_mail_there_is_nothing_to_try_and_no_database_is_made(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    called = call("backtest", "--json")
    assert (called.code, called.row()["mails"]) == (0, 0)
    assert not list(tmp_path.rglob("*.db"))


def test_an_older_database_is_refused_and_not_upgraded(tmp_path, build_city, sqlite_url):
    engine = build_city().app.database.engine
    with engine.begin() as connection:
        connection.execute(sql("UPDATE alembic_version SET version_num = '0000'"))
    called = call("--config", write_settings(tmp_path, sqlite_url), "backtest")
    assert called.code == 2
    assert "sammadag db upgrade" in called.err
    with engine.connect() as connection:
        assert connection.scalar(sql("SELECT version_num FROM alembic_version")) == "0000"
