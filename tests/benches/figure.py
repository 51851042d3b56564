"""One measured value and its aim."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured value and its aim; without an aim it is shown only."""

    name: str
    value: float
    unit: str
    aim: float | None
    at_least: bool = False

    @property
    def reached(self) -> bool:
        if self.aim is None:
            return True
        return self.value >= self.aim if self.at_least else self.value <= self.aim

    @property
    def said(self) -> str:
        return f"{self.value:,.2f} {self.unit}"

    @property
    def said_aim(self) -> str:
        if self.aim is None:
            return ""
        return f"{'at least' if self.at_least else 'at most'} {self.aim:g} {self.unit}"


def timed(work: Callable[[], object]) -> tuple[object, float]:
    """Return what some work gives, and how many seconds it took."""
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start
