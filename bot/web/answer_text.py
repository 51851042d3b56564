"""An answer of the assistant as a page shows it: paragraphs, lists, tables of cases, links.

The assistant answers in lines of text, the same for every face. Here a case's number becomes a
link to the case, a line for each case becomes a row, and where it names a command to look
further, the page that shows the same is linked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Final

from bot.texts import Say, mark

_NUMBER: Final = r"[0-9]{4}-[0-9]{6}"
_CASE_LINE: Final = re.compile(rf"({_NUMBER}) · ([^·]{{1,60}}) · (.{{1,600}})")
_ITEM: Final = "– "
_COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    r"sammadag article show ([a-z0-9_-]{1,60})": (mark("öppna artikeln"), "/knowledge/articles/"),
    r"sammadag template preview ([a-z0-9_]{1,60})": (mark("öppna mallen"), "/templates/"),
    r"sammadag template list": (mark("se alla mallar"), "/templates"),
    rf"sammadag reply draft ({_NUMBER}) [a-z0-9_]{{1,60}}": (mark("svara i ärendet"), "/cases/"),
}
_NOWHERE: Final = re.compile(r".*: sammadag stop-list")
"""Lines that name a command for what no page shows; whoever reads a page gives none."""
_LINKED: Final = re.compile("|".join([*_COMMANDS, rf"(?<![0-9-]){_NUMBER}(?![0-9-])"]))


class BlockKind(StrEnum):
    """How some lines are drawn."""

    TEXT = "text"
    LIST = "list"
    CASES = "cases"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some words, perhaps linked to a page of ours."""

    text: str
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Lines that belong together; of cases, each line is (number, status, the rest)."""

    kind: BlockKind
    lines: tuple[tuple[Piece, ...], ...]


def blocks(text: str, say: Say) -> tuple[Block, ...]:
    """Return an answer in pieces; what it says is never read as markup."""
    found = []
    for kind, group in groupby(text.split("\n"), key=_kind):
        lines = tuple(
            _DRAWN[kind](line, say)
            for line in group
            if line.strip() and not _NOWHERE.fullmatch(line)
        )
        if lines:
            found.append(Block(kind=kind, lines=lines))
    return tuple(found)


def _kind(line: str) -> BlockKind:
    if _CASE_LINE.fullmatch(line):
        return BlockKind.CASES
    return BlockKind.LIST if line.startswith(_ITEM) else BlockKind.TEXT


def _case(line: str, say: Say) -> tuple[Piece, ...]:
    found = _CASE_LINE.fullmatch(line)
    assert found is not None  # `_kind` has looked
    number, status, rest = found.groups()
    return (Piece(text=number, link=f"/cases/{number}"), Piece(text=status), Piece(text=rest))


def _words(line: str, say: Say) -> tuple[Piece, ...]:
    return tuple(_pieces(line.removeprefix(_ITEM), say))


_DRAWN: Final[Mapping[BlockKind, Callable[[str, Say], tuple[Piece, ...]]]] = {
    BlockKind.TEXT: _words,
    BlockKind.LIST: _words,
    BlockKind.CASES: _case,
}


def _pieces(line: str, say: Say) -> Iterator[Piece]:
    end = 0
    for found in _LINKED.finditer(line):
        if found.start() > end:
            yield Piece(text=line[end : found.start()])
        yield _link(found[0], say)
        end = found.end()
    if end < len(line):
        yield Piece(text=line[end:])


def _link(words: str, say: Say) -> Piece:
    for command, (label, path) in _COMMANDS.items():
        found = re.fullmatch(command, words)
        if found is not None:
            return Piece(text=say(label), link=path + (found[1] if found.groups() else ""))
    return Piece(text=words, link=f"/cases/{words}")
