"""Forms write what was changed, and leave the rest of a file byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.edits import DocumentPath
from bot.errors import DataError
from bot.knowledge import bundled_folder
from bot.knowledge.models import Customers
from bot.knowledge.yaml_file import document_of
from bot.services.editing.forms import FieldKind, filled_in, form_of, has_form

WITH_FORMS = ("tags", "processes", "customers", "links", "hours", "duty")
CUSTOMERS = DocumentPath("knowledge/customers.yaml")


def shipped(name):
    path = DocumentPath(f"knowledge/{name}.yaml")
    return path, (bundled_folder() / f"{name}.yaml").read_text("utf-8")


def fields_of(path, text):
    rows = [row for section in form_of(path, text) for row in section.rows]
    return {field.name: field for row in rows for field in row.fields}


def changed_lines(before, after):
    return [line for line in after.splitlines() if line not in before.splitlines()]


@pytest.mark.parametrize("name", WITH_FORMS)
def test_a_form_sent_back_as_it_is_changes_no_byte(name):
    path, text = shipped(name)
    sent = {field.name: field.value for field in fields_of(path, text).values()}
    assert filled_in(path, text, sent) == text


@pytest.mark.parametrize("name", WITH_FORMS)
def test_line_ends_make_no_other_form_and_what_our_reader_refuses_makes_none(name):
    path, text = shipped(name)
    assert form_of(path, text.replace("\n", "\r\n")) == form_of(path, text)
    assert form_of(path, "a: &x [*x]\n") == ()


def test_an_alias_is_written_into_its_line_and_remarks_stay():
    path, text = shipped("tags")
    after = filled_in(path, text, {"0.0.2": "KUND, Kundan"})
    assert changed_lines(text, after) == ["    also: [KUND, Kundan]"]
    assert after.startswith(text[: text.index("tags:")])


def test_a_row_is_added_and_another_taken_away():
    path, text = shipped("customers")
    sent = {
        "0.1.gone": "1",
        "0.new0.0": "nytt",
        "0.new0.1": "Nytt, med komma: och kolon",
        "0.new0.2": "department",
        "0.new0.5": "nytt.exempelstad.example",
    }
    after = filled_in(path, text, sent)
    customers = {one.key: one for one in document_of("x", after, Customers).content.customers}
    assert customers["nytt"].name == "Nytt, med komma: och kolon"
    assert "ekliden" not in customers
    assert len(after.splitlines()) == len(text.splitlines())


def test_a_day_is_written_as_a_day_and_an_emptied_value_goes_away():
    path, text = shipped("customers")
    fields = fields_of(path, text)
    since = next(f for f in fields.values() if f.column.at == ("since",) and f.value)
    after = filled_in(path, text, {since.name: "2024-02-29"})
    assert "since: 2024-02-29" in after
    gone = filled_in(path, text, {since.name: ""})
    assert gone.count("since:") == text.count("since:") - 1


def test_a_key_of_a_row_that_is_there_stays():
    path, text = shipped("customers")
    field = fields_of(path, text)["0.0.0"]
    assert field.kind is FieldKind.FIXED
    assert filled_in(path, text, {field.name: "annat"}) == text


def test_what_is_too_long_is_refused():
    path, text = shipped("tags")
    with pytest.raises(DataError):
        filled_in(path, text, {"0.0.2": "x" * 3000})


@given(st.text(max_size=40))
def test_whatever_is_filled_in_is_read_back_and_never_more_than_a_value(typed):
    path, text = shipped("links")
    value = " ".join(typed.split())
    if not value or any(ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0 for sign in value):
        return
    after = filled_in(path, text, {"0.0.0": typed})
    read = fields_of(path, after)
    before = fields_of(path, text)
    assert read.keys() == before.keys()
    assert read["0.0.0"].value == value
    assert {n: f.value for n, f in read.items() if n != "0.0.0"} == {
        n: f.value for n, f in before.items() if n != "0.0.0"
    }


def test_there_is_no_form_for_what_is_no_list():
    assert not has_form(DocumentPath("knowledge/klarsprak.yaml"))
    assert form_of(DocumentPath("knowledge/klarsprak.yaml"), "a: 1\n") == ()
