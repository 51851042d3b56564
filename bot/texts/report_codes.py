"""The Swedish sentences of the reports by the plan's goals, for customers and for quarters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

REPORTS: Final[Mapping[str, str]] = {
    "section.goal_productivity": "1. Produktivitet och effektivitet",
    "section.goal_availability": "2. God tillgänglighet",
    "section.goal_manner": "3. Gott bemötande",
    "section.goal_information": "4. Tydlig information",
    "section.goal_service": "5. Rätt service",
    "section.customer_volume": "Volym och svarstider per process",
    "section.customer_matters": "Vad ärendena gäller",
    "section.customer_urgent": "Brådskande ärenden",
    "section.customer_marking": "Märkning av ämnesraden",
    "report_kind.tertial": "Tertialrapport",
    "report_kind.customer": "Inför kundmöte",
    "report_kind.quarter": "Kvartalsuppföljning",
}
