from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.klarsprak import lix
from bot.knowledge import bundled_folder, load
from bot.knowledge.articles import FOLDER, SAMPLE_MARKS, load_articles, word_count
from bot.knowledge.check import problems
from bot.knowledge.yaml_file import KnowledgeErrors
from bot.services.articles import HARDEST, ArticleHint, warnings
from bot.vocabulary import Language, MatterKey
from tests.knowledge import small

SHIPPED = load_articles(bundled_folder())
CITY = load(bundled_folder())
TOPICS = {
    "svarstider",
    "oppettider",
    "skyddade-uppgifter",
    "dodsbo",
    "paminnelse-och-inkasso",
    "markning",
    "telefonloftet",
    "vem-gor-vad",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / FOLDER).mkdir()
    shutil.copy(bundled_folder() / FOLDER / "anstand.md", tmp_path / FOLDER)
    return tmp_path


def change(folder: Path, right: str, wrong: str) -> int:
    """Replace the first of a text in the article and return the line where it stood."""
    file = folder / FOLDER / "anstand.md"
    text = file.read_text("utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong, 1), "utf-8")
    return text[: text.index(right)].count("\n") + 1


def test_every_matter_has_an_article_and_so_have_the_topics():
    matters = {matter for article in SHIPPED.values() for matter in article.head.matters}
    assert matters == set(CITY.matters)
    assert set(SHIPPED) >= TOPICS


@pytest.mark.parametrize("key", sorted(SHIPPED))
def test_a_shipped_article_is_plain_swedish(key):
    assert lix(SHIPPED[key].text(Language.SWEDISH)) <= HARDEST


@pytest.mark.parametrize("key", sorted(SHIPPED))
def test_a_shipped_article_names_no_day_count_that_is_the_centres_but_as_a_sample(key):
    for passage in SHIPPED[key].passages:
        for language in Language:
            text = passage.in_language(language)
            said = any(mark in text for mark in SAMPLE_MARKS.values())
            assert said == passage.is_sample
            if key in ("svarstider", "paminnelse-och-inkasso") and not passage.is_sample:
                assert "arbetsdag" not in text
                assert "fem dagar" not in text


@pytest.mark.parametrize(
    ("key", "swedish", "english"),
    [
        ("paminnelse-och-inkasso", "högst 60 kronor", "at most 60 kronor"),
        ("paminnelse-och-inkasso", "högst 180 kronor", "at most 180 kronor"),
        ("paminnelse-och-inkasso", "från 30 dagar efter", "from 30 days after"),
        ("paminnelse-och-inkasso", "plus åtta procentenheter", "plus eight percentage points"),
        ("avbetalningsplan", "högst 170 kronor", "at most 170 kronor"),
        ("leverantorsfaktura", "senast 30 dagar", "within 30 days"),
    ],
)
def test_what_the_law_states_in_numbers_stands_in_both_languages(key, swedish, english):
    assert swedish in " ".join(SHIPPED[key].text(Language.SWEDISH).split())
    assert english in " ".join(SHIPPED[key].text(Language.ENGLISH).split())


def swedish_of(key):
    return " ".join(SHIPPED[key].text(Language.SWEDISH).split())


def test_the_codes_that_an_article_repeats_are_those_of_the_processes():
    codes = {f"{each.code} {each.name.sv.lower()}" for each in CITY.processes.values()}
    assert [code for code in codes if code not in swedish_of("markning")] == []


def test_the_hours_that_an_article_repeats_are_those_of_the_week():
    (span,) = {span for spans in CITY.hours.week.values() for span in spans}
    shown = f"{span.opens:%-H.%M}–{span.closes:%-H.%M}"
    assert f"måndag till fredag klockan {shown}" in swedish_of("oppettider")


def test_the_days_to_collection_that_an_article_repeats_are_those_of_the_rules():
    words = {5: "fem dagar", 14: "fjorton dagar"}
    for step in (CITY.dunning.default.reminder, CITY.dunning.default.collection):
        assert words[step.after_days] in swedish_of("paminnelse-och-inkasso")


@pytest.mark.parametrize(
    ("right", "wrong", "what"),
    [
        ("owner:", "reader: x\nowner:", "okänd nyckel reader"),
        ("review_by: 2027-05-31", "review_by: maj", "review_by"),
        ('section: "God', 'page: 7, section: "God', "okänd nyckel source.0.page"),
        ("plan: Verksamhetsplan 2018, ", "", "antingen law eller plan"),
        ("## English", "## Engelska", "under rubrikerna ## Svenska, ## English"),
        ("## English", "## Svenska", "står två gånger"),
        ("Exempel – centrumet beslutar:", "Till exempel:", "bara ett av språken"),
    ],
)
def test_a_wrong_article_is_named_with_its_line(folder, right, wrong, what):
    line = change(folder, right, wrong)
    with pytest.raises(KnowledgeErrors, match=what) as caught:
        load_articles(folder)
    assert caught.value.file == "anstand.md"
    assert caught.value.line is not None
    assert abs(caught.value.line - line) <= (0 if "bara" not in what else 40)


def test_an_article_without_a_source_is_wrong(folder):
    text = (folder / FOLDER / "anstand.md").read_text("utf-8")
    head, rest = text.split("source:", 1)
    after = rest[rest.index("owner:") :]
    (folder / FOLDER / "anstand.md").write_text(f"{head}{after}", "utf-8")
    with pytest.raises(KnowledgeErrors, match="source saknas"):
        load_articles(folder)
    (folder / FOLDER / "anstand.md").write_text(f"{head}source: []\n{after}", "utf-8")
    with pytest.raises(KnowledgeErrors, match="source"):
        load_articles(folder)


def test_an_article_that_is_too_short_or_too_long_is_wrong(folder):
    file = folder / FOLDER / "anstand.md"
    text = file.read_text("utf-8")
    head, english = text.split("## English\n", 1)
    line = head.count("\n") + 1
    file.write_text(f"{head}## English\n\nShort.\n", "utf-8")
    with pytest.raises(KnowledgeErrors, match="texten har 1 ord; den ska ha 80 till 250") as caught:
        load_articles(folder)
    assert caught.value.line == line
    file.write_text(f"{head}## English\n{english}{'word ' * 200}\n", "utf-8")
    with pytest.raises(KnowledgeErrors, match="ord; den ska ha 80 till 250"):
        load_articles(folder)


def test_the_languages_have_the_same_passages(folder):
    file = folder / FOLDER / "anstand.md"
    file.write_text(file.read_text("utf-8") + "\nOne passage more.\n", "utf-8")
    with pytest.raises(KnowledgeErrors, match="texten har 6 stycken och den svenska 5"):
        load_articles(folder)


@pytest.mark.parametrize("text", ["", "---\n", "title: x\n", "---\ntitle: x\n---\n", "---\n---\n"])
def test_what_is_no_article_is_an_error_and_nothing_worse(folder, text):
    (folder / FOLDER / "anstand.md").write_text(text, "utf-8")
    with pytest.raises(KnowledgeErrors):
        load_articles(folder)


def test_an_article_that_is_wrong_does_not_hide_the_next(folder):
    change(folder, "owner:", "ownr:")
    (folder / FOLDER / "b.md").write_text("x", "utf-8")
    with pytest.raises(KnowledgeErrors) as caught:
        load_articles(folder)
    assert {error.file for error in caught.value.errors} == {"anstand.md", "b.md"}


def test_the_name_of_the_file_is_the_key_and_has_its_form(folder):
    shutil.move(folder / FOLDER / "anstand.md", folder / FOLDER / "Anstånd ny.md")
    with pytest.raises(KnowledgeErrors, match="filens namn ska vara små bokstäver"):
        load_articles(folder)


def test_a_folder_without_articles_is_a_problem(tmp_path):
    small.write(tmp_path)
    found = [str(error) for error in problems(tmp_path) if error.file.startswith(FOLDER)]
    assert found == ["articles/*.md: filen saknas"]


@pytest.mark.parametrize(
    ("right", "wrong", "what"),
    [
        ("matters: [anstand]", "matters: [anstond]", "ärendetypen anstond finns inte; menade du"),
        ("processes: [kundres", "processes: [kundrs", "processen kundrskontra finns inte"),
        ("owner: kundreskontra", "owner: ingen", "ägaren ingen finns inte"),
    ],
)
def test_keys_that_do_not_exist_are_named_with_their_line(folder, right, wrong, what):
    small.write(folder)
    assert [str(e) for e in problems(folder) if e.file == "anstand.md"] == []
    line = change(folder, right, wrong)
    (problem,) = [error for error in problems(folder) if error.file == "anstand.md"]
    assert what in str(problem.what)
    assert problem.line == line


def test_a_review_is_late_from_the_day_after(folder):
    (article,) = load_articles(folder).values()
    due = article.head.review_by
    assert not article.is_overdue(due)
    assert article.is_overdue(date.fromordinal(due.toordinal() + 1))


def test_late_reviews_and_matters_without_an_article_are_warned_of(folder):
    articles = load_articles(folder).values()
    matters = [MatterKey("anstand"), MatterKey("hyra")]
    found = list(warnings(articles, matters, date(2030, 1, 1)))
    assert [warning.hint for warning in found] == [ArticleHint.OVERDUE, ArticleHint.NO_ARTICLE]
    assert found[0].values["owner"] == "kundreskontra"
    assert found[1].values == {"matter": "hyra"}


def test_signs_and_markup_are_no_words():
    assert word_count("- ett: [två] – tre 18:00 …") == 4
