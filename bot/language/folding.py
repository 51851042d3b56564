"""How text is made comparable without losing its place.

`fold` keeps every character at its index, so that a rule which matched folded text can show
the words as the sender wrote them.
"""

from __future__ import annotations

import html
import re
import unicodedata

_FOLDS = (
    ("å", "a"), ("ä", "a"), ("ö", "o"), ("é", "e"), ("è", "e"), ("ê", "e"), ("ë", "e"),
    ("á", "a"), ("à", "a"), ("â", "a"), ("ã", "a"), ("æ", "a"), ("ø", "o"), ("ó", "o"),
    ("ò", "o"), ("ô", "o"), ("õ", "o"), ("ü", "u"), ("ú", "u"), ("ù", "u"), ("í", "i"),
    ("ì", "i"), ("ï", "i"), ("ñ", "n"), ("ç", "c"), ("ý", "y"), ("’", "'"), ("‘", "'"),
    ("´", "'"), ("`", "'"), ("\u00a0", " "), ("\u202f", " "), ("\u2007", " "),
    ("‐", "-"), ("‑", "-"), ("−", "-"),
)  # fmt: skip
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_DIGITS = re.compile("[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\uff10-\uff19]")
"""Of Arabic, Persian, Hindi and Bengali keyboards, and as wide as Chinese letters."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TAG = re.compile(
    r"<(/?)(?:b|i|u|p|br|div|span|strong|em|td|tr|table|font|li|ul|ol|hr)\b[^<>]{0,200}>", re.I
)
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
_MOJIBAKE = ("Ã¥", "Ã¤", "Ã¶", "Ã…", "Ã„", "Ã–", "Ã©", "â€")
_MOJIBAKE_REPAIRS = (
    ("Ã¥", "å"), ("Ã¤", "ä"), ("Ã¶", "ö"), ("Ã…", "Å"), ("Ã„", "Ä"), ("Ã–", "Ö"), ("Ã©", "é"),
    ("Ã\x85", "Å"), ("Ã\x84", "Ä"), ("Ã\x96", "Ö"), ("â€“", "–"), ("â€”", "—"), ("â€™", "’"),
    ("â€œ", "“"), ("â€\x9d", "”"), ("Â ", " "), ("Â\u00a0", " "),
)  # fmt: skip
_QUOTED_PRINTABLE = (
    ("=C3=A5", "å"), ("=C3=A4", "ä"), ("=C3=B6", "ö"), ("=C3=85", "Å"), ("=C3=84", "Ä"),
    ("=C3=96", "Ö"), ("=E5", "å"), ("=E4", "ä"), ("=F6", "ö"), ("=C5", "Å"), ("=C4", "Ä"),
    ("=D6", "Ö"), ("=20\n", "\n"), ("=\n", ""),
)  # fmt: skip


def readable(text: str) -> str:
    """Repair what reached us as code: entities, tags, mojibake, quoted-printable, odd spaces.

    Returns NFC text with ``\\n`` line ends and our digits, without control or invisible
    characters.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "<" in text:
        text = _TAG.sub(_break_or_nothing, text)
    if "&" in text and _ENTITY.search(text):
        text = html.unescape(text)
    if any(mark in text for mark in _MOJIBAKE):
        for broken, whole in _MOJIBAKE_REPAIRS:
            text = text.replace(broken, whole)
    if "=C3=" in text or "=E4" in text or "=F6" in text or "=E5" in text:
        for code, letter in _QUOTED_PRINTABLE:
            text = text.replace(code, letter)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        text = _INVISIBLE.sub("", text)
        if _DIGITS.search(text):
            text = _DIGITS.sub(lambda found: str(unicodedata.decimal(found[0])), text)
    return _CONTROLS.sub(" ", text)


def _break_or_nothing(match: re.Match[str]) -> str:
    tag = match.group().lower()
    return (
        "\n" if tag.startswith(("<br", "<p", "</p", "<div", "</div", "<tr", "<li", "<hr")) else ""
    )


def fold(text: str) -> str:
    """Return text in lower case and without accents, every character at its index.

    ``len(fold(text)) == len(text)`` for any text. Letters outside Latin stay as they are.
    """
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(
            lower if len(lower := character.lower()) == 1 else character for character in text
        )
    if lowered.isascii():
        return lowered
    for letter, plain in _FOLDS:
        if letter in lowered:
            lowered = lowered.replace(letter, plain)
    return lowered
