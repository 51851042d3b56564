"""What stands in which report: the figures of the plan's five goals, and of each other kind.

Source: the plan's goals and how they are followed up (domain.md R40, R56-R108, R146).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

GOALS: Final[Mapping[str, tuple[str, ...]]] = {
    "goal_productivity": (
        "received",
        "closed",
        "backlog",
        "close_work_median",
        "close_work_p90",
        "from_template",
    ),
    "goal_availability": (
        "answered",
        "answer_work_median",
        "answer_work_p90",
        "answered_in_time",
        "same_day",
    ),
    "goal_manner": ("phone_same_day", "handed_over", "complaints", "praise"),
    "goal_information": ("asked_again", "marked_right", "marked_missing", "misdirected"),
    "goal_service": (
        "closed_in_time",
        "urgent",
        "urgent_in_time",
        "urgent_late",
        "urgent_late_ore",
        "went_on",
        "corrected",
    ),
}
CUSTOMER: Final[Mapping[str, tuple[str, ...]]] = {
    "customer_volume": (
        "received",
        "closed",
        "backlog",
        "answer_work_median",
        "answer_work_p90",
        "answered_in_time",
        "same_day",
        "phone_same_day",
    ),
    "customer_urgent": ("urgent", "urgent_in_time", "urgent_late", "urgent_late_ore", "went_on"),
    "customer_marking": ("marked_right", "marked_misspelt", "marked_missing", "marked_wrong"),
}
MATTERS: Final = ("received", "answer_work_median", "asked_again")
COMPARED: Final = (
    "received",
    "answered",
    "closed",
    "backlog",
    "answer_work_median",
    "answer_work_p90",
    "answered_in_time",
    "same_day",
    "phone_same_day",
    "urgent_in_time",
    "urgent_late",
    "went_on",
    "marked_right",
    "remarks",
    "complaints",
)
"""Key figures that are compared with those of other periods."""
TRENDS: Final = ("received", "answer_work_median", "same_day", "backlog")
