"""Which documents there are to edit: of what kind each is, and what it is called."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.edits import Change, DocumentPath
from bot.vocabulary import Language


class DocumentKind(StrEnum):
    """What a document is about, in the order in which editors see the kinds."""

    PROCESSES = "processes"
    TAGS = "tags"
    CUSTOMERS = "customers"
    HOURS = "hours"
    DUTY = "duty"
    LINKS = "links"
    TEMPLATES = "templates"
    ARTICLES = "articles"
    MATTERS = "matters"
    PHRASES = "phrases"
    REPLIES = "replies"
    OTHER = "other"


_KINDS: Final = {
    "knowledge/processes.yaml": DocumentKind.PROCESSES,
    "knowledge/tags.yaml": DocumentKind.TAGS,
    "knowledge/customers.yaml": DocumentKind.CUSTOMERS,
    "knowledge/hours.yaml": DocumentKind.HOURS,
    "knowledge/duty.yaml": DocumentKind.DUTY,
    "knowledge/links.yaml": DocumentKind.LINKS,
    "knowledge/matters.yaml": DocumentKind.MATTERS,
    "knowledge/replies.yaml": DocumentKind.REPLIES,
}
_FOLDERS: Final = (
    ("templates/", DocumentKind.TEMPLATES),
    ("knowledge/articles/", DocumentKind.ARTICLES),
    ("knowledge/lexicon/", DocumentKind.PHRASES),
)
_TITLES: Final = re.compile(r'^title(|_en) = "([^"\n]{1,200})"$', re.MULTILINE)
_ARTICLE_TITLE: Final = re.compile(r"^  (sv|en): (.{1,200})$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document in the list.

    Attributes:
        title: Its own, where it has one; empty for a file that is called by its kind.
        changed: The version that is in force; None where it is the file of the folder.
    """

    path: DocumentPath
    kind: DocumentKind
    title: str = ""
    changed: Change | None = None


def kind_of(path: DocumentPath) -> DocumentKind:
    """Return what a document is about."""
    if path in _KINDS:
        return _KINDS[path]
    return next((kind for top, kind in _FOLDERS if path.startswith(top)), DocumentKind.OTHER)


def template_of(path: DocumentPath) -> str | None:
    """Return the template that a file belongs to; None for a file of another kind."""
    parts = path.split("/")
    return parts[1] if parts[0] == "templates" else None


def in_order(documents: Iterable[Document]) -> list[Document]:
    """Sort documents by kind, then by title and path."""
    kinds = list(DocumentKind)
    return sorted(
        documents, key=lambda one: (kinds.index(one.kind), one.title.casefold(), one.path)
    )


def title_in(path: DocumentPath, text: str, language: Language) -> str:
    """Return the title that a template or an article gives itself; empty for others."""
    if path.endswith("template.toml"):
        own = dict(_TITLES.findall(text))
        swedish = str(own.get("", ""))
        return str(own.get("_en", swedish)) if language is Language.ENGLISH else swedish
    if kind_of(path) is DocumentKind.ARTICLES:
        titles = dict(_ARTICLE_TITLE.findall(text.partition("\n## ")[0])[:2])
        return str(titles.get(language.value, ""))
    return ""
