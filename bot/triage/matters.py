"""Which matter a mail is about, and whether it is asked for in earnest.

Every cue adds to the score of its matter. A sentence that thanks, withdraws or asks in general
still tells the matter, but is not *live*: only live sentences make a mail urgent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from bot.triage.cues import WEIGHTS, Combination, Feature, Says
from bot.triage.hearing import Hit
from bot.triage.model import Reason
from bot.triage.reading import Reading, Statement
from bot.triage.rules import TriageRules
from bot.triage.tags import Tag
from bot.vocabulary import MatterKey, ProcessKey, Urgency

ENOUGH = 4.0
"""The live score from which a matter is asked for in earnest; one clear cue."""
GLANCE = 2.0
"""The live score from which a person should look: one likely cue."""
_ENOUGH_AFTER_WITHDRAWAL = 8.0
"""What another matter needs where the leading one is withdrawn."""
_TAG_NAMES_MATTER = 5.0
_TAG_POINTS_AT_PROCESS = 1.5
_MAILBOX_POINTS_AT_PROCESS = 0.75
_MOST_HINTS = 3.0
_MOST = 24.0
_ASKED = frozenset((Feature.REQUEST, Feature.STOP))
"""What a sentence does not ask for that withdraws a matter, though it has the words."""
_EARNEST = frozenset(
    (
        Feature.REQUEST,
        Feature.OWN_CASE,
        Feature.DUE,
        Feature.AT_BANK,
        "cannot_pay",
        "paid",
        "customer_invoice",
        "outgoing",
    )
)
"""Without a number, a case of its own needs one of these; else somebody merely speaks of it."""


@dataclass(slots=True)
class Score:
    """What speaks for a matter.

    Attributes:
        total: In all.
        live: In sentences that are live.
        named: Of `live`, from cues that only name it.
        asked: In sentences of the body that ask for something; after a withdrawal only
            these are live.
        seen: The cues that spoke for it, and where.
    """

    total: float = 0.0
    live: float = 0.0
    asked: float = 0.0
    named: float = 0.0
    hints: float = 0.0
    withdrawn: bool = False
    general: bool = False
    seen: list[tuple[Statement, Hit]] = field(default_factory=list)
    others: list[Reason] = field(default_factory=list)

    @property
    def is_explained(self) -> bool:
        """Tell whether there are reasons."""
        return bool(self.seen or self.others)

    @property
    def is_only_hinted(self) -> bool:
        """Tell whether there are hints, and nothing else."""
        hints = [hit.cue.says is Says.HINT for _, hit in self.seen]
        return bool(hints) and all(hints) and not self.others

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Return why the matter was thought of, with the words of the mail."""
        told = [
            statement.reason(f"matter.{hit.cue.says.value}", hit) for statement, hit in self.seen
        ]
        return (*told, *self.others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the mail is about.

    Attributes:
        matter: The one that leads; None where nothing speaks for any.
        urgent: NO also where an urgent matter is only thanked for, withdrawn or asked about.
        live: Features in sentences that are live.
        margin: How far the matter leads before the next.
    """

    matter: MatterKey | None
    urgent: Urgency
    possible: bool
    scores: dict[MatterKey, Score]
    live: frozenset[str]
    margin: float
    quiet: frozenset[str]


def judge(
    reading: Reading,
    rules: TriageRules,
    *,
    tag: Tag | None,
    own_process: ProcessKey | None,
    numbers: Collection[str],
) -> Judgement:
    """Weigh everything that speaks for one matter or another.

    Args:
        own_process: The process of the mailbox that the mail came to; None for the common box.
        numbers: The invoices that the mail names.
    """
    concrete = is_concrete(reading, numbers)
    found: dict[MatterKey, Score] = defaultdict(Score)
    quiet = _quiet_kinds(reading, concrete)
    requests = Feature.GENERAL_QUESTION not in quiet
    subject_lives = not quiet or _body_asks(reading, concrete, requests, rules)
    seen: set[str] = set()
    live: set[str] = set()
    for statement in reading.telling:
        lives = _lives(statement, concrete) and (subject_lives or not statement.in_subject)
        if lives:
            hushes = _hushes(statement, concrete)
            live |= statement.features - (_ASKED if hushes else frozenset())
        _add_hits(found, statement, lives, concrete, seen)
    for score in found.values():
        if score.withdrawn:
            score.live = score.asked
    if any(len(number) in rules.references.plain_lengths for number in numbers):
        live.add("invoice")
    if (tag.process if tag else own_process) in rules.paying:
        live.add(Feature.AT_SUPPLIERS)
    _combine(found, live, rules.combinations)
    _add_tag(found, tag, own_process, subject_lives, rules)
    if not quiet and all(score.total < ENOUGH for score in found.values()):
        _combine(found, live, rules.last_resort)
    earnest = concrete or bool(live & _EARNEST)
    return _lead(found, frozenset(live), quiet, earnest, rules)


def strongest(statements: Iterable[Statement], rules: TriageRules) -> MatterKey | None:
    """Return the matter that statements speak of most, in earnest or not; None for none."""
    found: dict[MatterKey, float] = {}
    for statement in statements:
        for matter, _, weight in statement.heard.counting:
            found[matter] = found.get(matter, 0.0) + weight
    best = max(found, key=lambda key: (found[key], -rules.matters[key].rank), default=None)
    return best if best is not None and found[best] >= ENOUGH else None


def is_concrete(reading: Reading, numbers: Collection[str]) -> bool:
    """Tell whether a mail speaks of a case of its own: a number, "min faktura", a due date."""
    return bool(numbers) or reading.has(Feature.OWN_CASE, Feature.DUE)


def _quiet_kinds(reading: Reading, concrete: bool) -> frozenset[str]:
    """Return why sentences of the body are not live."""
    kinds: set[str] = set()
    for statement in reading.telling:
        if statement.in_subject:
            continue
        kinds |= statement.features & {Feature.THANKS, Feature.WITHDRAWAL, Feature.SETTLED}
        if statement.has(Feature.GENERAL_QUESTION) and not concrete:
            kinds.add(Feature.GENERAL_QUESTION)
        if statement.heard.withdrawn:
            kinds.add(Feature.WITHDRAWAL)
        if statement.heard.general and not concrete:
            kinds.add(Feature.GENERAL_QUESTION)
    return frozenset(kinds)


def _body_asks(reading: Reading, concrete: bool, requests: bool, rules: TriageRules) -> bool:
    """Tell whether the body asks for something in a sentence that is live."""
    for statement in reading.telling:
        if statement.in_subject:
            continue
        if not _lives(statement, concrete) or _hushes(statement, concrete):
            continue
        if requests and statement.has(Feature.REQUEST):
            return True
        for hit in statement.hits:
            matter = rules.matters.get(hit.cue.matter) if hit.cue.matter else None
            if matter and matter.urgent is not Urgency.NO and WEIGHTS[hit.cue.says] >= GLANCE:
                return True
    return False


def _hushes(statement: Statement, concrete: bool) -> frozenset[MatterKey]:
    """Return the matters that a statement withdraws or asks about in general."""
    heard = statement.heard
    return heard.withdrawn if concrete else heard.withdrawn | heard.general


def _lives(statement: Statement, concrete: bool) -> bool:
    if statement.has(Feature.WITHDRAWAL, Feature.SETTLED):
        return False
    if statement.has(Feature.THANKS) and not statement.has(Feature.REQUEST):
        return False
    return concrete or not statement.has(Feature.GENERAL_QUESTION)


def _add_hits(
    found: dict[MatterKey, Score],
    statement: Statement,
    lives: bool,
    concrete: bool,
    seen: set[str],
) -> None:
    hushed = _hushes(statement, concrete)
    asks = statement.has(Feature.REQUEST) and not statement.in_subject
    for matter, hit, weight in statement.heard.counting:
        score = found[matter]
        says = hit.cue.says
        score.withdrawn |= says is Says.WITHDRAWN
        score.general |= says is Says.GENERAL and not concrete
        key = f"{matter} {hit.cue.phrase}"
        if key in seen:
            continue
        seen.add(key)
        if says is Says.HINT:
            weight = min(weight, _MOST_HINTS - score.hints)
            score.hints += weight
        score.total += weight
        if lives and matter not in hushed and says not in (Says.WITHDRAWN, Says.GENERAL):
            score.live += weight
            score.named += weight if says is Says.NAMED else 0.0
            score.asked += weight if asks else 0.0
        if weight > 0:
            score.seen.append((statement, hit))


def _combine(found: dict[MatterKey, Score], live: set[str], rows: Iterable[Combination]) -> None:
    for row in rows:
        if live.issuperset(row.when) and live.isdisjoint(row.unless):
            score = found[row.matter]
            score.total += WEIGHTS[row.says]
            score.live += WEIGHTS[row.says]
            score.others.append(
                Reason(rule="matter.together", words=" + ".join(row.when), where="body")
            )


def _add_tag(
    found: dict[MatterKey, Score],
    tag: Tag | None,
    own_process: ProcessKey | None,
    subject_lives: bool,
    rules: TriageRules,
) -> None:
    for key, score in found.items():
        if score.total <= 0:
            continue
        process = rules.matters[key].process
        if process and tag and process == tag.process:
            score.total += _TAG_POINTS_AT_PROCESS
        if process and process == own_process:
            score.total += _MAILBOX_POINTS_AT_PROCESS
    if tag is None or tag.matter is None:
        return
    score = found[tag.matter]
    score.total += _TAG_NAMES_MATTER
    if subject_lives and not score.withdrawn:
        score.live += _TAG_NAMES_MATTER
    score.others.append(Reason(rule="matter.tag", words=tag.matter_words, where="subject"))


def _lead(
    found: dict[MatterKey, Score],
    live: frozenset[str],
    quiet: frozenset[str],
    earnest: bool,
    rules: TriageRules,
) -> Judgement:
    ranked = sorted(
        ((key, score) for key, score in found.items() if score.total > 0),
        key=lambda item: (-min(item[1].total, _MOST), rules.matters[item[0]].rank),
    )
    enough = ENOUGH if not ranked or _is_alive(*ranked[0], rules) else _ENOUGH_AFTER_WITHDRAWAL
    urgent = [
        (key, score)
        for key, score in ranked
        if _is_urgent(key, rules)
        and score.live >= enough
        and (earnest or score.live - score.named >= GLANCE)
    ]
    chosen = urgent[0] if urgent else (ranked[0] if ranked else None)
    others = [score.total for key, score in ranked if chosen and key != chosen[0]]
    return Judgement(
        matter=chosen[0] if chosen else None,
        urgent=rules.matters[urgent[0][0]].urgent if urgent else Urgency.NO,
        possible=not urgent and _deserves_a_glance(ranked, rules),
        scores=found,
        live=live,
        margin=(chosen[1].total - max(others, default=0.0)) if chosen else 0.0,
        quiet=quiet,
    )


def _is_alive(key: MatterKey, score: Score, rules: TriageRules) -> bool:
    """Tell whether a leading matter is not one that is merely withdrawn or thanked for."""
    return not _is_urgent(key, rules) or score.live >= ENOUGH or not score.withdrawn


def _is_urgent(key: MatterKey, rules: TriageRules) -> bool:
    return rules.matters[key].urgent is not Urgency.NO


def _deserves_a_glance(ranked: Iterable[tuple[MatterKey, Score]], rules: TriageRules) -> bool:
    return any(_is_urgent(key, rules) and score.live >= GLANCE for key, score in ranked)
