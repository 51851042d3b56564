"""What the centre knows and may change without a programmer: typed, checked, by key.

The files are ``knowledge/*.yaml``, one model each (`models`, `hours`). `load` reads them all
and checks that they agree; `check.problems` lists everything that is wrong with them.
"""

from __future__ import annotations

from bot.knowledge.knowledge import Knowledge
from bot.knowledge.loading import bundled_folder, load

__all__ = ["Knowledge", "bundled_folder", "load"]
