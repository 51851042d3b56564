"""Reports as files in memory: Excel, a page to print, and CSV."""

from bot.reports.files.comma_separated import csv_of
from bot.reports.files.excel import excel_of
from bot.reports.files.web_page import page_of

__all__ = ["csv_of", "excel_of", "page_of"]
