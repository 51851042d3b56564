"""A chart as an image, with the font that is shipped with it.

Without a font at hand the renderer leaves out every text and says nothing, so that the fonts of
the machine are never counted on.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import resvg_py

from bot.reports.charts.drawn import Drawn

FONT_FILE: Final = Path(__file__).parent.parent / "fonts" / "DejaVuSans.ttf"
_FAMILY: Final = "DejaVu Sans"


def png_of(drawn: Drawn, *, zoom: float = 2.0) -> bytes:
    """Return a chart with its title as a PNG image, in light colours.

    Args:
        zoom: Two for screens that are twice as fine.
    """
    return resvg_py.svg_to_bytes(
        svg_string=drawn.svg(heading=True),
        zoom=zoom,
        skip_system_fonts=True,
        font_files=[str(FONT_FILE)],
        font_family=_FAMILY,
        sans_serif_family=_FAMILY,
    )
