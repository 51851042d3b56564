"""A report as one page that needs nothing else: to print, to send, to keep."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Final

from bot.reports.charts import Drawn, bars, distribution, heat_map, trend
from bot.reports.charts.markup import Markup, element
from bot.reports.charts.page import chart_figure, table_block
from bot.reports.charts.style import chart_css
from bot.reports.files.behind import made_text, span_text
from bot.reports.model import Report
from bot.texts import Say, speaker

_CSS: Final = """\
:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 64rem; padding: 1rem; overflow-wrap: break-word;
  font: 100%/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  background: #ffffff; color: #16211e; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
section { margin: 1.5rem 0; }
table { border-collapse: collapse; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { border-bottom: 1px solid #c3cdc9; vertical-align: top; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.chart-note, .made { color: #4b5a55; font-size: .9rem; margin: .25rem 0; }
:focus-visible { outline: 3px solid #1a5fb4; outline-offset: 2px; }
@media screen and (prefers-color-scheme: dark) {
  body { background: #121816; color: #e9efec; }
  th, td { border-color: #45524d; }
  .chart-note, .made { color: #b2c0ba; }
  :focus-visible { outline-color: #8ec1ff; }
}
@page { size: A4; margin: 15mm; }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  .chart-scroll, .chart-table { overflow: visible; }
  summary { display: none; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
}
"""


def page_of(report: Report) -> bytes:
    """Return a report as the bytes of an HTML file, in the language of the report.

    It loads nothing: charts are drawings inside it, and its own rule forbids all else.

    Raises:
        ValueError: A value cannot be drawn.
    """
    say = speaker(report.language)
    css = _CSS + chart_css()
    rule = f"default-src 'none'; style-src 'sha256-{_hash(css)}'"
    head = element(
        "head",
        {},
        element("meta", {"charset": "utf-8"}),
        element("meta", {"http-equiv": "Content-Security-Policy", "content": rule}),
        element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        element("meta", {"name": "referrer", "content": "no-referrer"}),
        element("title", {}, report.title),
        element("style", {}, Markup(css)),
    )
    body = element("body", {}, element("main", {}, *_parts(report, say)))
    page = element("html", {"lang": say.language}, head, body)
    return f"<!doctype html>\n{page}\n".encode()


def _parts(report: Report, say: Say) -> Iterator[Markup]:
    yield element("h1", {}, report.title)
    made = say(
        "Period {period}. Räknat {made}.", period=span_text(report, say), made=made_text(report)
    )
    yield element("p", {"class": "made"}, made)
    for line in report.lines:
        yield element("p", {}, line)
    for table in report.tables:
        yield element("section", {}, table_block(table, say))
    for drawn in charts_of(report, say):
        yield element("section", {}, chart_figure(drawn, say, open_table=True))


def charts_of(report: Report, say: Say) -> Iterator[Drawn]:
    """Yield the charts; a number in the key keeps the ids of two with the same key apart."""
    for index, one in enumerate(report.series):
        draw = trend if one.over_time else bars
        yield draw(replace(one, key=f"series-{index}-{one.key}"), say=say)
    for index, spread in enumerate(report.distributions):
        yield distribution(replace(spread, key=f"spread-{index}-{spread.key}"), say=say)
    for index, week in enumerate(report.heat_maps):
        yield heat_map(replace(week, key=f"week-{index}-{week.key}"), say=say)


def _hash(css: str) -> str:
    return b64encode(sha256(css.encode()).digest()).decode()
