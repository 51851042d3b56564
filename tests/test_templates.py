"""What the renderer promises about hostile values, holes and wrong files."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import KnowledgeError, NotFound, ReplyHasHole
from bot.templates import FieldType, Templates, bundled_folder, faults
from bot.templates.values import LONGEST_LINE
from tests.templates.letters import TEMPLATES, Page, letter

RECEIPTS = (
    "received",
    "received_outside_hours",
    "received_protected",
    "received_urgent_invoice",
    "received_urgent_payment",
)


def test_the_invoice_receipt_follows_the_number_of_invoices():
    none = letter("received_urgent_invoice", invoice_numbers=()).text
    one = letter("received_urgent_invoice", invoice_numbers=["40012345"]).text
    two = letter("received_urgent_invoice", invoice_numbers=["40012345", "40012346"]).text
    assert "Tack för ditt mejl. Ditt" in none
    assert "mejl om faktura 40012345." in one
    assert "mejl om fakturorna 40012345, 40012346." in two
    assert "Fakturorna gäller" in two


hostile = st.one_of(
    st.text(min_size=1),
    st.sampled_from(
        [
            "{{ 7 * 7 }}",
            "{% raw %}",
            "{{ ''.__class__.__mro__ }}",
            "<script>alert(1)</script>",
            '"><img src=https://x.example/a.png>',
            "a\r\nBcc: x@y.example\r\n\r\nHej",
            "\u202egnp.exe",
            "\ud800",
            "x" * 100_000,
        ]
    ),
)


@given(hostile, st.sampled_from(RECEIPTS))
def test_a_hostile_value_stays_an_inert_piece_of_one_line(value, name):
    plain = letter(name)
    try:
        made = letter(name, sender_name=value, case_reference=value)
    except ReplyHasHole:
        return
    assert "\n" not in made.subject
    assert made.subject.isprintable() or "\u00ad" in value or not value.isprintable()
    assert len(made.subject) <= LONGEST_LINE
    assert len(made.text.splitlines()) == len(plain.text.splitlines())
    assert Page(made.html).tags == Page(plain.html).tags
    (made.subject + made.text + made.html).encode()


@pytest.mark.parametrize("value", ["{{ 7 * 7 }}", "{% include 'x' %}", "{{ sender_name }}"])
def test_a_value_is_never_read_as_a_template(value):
    assert value in letter("received", case_number=value).text


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "http://kundwebb.example/",
        "https://kundwebb.example/\r\nBcc: x",
        'https://kundwebb.example/"onclick="x',
        "https://kundwebb.example/ två",
        "https://",
    ],
)
def test_a_link_that_is_no_https_address_stops_the_letter(link):
    with pytest.raises(ReplyHasHole, match="link_web"):
        letter("received", link_web=link)


def test_a_value_of_the_wrong_type_is_a_fault_in_the_program():
    with pytest.raises(TypeError, match="case_number"):
        letter("received", case_number=7)
    with pytest.raises(TypeError, match="invoice_numbers"):
        letter("received_urgent_invoice", invoice_numbers="40012345")


def test_values_that_a_template_does_not_know_are_left_out():
    assert letter("received", secret="hemligt").text == letter("received").text


def test_a_language_that_a_template_lacks_falls_back_to_its_first():
    assert letter("received", "fi").language == "sv"


def test_an_unknown_template_is_named():
    with pytest.raises(NotFound, match="recieved"):
        TEMPLATES.render("recieved", "sv", {})


SOME = (
    *("_base", "received", "received_protected", "received_urgent_invoice"),
    *("received_urgent_payment", "tag_hint", "done"),
)


@pytest.fixture
def folder(tmp_path) -> Path:
    for name in SOME:
        shutil.copytree(bundled_folder() / name, tmp_path / "templates" / name)
    return tmp_path / "templates"


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_the_version_follows_the_texts_and_their_base(folder):
    first = Templates(folder, lazy=True).get("received").version
    replace(folder / "received" / "sv" / "body.txt.j2", "Tack", "Stort tack")
    second = Templates(folder, lazy=True).get("received").version
    replace(folder / "_base" / "en" / "body.txt.j2", "Hello", "Dear customer")
    third = Templates(folder, lazy=True).get("received").version
    assert first == TEMPLATES.get("received").version
    assert len({first, second, third}) == 3


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("received/template.toml", 'sending = "auto"', 'sending = "always"', "sending"),
        ("received/template.toml", 'sending = "auto"', "", "sending"),
        ("received/template.toml", "title =", "titel =", "titel|title"),
        ("received/template.toml", 'title = "', "title = ", "rad 2: är inte TOML"),
        ("received/template.toml", '["sv", "en"]', '["sv", "fi"]', "languages"),
        ("received_urgent_invoice/template.toml", '["40012345"]', '"40012345"', "exemplet"),
        ("received/sv/body.txt.j2", "case_number", "case_nummer", "case_nummer"),
        ("received/sv/body.txt.j2", "{% endblock %}", "", "något avslutas inte"),
        (
            "received/sv/subject.txt.j2",
            "{{ case_reference }}",
            "{% include x %}",
            "uppgiften x finns inte",
        ),
        ("_base/sv/body.html.j2", "support_phone", "phone", "phone"),
        (
            "received_urgent_payment/template.toml",
            'sample = "senast',
            'sample = "" #',
            "exemplet går inte att skriva: uppgiften handled_by_text saknas",
        ),
        ("_base/fields.toml", "[fields.case_number]", "[fields.Case-Number]", "ska ha ett namn"),
    ],
)
def test_a_wrong_file_is_named_when_the_folder_is_read(folder, file, old, new, fault):
    replace(folder / file, old, new)
    with pytest.raises(KnowledgeError, match=fault) as caught:
        Templates(folder)
    assert Path(caught.value.file).is_relative_to(folder)


@pytest.mark.parametrize(
    "file", ["received/en/body.html.j2", "_base/sv/body.txt.j2", "_base/fields.toml"]
)
def test_a_missing_file_is_named_when_the_folder_is_read(folder, file):
    (folder / file).unlink()
    with pytest.raises(KnowledgeError, match="filen saknas") as caught:
        Templates(folder)
    assert caught.value.file == str(folder / file)


def test_every_wrong_template_is_named_at_once(folder):
    replace(folder / "received" / "template.toml", 'sending = "auto"', "")
    (folder / "received_protected" / "en" / "subject.txt.j2").unlink()
    assert faults(bundled_folder()) == []
    assert [Path(fault.file).relative_to(folder).parts[0] for fault in faults(folder)] == [
        "received",
        "received_protected",
    ]


def test_a_wrong_base_is_one_fault(folder):
    (folder / "_base" / "fields.toml").write_text("fields = 1", "utf-8")
    (fault,) = faults(folder)
    assert fault.file.endswith("fields.toml")


def test_a_file_that_is_not_utf8_is_named(folder):
    path = folder / "received" / "sv" / "body.txt.j2"
    path.write_bytes("Hälsningar".encode("latin-1"))
    with pytest.raises(KnowledgeError, match="UTF-8"):
        Templates(folder)


def test_a_lazy_template_is_checked_each_time_it_is_written(folder):
    replace(folder / "received" / "sv" / "body.txt.j2", "case_number", "case_number.x")
    templates = Templates(folder, lazy=True)
    assert templates.render("done", "sv", templates.get("done").sample("sv")).text
    for _ in range(2):
        with pytest.raises(KnowledgeError, match="exemplet går inte att skriva"):
            templates.render("received", "sv", templates.get("received").sample("sv"))


def test_a_folder_without_templates_is_refused(tmp_path):
    with pytest.raises(KnowledgeError, match="inga mallar"):
        Templates(tmp_path)


def test_a_template_cannot_reach_outside_its_sandbox(folder):
    replace(
        folder / "received" / "sv" / "body.txt.j2",
        "{{ case_number }}",
        "{{ case_number.__class__.__mro__ }}",
    )
    with pytest.raises(KnowledgeError, match="inte är tillåtet"):
        Templates(folder)


def test_a_long_text_keeps_its_paragraphs_and_loses_what_cannot_be_seen(folder):
    path = folder / "received" / "template.toml"
    path.write_text(
        path.read_text("utf-8") + '[fields.why]\ntype = "text"\nabout = "Skäl"\nsample = "x"\n',
        "utf-8",
    )
    replace(folder / "received" / "sv" / "body.txt.j2", "under tiden.", "{{ why }}")
    context = {**TEMPLATES.get("received").sample("sv"), "why": "ett \r\n\r\n\r\n\x07två\u202e"}
    made = Templates(folder, lazy=True)
    assert made.get("received").fields["why"].type is FieldType.TEXT
    assert "ett\n\ntvå\n" in made.render("received", "sv", context).text


@pytest.mark.parametrize("value", ["2018-3-29", "2018-02-30", "i morgon", "20180329", 'x"'])
def test_a_day_that_is_none_stops_the_letter(value):
    with pytest.raises(ReplyHasHole, match="new_date"):
        letter("delayed", new_date=value)


def test_a_day_that_is_none_stops_the_letter_also_where_it_may_be_left_out():
    assert "kvitto" in letter("already_paid", found_on="").text
    assert "kvitto" in letter("already_paid", found_on=None).text
    with pytest.raises(ReplyHasHole, match="found_on"):
        letter("already_paid", found_on="i går")
    with pytest.raises(ReplyHasHole, match="link_tags"):
        letter("received", tag_code="KR", link_tags="http://kundwebb.example/")


def test_a_day_is_written_out_in_the_language_of_the_letter():
    day = date(2018, 3, 29)
    assert "vara klara torsdag 29 mars." in letter("delayed", "sv", new_date=day).text
    assert "on Thursday 29 March." in letter("delayed", "en", new_date="2018-03-29").text
    assert "vara klara torsdag 29 mars." in letter("delayed", "fi", new_date=day).text


def test_a_text_keeps_its_lines_in_html_and_nothing_else():
    made = letter("done", measure="Ett <b>\nTvå")
    assert "Ett &lt;b&gt;<br>\nTvå</p>" in made.html


@given(st.text(), st.sampled_from(TEMPLATES.names()))
def test_no_value_makes_a_letter_fail_but_for_a_hole(value, name):
    fields = TEMPLATES.get(name).fields
    given = {
        key: [value] if field.type is FieldType.LINES else value for key, field in fields.items()
    }
    try:
        made = TEMPLATES.render(name, "sv", given)
    except ReplyHasHole:
        return
    assert made.text


def test_the_version_follows_a_line_that_another_template_gives(folder):
    first = {name: Templates(folder, lazy=True).get(name).version for name in ("received", "done")}
    replace(folder / "tag_hint" / "en" / "body.txt.j2", "Tip", "Hint")
    second = {name: Templates(folder, lazy=True).get(name).version for name in ("received", "done")}
    assert first["received"] != second["received"]
    assert first["done"] == second["done"]
