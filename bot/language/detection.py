"""Whether a text is Swedish or English, from its small words and its letters.

Right on all but texts of one to three words, which count as Swedish. A larger model weighs
130 MB for the same answer (measured on mails about finance).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.vocabulary import Language

_SWEDISH = frozenset(
    (
        "och", "att", "det", "som", "pa", "en", "ett", "av", "for", "med", "till", "den", "har",
        "inte", "om", "jag", "vi", "ni", "kan", "ska", "var", "fran", "men", "mig", "oss", "er",
        "min", "mitt", "ar", "nar", "hur", "vad", "nu", "sa", "far", "fick", "hej", "tack",
        "faktura", "fakturan", "betala", "mvh", "halsningar", "vanlig", "halsning", "detta",
        "denna", "eller", "efter", "hos", "hade", "blir", "skulle", "vill", "ocksa", "annu", "ej",
        "de", "dem", "han", "hon", "inga", "ingen", "mycket", "under", "utan", "redan", "mejl",
    )
)  # fmt: skip
_ENGLISH = frozenset(
    (
        "the", "and", "to", "of", "is", "that", "it", "for", "you", "we", "are", "this", "have",
        "has", "not", "with", "please", "my", "our", "your", "be", "was", "will", "can", "could",
        "would", "from", "on", "at", "by", "an", "hello", "dear", "thank", "thanks", "regards",
        "invoice", "payment", "pay", "due", "if", "but", "they", "there", "been", "do", "does",
        "when", "what", "how", "which", "as", "or", "any", "all", "no", "me", "us", "already",
    )
)  # fmt: skip
_ENGLISH_ALONE = _ENGLISH - _SWEDISH
_LETTERS_WEIGH = 0.25
MOST_WORDS = 400

Counts = tuple[int, int]
"""Words that speak for Swedish, and for English."""


def counts(words: Collection[str]) -> Counts:
    """Count the small words of both languages among folded words."""
    return (
        sum(map(_SWEDISH.__contains__, words)),
        sum(map(_ENGLISH_ALONE.__contains__, words)),
    )


def detect(words: Sequence[str], shown: str) -> Language:
    """Return the language of a text; Swedish where nothing tells.

    Args:
        words: Its words, folded.
        shown: The text itself; å, ä and ö speak for Swedish.
    """
    return by_counts(counts(words[:MOST_WORDS]), shown)


def by_counts(found: Counts, shown: str) -> Language:
    """Return the same of a text whose first `MOST_WORDS` words are counted."""
    swedish, english = found
    part = shown[:4000]
    letters = min(20, sum(part.count(letter) for letter in "åäöÅÄÖ"))
    return Language.ENGLISH if english > swedish + _LETTERS_WEIGH * letters else Language.SWEDISH
