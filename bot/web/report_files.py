"""A report handed over as a file: Excel, CSV, a page to print, or one of its charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from starlette.responses import Response

from bot.errors import NotFound
from bot.reports.charts.png import png_of
from bot.reports.files import csv_of, excel_of, page_of
from bot.reports.files.web_page import charts_of
from bot.reports.model import Report
from bot.services.case_page import OpenedFile
from bot.texts import speaker
from bot.web.files import download

FORMS: Final[Mapping[str, Callable[[Report], bytes]]] = {
    "xlsx": excel_of,
    "csv": csv_of,
    "html": page_of,
}


def report_file(report: Report, form: str, *, name: str) -> Response:
    """Return a report as a download.

    Args:
        name: Of the file, without its ending; no personal data.

    Raises:
        NotFound: There is no such form.
    """
    if form not in FORMS:
        raise NotFound("rapporten finns som xlsx, csv och html, inte som {form}", form=form[:10])
    return _handed_over(FORMS[form](report), f"{name}.{form}")


def chart_file(report: Report, ident: str, *, name: str) -> Response:
    """Return one chart of a report as an image.

    Raises:
        NotFound: The report has no such chart.
    """
    for drawn in charts_of(report, speaker(report.language)):
        if drawn.ident == ident:
            return _handed_over(png_of(drawn), f"{name}-{ident}.png")
    raise NotFound("diagrammet finns inte i rapporten")


def _handed_over(content: bytes, name: str) -> Response:
    return download(OpenedFile(name=name, content=content), otherwise=name)
