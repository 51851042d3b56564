"""Charts as drawings of our own that everybody can read, with the numbers behind them."""

from bot.reports.charts.bars import bars
from bot.reports.charts.distribution import distribution
from bot.reports.charts.drawn import Drawn
from bot.reports.charts.heat_map import heat_map
from bot.reports.charts.page import chart_figure, table_block, table_element
from bot.reports.charts.style import chart_css
from bot.reports.charts.trend import trend
from bot.reports.charts.values import value_text

__all__ = [
    "Drawn",
    "bars",
    "chart_css",
    "chart_figure",
    "distribution",
    "heat_map",
    "table_block",
    "table_element",
    "trend",
    "value_text",
]
