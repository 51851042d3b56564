"""A drawn chart: the drawing, what it shows in words, and the numbers behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from bot.reports.charts.markup import Markup, Value, element, joined
from bot.reports.charts.scale import clipped
from bot.reports.charts.style import FONT, Part, painted
from bot.reports.model import Table

WIDTH: Final = 720.0
TEXT_SIZE: Final = 12.0
_HEADING: Final = 34.0
_HEADING_SIZE: Final = 15.0
_EDGE: Final = 12.0
_NOT_IN_IDENT: Final = re.compile("[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A chart, ready for a page, a file or an image.

    Attributes:
        ident: Begins every id in the drawing; of the charts on one page, each needs its own.
        title, description: For people who cannot see it; the description has the numbers where
            they are few, else the lowest, the highest and the last.
        body: The drawing without its frame.
        table: The numbers behind it.
    """

    ident: str
    title: str
    description: str
    body: Markup
    height: float
    table: Table
    width: float = WIDTH
    notes: tuple[str, ...] = field(default=())

    def svg(self, *, heading: bool = False) -> Markup:
        """Return the whole drawing as one element.

        Args:
            heading: The title is drawn too, for where none stands above.
        """
        top = _HEADING if heading else 0.0
        height = self.height + top
        names = {"title": f"{self.ident}-title", "desc": f"{self.ident}-desc"}
        frame: dict[str, Value] = {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "chart-svg",
            "viewBox": f"0 0 {self.width:g} {height:g}",
            "width": self.width,
            "height": height,
            "role": "img",
            "aria-labelledby": f"{names['title']} {names['desc']}",
            "font-family": FONT,
            "font-size": TEXT_SIZE,
        }
        return element(
            "svg",
            frame,
            element("title", {"id": names["title"]}, self.title),
            element("desc", {"id": names["desc"]}, self.description),
            rectangle((0, 0, self.width, height), painted(Part.PAPER)),
            self._headline() if heading else "",
            element("g", {"transform": f"translate(0 {top:g})" if top else None}, self.body),
        )

    def _headline(self) -> Markup:
        shown = clipped(self.title, _HEADING_SIZE, self.width - 2 * _EDGE)
        look = {**painted(Part.INK), "font-size": _HEADING_SIZE}
        return text(shown, (_EDGE, _HEADING_SIZE + 8), look)


def ident_of(key: str) -> str:
    """Return a key as the beginning of ids in a page."""
    return "chart-" + (_NOT_IN_IDENT.sub("-", key.lower())[:60].strip("-") or "one")


def text(shown: str, at: tuple[float, float], look: dict[str, Value], anchor: str = "") -> Markup:
    """Return words in a drawing.

    Args:
        at: Where the line of writing begins, or ends, or has its middle.
        anchor: ``middle`` or ``end``; empty: it begins there.
    """
    where: dict[str, Value] = {"x": at[0], "y": at[1], "text-anchor": anchor or None}
    return element("text", {**where, **look}, shown)


def line(start: tuple[float, float], end: tuple[float, float], look: dict[str, Value]) -> Markup:
    """Return a straight line."""
    where: dict[str, Value] = {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1]}
    return element("line", {**where, **look})


def rectangle(box: tuple[float, float, float, float], look: dict[str, Value]) -> Markup:
    """Return a rectangle: left, top, width, height."""
    where: dict[str, Value] = {"x": box[0], "y": box[1], "width": box[2], "height": box[3]}
    return element("rect", {**where, **look})


def named(name: str, *parts: str) -> Markup:
    """Return parts of a drawing that say their name when pointed at."""
    return element("g", {}, element("title", {}, name), *parts)


def group(parts: Iterable[str]) -> Markup:
    """Return parts one after the other."""
    return joined(parts)


def nothing(said: str) -> Markup:
    """Return what stands where there is nothing to draw."""
    return text(said, (WIDTH / 2, 40), painted(Part.SOFT), "middle")
