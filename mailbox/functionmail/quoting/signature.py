"""Where a signature begins: sign-offs, "-- ", "/Anna", mobile lines, legal footers.

A signature is cut only where everything after the sign-off looks like one. A postscript
below it stays the sender's own text: it may hold the urgent thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from functionmail.quoting.history import is_rule
from functionmail.quoting.words import (
    DEVICES,
    FIRM_SIGN_OFFS,
    LEGAL,
    LOOSE_SIGN_OFFS,
    MOBILE_OPENINGS,
)

_LOOKED_AT = 60
_LONGEST_SIGNATURE = 16
_LONGEST_LINE = 100
_NEAR_SIGN_OFF, _FURTHER_DOWN = 1 / 2, 1 / 3
"""How many words of a signature line may begin with a small letter."""

_FIRM = re.compile(rf"\W{{0,3}}(?:{'|'.join(FIRM_SIGN_OFFS)})(?!\w)[ ,.!:;-]{{0,4}}")
_LOOSE = re.compile(rf"\W{{0,3}}(?:{'|'.join(LOOSE_SIGN_OFFS)})(?!\w)[ ,.!:;-]{{0,4}}")
_SLASH_NAME = re.compile(r"//? ?[^\W\d_][^/\\?@]{0,59}")
_POSTSCRIPT = re.compile(r"(?:p ?\.? ?s|obs|n ?\.? ?b)(?!\w)")
_LONG_NUMBER = re.compile(r"(?<!\d)[1-9]\d{5,}")
_CONTACT = re.compile(
    r"@|www\.|https?:|\b(?:tel|tfn|tlf|ph|puh|mob|mobil|mobile|fax|telefon|telephone|phone|vaxel|"
    r"direkt|org\.?|orgnr|box|bg|bankgiro|plusgiro|pg|vat|e-?post|e-?mail|epost|adress|address)"
    r"\b[ .:]|\[cid:|\+\d|\b0\d{1,3}[- /]\d"
)
_SMALL_WORDS = frozenset(
    {"och", "i", "på", "för", "av", "vid", "till", "&", "und", "ja", "og", "the", "of", "and", "at"}
)


def mark_signature(lines: Sequence[str], keys: Sequence[str], own: Sequence[int]) -> set[int]:
    """Return which of the sender's own lines are a signature.

    Args:
        lines, keys: All lines of the body, as written and folded.
        own: Indices of the lines that are not quoted, ascending.
    """
    filled = [at for at in own if keys[at]]
    marked = {at for at in filled if _is_mobile(keys[at])}
    marked |= _legal_footer(keys, own, marked)
    rest = [at for at in filled if at not in marked]
    for position in range(max(1, len(rest) - _LOOKED_AT), len(rest)):
        if _starts_signature(lines[rest[position]], keys[rest[position]]):
            found = _signature_from(lines, keys, rest[position:])
            if found is not None:
                return marked | found
    return marked


def _is_mobile(key: str) -> bool:
    if len(key) > 90:
        return False
    key = key.lstrip("-*_ ")
    return key.startswith(MOBILE_OPENINGS) and any(device in key for device in DEVICES)


def _legal_footer(keys: Sequence[str], own: Sequence[int], marked: set[int]) -> set[int]:
    """Return the legal lines at the end of the sender's own text, from the phrase on."""
    found: set[int] = set()
    for paragraph in reversed(list(_paragraphs(keys, own[-4 * _LOOKED_AT :]))):
        first = _first_legal(keys, paragraph)
        footer = [at for at in paragraph if first is not None and at >= first]
        if any("?" in keys[at] or _LONG_NUMBER.search(keys[at]) for at in footer):
            break
        found.update(footer)
        others = [at for at in paragraph if at not in found and at not in marked]
        if not all(is_rule(keys[at]) for at in others):
            break
    return found


def _first_legal(keys: Sequence[str], paragraph: Sequence[int]) -> int | None:
    """Return the first line with a legal phrase; hardly any paragraph has one."""
    whole = "\n".join([keys[at] for at in paragraph])
    if not any(word in whole for word in LEGAL):
        return None
    return next(at for at in paragraph if any(word in keys[at] for word in LEGAL))


def _paragraphs(keys: Sequence[str], own: Sequence[int]) -> Iterator[list[int]]:
    paragraph: list[int] = []
    for at in own:
        if keys[at] and (not paragraph or paragraph[-1] == at - 1):
            paragraph.append(at)
            continue
        if paragraph:
            yield paragraph
        paragraph = [at] if keys[at] else []
    if paragraph:
        yield paragraph


def _starts_signature(line: str, key: str) -> bool:
    if line in {"-- ", "--"} or _is_slash_name(key):
        return True
    if match := _FIRM.match(key):
        return _is_name(key[match.end() :], most_words=5)
    if match := _LOOSE.match(key):
        rest = key[match.end() :].split()
        written = line.split()[len(line.split()) - len(rest) :]
        named = all(word[:1].isupper() and not word.isupper() for word in written)
        return named and _is_name(" ".join(rest), most_words=3) and key[-1] not in "!:"
    return False


def _is_slash_name(key: str) -> bool:
    return bool(_SLASH_NAME.fullmatch(key)) and _is_name(key, most_words=7)


def _is_name(rest: str, *, most_words: int) -> bool:
    if len(rest) > 60 or "?" in rest or len(rest.split()) > most_words:
        return False
    return not _LONG_NUMBER.search(rest)


def _signature_from(
    lines: Sequence[str], keys: Sequence[str], tail: Sequence[int]
) -> set[int] | None:
    """Return the signature lines of a tail that starts with a sign-off.

    None where something in it may be the sender's own text, and no postscript.
    """
    found = {tail[0]}
    share = {"-- ": 1.0, "--": _FURTHER_DOWN}.get(lines[tail[0]], _NEAR_SIGN_OFF)
    in_postscript = False
    for before, at in pairwise(tail):
        if at != before + 1:
            in_postscript = False
            if before != tail[0] and share < 1:
                share = _FURTHER_DOWN
        in_postscript = in_postscript or bool(_POSTSCRIPT.match(keys[at]))
        if in_postscript:
            continue
        if not _is_signature_line(lines[at], keys[at], share):
            return None
        found.add(at)
    return found if len(found) <= _LONGEST_SIGNATURE else None


def _is_signature_line(line: str, key: str, share: float) -> bool:
    """Tell names, titles and addresses from sentences.

    Args:
        share: Of the words, how many may begin with a small letter.
    """
    if is_rule(key):
        return True
    if len(key) > _LONGEST_LINE or key[-1] in "?!":
        return False
    words = line.split()
    if _CONTACT.search(key):
        return len(words) <= 14
    if _LONG_NUMBER.search(key) or (key[-1] in ".:" and len(words) > 3):
        return False
    counted = [word for word in words if word.lower() not in _SMALL_WORDS]
    if len(counted) > 3 and line.isupper():
        return False
    small = sum(1 for word in counted if word[0].islower())
    if share == _NEAR_SIGN_OFF and len(words) <= 3:
        return True
    return small <= share * len(counted)
