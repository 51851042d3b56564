"""Which letter a mail itself asks for: by what it is about and by the words in it.

The letter is a draft that a person sends, so a wrong guess costs a look and no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bot.language.folding import fold, readable
from bot.language.phrases import PhraseBook
from bot.language.tokens import sentences
from bot.vocabulary import MatterKey, TemplateKey

_LONGEST: Final = 6_000
"""Characters of a mail that are read."""
_MOST: Final = 100
"""Sentences of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """When a letter is drafted for a new case.

    Attributes:
        matters: What the case is about.
        says: Phrases in the notation of `bot.language.phrase_notation`, one of which the mail
            holds; none: the matter alone is enough.
        internal: Only for senders who work in the city.
    """

    template: TemplateKey
    matters: frozenset[MatterKey]
    says: tuple[str, ...] = ()
    internal: bool = False


class Prompts:
    """The prompts of a centre, ready to be asked."""

    def __init__(self, prompts: Iterable[Prompt]) -> None:
        """Compile. Raises BadPhrase for a phrase that cannot be read."""
        self._prompts = tuple(prompts)
        phrases = [(n, said) for n, prompt in enumerate(self._prompts) for said in prompt.says]
        self._book = PhraseBook(phrases, lists={})

    def letter_for(
        self, matter: MatterKey, subject: str, text: str, *, internal: bool
    ) -> TemplateKey | None:
        """Return the letter that a mail asks for, the first that fits, or None.

        Args:
            subject, text: Of the mail, without what it quotes.
            internal: The sender works in the city.
        """
        wanted = [
            (n, prompt)
            for n, prompt in enumerate(self._prompts)
            if matter in prompt.matters and (internal or not prompt.internal)
        ]
        if not wanted:
            return None
        said = self._said(f"{subject}\n\n{text}")
        fits = (prompt.template for n, prompt in wanted if not prompt.says or n in said)
        return next(fits, None)

    def _said(self, text: str) -> frozenset[int]:
        shown = readable(text[:_LONGEST])
        found = sentences(fold(shown), shown)[:_MOST]
        return frozenset(match.label for one in found for match in self._book.find(one))
