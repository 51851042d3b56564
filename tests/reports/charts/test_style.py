"""Colours pass WCAG AA in light and dark, and pages have the same sheet as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.reports.charts.style import HEAT, HEAT_INK, PAINTS, PAPER, Part, chart_css

ROOT = Path(__file__).parents[3]
WORDS = (Part.INK, Part.SOFT, Part.TARGET_INK)
SHAPES = (
    *(Part.AXIS, Part.FIRST, Part.SECOND, Part.THIRD, Part.BAR, Part.TARGET),
    *(Part.FIRST_MARK, Part.SECOND_MARK, Part.THIRD_MARK),
)


def contrast(one, other):
    """Source: WCAG 2.2, relative luminance and contrast ratio."""

    def luminance(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("part", WORDS)
def test_words_stand_out_from_the_paper(part, mode):
    (paint,) = PAINTS[part]
    assert contrast(getattr(paint, mode), getattr(PAPER, mode)) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("part", SHAPES)
def test_shapes_stand_out_from_the_paper(part, mode):
    (paint,) = PAINTS[part]
    assert contrast(getattr(paint, mode), getattr(PAPER, mode)) >= 3


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("level", range(len(HEAT)))
def test_numbers_stand_out_from_their_cell(level, mode):
    assert contrast(getattr(HEAT[level], mode), getattr(HEAT_INK[level], mode)) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_missed_bar_is_told_from_others_by_its_stripes(mode):
    bar, stripe = PAINTS[Part.BAR][0], PAINTS[Part.HATCH][0]
    assert contrast(getattr(bar, mode), getattr(stripe, mode)) >= 3


def test_every_part_has_a_colour_in_the_dark():
    css = chart_css()
    assert all(f".{part} {{" in css for part in Part)
    assert all(f".ch-heat-ink-{level} {{" in css for level in range(len(HEAT)))


def test_pages_are_served_the_sheet_of_the_charts():
    served = ROOT / "bot" / "web" / "static" / "charts.css"
    assert served.read_text(encoding="utf-8") == chart_css()
