"""What of a mail is new, what is quoted history, and what is signature.

Knows the clients of Sweden and its neighbours. Nothing is thrown away: every line that
is not blank ends up in exactly one of the three parts, in the order it was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from functionmail.quoting.history import mark_history
from functionmail.quoting.markup import quoted_lines
from functionmail.quoting.signature import mark_signature
from functionmail.quoting.words import fold

_MOST_LINES = 2000
_WIDTH = 600

__all__ = ["Parts", "split"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A mail's text, taken apart. Any part may be empty; none starts or ends with a blank line.

    Attributes:
        text: The sender's own new text, answers between quotes and postscripts included.
        quoted: Quoted or forwarded history with the lines that introduce it.
        signature: Sign-off, name, address, mobile line, legal footer.
    """

    text: str
    quoted: str
    signature: str


def split(body: str, html: str | None = None) -> Parts:
    """Split a mail's text into new text, quoted history and signature.

    A forward without a word of its own has an empty `text`. Only the first 2000 lines are
    examined, and 600 characters of each; what follows goes with the last of them.
    Takes time linear in the body and never raises.

    Args:
        body: The text of the mail, from its text or its HTML part.
        html: The HTML part, if any: clients mark quotes there more reliably.
    """
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n", _MOST_LINES)
    examined = lines[:_MOST_LINES]
    keys = _keys(examined)
    quoted = quoted_lines(html, keys) if html else [False] * len(keys)
    tail_is_quoted = mark_history(keys, quoted)
    rest = [] if len(lines) <= _MOST_LINES else [len(keys)]
    own = [at for at, flag in enumerate(quoted) if not flag]
    signature: set[int] = set()
    if tail_is_quoted or not rest:
        signature = mark_signature(examined, keys, own)
    history = [at for at, flag in enumerate(quoted) if flag]
    new = [at for at in own if at not in signature]
    (history if tail_is_quoted else new).extend(rest)
    return Parts(
        text=_join(lines, new),
        quoted=_join(lines, history),
        signature=_join(lines, sorted(signature)),
    )


def _keys(lines: Sequence[str]) -> list[str]:
    joined = "\n".join([line[:_WIDTH] for line in lines])
    return [key.strip() for key in fold(joined).split("\n")]


def _join(lines: Sequence[str], chosen: Sequence[int]) -> str:
    return "\n".join(_without_outer_blanks([*_spaced(lines, chosen)]))


def _spaced(lines: Sequence[str], chosen: Sequence[int]) -> Iterator[str]:
    """Yield the chosen lines with one blank line where others stood between them."""
    before: int | None = None
    for at in chosen:
        if before is not None and at != before + 1 and lines[before].strip():
            yield ""
        yield lines[at]
        before = at


def _without_outer_blanks(lines: list[str]) -> list[str]:
    first, last = 0, len(lines)
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    return lines[first:last]
