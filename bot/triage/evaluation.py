"""How well triage agrees with labelled mails: figures, confusion, calibration, every miss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.triage.model import Triage
from bot.vocabulary import NONE, Kind, Language, Missing, Urgency

FIELDS = (
    "kind",
    "process",
    "matter",
    "urgent",
    "complaint",
    "protected",
    "misdirected",
    "invoices",
    "due",
    "lang",
    "missing",
)
_EMPTY: Mapping[str, Any] = {
    "kind": "case",
    "process": NONE,
    "matter": NONE,
    "urgent": Urgency.NO.value,
    "complaint": False,
    "protected": False,
    "misdirected": False,
    "invoices": (),
    "due": None,
    "lang": "sv",
    "missing": (),
}
_CLASSES: Mapping[str, tuple[str, ...]] = {
    "urgent": ("collections", "payout"),
    "complaint": ("True",),
    "protected": ("True",),
    "misdirected": ("True",),
    "kind": ("case", "follow_up", "auto_reply", "bounce", "spam"),
}
_FLAGS = ("complaint", "protected", "misdirected")
_WORDS: Mapping[str, type[StrEnum]] = {
    "kind": Kind,
    "urgent": Urgency,
    "lang": Language,
    "missing": Missing,
}
_BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldScore:
    """How often one field was exactly right, over the mails where it is scored."""

    name: str
    right: int
    of: int

    @property
    def share(self) -> float:
        """Return the share that was right; 1.0 where nothing was scored."""
        return self.right / self.of if self.of else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassScore:
    """Recall and precision of one value of a field.

    Attributes:
        found, missed, wrong: True positives, false negatives, false positives.
    """

    field: str
    value: str
    found: int
    missed: int
    wrong: int

    @property
    def recall(self) -> float:
        """Return the share of labelled ones that were found; 1.0 where there are none."""
        labelled = self.found + self.missed
        return self.found / labelled if labelled else 1.0

    @property
    def precision(self) -> float:
        """Return the share of given ones that were right; 1.0 where none was given."""
        given = self.found + self.wrong
        return self.found / given if given else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """One field of one mail that came out otherwise than labelled.

    Attributes:
        reasons: ``rule`` and words of every rule that fired on the mail.
    """

    id: str
    field: str
    wanted: str
    got: str
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationBin:
    """Mails whose confidence lay in a span, and how often process and matter were right."""

    low: float
    high: float
    mails: int
    right: int
    mean_confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Everything that a comparison with labels tells.

    Attributes:
        confusion: (labelled matter, given matter) -> mails; only where they differ.
        glances: Share of non-urgent mails that a person is asked to glance at.
    """

    mails: int
    fields: tuple[FieldScore, ...]
    classes: tuple[ClassScore, ...]
    confusion: Mapping[tuple[str, str], int]
    calibration: tuple[CalibrationBin, ...]
    glances: float
    misses: tuple[Miss, ...]

    def field(self, name: str) -> FieldScore:
        """Return the score of a field. Raises KeyError for an unknown one."""
        for score in self.fields:
            if score.name == name:
                return score
        raise KeyError(name)

    def of_class(self, field: str, value: str) -> ClassScore:
        """Return recall and precision of a value. Raises KeyError for an unknown one."""
        for score in self.classes:
            if (score.field, score.value) == (field, value):
                return score
        raise KeyError((field, value))

    def as_json(self) -> Mapping[str, Any]:
        """Return everything as JSON values."""
        return {
            "mails": self.mails,
            "fields": {
                score.name: {"right": score.right, "of": score.of, "share": round(score.share, 4)}
                for score in self.fields
            },
            "classes": {
                f"{score.field}={score.value}": {
                    "found": score.found,
                    "missed": score.missed,
                    "wrong": score.wrong,
                    "recall": round(score.recall, 4),
                    "precision": round(score.precision, 4),
                }
                for score in self.classes
            },
            "confusion": [
                {"wanted": wanted, "got": got, "mails": mails}
                for (wanted, got), mails in self.confusion.items()
            ],
            "calibration": [
                {
                    "from": part.low,
                    "to": part.high,
                    "mails": part.mails,
                    "right": part.right,
                    "mean_confidence": round(part.mean_confidence, 3),
                }
                for part in self.calibration
            ],
            "glances": round(self.glances, 4),
            "misses": [
                {
                    "id": miss.id,
                    "field": miss.field,
                    "wanted": miss.wanted,
                    "got": miss.got,
                    "reasons": [{"rule": rule, "words": words} for rule, words in miss.reasons],
                }
                for miss in self.misses
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    id: str
    wanted: Mapping[str, Any]
    got: Mapping[str, Any]
    scored: tuple[str, ...]
    triage: Triage


def evaluate(pairs: Iterable[tuple[Mapping[str, Any], Triage]]) -> Evaluation:
    """Compare triage with labels.

    Args:
        pairs: A labelled row and what triage said. Labels stand beside the mail keys or under
            ``label``; the fields in ``lenient`` are not scored. A label that is left out
            counts as its empty value.
    """
    rows = [_row(number, row, found) for number, (row, found) in enumerate(pairs, start=1)]
    return Evaluation(
        mails=len(rows),
        fields=tuple(_field_score(name, rows) for name in FIELDS),
        classes=tuple(_class_scores(rows)),
        confusion=_confusion(rows),
        calibration=_calibration(rows),
        glances=_glances(rows),
        misses=tuple(_misses(rows)),
    )


def wrong_label(row: Mapping[str, Any]) -> tuple[str, tuple[str, ...]] | None:
    """Return a label that no mail can have, such as a misspelt one, and what it may be.

    Process and matter are the knowledge's, and are not looked at.
    """
    labels = _labels_of(row)
    for name in _FLAGS:
        if not isinstance(labels.get(name, False), bool):
            return name, ("true", "false")
    for name, known in _WORDS.items():
        said = labels.get(name, ())
        words = said if isinstance(said, (list, tuple)) else (said,)
        if not set(map(str, words)) <= set(known):
            return name, tuple(known)
    return None


def _labels_of(row: Mapping[str, Any]) -> Mapping[str, Any]:
    labels = row.get("label")
    return labels if isinstance(labels, Mapping) else row


def _row(number: int, row: Mapping[str, Any], found: Triage) -> _Row:
    label = _labels_of(row)
    lenient = {str(name) for name in (*_listed(row, "lenient"), *_listed(label, "lenient"))}
    got = found.labels()
    return _Row(
        id=str(row.get("id", number)),
        wanted={name: _comparable(label.get(name, _EMPTY[name])) for name in FIELDS},
        got={name: _comparable(got[name]) for name in FIELDS},
        scored=tuple(name for name in FIELDS if name not in lenient),
        triage=found,
    )


def _listed(values: Mapping[str, Any], key: str) -> Sequence[Any]:
    found = values.get(key)
    return found if isinstance(found, (list, tuple)) else ()


def _comparable(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(sorted(map(str, value)))
    return str(value)


def _field_score(name: str, rows: Iterable[_Row]) -> FieldScore:
    scored = [row for row in rows if name in row.scored]
    right = sum(row.wanted[name] == row.got[name] for row in scored)
    return FieldScore(name=name, right=right, of=len(scored))


def _class_scores(rows: Sequence[_Row]) -> Iterable[ClassScore]:
    for field, values in _CLASSES.items():
        scored = [row for row in rows if field in row.scored]
        for value in values:
            wanted = [row.wanted[field] == value for row in scored]
            got = [row.got[field] == value for row in scored]
            both = list(zip(wanted, got, strict=True))
            yield ClassScore(
                field=field,
                value=value,
                found=both.count((True, True)),
                missed=both.count((True, False)),
                wrong=both.count((False, True)),
            )


def _confusion(rows: Iterable[_Row]) -> Mapping[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for row in rows:
        pair = (row.wanted["matter"], row.got["matter"])
        if "matter" in row.scored and pair[0] != pair[1]:
            found[pair] = found.get(pair, 0) + 1
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _calibration(rows: Sequence[_Row]) -> tuple[CalibrationBin, ...]:
    parts: list[CalibrationBin] = []
    for low, high in zip(_BINS, (*_BINS[1:], 1.0001), strict=True):
        inside = [row for row in rows if low <= row.triage.confidence < high]
        if not inside:
            continue
        right = sum(
            all(
                row.wanted[name] == row.got[name] or name not in row.scored
                for name in ("process", "matter")
            )
            for row in inside
        )
        parts.append(
            CalibrationBin(
                low=low,
                high=min(high, 1.0),
                mails=len(inside),
                right=right,
                mean_confidence=sum(row.triage.confidence for row in inside) / len(inside),
            )
        )
    return tuple(parts)


def _glances(rows: Iterable[_Row]) -> float:
    calm = [row for row in rows if row.wanted["urgent"] == Urgency.NO.value]
    return sum(row.triage.possible for row in calm) / len(calm) if calm else 0.0


def _misses(rows: Iterable[_Row]) -> Iterable[Miss]:
    for row in rows:
        for name in row.scored:
            if row.wanted[name] != row.got[name]:
                yield Miss(
                    id=row.id,
                    field=name,
                    wanted=row.wanted[name],
                    got=row.got[name],
                    reasons=tuple((reason.rule, reason.words) for reason in row.triage.reasons),
                )
