"""What a reply is to be about, where no matter says it: the words after "mall för"."""

from __future__ import annotations

import re
from typing import Final

from bot.understanding.hearing import Heard
from bot.understanding.mentions import Mention

_QUOTED: Final = re.compile(r"[\"”“'’](?P<about>[^\"”“'’]{3,80})[\"”“'’]")
_CUE: Final = re.compile(
    r"(?<![a-z])(?:(?:[a-z]{0,12}mall(?:en|ar|arna)?"
    r"|sta?nda?r[dt]?[ -]?(?:svar|brev|text|mejl)(?:et|en)?"
    r"|svarstext(?:en)?|(?:standard )?(?:reply|letter|template)|brev(?:et)?|text(?:en)?|svar(?:et)?"
    r"|fardig(?:t|a)? (?:svar|text|brev|mejl))(?![a-z]))"
)
_LEAD: Final = re.compile(
    r"[ ,:–-]*(?:(?:for|om|nar|vid|till|att|med|pa|infor|som|dar|angaende|ang|about|for|when|on|to|"
    r"att begara|att be om|vi har|(?:vi|man) (?:brukar )?skickar?|att skicka|that|which|"
    r"a|an|the|en|ett|nagon som|nan som|den som|de som)"
    r"(?: |$))*"
)
_TAIL: Final = re.compile(
    r"[ ,.!?]*(?:(?:,|kan du|tack|please|har vi|finns|var ligger|var hittar|visa|ge mig|hittar|"
    r"behover|nagonstans|nanstans|i nagon mapp)(?![a-z]).*)?$"
)
_BEFORE: Final = re.compile(
    r"(?:svarar|skriver|formulerar|svara|skriva)[a-z ]{0,16}?(?:till|nar|om|pa) "
    r"(?P<about>[^?.!]{3,80})"
)

_COMPOUND: Final = re.compile(
    r"(?<![a-z])(?!standard|svars?)(?P<about>[a-z]{6,30}?)s?(?:brev(?:et)?|mall(?:en)?|mejlet|texten)"
    r"(?![a-z])"
)


def template_about(heard: Heard) -> Mention | None:
    """Return the phrase that tells what a reply is about; None where there is none."""
    quoted = _QUOTED.search(heard.shown)
    if quoted:
        return Mention(start=quoted.start("about"), end=quoted.end("about"), text=quoted["about"])
    folded = heard.folded
    for cue in reversed(list(_CUE.finditer(folded))):
        start = _LEAD.match(folded, cue.end()).end()  # type: ignore[union-attr]  # may be empty
        stop = _stop(folded, start)
        found = _trimmed(heard, start, stop)
        if found is not None:
            return found
    said = _BEFORE.search(folded) or _COMPOUND.search(folded)
    return None if said is None else _trimmed(heard, said.start("about"), said.end("about"))


def _stop(folded: str, start: int) -> int:
    found = re.compile(r"[?!;]|\. |, (?!och)").search(folded, start)
    return len(folded) if found is None else found.start()


def _trimmed(heard: Heard, start: int, stop: int) -> Mention | None:
    text = heard.folded[start:stop]
    tail = _TAIL.search(text)
    if tail:
        stop = start + tail.start()
    while start < stop and heard.shown[start] in " ,:-–":
        start += 1
    words = heard.shown[start:stop].strip(" ,.:-–\"'")
    if len(words) < 3 or words[0].isdigit() or words[0] == "#":
        return None
    if any(start <= one.start < stop for one in heard.numbers.cases):
        return None
    return Mention(start=start, end=stop, text=words)
