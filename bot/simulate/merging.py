"""Two mails of one customer about the same thing: the later case is closed into the first one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.simulate.case_state import CaseState
from bot.simulate.mail_moulds import MailMould
from bot.simulate.mail_story import MailStory
from bot.simulate.player import LAG, Item, Stage
from bot.vocabulary import EventKind, Status

LONGEST_APART: Final = 7_200
"""Seconds between two mails that are put together."""
_SEEN_AFTER: Final = 900
"""Working seconds until somebody sees that they belong together, at most."""


def mergeable(stage: Stage) -> list[Sequence[MailMould]]:
    """Return mails that customers whom the house knows by a key can write, by customer."""
    key_of = stage.city.material.knowledge.customer_key
    return [mails for name, mails in stage.moulds.of_customers.items() if key_of(name) is not None]


def merged(stage: Stage, item: Item, later: Item) -> None:
    """Play two mails, both of which open a case; there must be `mergeable` ones."""
    chance = stage.chance
    of_one = stage.pick(mergeable(stage))
    story, other = MailStory(stage, item), MailStory(stage, later)
    case, _ = story.received(stage.pick(of_one))
    twin, _ = other.received(stage.pick(of_one))
    seen = later.at + LAG + stage.city.twin_wait
    at = stage.city.hours.after(seen, chance.randrange(60, _SEEN_AFTER))
    if stage.happens(at):
        _merge(stage, twin, case, at)
    twin.finish(stage.rows)
    story.handled(case, at)
    case.finish(stage.rows)


def _merge(stage: Stage, twin: CaseState, case: CaseState, at: int) -> None:
    person = stage.colleague(case)
    twin.reach(at)
    twin.status = Status.CLOSED
    twin.version += 1
    case.happened(EventKind.MERGED, at, person, other=twin.number)
    twin.happened(EventKind.MERGED, at, person, into=case.number)
    twin.happened(EventKind.CLOSED, at, person)
    stage.rows["merged_case"].append((twin.id, case.id, at))
    stage.note(at, "merge", twin, by=person, into=case.id)
