"""Articles: which of them answers a question, with the passage that does and the reasons.

A question is looked for in both languages, and the better finding counts, so that an English
question finds an article for a Swedish reader and the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from functools import cached_property
from typing import Final

from bot.errors import UsageError
from bot.klarsprak import lix
from bot.knowledge.articles import Article, ArticleKey, Passage
from bot.understanding.retrieval import Field, Hit, How, Index, Match, Text
from bot.vocabulary import Language, MatterKey, ProcessKey

__all__ = ["Articles", "Field", "FoundArticle", "Hit", "How"]

MOST: Final = 5
HARDEST: Final = 40
"""The highest readability index of a Swedish text that is still easy; see `bot.klarsprak.lix`."""
_LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundArticle:
    """An article that may answer a question.

    Attributes:
        language: In which it is to be read.
        passage: The one that answers best.
        points: How well it fits, to compare with the others found for the same question.
        covered: How much of the question it holds, rare words counting more; in [0, 1].
            Below about a third the article is hardly about what was asked.
        hits: Which words of the question it holds and what each adds, the weightiest first.
        heard_in: The language of the text in which the words were found.
    """

    article: Article
    language: Language
    passage: Passage
    points: float
    covered: float
    hits: tuple[Hit, ...]
    heard_in: Language

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return self.article.head.title.in_language(self.language)

    @property
    def text(self) -> str:
        """The passage in the reader's language."""
        return self.passage.in_language(self.language)


class Articles:
    """The articles of a city, ready to be asked. Nothing is read or counted before it is used."""

    def __init__(self, articles: Mapping[ArticleKey, Article]) -> None:
        """Take the articles, by key."""
        self._articles = articles

    @cached_property
    def _listed(self) -> tuple[Article, ...]:
        return tuple(self._articles[key] for key in sorted(self._articles))

    @cached_property
    def _indexes(self) -> Mapping[Language, Index]:
        return {
            language: Index((_text(article, language) for article in self._listed), language)
            for language in Language
        }

    def find(
        self, question: str, language: Language, *, limit: int = MOST
    ) -> tuple[FoundArticle, ...]:
        """Return the articles that may answer a question, the best first; perhaps none.

        Args:
            question: As somebody asks it, in either language.
            language: In which the articles are to be read.
        """
        found: dict[int, tuple[Match, Language]] = {}
        for heard_in, index in self._indexes.items():
            for match in index.find(question):
                if match.text not in found or match.points > found[match.text][0].points:
                    found[match.text] = (match, heard_in)
        ranked = sorted(found.values(), key=lambda one: (-one[0].points, one[0].text))
        return tuple(
            self._found(match, heard_in, language) for match, heard_in in ranked[: max(0, limit)]
        )

    def _found(self, match: Match, heard_in: Language, language: Language) -> FoundArticle:
        article = self._listed[match.text]
        return FoundArticle(
            article=article,
            language=language,
            passage=article.passages[match.passage],
            points=match.points,
            covered=match.covered,
            hits=match.hits,
            heard_in=heard_in,
        )

    def about(
        self, *, matter: MatterKey | None = None, process: ProcessKey | None = None
    ) -> tuple[Article, ...]:
        """Return the articles about a matter or a process, or all of them, by key."""
        return tuple(
            article
            for article in self._listed
            if (matter is None or matter in article.head.matters)
            and (process is None or process in article.head.processes)
        )

    def named(self, text: str) -> Article:
        """Return the article with a key, such as ``anstand``, or with a title.

        Raises:
            UsageError: There is none; names the nearest.
        """
        wanted = text.strip().lower()[:_LONGEST_NAME]
        for article in self._listed:
            title = article.head.title
            if wanted in (article.key, title.sv.lower(), title.en.lower()):
                return article
        near = get_close_matches(wanted, self._keys(), n=1)
        if near:
            raise UsageError("det finns ingen sådan artikel; menade du {near}?", near=near[0])
        raise UsageError("det finns ingen sådan artikel; kontrollera namnet")

    def _keys(self) -> Sequence[str]:
        return [article.key for article in self._listed]


class ArticleHint(StrEnum):
    """What a process owner should see to."""

    OVERDUE = "overdue"
    HARD_TO_READ = "hard_to_read"
    NO_ARTICLE = "no_article"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleWarning:
    """Something to see to that is no error.

    Attributes:
        article: None where what is missing is the article.
        values: For the sentence of the code ``article.<hint>``.
    """

    hint: ArticleHint
    article: ArticleKey | None
    values: Mapping[str, object]


def warnings(
    articles: Iterable[Article], matters: Iterable[MatterKey], today: date
) -> Iterator[ArticleWarning]:
    """Yield what to see to: late reviews, hard texts, and matters without an article."""
    listed = list(articles)
    for article in listed:
        if article.is_overdue(today):
            late = {"owner": article.head.owner, "day": article.head.review_by}
            yield ArticleWarning(hint=ArticleHint.OVERDUE, article=article.key, values=late)
        index = lix(article.text(Language.SWEDISH))
        if index > HARDEST:
            hard = {"lix": round(index), "most": HARDEST}
            yield ArticleWarning(hint=ArticleHint.HARD_TO_READ, article=article.key, values=hard)
    for matter in _uncovered(listed, matters):
        yield ArticleWarning(hint=ArticleHint.NO_ARTICLE, article=None, values={"matter": matter})


def _uncovered(articles: Iterable[Article], matters: Iterable[MatterKey]) -> tuple[MatterKey, ...]:
    """Return the matters that no article is about, in their order."""
    covered = {matter for article in articles for matter in article.head.matters}
    return tuple(matter for matter in matters if matter not in covered)


def _text(article: Article, language: Language) -> Text:
    head = article.head
    return Text(
        title=head.title.in_language(language),
        also=head.also.in_language(language),
        passages=[passage.in_language(language) for passage in article.passages],
    )
