"""`sammadag triage`: what the mails in files are, one JSON object each and nothing else."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.material import make_reader
from bot.services.triage_files import triage_paths, triage_row
from bot.settings import Settings
from tests.city import mail, shipped_material
from tests.commands import call
from tests.letters import ORDINARY, URGENT_INVOICE

LABELS = {
    "kind": "case",
    "process": "kundreskontra",
    "matter": "anstand",
    "urgent": "collections",
    "complaint": False,
    "protected": False,
    "misdirected": False,
    "invoices": ["40012345"],
    "due": None,
    "lang": "sv",
    "missing": [],
}
OTHERS = ["possible", "customer", "confidence", "reasons"]
ROW = {
    "id": "a1",
    "mailbox": "kundreskontra",
    "from": {"name": "Karin", "address": "karin@kund.example"},
    "subject": URGENT_INVOICE["subject"],
    "body": URGENT_INVOICE["text"],
    "received": "2026-03-03T10:00:00+01:00",
}
WRONG = dict.fromkeys(LABELS, "nonsense")


def jsonl(path, *rows):
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    """Settings that name a database which cannot be opened."""
    folder = tmp_path_factory.mktemp("triage")
    path = folder / "sammadag.toml"
    path.write_text(f'database_url = "sqlite:///{folder}/missing/no.db"\n', encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def good(tmp_path_factory, config):
    """Mails of every kind, none of which is a fault of the caller's."""
    folder = tmp_path_factory.mktemp("mails")
    rows = [ROW, ROW | {"id": 7} | WRONG, ROW | {"id": "empty", "subject": "", "body": ""}]
    (folder / "box" / "new").mkdir(parents=True)
    (folder / "box" / "new" / "1").write_bytes(mail(**ORDINARY, to="info@exempelstad.example"))
    (folder / "box" / "new" / "2").write_bytes(b"")
    (folder / "box" / "new" / "3").write_bytes(bytes(range(256)))
    (folder / "box" / os.fsdecode(b"br\xf6ken")).write_bytes(mail(**ORDINARY))
    (folder / "one.eml").write_bytes(mail(**URGENT_INVOICE))
    paths = [jsonl(folder / "some.jsonl", *rows), folder / "one.eml", folder / "box"]
    return call("--config", config, "triage", *paths)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory, config):
    """Lines that are no mail, between lines that are."""
    folder = tmp_path_factory.mktemp("faulty")
    lines = [
        "\ufeff" + json.dumps(ROW),
        "{broken",
        "",
        '["a", "list"]',
        {"id": "a3", "mailbox": "info"},
        {"id": "a4", "subject": None, "body": 3},
        ROW | {"id": "a5"},
    ]
    return call("--config", config, "triage", jsonl(folder / "x.jsonl", *lines))


def test_empty_and_broken_mail_is_data_and_no_error(good):
    assert good.code == 0
    assert good.err == ""


def test_there_is_one_json_object_for_each_mail_in_the_order_of_the_input(good):
    names = [row.get("id", row.get("file")) for row in good.rows()]
    assert names == ["a1", 7, "empty", "one.eml", "br\udcf6ken", "new/1", "new/2", "new/3"]


def test_empty_and_unreadable_mail_is_a_case_for_a_person(good):
    kinds = {row.get("file", row.get("id")): row["kind"] for row in good.rows()}
    assert {kinds[name] for name in ("empty", "new/2", "new/3")} == {"case"}


def test_every_object_has_exactly_the_keys_that_other_programs_rely_on(good):
    for row in good.rows():
        assert list(row)[1:] == [*LABELS, *OTHERS]
        assert [sorted(reason) for reason in row["reasons"]] == [
            ["rule", "where", "words"] for _ in row["reasons"]
        ]
        assert isinstance(row["possible"], bool)
        assert 0 <= row["confidence"] <= 1


def test_the_labels_are_those_of_the_mail(good):
    assert {key: good.rows()[0][key] for key in LABELS} == LABELS


def test_labels_in_the_input_are_ignored(good):
    first, second, *_ = good.rows()
    assert {**second, "id": "a1"} == first


def test_triage_opens_no_database(good, config):
    assert [path.name for path in config.parent.iterdir()] == ["sammadag.toml"]


def test_a_line_that_is_no_mail_is_named_and_the_others_are_printed(faulty):
    assert faulty.code == 1
    assert [row["id"] for row in faulty.rows()] == ["a1", "a5"]
    lines = faulty.err.splitlines()
    assert len(lines) == 4
    for line, number in zip(lines, (2, 4, 5, 6), strict=True):
        assert f"x.jsonl rad {number}" in line


def test_an_unknown_mailbox_is_wrong_usage(config, tmp_path):
    called = call("--config", config, "triage", "--mailbox", "nonsense", tmp_path)
    assert (called.code, called.out) == (2, "")
    assert "kundreskontra" in called.err
    assert len(called.err.splitlines()) == 1


def test_a_path_that_is_not_there_is_wrong_usage(config, tmp_path):
    called = call("--config", config, "triage", tmp_path / "nowhere")
    assert (called.code, called.out) == (2, "")
    assert len(called.err.splitlines()) == 1


MATERIAL = shipped_material()
READER = make_reader(Settings(), MATERIAL)


def triaged(path, **options):
    return [found.triage for found in triage_paths([path], READER, MATERIAL.knowledge, **options)]


def test_a_mailbox_that_a_person_names_wins_over_what_stands_in_to(tmp_path):
    path = tmp_path / "a.eml"
    path.write_bytes(mail("Hej! Kan ni ringa mig?", subject="Fråga", to="info@exempelstad.example"))
    (plain,), (named,) = triaged(path), triaged(path, mailbox="stadskassan")
    assert plain.process != "stadskassan"
    assert named.process == "stadskassan"


def test_a_mail_in_a_file_and_the_same_mail_in_a_line_get_the_same_labels(tmp_path):
    path = tmp_path / "a.eml"
    path.write_bytes(mail(**URGENT_INVOICE))
    (from_file,) = triaged(path)
    assert from_file.labels() == triage_row(ROW, READER).labels()


texts = st.text(st.characters(exclude_categories=()))  # broken letters too
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
row_keys = st.sampled_from(
    ["id", "mailbox", "from", "subject", "body", "received", "headers", "attachments"]
)


@given(st.dictionaries(row_keys, values))
def test_whatever_stands_in_a_row_it_is_triaged_or_named_and_never_raises(tmp_path_factory, row):
    path = jsonl(tmp_path_factory.getbasetemp() / "row.jsonl", json.dumps(row))
    (found,) = triage_paths([path], READER, MATERIAL.knowledge)
    has_text = any(isinstance(row.get(key), str) for key in ("subject", "body"))
    assert (found.triage is not None) == has_text
    if has_text:
        json.dumps(found.triage.as_json(), ensure_ascii=False).encode("utf-8")
