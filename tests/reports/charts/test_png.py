"""A chart as an image has its words in it, from the font that is shipped."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
import resvg_py

from bot.reports.charts import heat_map, trend
from bot.reports.charts.png import FONT_FILE, png_of
from bot.reports.model import HeatMap, Point, Series, Unit
from bot.texts import speaker

SV = speaker("sv")
WORDLESS = "\u00a0"


@pytest.fixture
def drawn():
    points = tuple(Point(label=f"2026-0{n}", value=n * 3) for n in range(1, 8))
    return trend(Series(key="v", title="Ärenden", unit=Unit.COUNT, points=points), say=SV)


def test_the_image_is_as_large_as_the_drawing_and_twice_as_fine(drawn):
    image = png_of(drawn)
    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", image[16:24])
    assert (width, height) == (1440, round((drawn.height + 34) * 2))


def test_words_are_really_drawn(drawn):
    # Without a font the renderer leaves out every text and reports nothing.
    fontless = resvg_py.svg_to_bytes(
        svg_string=drawn.svg(heading=True), zoom=2, skip_system_fonts=True
    )
    assert len(png_of(drawn)) > 1.3 * len(fontless)


def test_another_title_is_another_image(drawn):
    other = replace(drawn, title="Öppna ärenden")
    wordless = replace(drawn, title=WORDLESS)
    assert len({png_of(drawn), png_of(other), png_of(wordless)}) == 3


def test_swedish_letters_have_shapes_of_their_own(drawn):
    assert png_of(replace(drawn, title="Å")) != png_of(replace(drawn, title="A"))


def test_the_same_chart_is_the_same_image(drawn):
    assert png_of(drawn) == png_of(drawn)


def test_a_hostile_title_is_drawn_as_text(drawn):
    assert png_of(replace(drawn, title='<image href="file:///etc/passwd"/>\x00\x1b')).startswith(
        b"\x89PNG"
    )


def test_a_heat_map_becomes_an_image():
    counts = ((12,) * 24,) * 7
    assert png_of(heat_map(HeatMap(key="h", title="När", counts=counts), say=SV))


def test_the_font_is_shipped_with_its_licence():
    assert FONT_FILE.is_file()
    licence = FONT_FILE.parent / "LICENSE-DejaVu"
    assert "Permission is hereby granted" in licence.read_text(encoding="utf-8")
