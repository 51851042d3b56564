"""What is in force: the folders of the settings, with the versions of the database over them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.app import open_if_there
from bot.material import ground_of, make_trial, settings_on
from bot.services.backtest import Trial
from bot.services.editing.ground import Ground, lay_out
from bot.services.editing.taking_up import Standing, standing
from bot.services.editing.trial import MakeTrial
from bot.settings import Settings


@contextmanager
def in_force(settings: Settings) -> Iterator[Settings]:
    """Give settings whose folders hold what is in force, for as long as they are needed.

    Where nothing was ever edited in the program they are the settings themselves.

    Raises:
        SchemaOutdated: PostgreSQL is behind.
        DatabaseUnavailable: It does not answer.
    """
    database = open_if_there(settings)
    if database is None:
        yield settings
        return
    with closing(database):
        holds = standing(database)
    if not holds.versions:
        yield settings
        return
    with tempfile.TemporaryDirectory(prefix="sammadag-knowledge-") as folder:
        yield laid_over(settings, holds, Path(folder) / "laid")


def laid_over(settings: Settings, holds: Standing, target: Path) -> Settings:
    """Lay versions over the folders in a new folder; return the settings for that."""
    return settings_on(settings, lay_out(ground_of(settings), holds.versions, target))


def trials_for(settings: Settings) -> MakeTrial:
    """Return what makes trials of changes, with the keys and the domain of the settings."""

    def make(holds: Ground, tried: Ground) -> Trial:
        return make_trial(settings_on(settings, holds), tried.knowledge)

    return make
