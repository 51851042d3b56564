"""Every shipped letter in both languages: short, plain, complete, and deciding nothing."""

from __future__ import annotations

import dataclasses
import re

import pytest

from bot.errors import ReplyHasHole
from bot.knowledge import bundled_folder as knowledge_folder
from bot.knowledge import load
from bot.templates import FieldType, Form, Sending
from bot.vocabulary import Language, Urgency
from tests.templates.letters import (
    BY_CODE,
    LANGUAGES,
    NAMES,
    TEMPLATES,
    Page,
    bare,
    every_letter,
    every_template,
    full,
    letter,
    lix,
    message,
    words,
)

KNOWLEDGE = load(knowledge_folder())
FEWEST_WORDS = 40
MOST_WORDS = {"sv": 90, "en": 110}
HIGHEST_LIX = 35

AUTOMATIC = {"K1", "K1b", "K2", "K3", "K4", "K5", "K21", "K24"}
STAFF = {"K12", "K13", "K14", "K15", "K16", "K17", "K20", "K26", "K27", "K29", "K30"}

DECISIONS = (
    *("stoppad", "stoppat", "stoppats", "bevilja", "godkän", "makulerad", "makulerat", "pausat"),
    *("krediterad", "avslag", "avslå", "beslut", "återkalla", "har fått längre tid"),
    *("granted", "approved", "stopped", "cancelled", "credited", "paused", "refused"),
    *("decided", "withdrawn", "rejected"),
)
STIFF = ("tyvärr", "erhålla", "avseende", "unfortunately", "härmed", "vänligen", "handlägga ")
AN_ACCOUNT = re.compile(r"\b\d{3,4}-\d{4}\b|bankgiro|plusgiro|IBAN", re.IGNORECASE)


def test_there_is_one_template_for_each_row_of_the_list():
    rows = {f"K{number}" for number in range(1, 31)} | {"K1b"}
    assert len(NAMES) == 31
    assert set(BY_CODE) == rows


@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_described_in_both_languages(name):
    template = TEMPLATES.get(name)
    described = [template.title_in, template.purpose_in, template.when_in]
    described += [field.about_in for field in template.fields.values()]
    assert all(one("sv") != one("en") for one in described)


def test_a_template_without_english_words_is_described_in_swedish():
    only_swedish = {"title_en": None, "purpose_en": None, "when_en": None}
    template = dataclasses.replace(TEMPLATES.get("delayed"), **only_swedish)
    assert template.title_in("en") == "Försening"
    assert template.purpose_in("en") == template.purpose
    assert template.when_in("en") == template.when
    field = template.fields["reason"].model_copy(update={"about_en": None})
    assert field.about_in("en") == field.about


@every_template
def test_a_template_renders_with_its_samples(name, language):
    made = letter(name, language)
    assert (made.template, made.language) == (name, language)
    assert re.fullmatch(r"[0-9a-f]{12}", made.version)
    assert "{" not in made.subject + made.text + made.html.replace("{ font", "")


@every_template
def test_a_letter_without_a_required_value_is_not_written(name, language):
    template = TEMPLATES.get(name)
    for field in [key for key, value in template.fields.items() if value.required]:
        nothings = (None, "", " \r\n\t", "\u200b")
        if template.fields[field].type is FieldType.LINES:
            nothings = (None, [], [""], ["\u200b", " "])
        for nothing in nothings:
            with pytest.raises(ReplyHasHole) as caught:
                letter(name, language, **{field: nothing})
            assert (caught.value.template, caught.value.missing) == (name, field)


@every_letter
@pytest.mark.parametrize("fill", [letter, bare, full])
def test_a_letter_is_short(name, language, fill):
    made = fill(name, language)
    assert len(words(message(made))) >= FEWEST_WORDS
    assert len(words(message(made))) <= MOST_WORDS[language]


@every_letter
def test_a_letter_is_short_with_greeting_and_signature_too(name, language):
    assert len(words(letter(name, language).text)) <= MOST_WORDS[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_hint_about_tags_is_one_line(language):
    made = letter(BY_CODE["K5"], language)
    assert len(made.text.splitlines()) == 1
    assert TEMPLATES.get(BY_CODE["K5"]).form is Form.LINE
    assert {name for name in NAMES if TEMPLATES.get(name).form is Form.LINE} == {BY_CODE["K5"]}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["K1", "K1b"])
def test_a_receipt_takes_the_hint_in_when_there_is_a_tag_to_hint_at(code, language):
    hint = letter(BY_CODE["K5"], language).text.strip()
    link = TEMPLATES.get(BY_CODE["K5"]).sample(language)["link_tags"]
    without = letter(BY_CODE[code], language)
    made = letter(BY_CODE[code], language, tag_code="KR", link_tags=link)
    assert f"\n\n{hint}\n\n" in made.text
    assert link in made.html
    assert "[KR]" not in without.text
    assert made.text.replace(f"{hint}\n\n", "") == without.text


@every_letter
@pytest.mark.parametrize("fill", [letter, bare, full])
def test_a_letter_is_easy_to_read(name, language, fill):
    made = fill(name, language)
    assert lix(made.text) <= HIGHEST_LIX
    assert lix(message(made)) <= HIGHEST_LIX


@every_template
def test_a_letter_has_a_soft_tone(name, language):
    said = letter(name, language).text.lower()
    assert [word for word in STIFF if word in said] == []
    assert said.count("!") <= 1


NEXT = {
    "sv": re.compile(
        "läser|hör (av sig|vi av oss)|svarar dig|räknar med|(tar|letar|ser|rättar|ordnar|går) vi"
        "|får (nästa besked|svar|besked)|fortsätter|hjälper|skickar en avi|[Kk]ontakta dem"
        "|[Bb]etala senast|pengarna tillbaka|så hamnar det"
    ),
    "en": re.compile(
        "will (read|reply|go on|hear|take|look|help|go through|get back|reach)|expect to"
        "|get an answer|answer you by|sends a notice|[Cc]ontact them|[Pp]ay by|money back"
        "|sort it out|we correct it|next report comes"
    ),
}


@every_letter
def test_a_letter_greets_tells_what_happens_next_and_how_to_reach_us(name, language):
    sample = TEMPLATES.get(name).sample(language)
    lines = letter(name, language).text.splitlines()
    assert lines[0] == {"sv": "Hej!", "en": "Hello,"}[language]
    assert {"sv": "Vänliga hälsningar", "en": "Kind regards"}[language] in lines
    assert NEXT[language].search(message(letter(name, language)))
    for field in ("sender_name", "support_phone", "link_web", "link_feedback"):
        assert sample[field] in "\n".join(lines)


@every_template
def test_the_html_says_what_the_text_says(name, language):
    for made in (letter(name, language), bare(name, language), full(name, language)):
        text = re.sub(r":? https://\S+", "", made.text).replace("\n- ", "\n")
        page = Page(made.html[made.html.index("<body") :])
        assert page.text.split() == text.split()


@every_template
def test_the_html_loads_nothing_from_afar(name, language):
    template = TEMPLATES.get(name)
    fields = template.fields.items()
    sample = template.sample(language)
    page = Page(full(name, language).html)
    assert not page.tags & {"img", "link", "script", "iframe", "object", "style", "form", "base"}
    assert {key for key, _ in page.attributes} <= {"href", "style", "charset", "lang", "class"}
    links = {value for key, value in page.attributes if key == "href"}
    assert links <= {sample[key] for key, field in fields if field.type is FieldType.LINK}
    assert template.form is Form.LINE or links >= {sample["link_web"], sample["link_feedback"]}
    assert len(links) <= 3
    assert not any("url(" in value for _, value in page.attributes)


@every_template
def test_the_subject_is_ours_and_carries_the_case(name, language):
    subject = letter(name, language).subject
    assert subject.endswith(" [#2018-000123-k7]")
    assert 2 <= len(words(subject.removesuffix(" [#2018-000123-k7]"))) <= 9
    assert not TEMPLATES.get(name).sample(language).keys() & {"original_subject", "sender"}


@every_template
def test_a_letter_is_signed_by_the_centre_and_no_person(name, language):
    said = letter(name, language, sender_name="Ekonomicentrum").text
    assert "Serviceförvaltningen" not in said
    people = {part for person in KNOWLEDGE.people.values() for part in person.name.split()}
    assert people.isdisjoint(words(said))


@every_template
def test_a_letter_names_no_account(name, language):
    assert AN_ACCOUNT.findall(full(name, language).text) == []


def test_what_people_must_send_is_never_automatic():
    sending = {code: TEMPLATES.get(name).sending for code, name in BY_CODE.items()}
    assert {code for code, who in sending.items() if who is Sending.AUTO} == AUTOMATIC
    assert {code for code, who in sending.items() if who is Sending.STAFF} == STAFF


def test_what_may_go_out_by_itself_says_when():
    said = {name: TEMPLATES.get(name) for name in NAMES}
    assert {found.code for found in said.values() if found.auto_when} == {"K6", "K8", "K9"}
    assert {found.sending for found in said.values() if found.auto_when} == {Sending.DRAFT}


@every_template
def test_what_may_go_out_by_itself_decides_nothing(name, language):
    template = TEMPLATES.get(name)
    made = full(name, language)
    said = f"{made.subject} {made.text}".lower()
    decides = [word for word in DECISIONS if word in said]
    assert decides == [] or (template.sending is not Sending.AUTO and template.auto_when is None)


@pytest.mark.parametrize("code", sorted(AUTOMATIC - {"K5"}))
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_automatic_letter_says_that_it_is(code, language):
    said = {"sv": "Det här är ett automatiskt svar.", "en": "This is an automatic reply."}
    assert said[language] in letter(BY_CODE[code], language).text


def test_the_protected_receipt_names_no_matter():
    template = TEMPLATES.get("received_protected")
    assert not {"invoice_numbers", "handled_by_text"} & set(template.fields)
    said = letter("received_protected").text.lower()
    assert [word for word in ("faktura", "betal", "hyra", "avgift") if word in said] == []


def test_only_what_answers_urgent_cases_is_urgent():
    urgencies = {code: TEMPLATES.get(name).urgency for code, name in BY_CODE.items()}
    urgent = {code: urgency for code, urgency in urgencies.items() if urgency is not Urgency.NO}
    assert urgent == {
        "K2": Urgency.COLLECTIONS,
        "K26": Urgency.COLLECTIONS,
        "K3": Urgency.PAYOUT,
        "K21": Urgency.PAYOUT,
    }


@pytest.mark.parametrize("name", NAMES)
def test_people_can_read_what_a_template_is_for(name):
    template = TEMPLATES.get(name)
    assert template.title
    assert len(words(template.purpose)) >= 5
    assert len(words(template.when)) >= 5
    assert template.languages == tuple(Language)
    assert all(field.about for field in template.fields.values())


@pytest.mark.parametrize("name", NAMES)
def test_a_template_names_only_processes_matters_and_pages_that_there_are(name):
    template = TEMPLATES.get(name)
    assert set(template.processes) <= KNOWLEDGE.processes.keys()
    assert set(template.matters) <= KNOWLEDGE.matters.keys()
    pages = {field.link for field in template.fields.values() if field.link}
    assert pages <= {link.key for link in KNOWLEDGE.links.more}
    for matter in template.matters:
        handled = set(KNOWLEDGE.matters[matter].processes)
        assert not handled or handled & set(template.processes)


@pytest.mark.parametrize(
    "name", [name for name in NAMES if "invoice_numbers" in TEMPLATES.get(name).fields]
)
def test_a_letter_about_several_invoices_names_them_all(name):
    said = letter(name, invoice_numbers=["40012345", "40012346"]).text
    assert "fakturorna 40012345, 40012346" in said
    english = letter(name, "en", invoice_numbers=["40012345", "40012346"]).text
    assert "invoices 40012345, 40012346" in english
