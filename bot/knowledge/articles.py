"""``articles/*.md``: what staff need to know about a matter, in Swedish and English.

A file is a head of YAML between two lines ``---`` and then the text under ``## Svenska`` and
under ``## English``. A passage is what stands between two empty lines; the two languages have
the same passages in the same order, so that either can be shown for the other. What the centre
must decide for itself is a passage of its own that begins with `SAMPLE_MARKS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Final, NewType

from pydantic import Field, model_validator

from bot.errors import BadValue, KnowledgeError, Saying
from bot.knowledge.models import Key, Names, Words
from bot.knowledge.yaml_file import Document, KnowledgeErrors, KnowledgeModel, document_of, text_of
from bot.vocabulary import Language, MatterKey, ProcessKey

FOLDER: Final = "articles"
FEWEST_WORDS: Final = 80
MOST_WORDS: Final = 250
SAMPLE_MARKS: Final[Mapping[Language, str]] = {
    Language.SWEDISH: "Exempel – centrumet beslutar:",
    Language.ENGLISH: "Sample – the centre decides:",
}
_HEADINGS: Final[Mapping[Language, str]] = {
    Language.SWEDISH: "## Svenska",
    Language.ENGLISH: "## English",
}
_LANGUAGE_OF: Final = {heading: language for language, heading in _HEADINGS.items()}
_KEY: Final = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_LONGEST: Final = 20_000
_WORD: Final = re.compile(r"[^\W_]+(?:[-.:/][^\W_]+)*")

ArticleKey = NewType("ArticleKey", str)
"""An article's file without ``.md``."""


class Source(KnowledgeModel):
    """Where the facts come from: a law or the centre's plan, and the part of it."""

    law: Words | None = None
    plan: Words | None = None
    section: Words

    @model_validator(mode="after")
    def _is_one_of_them(self) -> Source:
        if (self.law is None) == (self.plan is None):
            raise BadValue("en källa är antingen law eller plan")
        return self

    @property
    def work(self) -> str:
        """The name of the law or the plan."""
        return self.law or self.plan or ""


class Sayings(KnowledgeModel):
    """Other words by which people ask for the same, in each language."""

    sv: tuple[Words, ...] = ()
    en: tuple[Words, ...] = ()

    def in_language(self, language: Language) -> tuple[str, ...]:
        """Return those of a language."""
        return self.en if language is Language.ENGLISH else self.sv


class Head(KnowledgeModel):
    """What stands above the text.

    Attributes:
        matters, processes: What it is about; both empty where it holds for all of them.
        also: Words that people use and the text does not.
        owner: The process or team that answers for it.
        review_by: Last day by which the owner reads it again.
    """

    title: Names
    matters: tuple[MatterKey, ...] = ()
    processes: tuple[ProcessKey, ...] = ()
    also: Sayings = Sayings()
    source: Annotated[tuple[Source, ...], Field(min_length=1)]
    owner: Key[str]
    review_by: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A few sentences of an article, in both languages.

    Attributes:
        is_sample: The centre must decide it for itself; the text begins by saying so.
    """

    sv: str
    en: str
    is_sample: bool

    def in_language(self, language: Language) -> str:
        """Return the words in a language."""
        return self.en if language is Language.ENGLISH else self.sv


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article."""

    key: ArticleKey
    head: Head
    passages: tuple[Passage, ...]

    def text(self, language: Language) -> str:
        """Return the whole text, without its title."""
        return "\n\n".join(passage.in_language(language) for passage in self.passages)

    def is_overdue(self, today: date) -> bool:
        """Tell whether its owner should have read it again before today."""
        return self.head.review_by < today


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFile:
    """An article and where in its file each value of the head stands."""

    article: Article
    head: Document[Head]


def load_articles(folder: Path) -> Mapping[ArticleKey, Article]:
    """Read the articles of a knowledge folder, by key.

    Whether matters, processes and owners exist is left to `bot.knowledge.check`.

    Raises:
        KnowledgeErrors: There is no article, or one is wrong; names file and line.
    """
    files, errors = read_articles(folder)
    if errors:
        raise KnowledgeErrors(tuple(errors))
    return {file.article.key: file.article for file in files}


def read_articles(folder: Path) -> tuple[tuple[ArticleFile, ...], list[KnowledgeError]]:
    """Read every article, also after one that is wrong; in the order of their keys."""
    paths = sorted((folder / FOLDER).glob("*.md"))
    if not paths:
        return (), [KnowledgeError(f"{FOLDER}/*.md", None, Saying("filen saknas"))]
    files: list[ArticleFile] = []
    errors: list[KnowledgeError] = []
    for path in paths:
        try:
            files.append(_read(path))
        except KnowledgeErrors as error:
            errors.extend(error.errors)
    return tuple(files), errors


def word_count(text: str) -> int:
    """Return how many words a text has; signs and markup are none."""
    return len(_WORD.findall(text))


def _read(path: Path) -> ArticleFile:
    if _KEY.fullmatch(path.stem) is None:
        form = Saying("små bokstäver, siffror och bindestreck")
        raise _wrong(path, None, Saying("filens namn ska vara {form}", form=form))
    lines = text_of(path).replace("\r\n", "\n").split("\n")
    if lines[0].rstrip() != "---":
        raise _wrong(path, 1, Saying("en artikel börjar med raden ---"))
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        raise _wrong(path, 1, Saying("raden --- efter artikelns uppgifter saknas"))
    # An empty line in place of the first keeps the numbers of the others.
    head = document_of(path.name, "\n".join(["", *lines[1:end]]), Head)
    passages = _passages(path, _sections(path, lines, end + 1))
    article = Article(key=ArticleKey(path.stem), head=head.content, passages=passages)
    return ArticleFile(article=article, head=head)


def _wrong(path: Path, line: int | None, what: Saying) -> KnowledgeErrors:
    return KnowledgeErrors((KnowledgeError(path.name, line, what),))


@dataclass(frozen=True, slots=True)
class _Section:
    """The text under a heading.

    Attributes:
        line: Of the heading.
        passages: Each with the line where it begins.
    """

    line: int
    passages: list[tuple[int, str]]

    @property
    def text(self) -> str:
        return "\n\n".join(text for _, text in self.passages)


def _sections(path: Path, lines: list[str], start: int) -> dict[Language, _Section]:
    found: dict[Language, _Section] = {}
    current: _Section | None = None
    is_new = True
    for number, line in enumerate((line.rstrip() for line in lines[start:]), start + 1):
        if line in _LANGUAGE_OF:
            language = _LANGUAGE_OF[line]
            if language in found:
                raise _wrong(path, number, Saying("rubriken {line} står två gånger", line=line))
            current = found[language] = _Section(number, [])
            is_new = True
        elif not line:
            is_new = True
        elif line.startswith("#") or current is None:
            what = Saying("texten ska stå under rubrikerna {all}", all=_all_headings())
            raise _wrong(path, number, what)
        elif is_new:
            current.passages.append((number, line))
            is_new = False
        else:
            first, text = current.passages[-1]
            current.passages[-1] = (first, f"{text}\n{line}")
    for language, heading in _HEADINGS.items():
        if language not in found:
            raise _wrong(path, len(lines), Saying("rubriken {line} saknas", line=heading))
    return found


def _all_headings() -> str:
    return ", ".join(_HEADINGS.values())


def _passages(path: Path, sections: Mapping[Language, _Section]) -> tuple[Passage, ...]:
    errors = [KnowledgeError(path.name, line, what) for line, what in _faults(sections)]
    if errors:
        raise KnowledgeErrors(tuple(errors))
    swedish, english = (sections[language].passages for language in _HEADINGS)
    return tuple(
        Passage(sv=sv, en=en, is_sample=_is_sample(sv, Language.SWEDISH))
        for (_, sv), (_, en) in zip(swedish, english, strict=True)
    )


def _faults(sections: Mapping[Language, _Section]) -> Iterator[tuple[int, Saying]]:
    for language in _HEADINGS:
        section = sections[language]
        count = word_count(section.text[:_LONGEST])
        if not FEWEST_WORDS <= count <= MOST_WORDS:
            yield (
                section.line,
                Saying(
                    "texten har {count} ord; den ska ha {fewest} till {most}",
                    count=count,
                    fewest=FEWEST_WORDS,
                    most=MOST_WORDS,
                ),
            )
    swedish, english = (sections[language].passages for language in _HEADINGS)
    if len(swedish) != len(english):
        yield (
            sections[Language.ENGLISH].line,
            Saying(
                "texten har {english} stycken och den svenska {swedish}; de ska vara lika många",
                english=len(english),
                swedish=len(swedish),
            ),
        )
    for (_, sv), (line, en) in zip(swedish, english, strict=False):
        if _is_sample(sv, Language.SWEDISH) != _is_sample(en, Language.ENGLISH):
            what = Saying(
                "stycket är ett exempel på bara ett av språken; se {marks}", marks=_marks()
            )
            yield line, what


def _is_sample(text: str, language: Language) -> bool:
    return text.startswith(SAMPLE_MARKS[language])


def _marks() -> str:
    return " / ".join(SAMPLE_MARKS.values())
