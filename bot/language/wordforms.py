"""How Swedish words bend: the forms that a listed word may take in a mail.

A small generator, not a grammar: it makes too many forms rather than too few, since a form that
nobody writes does no harm. It knows nouns, adjectives and regular verbs, in folded spelling.
"""

from __future__ import annotations

_ALWAYS = ("", "s")
_AFTER_A = (
    "a", "as", "an", "ans", "or", "ors", "orna", "ornas",
    "ar", "ade", "ades", "at", "ats", "ad", "adde", "ande", "andet",
    "er", "ers", "te", "tes", "t", "ts", "d", "de", "des", "da",
)  # fmt: skip
_AFTER_E = ("e", "es", "en", "ens", "ar", "ars", "arna", "arnas", "er", "ers", "erna", "ernas", "n")
_AFTER_OTHER = (
    "", "s", "en", "ens", "n", "ns", "et", "ets", "t", "ts", "e", "a", "as",
    "ar", "ars", "arna", "arnas", "er", "ers", "erna", "ernas", "or", "orna", "na", "nas",
)  # fmt: skip


def forms(word: str) -> frozenset[str]:
    """Return the forms of a folded Swedish word, the word itself among them.

    ``faktura`` gives fakturan, fakturor, fakturorna …; ``betala`` gives betalar, betalat,
    betalas …; ``krav`` gives kravet, kraven, kravs …
    """
    if len(word) < 3:
        return frozenset({word})
    if word.endswith("a"):
        return frozenset(word[:-1] + ending for ending in _AFTER_A) - {word[:-1]}
    if word.endswith("e"):
        return frozenset(word[:-1] + ending for ending in _AFTER_E) | {word + "n"}
    made = {word + ending for ending in _AFTER_OTHER}
    if word.endswith("ing"):
        made |= {word + ending for ending in ("ar", "arna", "ars")}
    if word.endswith(("el", "er")):
        made |= {word[:-2] + word[-1] + ending for ending in ("ar", "arna", "a", "na")}
    if word.endswith(("m", "n")):
        made |= {word + word[-1] + ending for ending in ("en", "et", "ar", "a")}
    return frozenset(made)
