"""Letters to look at: filled from the knowledge, found by name, and advised on."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from bot.errors import UsageError
from bot.klarsprak import Hint
from bot.material import load_letters
from bot.services.letter_preview import (
    advice,
    case_values,
    found_by,
    house_values,
    preview,
    template_named,
)
from bot.settings import Settings
from bot.templates import Templates, bundled_folder
from bot.vocabulary import Language, MatterKey, ProcessKey
from tests.made_cases import a_case

LETTERS = load_letters(Settings())
LINKS = LETTERS.knowledge.links


def look_at(name: str, language: str = "sv", templates: Templates = LETTERS.templates, **values):
    return preview(
        templates.get(name),
        language,
        templates=templates,
        links=LINKS,
        rules=LETTERS.plain,
        values=values,
    )


def test_nothing_could_be_plainer_in_the_shipped_letters():
    assert list(advice(LETTERS.templates, links=LINKS, rules=LETTERS.plain)) == []


def test_who_signs_and_the_pages_come_from_the_knowledge():
    text = look_at("who_does_what").rendered.text
    page = next(link.url for link in LINKS.more if link.key == "vem-gor-vad")
    for value in (LINKS.sender_name, LINKS.support_phone, LINKS.web, LINKS.feedback, page):
        assert value in text


@pytest.mark.parametrize("name", LETTERS.templates.names())
def test_the_knowledge_has_every_page_that_a_template_asks_for(name):
    template = LETTERS.templates.get(name)
    asked = {key for key, field in template.fields.items() if field.link}
    assert asked <= house_values(template, LINKS).keys()


def test_a_page_that_the_knowledge_lacks_is_left_out():
    template = LETTERS.templates.get("who_does_what")
    bare = LINKS.model_copy(update={"more": ()})
    assert "link_who" not in house_values(template, bare)


def test_a_case_gives_its_number_its_invoices_and_its_process():
    case = a_case(language="en")
    values = case_values(case, "[#x]", ["40012345"], LETTERS.knowledge)
    assert values == {
        "case_number": str(case.number),
        "case_reference": "[#x]",
        "invoice_numbers": ("40012345",),
        "process_name": "customer invoices",
        "tag_code": "KR",
    }
    empty = case_values(replace(case, process=None), "[#x]", [], LETTERS.knowledge)
    assert empty.keys() == {"case_number", "case_reference"}


def test_values_of_a_case_stand_in_place_of_samples():
    assert "faktura 777" in look_at("dispute_received", invoice_numbers=["777"]).rendered.text


@pytest.mark.parametrize("text", ["K11", "k11", " delayed "])
def test_a_template_is_named_by_name_or_number(text):
    assert template_named(text, LETTERS.templates).name == "delayed"


def test_an_unknown_template_gives_the_nearest_and_never_what_was_typed():
    with pytest.raises(UsageError, match="menade du delayed"):
        template_named("delayd", LETTERS.templates)
    with pytest.raises(UsageError, match="kontrollera namnet") as caught:
        template_named("åäö" * 10_000, LETTERS.templates)
    assert "åäö" not in str(caught.value)


def test_templates_come_in_the_order_of_the_list():
    codes = [template.code for template in found_by(LETTERS.templates)]
    assert codes[:4] == ["K1", "K1b", "K2", "K3"]
    assert codes[-1] == "K30"


def test_templates_are_found_by_word_process_and_matter():
    def codes(**wanted):
        return {template.code for template in found_by(LETTERS.templates, **wanted)}

    assert codes(word="Längre tid") >= {"K11", "K13", "K14"}
    fee = codes(process=ProcessKey("avgiftshantering"))
    assert {"K25", "K26", "K1", "K12"} <= fee
    assert not {"K13", "K19", "K27"} & fee
    assert {"K13", "K14"} <= codes(matter=MatterKey("anstand"))
    assert "K15" not in codes(matter=MatterKey("anstand"))
    assert codes(word="finns inte någonstans") == set()


def test_the_city_s_own_letters_get_advice(tmp_path):
    folder = tmp_path / "templates"
    for name in ("_base", "done"):
        shutil.copytree(bundled_folder() / name, folder / name)
    body = folder / "done" / "sv" / "body.txt.j2"
    body.write_text(
        body.read_text("utf-8").replace("Tack för att du hörde av dig.", "Svar erhålles härmed."),
        "utf-8",
    )
    found = list(advice(Templates(folder), links=LINKS, rules=LETTERS.plain))
    assert {(one.template, one.language, one.finding.hint) for one in found} == {
        ("done", Language.SWEDISH, Hint.JARGON)
    }
    assert {one.finding.values["word"] for one in found} == {"erhålles", "härmed"}
