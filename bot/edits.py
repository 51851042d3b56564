"""A change to knowledge or templates: its files before and after, and what may become of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NewType

from bot.errors import IllegalChange
from bot.vocabulary import PersonKey

ChangeId = NewType("ChangeId", int)
DocumentPath = NewType("DocumentPath", str)
"""A file below ``knowledge/`` or ``templates/``, such as ``knowledge/tags.yaml``."""

LARGEST: Final = 500_000
"""Bytes of one file."""
MOST_FILES: Final = 40
"""Files of one change."""
_PATH: Final = re.compile(
    r"(?:knowledge|templates)(?:/[a-z0-9_][a-z0-9_-]{0,60}){1,3}\.(?:yaml|md|toml|txt\.j2|html\.j2)"
)
_LONGEST_PATH: Final = 200


class Origin(StrEnum):
    """How a change came about."""

    SAVED = "saved"
    UNDO = "undo"
    FOLDER = "folder"


class ChangeState(StrEnum):
    """Where a change stands."""

    OPEN = "open"
    IN_FORCE = "in_force"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class TrialState(StrEnum):
    """How far the trial of a change on the mail of the last days has come."""

    NEEDLESS = "needless"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more comes of it."""
        return self not in (TrialState.WAITING, TrialState.RUNNING)


class Touch(StrEnum):
    """Why a second person must approve a change."""

    PHRASES = "phrases"
    MATTERS = "matters"
    DEADLINES = "deadlines"
    AUTOMATIC_LETTER = "automatic_letter"
    SENDING_RULES = "sending_rules"
    SIGNATURE = "signature"
    URGENT_CASES = "urgent_cases"
    NOT_TRIED = "not_tried"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """One file of a change, byte for byte; None where there is no file.

    Attributes:
        folder: Digest of the file in the folder that it was made of, which may lack what was
            saved in the program; None for a file that was saved there.
    """

    path: DocumentPath
    before: bytes | None = field(repr=False)
    after: bytes | None = field(repr=False)
    folder: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change to one file or several.

    Attributes:
        number: Its version, counted over all files; None until it is in force.
        author: None for a file that was changed by hand in the folder.
        undoes: The change that it takes back.
        touches: Why a second person must approve it; empty where nobody must.
        trial_done, trial_total: Mails.
        trial: What the trial found, as `Backtest.as_json` gives it.
    """

    id: ChangeId
    state: ChangeState
    origin: Origin
    author: PersonKey | None
    note: str
    made_at: datetime
    paths: tuple[DocumentPath, ...]
    touches: frozenset[Touch]
    undoes: ChangeId | None = None
    number: int | None = None
    settled_by: PersonKey | None = None
    settled_at: datetime | None = None
    trial_state: TrialState = TrialState.NEEDLESS
    trial_done: int = 0
    trial_total: int = 0
    trial: Mapping[str, Any] | None = None

    @property
    def reasons(self) -> frozenset[Touch]:
        """Return why a second person must approve it, what its trial found included."""
        found = set(self.touches)
        if self.trial_state is TrialState.FAILED:
            found.add(Touch.NOT_TRIED)
        if self.trial is not None and any(
            self.trial.get(name) for name in ("lost", "later", "gained", "failed")
        ):
            found.add(Touch.URGENT_CASES)
        return frozenset(found)

    def check_may_settle(self) -> None:
        """Raise IllegalChange where it was settled before."""
        if self.state is not ChangeState.OPEN:
            raise IllegalChange("ändring {n} är redan avgjord", n=self.id)

    def check_may_hold(self, by: PersonKey) -> None:
        """Raise IllegalChange unless a person may let it come into force now."""
        self.check_may_settle()
        if not self.trial_state.is_over:
            raise IllegalChange("ändring {n} provas fortfarande; vänta på resultatet", n=self.id)
        if self.reasons and by == self.author:
            raise IllegalChange(
                "ändring {n} rör brådska eller automatiska svar; en kollega ska godkänna den",
                n=self.id,
            )


def digest_of(content: bytes | None) -> str | None:
    """Return what tells one content of a file from another; None for no file."""
    return None if content is None else hashlib.sha256(content).hexdigest()


def is_document(path: str) -> bool:
    """Tell whether a text is the path of a file that may be edited at all.

    Who works here and in which mailboxes, and the weights that were learned, are no matter of
    process owners.
    """
    if len(path) > _LONGEST_PATH or not _PATH.fullmatch(path):
        return False
    return path not in _OPERATORS and not path.startswith("knowledge/learned/")


_OPERATORS: Final = frozenset({"knowledge/organisation.yaml", "knowledge/mailboxes.yaml"})
