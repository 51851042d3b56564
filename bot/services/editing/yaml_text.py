"""A YAML file as text whose values can be changed, with all else in it left as it is."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from bot.knowledge.yaml_file import KnowledgeModel, document_of

Place = Sequence[str | int]
"""Keys of mappings and rows of lists, the outermost first."""
_NO_BREAKS: Final = 100_000


class _Anything(KnowledgeModel, extra="allow"):
    """Any mapping: read first by our own reader, which refuses tags, anchors and depth."""


class YamlText:
    """One file.

    Raises:
        KnowledgeErrors: It is not the YAML of this house.
    """

    def __init__(self, file: str, text: str) -> None:
        document_of(file, text, _Anything)
        self._yaml = YAML()
        self._yaml.preserve_quotes = True
        self._yaml.width = _NO_BREAKS
        self._yaml.indent(mapping=2, sequence=4, offset=2)
        self._start = text.startswith("\ufeff")
        # Any: what ruamel.yaml makes of a file has no narrower type.
        self._root: Any = self._yaml.load(text.removeprefix("\ufeff"))

    def text(self) -> str:
        """Return the file as it is now."""
        out = io.StringIO()
        self._yaml.dump(self._root, out)
        return ("\ufeff" if self._start else "") + out.getvalue()

    def get(self, place: Place) -> Any:  # noqa: ANN401 - whatever stands there
        """Return what stands at a place; None for nothing."""
        found = self._root
        for step in place:
            if isinstance(step, int):
                found = found[step] if isinstance(found, list) and step < len(found) else None
            else:
                found = found.get(step) if isinstance(found, dict) else None
        return found

    @staticmethod
    def said(row: object, at: Sequence[str]) -> str:
        """Return a value of a row as somebody would fill it in; empty for nothing."""
        for step in at:
            row = row.get(step) if isinstance(row, dict) else None
        if row is None:
            return ""
        if isinstance(row, list):
            return ", ".join(str(word) for word in row)
        return str(row)

    def put(self, place: Place, at: Sequence[str], value: str | list[str]) -> None:
        """Put a value in a mapping; an empty one takes an optional key away."""
        row = self._made(place, CommentedMap)
        for step in at[:-1]:
            if not isinstance(row.get(step), dict):
                row[step] = _flow(CommentedMap())
            row = row[step]
        key = at[-1]
        if isinstance(value, list):
            self._put_words(row, key, value)
        elif value:
            row[key] = _scalar(value)
        else:
            row.pop(key, None)

    def add(self, place: Place) -> Place:
        """Add an empty row to a list, which is made where there is none; return its place."""
        rows = self._made(place, CommentedSeq)
        row = CommentedMap()
        if not rows or (isinstance(rows[-1], CommentedMap) and rows[-1].fa.flow_style()):
            _flow(row)
        if not rows:
            rows.fa.set_block_style()
        rows.append(row)
        return (*place, len(rows) - 1)

    def remove(self, place: Place, index: int) -> None:
        """Take a row of a list away."""
        del self.get(place)[index]

    @staticmethod
    def _put_words(row: CommentedMap, key: str, words: list[str]) -> None:
        values = [_scalar(word) for word in words]
        if isinstance(row.get(key), CommentedSeq):
            row[key][:] = values
        elif values:
            row[key] = _flow(CommentedSeq(values))

    def _made(self, place: Place, kind: type[CommentedMap] | type[CommentedSeq]) -> Any:  # noqa: ANN401 - as `get`
        """Return what stands at a place, made where there is nothing, or an empty other."""
        found = self.get(place)
        if isinstance(found, kind) and (found or kind is CommentedMap):
            return found
        if isinstance(found, (dict, list)) and found:
            raise TypeError(f"{place!r} holds something else")
        made = kind()
        self.get(place[:-1])[place[-1]] = made
        return made


def _flow(made: Any) -> Any:  # noqa: ANN401 - a mapping or a list of ruamel.yaml
    made.fa.set_flow_style()
    return made


def _scalar(value: str) -> object:
    """Return a day as a day, so that it is written without quotation marks."""
    try:
        return date.fromisoformat(value) if len(value) == 10 else value
    except ValueError:
        return value
