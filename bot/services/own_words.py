"""A letter in a person's own words, held to what such a letter must say."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Final

from markupsafe import Markup, escape

from bot.errors import ReplyHasHole
from bot.reply_rules import INFORMATION_NEEDED
from bot.templates import Rendered
from bot.templates.values import LONGEST_TEXT, tidy
from bot.vocabulary import TemplateKey

_MUST_SAY: Final[Mapping[TemplateKey, tuple[str, ...]]] = {
    INFORMATION_NEEDED: ("missing", "why", "support_phone"),
}
"""Values that stay in a letter, however it is changed: what, why, and whom to ask."""


def in_own_words(
    rendered: Rendered, own_text: str | None, values: Mapping[str, object]
) -> Rendered:
    """Return a letter with a person's text in place of its own; None leaves it as it is.

    The HTML says the same. The text is never read as a template or as HTML.

    Raises:
        ReplyHasHole: The text is empty, or no longer says what the letter must say.
    """
    if own_text is None:
        return rendered
    text = tidy(own_text.replace("\r\n", "\n")[:LONGEST_TEXT])
    if not text.strip():
        raise ReplyHasHole(rendered.template, "text")
    flat = " ".join(text.split())
    for name in _MUST_SAY.get(rendered.template, ()):
        if any(" ".join(said.split()) not in flat for said in _said(values.get(name))):
            raise ReplyHasHole(rendered.template, name)
    return dataclasses.replace(rendered, text=text, html=_html(text, rendered))


def _said(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        yield from (str(line) for line in value)


def _html(text: str, rendered: Rendered) -> str:
    paragraphs = [
        Markup("<p>{}</p>").format(Markup("<br>\n").join(block.split("\n")))
        for block in text.strip().split("\n\n")
    ]
    page = Markup(
        '<!doctype html>\n<html lang="{}"><head><meta charset="utf-8"><title>{}</title></head>\n'
        '<body style="font-family: Arial, Helvetica, sans-serif; font-size: 16px">\n{}\n'
        "</body></html>\n"
    )
    return str(
        page.format(rendered.language, escape(rendered.subject), Markup("\n").join(paragraphs))
    )
