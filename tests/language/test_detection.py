"""Swedish or English."""

from __future__ import annotations

import pytest

from bot.language.detection import detect
from bot.language.folding import fold
from bot.language.tokens import words
from bot.vocabulary import Language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Kan ni skicka en kopia på fakturan?", Language.SWEDISH),
        ("hej kan ni kolla var fakturan ar", Language.SWEDISH),
        ("Could you please check where our invoice is?", Language.ENGLISH),
        ("We have paid the invoice to Björkholm, see attachment.", Language.ENGLISH),
        ("", Language.SWEDISH),
        ("40012345", Language.SWEDISH),
        ("OK", Language.SWEDISH),
    ],
)
def test_the_language_is_told_from_small_words(text, language):
    assert detect(words(fold(text)), text) is language
