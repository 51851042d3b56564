"""Which matters a question from staff speaks of, in the words that triage knows from mail."""

from __future__ import annotations

from bot.triage.matters import judge
from bot.triage.pipeline import features_seen
from bot.triage.reading import read
from bot.triage.rules import TriageRules
from bot.vocabulary import MailboxKey, MatterKey
from functionmail.message import Message

_COMMON_BOX = MailboxKey("info")
_CUES = 0.6
_CUES_MOST = 3.6
_LEARNED = 8.0
"""What a point of the cues adds, what all of them add at most, and what a certain answer of the
learned weights does. A question is shorter than a mail, so no answer ever is certain."""
_HEARD = 0.05


def matters_heard(text: str, rules: TriageRules) -> dict[MatterKey, float]:
    """Return matter -> how much speaks for it, greater than zero and at most about 12."""
    message = Message(message_id="question", content_hash="", text=text, body=text)
    reading = read(message, rules)
    judged = judge(reading, rules, tag=None, own_process=None, numbers=())
    found = {
        matter: min(_CUES_MOST, _CUES * score.total)
        for matter, score in judged.scores.items()
        if score.total > 0
    }
    if rules.learned is not None:
        features = features_seen(message, mailbox=_COMMON_BOX, rules=rules)
        for answer, chance in rules.learned.chances(features)["matter"].items():
            matter = MatterKey(answer)
            if matter in rules.matters and chance > _HEARD:
                found[matter] = found.get(matter, 0.0) + _LEARNED * chance
    return found
