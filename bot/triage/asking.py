"""Which matters a question from staff speaks of, in the words that triage knows from mail."""

from __future__ import annotations

from bot.triage.matters import judge
from bot.triage.pipeline import features_seen
from bot.triage.reading import read
from bot.triage.rules import TriageRules
from bot.vocabulary import MailboxKey, MatterKey
from functionmail.message import Message

_COMMON_BOX = MailboxKey("info")
_LEARNED = 4.0
"""What the learned weights add at most, beside the cues, of which a clear one adds as much."""


def matters_heard(text: str, rules: TriageRules) -> dict[MatterKey, float]:
    """Return matter -> how much speaks for it, greater than zero; at most some hundred words."""
    message = Message(message_id="question", content_hash="", text=text, body=text)
    reading = read(message, rules)
    judged = judge(reading, rules, tag=None, own_process=None, numbers=())
    found = {matter: score.total for matter, score in judged.scores.items() if score.total > 0}
    if rules.learned is not None:
        features = features_seen(message, mailbox=_COMMON_BOX, rules=rules)
        for answer, chance in rules.learned.chances(features)["matter"].items():
            matter = MatterKey(answer)
            if matter in rules.matters and chance > 0.05:
                found[matter] = found.get(matter, 0.0) + _LEARNED * chance
    return found
