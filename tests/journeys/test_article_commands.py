"""`article` and what `check` says of articles, as staff and process owners use them."""

from __future__ import annotations

import shutil

import pytest

from bot.knowledge import bundled_folder
from tests.commands import call, write_settings

pytestmark = pytest.mark.slow


@pytest.fixture
def own(tmp_path, sqlite_url):
    """Return the settings of a city with a copy of the knowledge, and its articles."""
    folder = tmp_path / "knowledge"
    shutil.copytree(bundled_folder(), folder)
    return write_settings(tmp_path, sqlite_url, f'knowledge = "{folder}"'), folder / "articles"


@pytest.fixture
def config(tmp_path, sqlite_url):
    return write_settings(tmp_path, sqlite_url)


def test_a_question_is_answered_with_source_and_reason(config):
    called = call("--config", config, "article", "find", "vem", "beslutar", "om", "anstånd")
    assert called.code == 0
    assert called.out.startswith("Anstånd (anstand)")
    assert "Kommunallag (2017:725), 6 kap." in called.out
    assert "Därför: ordet anstånd i titeln" in called.out
    best, *_ = call("--config", config, "article", "find", "anstånd", "--json").rows()
    assert (best["key"], best["covered"]) == ("anstand", 1.0)


def test_a_question_about_nothing_here_is_told_so(config):
    called = call("--config", config, "article", "find", "zzz", "qqq")
    assert (called.code, called.out) == (0, "Ingen artikel svarar på det.\n")


def test_articles_are_listed_and_read_in_both_languages(config):
    rows = call("--config", config, "article", "list", "--json").rows()
    assert len(rows) == 30
    assert call("--config", config, "article", "list", "--matter", "hyra").out.count("\n") >= 3
    shown = call("--config", config, "--lang", "en", "article", "show", "hyra")
    assert "power of attorney" in shown.out
    assert "Owner: hyresadministration" in shown.out
    assert call("--config", config, "article", "show", "hyra", "--json").row()["key"] == "hyra"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "hyraa"], "menade du hyra?"),
        (["list", "--process", "KX"], "--process"),
        (["list", "--matter", "anstnd"], "menade du anstand?"),
    ],
)
def test_bad_input_is_one_line(config, arguments, said):
    called = call("--config", config, "article", *arguments)
    assert called.code == 2
    assert len(called.err.splitlines()) == 1
    assert said in called.err


def test_check_warns_of_a_review_that_is_late_and_is_content(own):
    config, articles = own
    text = (articles / "hyra.md").read_text("utf-8")
    (articles / "hyra.md").write_text(text.replace("review_by: 20", "review_by: 19"), "utf-8")
    called = call("--config", config, "check")
    assert called.code == 0
    assert "varning: hyra.md: skulle ha lästs igen senast 1927-02-28" in called.err
    rows = call("--config", config, "check", "--json").row()
    assert ("warning", "hyra.md") in [(row["level"], row["file"]) for row in rows]


def test_check_names_what_is_wrong_in_an_article(own):
    config, articles = own
    text = (articles / "hyra.md").read_text("utf-8")
    (articles / "hyra.md").write_text(text.replace("owner: hyres", "owner: hyras"), "utf-8")
    called = call("--config", config, "check")
    assert called.code == 1
    assert "hyra.md rad" in called.err
    assert "menade du hyresadministration?" in called.err
