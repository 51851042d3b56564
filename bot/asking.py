"""Putting the assistant together, for one question and for talking."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.app import App, open_if_there
from bot.clock import Clock, SystemClock
from bot.knowledge import Knowledge
from bot.material import articles_of, load_material, see_knowledge, understander_of
from bot.services.articles import Articles
from bot.services.assistant import Assistant
from bot.services.proposals import Proposals
from bot.services.talks import Talks
from bot.settings import Settings
from bot.store.unit_of_work import Database
from bot.templates import Templates
from bot.understanding import Understander


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantDesk:
    """What one question takes."""

    assistant: Assistant
    knowledge: Knowledge
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Wits:
    """What answers are made of, loaded and compiled."""

    knowledge: Knowledge
    understander: Understander
    templates: Templates
    articles: Articles

    def assistant(self, database: Database | None) -> Assistant:
        """Return an assistant that looks cases up in a database."""
        return Assistant(
            self.understander,
            self.knowledge,
            templates=self.templates,
            database=database,
            articles=self.articles,
        )


def load_wits(settings: Settings) -> Wits:
    """Load what answers are made of; opens no database.

    Raises:
        KnowledgeError: A file is missing or wrong; names file and line.
    """
    seen = see_knowledge(settings)
    material = load_material(settings, seen=seen)
    return Wits(
        knowledge=material.knowledge,
        understander=understander_of(settings, seen=seen),
        templates=material.templates,
        articles=articles_of(settings, seen=seen),
    )


@contextmanager
def open_assistant(settings: Settings, clock: Clock | None = None) -> Iterator[AssistantDesk]:
    """Open the assistant for questions; the database is only read, and need not exist yet.

    Raises:
        KnowledgeError: A file is missing or wrong; names file and line.
        SchemaOutdated: PostgreSQL is behind.
    """
    database = open_if_there(settings)
    try:
        wits = load_wits(settings)
        yield AssistantDesk(
            assistant=wits.assistant(database),
            knowledge=wits.knowledge,
            clock=clock or SystemClock(),
        )
    finally:
        if database is not None:
            database.close()


def make_talks(app: App, wits: Wits | None = None) -> Talks:
    """Return what keeps conversations, put on a house.

    Args:
        wits: Loaded already; default: load what the settings name.
    """
    wits = wits or load_wits(app.settings)
    return Talks(
        app.database,
        wits.assistant(app.database),
        make_proposals(app),
        app.knowledge,
        app.clock,
    )


def make_proposals(app: App) -> Proposals:
    """Return what does and undoes what was proposed, put on a house."""
    return Proposals(
        app.database,
        app.house,
        app.clock,
        casework=app.casework,
        phone=app.phone,
        registers=app.registers,
        moving=app.moving,
    )
