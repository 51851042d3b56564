"""Articles and what was found among them, for people and as JSON values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape

from bot.cli.wide_tables import Table
from bot.knowledge.articles import Article
from bot.services.articles import FoundArticle
from bot.texts import Say
from bot.vocabulary import Language


def as_values(article: Article) -> Mapping[str, Any]:
    """Return an article as JSON values."""
    head = article.head
    return {
        "key": article.key,
        **head.model_dump(mode="json", exclude_none=True),
        "passages": [
            {"sv": passage.sv, "en": passage.en, "is_sample": passage.is_sample}
            for passage in article.passages
        ],
    }


def found_values(found: FoundArticle) -> Mapping[str, Any]:
    """Return a finding as JSON values."""
    return {
        "key": found.article.key,
        "title": found.title,
        "text": found.text,
        "is_sample": found.passage.is_sample,
        "points": round(found.points, 2),
        "covered": round(found.covered, 2),
        "hits": [
            {
                "asked": hit.asked,
                "met": hit.met,
                "how": hit.how.value,
                "field": hit.field.value,
                "points": round(hit.points, 2),
            }
            for hit in found.hits
        ],
        "sources": [_source(source.work, source.section) for source in found.article.head.source],
    }


def show_list(articles: Sequence[Article], console: Console, say: Say) -> None:
    """Print one line for each article."""
    if not articles:
        console.print(say("Ingen artikel passar."))
        return
    table = Table(box=box.SIMPLE)
    for heading in (say("Artikel"), say("Titel"), say("Ägare"), say("Läses igen")):
        table.add_column(heading)
    for article in articles:
        table.add_row(
            article.key,
            escape(article.head.title.in_language(Language(say.language))),
            article.head.owner,
            article.head.review_by.isoformat(),
        )
    console.print(table)


def show_one(article: Article, console: Console, say: Say) -> None:
    """Print an article, its sources and who answers for it."""
    language = Language(say.language)
    console.print(article.head.title.in_language(language), markup=False)
    console.print()
    console.print(article.text(language), markup=False, soft_wrap=True)
    console.print()
    _show_sources(article, console, say)
    owner = say("Ägare: {owner}", owner=article.head.owner)
    review = say("Läses igen senast {day}", day=article.head.review_by)
    console.print(f"{owner}. {review}.", markup=False)


def show_found(found: Sequence[FoundArticle], console: Console, say: Say) -> None:
    """Print the passage that answers, why it was found, and the next nearest articles."""
    if not found:
        console.print(say("Ingen artikel svarar på det."))
        return
    best, *others = found
    console.print(f"{best.title} ({best.article.key})", markup=False)
    console.print()
    console.print(best.text, markup=False, soft_wrap=True)
    console.print()
    _show_sources(best.article, console, say)
    for hit in best.hits:
        how, where = say.code(f"found_how.{hit.how}"), say.code(f"found_in.{hit.field}")
        line = say("Därför: {how} {word} {where}", how=how, word=hit.met, where=where)
        console.print(line, markup=False)
    if others:
        names = ", ".join(f"{one.title} ({one.article.key})" for one in others)
        console.print(say("Se också: {names}", names=names), markup=False)


def _show_sources(article: Article, console: Console, say: Say) -> None:
    listed = "; ".join(_source(source.work, source.section) for source in article.head.source)
    console.print(say("Källor: {sources}", sources=listed), markup=False)


def _source(work: str, section: str) -> str:
    return f"{work}, {section}"
