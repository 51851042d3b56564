"""The words that process owners have written into the lexicon and the tags.

What triage saw in a mail is words of the mail. Of these, a report may show the words that
are knowledge, since they say nothing of who wrote; every other word it must leave out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from bot.errors import KnowledgeError, Saying
from bot.language.folding import fold
from bot.language.tokens import WORD, words

LEFT_OUT: Final = "…"
_STEM = 6
_RUN = re.compile(rf"{LEFT_OUT}[\W_]*{LEFT_OUT}")


class LexiconWords:
    """Words of the knowledge; a longer word is known by its first six letters."""

    def __init__(self, known: Iterable[str]) -> None:
        """Make a set of words from folded ones; numbers are never known."""
        self._known = frozenset(word for word in known if word.isalpha())
        self._stems = frozenset(word[:_STEM] for word in self._known if len(word) >= _STEM)

    def __contains__(self, word: str) -> bool:
        folded = fold(word)
        return folded in self._known or (len(folded) >= _STEM and folded[:_STEM] in self._stems)

    def only_known(self, text: str) -> str:
        """Return text with `LEFT_OUT` in place of each run of words that are not known."""
        kept = WORD.sub(lambda found: found[0] if found[0] in self else LEFT_OUT, text)
        return _RUN.sub(LEFT_OUT, kept)


def lexicon_words(folders: Iterable[Path]) -> LexiconWords:
    """Read the words of some knowledge folders; remarks after ``#`` do not count.

    Raises:
        KnowledgeError: A file cannot be read.
    """
    found: set[str] = set()
    for folder in folders:
        for path in (folder / "tags.yaml", *sorted((folder / "lexicon").rglob("*.yaml"))):
            for line in _text(path).splitlines():
                found.update(words(fold(line.partition("#")[0])))
    return LexiconWords(found)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(
            path.name, None, Saying("går inte att läsa; kontrollera rättigheterna")
        ) from error
