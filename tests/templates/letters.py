"""The shipped templates, filled with their samples, and what tests ask of a letter."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import product

import pytest

from bot.templates import FieldType, Form, Rendered, Templates, bundled_folder

TEMPLATES = Templates(bundled_folder())
LANGUAGES = ("sv", "en")
NAMES = TEMPLATES.names()
LETTERS = tuple(name for name in NAMES if TEMPLATES.get(name).form is Form.LETTER)
BY_CODE = {TEMPLATES.get(name).code: name for name in NAMES}

every_letter = pytest.mark.parametrize(("name", "language"), list(product(LETTERS, LANGUAGES)))
every_template = pytest.mark.parametrize(("name", "language"), list(product(NAMES, LANGUAGES)))

A_WORD = re.compile(r"[^\W_]+(?:[-.:/][^\W_]+)*")
A_SENTENCE_END = re.compile(r"[.!?:](?=\s|$)")
_GOODBYE = {"sv": "\n\nVänliga hälsningar\n", "en": "\n\nKind regards\n"}


def letter(name: str, language: str = "sv", **changed: object) -> Rendered:
    """Write a letter with its samples, some of them changed."""
    context = {**TEMPLATES.get(name).sample(language), **changed}
    return TEMPLATES.render(name, language, context)


def bare(name: str, language: str) -> Rendered:
    """Write a letter with its required values only."""
    template = TEMPLATES.get(name)
    sample = template.sample(language)
    required = {key: sample[key] for key, field in template.fields.items() if field.required}
    return TEMPLATES.render(name, language, required)


def full(name: str, language: str) -> Rendered:
    """Write a letter with a value in every field, also where the sample is empty."""
    template = TEMPLATES.get(name)
    filled = {
        key: value or ("2018-03-05" if template.fields[key].type is FieldType.DATE else "KR")
        for key, value in template.sample(language).items()
    }
    return TEMPLATES.render(name, language, filled)


def message(rendered: Rendered) -> str:
    """Return what stands between the greeting and the signature."""
    body, goodbye, _ = rendered.text.partition(_GOODBYE[rendered.language])
    assert goodbye
    return body.partition("\n\n")[2]


def words(text: str) -> list[str]:
    """Return the words of a text; a number or an address is one."""
    return A_WORD.findall(text)


def lix(text: str) -> float:
    """Return the readability index: words a sentence plus per cent of long words (Björnsson)."""
    found = words(text)
    long = sum(len(word) > 6 for word in found)
    return len(found) / len(A_SENTENCE_END.findall(text)) + 100 * long / len(found)


class Page(HTMLParser):
    """Collects the tags, links and words of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        """See `HTMLParser.handle_starttag`."""
        self.tags.add(tag)
        self.attributes += [(key, value or "") for key, value in attrs]

    def handle_data(self, data):
        """See `HTMLParser.handle_data`."""
        self.text += data + " "
