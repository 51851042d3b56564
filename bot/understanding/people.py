"""Whom a case is handed over to, as the question writes it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from bot.language.folding import fold
from bot.understanding.hearing import Heard
from bot.understanding.mentions import Mention

_NAME: Final = r"(?P<name>[A-ZÅÄÖÉ][\wéÅÄÖåäö-]{1,30}(?: [A-ZÅÄÖÉ][\wéåäö-]{1,30})?)"
_AFTER: Final = re.compile(
    rf"(?<!\w)(?:till|åt|to|över på|ägare på|på|hos|onto)(?: kollegan| kollega)? {_NAME}"
)
_BEFORE: Final = re.compile(
    rf"(?:(?<=^)|(?<=[ ,.]))(?:[Kk]an |[Ll]åt |[Ss]ka )?{_NAME},? "
    r"(?:får|ska|kan|tar över|tar|vill|will|can|should|takes)(?!\w)"
)
_WANTED: Final = re.compile(
    rf"(?:ska|får|kan|låt|let) {_NAME} (?:ta|få|ha|have|take|jobba|ansvara|fixa)"
)
_GIVES: Final = re.compile(rf"(?:[Tt]illdela|[Gg]e|[Aa]ssign|[Gg]ive|[Ll]åt|[Ll]et) {_NAME}")
_LOWER: Final = re.compile(
    r"(?<!\w)(?:till|åt|to) "
    r"(?P<name>the [a-zåäö]{2,20} (?:team|group)|[a-zåäöé-]{3,30}(?: teamet| gruppen)?)"
)
_LOWER_BEFORE: Final = re.compile(
    r"(?:^|[,.] )(?P<name>[a-zåäöé]{3,20}) (?:får|kan|ska) (?:ta|få)(?!\w)"
)
_NOBODY: Final = frozenset(
    (
        "mig", "mej", "me", "dig", "oss", "kund", "kunden", "stängd", "klar", "avslutad", "den",
        "det", "case", "ärende", "ärendet", "lista", "listan", "morgon", "någon", "nån", "annan",
        "jag", "i", "kan", "ge", "lämna", "nej", "stäng", "hej", "snälla", "please", "hand", "pass",
        "close", "take", "done", "färdig", "ta", "flytta", "skicka", "ägare", "own", "my", "it",
        "oj", "ok", "okej", "ingen", "vem", "vill", "ska", "nu", "sätt", "boka", "tilldela",
        "överlämna", "överlåt", "byt", "kunden", "avsluta", "markera", "put", "assign", "give",
        "resolved", "vi", "och", "att", "då", "lägg", "hon", "han", "hen", "dem", "dom", "man",
    )
)  # fmt: skip


def handed_to(heard: Heard, people: Iterable[str]) -> Mention | None:
    """Return whom a case is to go to; None where the text says nobody but the one who writes."""
    shown = heard.shown
    for pattern in (_AFTER, _GIVES, _WANTED, _BEFORE):
        for match in pattern.finditer(shown):
            if match["name"].lower().split()[0] not in _NOBODY:
                return _mention(match)
    known = _known(heard, people)
    if known is not None:
        return known
    for pattern in (_LOWER, _LOWER_BEFORE):
        for match in pattern.finditer(shown):
            if match["name"].split()[0] not in _NOBODY:
                return _mention(match)
    return None


def _mention(match: re.Match[str]) -> Mention:
    return Mention(start=match.start("name"), end=match.end("name"), text=match["name"])


def _known(heard: Heard, people: Iterable[str]) -> Mention | None:
    """Return a colleague whose name stands in the text, in whatever letters."""
    for name in people:
        first = fold(name).split()[0]
        for wanted in (fold(name), first):
            match = re.search(rf"(?<![a-z]){re.escape(wanted)}(?![a-z])", heard.folded)
            if match:
                start, end = match.span()
                return Mention(start=start, end=end, text=heard.shown[start:end])
    return None
