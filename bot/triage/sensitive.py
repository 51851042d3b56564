"""Whether a mail holds or signals protected data, and whether it voices a complaint."""

from __future__ import annotations

from bot.privacy import find_personal_numbers
from bot.triage.cues import Feature
from bot.triage.model import Reason
from bot.triage.reading import Reading, Statement

_EXAMINED = 20_000


def protected_reasons(reading: Reading) -> tuple[Reason, ...]:
    """Return why a mail must be shown to few; empty where nothing says so.

    A personal number counts wherever it stands, also in quoted history and in the subject.
    """
    message = reading.message
    whole = f"{reading.subject.shown}\n{message.body or message.text}"[:_EXAMINED]
    numbers = find_personal_numbers(whole)
    if any(not number.labelled_otherwise for number in numbers):
        return (Reason(rule="protected.personal_number", words="[personnummer]", where="body"),)
    found = reading.reasons("protected.identity", Feature.IDENTITY)
    found += tuple(
        statement.reason("protected.health", hit)
        for statement in reading.having(Feature.HEALTH)
        if _speaks_of_health(statement) and (hit := statement.first(Feature.HEALTH))
    )
    return found


def _speaks_of_health(statement: Statement) -> bool:
    """Tell whether a word of health is meant so; two are, whatever stands beside them."""
    phrases = {hit.cue.phrase for hit in statement.hits if hit.cue.feature == Feature.HEALTH}
    return len(phrases) > 1 or not statement.has(Feature.NOT_PROTECTED)


def complains_plainly(reading: Reading) -> bool:
    """Tell whether two different phrases of a complaint stand in a mail."""
    phrases = {
        hit.cue.phrase
        for statement in reading.having(Feature.COMPLAINT)
        for hit in statement.hits
        if hit.cue.feature == Feature.COMPLAINT
    }
    return len(phrases) > 1


def complaint_reasons(reading: Reading) -> tuple[Reason, ...]:
    """Return why a mail is a complaint on the service: one plain word, or two grumbles."""
    plain = reading.reasons("complaint.plain", Feature.COMPLAINT)
    if plain:
        return plain
    grumbles = reading.reasons("complaint.grumble", Feature.GRUMBLE)
    return grumbles if len(grumbles) >= 2 else ()
