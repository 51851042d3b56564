"""The letters themselves, and what the renderer promises about hostile values and holes."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import KnowledgeError, NotFound, ReplyHasHole
from bot.templates import FieldType, Sending, Templates, bundled_folder, faults
from bot.templates.values import LONGEST_LINE
from bot.vocabulary import Urgency

TEMPLATES = Templates(bundled_folder())
RECEIPTS = (
    "received",
    "received_outside_hours",
    "received_protected",
    "received_urgent_invoice",
    "received_urgent_payment",
)
LETTERS = list(product(RECEIPTS, ("sv", "en")))
every_letter = pytest.mark.parametrize(("name", "language"), LETTERS)

FEWEST_WORDS = 40
MOST_WORDS = {"sv": 90, "en": 110}
HIGHEST_LIX = 35
A_WORD = re.compile(r"[^\W_]+(?:[-.:/][^\W_]+)*")
A_SENTENCE_END = re.compile(r"[.!?:](?=\s|$)")

PROMISES = (
    "stoppad",
    "stoppat",
    "beviljat",
    "beviljad",
    "godkän",
    "makulerad",
    "pausat",
    "granted",
    "approved",
    "stopped",
    "cancelled",
    "paused",
)
STIFF = ("tyvärr", "erhålla", "avseende", "unfortunately", "härmed", "vänligen", "handlägga ")


def letter(name: str, language: str = "sv", **changed: object):
    context = {**TEMPLATES.get(name).sample(language), **changed}
    return TEMPLATES.render(name, language, context)


def lix(text: str) -> float:
    """Return the readability index: words a sentence plus per cent of long words (Björnsson)."""
    words = A_WORD.findall(text)
    long = sum(len(word) > 6 for word in words)
    return len(words) / len(A_SENTENCE_END.findall(text)) + 100 * long / len(words)


class Page(HTMLParser):
    """Collects the tags, links and words of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(key, value or "") for key, value in attrs]

    def handle_data(self, data):
        self.text += data + " "


def test_the_five_receipts_are_there():
    assert TEMPLATES.names() == RECEIPTS


@every_letter
def test_a_letter_renders_with_its_samples(name, language):
    made = letter(name, language)
    assert (made.template, made.language) == (name, language)
    assert re.fullmatch(r"[0-9a-f]{12}", made.version)
    assert "{" not in made.subject + made.text + made.html.replace("{ font", "")


@every_letter
def test_a_letter_without_a_required_value_is_not_written(name, language):
    template = TEMPLATES.get(name)
    for field in [key for key, value in template.fields.items() if value.required]:
        for nothing in (None, "", " \r\n\t", "\u200b"):
            with pytest.raises(ReplyHasHole) as caught:
                letter(name, language, **{field: nothing})
            assert (caught.value.template, caught.value.missing) == (name, field)


@every_letter
def test_a_letter_needs_nothing_but_its_required_values(name, language):
    template = TEMPLATES.get(name)
    sample = template.sample(language)
    required = {key: sample[key] for key, field in template.fields.items() if field.required}
    assert TEMPLATES.render(name, language, required).text


@every_letter
def test_a_letter_is_short(name, language):
    words = len(A_WORD.findall(letter(name, language).text))
    assert FEWEST_WORDS <= words <= MOST_WORDS[language]


@every_letter
def test_a_letter_is_easy_to_read(name, language):
    assert lix(letter(name, language).text) <= HIGHEST_LIX


@every_letter
def test_a_receipt_promises_nothing_that_people_decide(name, language):
    made = letter(name, language)
    said = f"{made.subject} {made.text}".lower()
    assert [word for word in PROMISES if word in said] == []


@every_letter
def test_a_letter_has_a_soft_tone(name, language):
    said = letter(name, language).text.lower()
    assert [word for word in STIFF if word in said] == []
    assert said.count("!") <= 1


@every_letter
def test_a_letter_greets_tells_what_happens_next_and_how_to_reach_us(name, language):
    sample = TEMPLATES.get(name).sample(language)
    lines = letter(name, language).text.splitlines()
    assert lines[0] == {"sv": "Hej!", "en": "Hello,"}[language]
    assert {"sv": "Vänliga hälsningar", "en": "Kind regards"}[language] in lines
    text = "\n".join(lines)
    assert any(next_step in text for next_step in ("läser", "will read", "get back to you"))
    for field in ("case_number", "sender_name", "support_phone", "link_web", "link_feedback"):
        assert sample[field] in text


@every_letter
def test_the_html_says_what_the_text_says(name, language):
    made = letter(name, language)
    text = re.sub(r":? https://\S+", "", made.text).replace("\n- ", "\n")
    page = Page(made.html[made.html.index("<body") :])
    assert page.text.split() == text.split()


@every_letter
def test_the_html_loads_nothing_from_afar(name, language):
    sample = TEMPLATES.get(name).sample(language)
    page = Page(letter(name, language).html)
    assert not page.tags & {"img", "link", "script", "iframe", "object", "style", "form", "base"}
    assert {key for key, _ in page.attributes} <= {"href", "style", "charset", "lang", "class"}
    links = {value for key, value in page.attributes if key == "href"}
    assert links == {sample["link_web"], sample["link_feedback"]}
    assert not any("url(" in value for _, value in page.attributes)


@every_letter
def test_the_subject_is_ours_and_carries_the_case(name, language):
    expected = {"sv": "Vi har tagit emot ditt mejl", "en": "We have received your e-mail"}
    assert letter(name, language).subject == f"{expected[language]} [#2018-000123-k7]"


def test_the_protected_receipt_names_no_matter():
    template = TEMPLATES.get("received_protected")
    assert not {"invoice_numbers", "handled_by_text"} & set(template.fields)
    said = letter("received_protected").text.lower()
    assert [word for word in ("faktura", "betal", "hyra", "avgift") if word in said] == []


@pytest.mark.parametrize("name", RECEIPTS)
def test_people_can_read_what_a_template_is_for(name):
    template = TEMPLATES.get(name)
    assert template.title
    assert template.purpose
    assert template.when
    assert template.sending is Sending.AUTO


def test_only_the_urgent_receipts_are_urgent():
    urgencies = {name: TEMPLATES.get(name).urgency for name in RECEIPTS}
    assert urgencies.pop("received_urgent_invoice") is Urgency.COLLECTIONS
    assert urgencies.pop("received_urgent_payment") is Urgency.PAYOUT
    assert set(urgencies.values()) == {Urgency.NO}


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


@pytest.fixture
def folder(tmp_path) -> Path:
    return Path(shutil.copytree(bundled_folder(), tmp_path / "templates"))


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_the_version_follows_the_texts_and_their_base(folder):
    first = Templates(folder).get("received").version
    replace(folder / "received" / "sv" / "body.txt.j2", "Tack", "Stort tack")
    second = Templates(folder).get("received").version
    replace(folder / "_base" / "en" / "body.txt.j2", "Hello", "Dear customer")
    third = Templates(folder).get("received").version
    assert first == TEMPLATES.get("received").version
    assert len({first, second, third}) == 3


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("received/template.toml", 'sending = "auto"', 'sending = "always"', "sending"),
        ("received/template.toml", 'sending = "auto"', "", "sending"),
        ("received/template.toml", "title =", "titel =", "titel|title"),
        ("received/template.toml", 'title = "', "title = ", "rad 1: är inte TOML"),
        ("received/template.toml", '["sv", "en"]', '["sv", "fi"]', "languages"),
        ("received_urgent_invoice/template.toml", '["40012345"]', '"40012345"', "exemplet"),
        ("received/sv/body.txt.j2", "case_number", "case_nummer", "case_nummer"),
        ("received/sv/body.txt.j2", "{% endblock %}", "", "rad 3: något avslutas inte"),
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
    made = Templates(folder)
    assert made.get("received").fields["why"].type is FieldType.TEXT
    assert "ett\n\ntvå\n" in made.render("received", "sv", context).text
