"""Line rules for quoted history: separators, header blocks, "X wrote:", and > lines.

Works on folded lines (see `words.fold`). When in doubt a line is the sender's own:
losing text is worse than keeping a quote.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from functionmail.quoting.words import (
    ATTRIBUTION_STARTS,
    FORWARD_OPENINGS,
    PRONOUNS,
    ROLES,
    SEPARATORS,
    WROTE,
    Role,
)

_ATTRIBUTION_LINES = 3
_ATTRIBUTION_LENGTH = 420
_BLOCK_LINES = 20
_MOST_BLOCKS = 300
_WRAPPED_LINES = 4

_RULE = re.compile(r"[-_=*~]{3,}")
_WROTE = re.compile(rf"\b(?:{'|'.join(WROTE)})\b")
_WORD = re.compile(r"[^\W\d_]+")
_TIME = re.compile(r"\b\d{1,2}[:.]\d{2}\b")
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2}\b")
_ADDRESS = re.compile(r"<[^<>@ ]{1,80}@[^<>@ ]{1,120}>")
_DATE_ONLY = re.compile(r"(?:\d{4}-\d\d?-\d\d?|\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?|\d{6,8})\b")
_LABELS = re.compile(
    rf"(?<![^\W_])({'|'.join(sorted(map(re.escape, ROLES), key=len, reverse=True))}) ?:"
)

_Label = tuple[Role, str]


def is_rule(key: str) -> bool:
    """Tell whether a folded line is nothing but a row of dashes or the like."""
    return _RULE.fullmatch(key) is not None


def mark_history(keys: Sequence[str], quoted: list[bool]) -> bool:
    """Mark the lines that are quoted history; True if what follows the last line is, too.

    Args:
        keys: Folded, stripped lines; blank ones are empty.
        quoted: One per key; lines that the HTML already showed to be quoted are True.
            Changed in place.
    """
    labels = [_label(key) if ":" in key else None for key in keys]
    has_sender = any(label is not None and label[0] is Role.FROM for label in labels)
    whole = "\n".join(keys)
    has_wrote = any(word in whole for word in (*WROTE, "gmt", "utc"))
    at = blocks = 0
    while at < len(keys):
        length = _marked_opening(keys[at]) if keys[at] else 0
        if has_sender and labels[at] and not length and blocks < _MOST_BLOCKS:
            blocks += 1
            length = _header_block(keys, labels, at)
        if has_wrote and keys[at] and not length:
            length = _attribution(keys, at, quoted)
        if length:
            first = _with_rules_before(keys, at)
            after = _next_filled(keys, at + length)
            if after == len(keys) or not _is_quote(keys, after, quoted):
                quoted[first:] = [True] * (len(keys) - first)
                return True
            quoted[first:after] = [True] * (after - first)
            at = after
            continue
        if keys[at].startswith(">") and _is_quote(keys, at, quoted):
            quoted[at] = True
        at += 1
    return False


def _is_quote(keys: Sequence[str], at: int, quoted: Sequence[bool]) -> bool:
    """Tell whether a line is quoted by itself; "> 10 000 kr" alone is a person's own."""
    if quoted[at]:
        return True
    if not keys[at].startswith(">"):
        return False
    inner = keys[at].lstrip("> ")
    if not inner[:1].isdigit():
        return True
    beside = (keys[i] for i in (at - 1, at + 1) if 0 <= i < len(keys))
    return any(key.startswith(">") for key in beside) or keys[at].startswith(">>")


def _next_filled(keys: Sequence[str], at: int) -> int:
    while at < len(keys) and not keys[at]:
        at += 1
    return at


def _with_rules_before(keys: Sequence[str], at: int) -> int:
    """Return where the rows of dashes begin that belong to the history below them."""
    first = at
    while at and (not keys[at - 1] or is_rule(keys[at - 1])):
        at -= 1
        if keys[at]:
            first = at
    return first


def _marked_opening(key: str) -> int:
    """Return 1 for a line that by itself introduces quoted history, else 0."""
    if key[0] == ">":
        return int(key.startswith(">>> ") and key.endswith(" >>>"))
    return int(_is_separator(key))


def _is_separator(key: str) -> bool:
    if key[0] in "-_=*":
        inner = key.strip("-_=* ")
        dashes = len(key) - len(key.lstrip("-_=* "))
        if dashes < 2 or not inner:
            return False
        if inner.rstrip(" .:") in SEPARATORS:
            return True
        closed = key[-1] in "-_=*"
        return closed and (inner.startswith(SEPARATORS) or bool(_WROTE.search(inner[-12:])))
    return key[-1] == ":" and key.rstrip(": ") in FORWARD_OPENINGS


def _attribution(keys: Sequence[str], at: int, quoted: Sequence[bool]) -> int:
    """Return over how many lines "On Wednesday X wrote:" runs from here; 0 for none."""
    if not _may_start_attribution(keys[at]):
        return 0
    joined = ""
    for length in range(1, _ATTRIBUTION_LINES + 1):
        if at + length > len(keys) or not keys[at + length - 1]:
            return 0
        joined = f"{joined} {keys[at + length - 1]}".strip()
        if len(joined) > _ATTRIBUTION_LENGTH:
            return 0
        if joined.endswith(":"):
            after = _next_filled(keys, at + length)
            followed = after < len(keys) and _is_quote(keys, after, quoted)
            return length if _is_attribution(joined, followed) else 0
    return 0


def _may_start_attribution(key: str) -> bool:
    if key[0].isdigit() or "<" in key or _WROTE.search(key):
        return True
    word = _WORD.match(key)
    return word is not None and word[0] in ATTRIBUTION_STARTS


def _is_attribution(joined: str, followed_by_quote: bool) -> bool:
    wrote = _WROTE.search(joined)
    if wrote is None:
        # Older Gmail: "2018-06-20 14:14 GMT+02:00 Anna Berg <anna@example.org>:"
        zone = "gmt" in joined or "utc" in joined
        return zone and joined[0].isdigit() and joined.endswith(">:")
    if followed_by_quote:
        return True
    said_by = _WORD.search(joined, wrote.end())
    if said_by and said_by[0] in PRONOUNS:
        return False
    words_before = _WORD.findall(joined[: wrote.start()])
    if words_before and words_before[-1] in PRONOUNS - {"er", "de", "te", "he"}:
        return False
    if _ADDRESS.search(joined):
        return True
    starts = joined[0].isdigit() or (words_before and words_before[0] in ATTRIBUTION_STARTS)
    return bool(starts and _TIME.search(joined) and _YEAR.search(joined))


def _header_block(keys: Sequence[str], labels: Sequence[_Label | None], at: int) -> int:
    """Return how many lines a block such as Från/Skickat/Till/Ämne has; 0 for none."""
    found: dict[Role, str] = {}
    last, wrapped = at, 0
    for line in range(at, min(at + _BLOCK_LINES, len(keys))):
        if not keys[line]:
            if line + 1 == len(keys) or labels[line + 1] is None:
                break
            continue
        label = labels[line]
        if label is None:
            wrapped += 1
            if wrapped > _WRAPPED_LINES:
                break
            continue
        found.setdefault(*label)
        last, wrapped = line, 0
    first = labels[at]
    if first is None:
        return 0
    if first[0] is Role.FROM and len(keys[at]) > 40:
        _add_inline_roles(keys[at], found)
    return last - at + 1 if _is_block(first[0], found) else 0


def _label(key: str) -> _Label | None:
    label, colon, value = key[:200].partition(":")
    if not colon or len(label) > 24:
        return None
    role = ROLES.get(label.strip("*_ "))
    return None if role is None else (role, value.strip("*_ "))


def _add_inline_roles(key: str, found: dict[Role, str]) -> None:
    """Find the labels of a block that was flattened into one line."""
    labels = list(_LABELS.finditer(key))
    for label, following in zip(labels, [*labels[1:], None], strict=True):
        end = following.start() if following else len(key)
        found.setdefault(ROLES[label[1]], key[label.end() : end].strip("*_ "))


def _is_block(first: Role, found: dict[Role, str]) -> bool:
    """Tell a mail's header from "Från: 2018-01-01, Till: 2018-03-31" in somebody's own text."""
    sender = found.get(Role.FROM)
    if sender is None or _DATE_ONLY.match(sender):
        return False
    sent, date = found.get(Role.SENT, ""), found.get(Role.DATE, "")
    timed = _TIME.search(sent) or _TIME.search(date)
    dated = timed or (sent and any(char.isdigit() for char in sent))
    if first is not Role.FROM:
        return bool(timed and Role.SUBJECT in found and Role.TO in found)
    if Role.SUBJECT in found:
        return bool(dated or (Role.TO in found and "@" in sender + found[Role.TO]))
    return bool(Role.TO in found and _TIME.search(sent))
