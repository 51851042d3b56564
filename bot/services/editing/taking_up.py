"""Changes in the folder and in the database, noticed and judged before a house goes by them.

A file that somebody changes by hand becomes a version as well, so that the newest version is
always what holds. One that was changed while nobody looked does not displace what a person
has saved in the program: a new release must not undo what the centre has decided.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

import structlog

from bot.clock import Clock
from bot.edits import (
    Change,
    ChangeId,
    ChangeState,
    DocumentPath,
    FileChange,
    Origin,
    digest_of,
    is_document,
)
from bot.errors import KnowledgeError
from bot.plan import plan_operator_alert
from bot.services.editing.checking import Fault, faults
from bot.services.editing.ground import Ground, lay_out
from bot.services.editing.merging import merged
from bot.store.unit_of_work import Database

log = structlog.get_logger()


State = Mapping[str, tuple[int, int]]
"""Of each file by its place: time and size."""
Contents = Mapping[DocumentPath, bytes | None]
_NONE = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What holds at an instant.

    Attributes:
        number: Of the newest version.
        versions: Files that have a version, as it has them.
    """

    number: int
    versions: Mapping[DocumentPath, bytes | None]


def standing(database: Database) -> Standing:
    """Return what holds now."""
    with database.reading() as work:
        return Standing(
            number=work.knowledge.newest_number(), versions=dict(work.knowledge.in_force())
        )


def newest_version(database: Database) -> int:
    """Return the number of the newest version, without reading what it holds."""
    with database.reading() as work:
        return work.knowledge.newest_number()


def waiting_changes(database: Database) -> int:
    """Count the open changes, up to some hundred."""
    with database.reading() as work:
        return len(work.knowledge.open())


class Unlike(StrEnum):
    """How a file of the folder is not what holds."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    """Changed by hand, and wrong; or no house has run since."""
    DISPLACED = "displaced"
    """Changed by hand, where what was saved in the program holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """A file of the folder that is no version that ever held.

    Attributes:
        origin: Of the version that does hold.
    """

    how: Unlike
    origin: Origin


def differing(database: Database, ground: Ground) -> Mapping[DocumentPath, Differing]:
    """Return the files of the folder that are no version that ever held, with how they are not.

    They were changed or taken away by hand while no house ran, or could not be taken up. The
    folder is read when the transaction is over.
    """
    with database.reading() as work:
        known, newest = work.knowledge.known_digests(), work.knowledge.newest()
    found = {}
    for path, digests in known.items():
        origin = newest[path].origin
        try:
            content = ground.read(path)
        except KnowledgeError:
            found[path] = Differing(how=Unlike.UNREADABLE, origin=origin)
            continue
        if digest_of(content) in digests:
            continue
        how = Unlike.REFUSED if origin is Origin.FOLDER else Unlike.DISPLACED
        found[path] = Differing(how=Unlike.MISSING if content is None else how, origin=origin)
    return found


_ALERTS: Final = {
    Unlike.MISSING: "knowledge_missing",
    Unlike.UNREADABLE: "knowledge_unreadable",
    Unlike.DISPLACED: "knowledge_differs",
}
"""What operators are told of files for which a person's version holds."""


class Folder:
    """Notices what people change in the folders by hand."""

    def __init__(self, database: Database, ground: Ground, clock: Clock) -> None:
        self._database = database
        self._ground = ground
        self._clock = clock
        self._good: dict[DocumentPath, bytes | None] = {}
        self._state: State = {}
        self._settling: State | None = None

    def open(self) -> tuple[DocumentPath, ...]:
        """Begin to look; return files that differ from what holds and are left alone.

        What was changed while nobody looked is taken up where no person's version stands
        against it.
        """
        self._state, self._good = self._ground.state(), self._contents()
        unknown = differing(self._database, self._ground)
        held = standing(self._database).versions
        left = tuple(path for path, one in unknown.items() if one.origin is not Origin.FOLDER)
        for how, code in _ALERTS.items():
            alike = {path: self._good.get(path) for path in left if unknown[path].how is how}
            if alike:
                self._tell(code, alike)
        found = {
            path: self._good[path] for path in unknown if path in self._good and path not in left
        }
        self._good |= {path: held.get(path) for path in found}
        if self._take_up(found):
            self._good |= found
        return left

    def look(self) -> bool:
        """Make versions of what was changed by hand since the last look.

        A file is believed once it is the same in two looks, since editors write in steps.
        What is wrong is left alone, and operators are told.

        Returns:
            True where something else was changed that the house goes by, such as the file of
            people, and nothing is wrong with it.
        """
        state = self._ground.state()
        if state == self._state:
            self._settling = None
            return False
        if state != self._settling:
            self._settling = state
            return False
        before, self._state, self._settling = self._state, state, None
        now = self._contents()
        paths = sorted({*self._good, *now})
        changed = {path: now.get(path) for path in paths if self._good.get(path) != now.get(path)}
        if changed and self._take_up(changed):
            self._good = now
        return self._others_changed(before, state)

    def _others_changed(self, before: State, now: State) -> bool:
        places = {str(self._ground.place_of(path)) for path in self._ground.documents()}
        others = {
            place
            for place in {*before, *now} - places
            if before.get(place) != now.get(place) and not is_gone_document(place, self._ground)
        }
        if not others:
            return False
        found = self._faults({}, standing(self._database))
        if found:
            self._refuse({DocumentPath(found[0].file): None}, found)
        return not found

    def _contents(self) -> dict[DocumentPath, bytes | None]:
        found: dict[DocumentPath, bytes | None] = {}
        for path in self._ground.documents():
            try:
                found[path] = self._ground.read(path)
            except KnowledgeError:
                found[path] = None
        return found

    def _take_up(self, changed: Contents) -> bool:
        """Make versions of files by hand, all or none; False where that cannot be."""
        holds = standing(self._database)
        files, clashes = self._beside(changed, holds)
        if clashes:
            log.error("knowledge_refused", files=len(clashes), faults=0)
            self._tell(_ALERTS[Unlike.DISPLACED], clashes)
            return False
        if not files:
            return True
        found = self._faults({file.path: file.after for file in files}, holds)
        if found:
            self._refuse(changed, found)
            self._keep(files, holds)
            return False
        self._store(files)
        return True

    def _beside(
        self, changed: Contents, holds: Standing
    ) -> tuple[list[FileChange], dict[DocumentPath, bytes | None]]:
        """Put changes by hand together with what was saved in the program since.

        Returns:
            What is to hold, and the files for which both cannot.
        """
        files: list[FileChange] = []
        clashes: dict[DocumentPath, bytes | None] = {}
        for path, after in changed.items():
            known = self._good.get(path)
            held = holds.versions.get(path, known)
            if held == after:
                continue
            both = after if held in (known, after) else merged(known, held, after)
            if both is None and after is not None:
                clashes[path] = after
            elif both != held:
                files.append(
                    FileChange(path=path, before=held, after=both, folder=digest_of(after))
                )
        return files, clashes

    def _store(self, files: list[FileChange]) -> None:
        """Store a version, unless another worker on the same folder has just done so."""
        with self._database.work() as work:
            number = work.knowledge.claim_number()
            held = work.knowledge.in_force()
            news = [file for file in files if held.get(file.path, _NONE) != file.after]
            if not news:
                return
            now = self._clock.now()
            stored = work.knowledge.insert(_by_hand(now), news)
            work.knowledge.settle(stored.id, ChangeState.IN_FORCE, now, by=None, number=number)
        log.info("knowledge_changed", version=number, files=len(news), origin="folder")

    def _keep(self, files: list[FileChange], holds: Standing) -> None:
        """Make versions of files as they were, so that nothing goes by what is wrong."""
        kept = [
            FileChange(path=file.path, before=file.before, after=file.before)
            for file in files
            if file.path not in holds.versions
        ]
        if kept:
            self._store(kept)

    def _faults(self, changed: Contents, holds: Standing) -> list[Fault]:
        with tempfile.TemporaryDirectory(prefix="sammadag-edit-") as folder:
            laid = lay_out(self._ground, {**holds.versions, **changed}, Path(folder) / "laid")
            return faults(laid, tuple(changed))

    def _refuse(self, changed: Contents, found: list[Fault]) -> None:
        log.error("knowledge_refused", files=len(changed), faults=len(found))
        self._tell("knowledge_refused", changed, found)

    def _tell(self, code: str, files: Contents, found: list[Fault] | None = None) -> None:
        """Alert operators, once about the same content of the same files."""
        now = self._clock.now()
        said = "".join(f"{path}={digest_of(content)};" for path, content in files.items())
        alert = plan_operator_alert(
            code,
            (digest_of(said.encode()) or "")[:32],
            now=now,
            file=found[0].file if found else next(iter(files)),
            count=len(found) if found else len(files),
        )
        with self._database.work() as work:
            work.actions.plan([alert], now)


def is_gone_document(place: str, ground: Ground) -> bool:
    """Tell whether a place is that of a document which is there no more."""
    for top, folder in (("knowledge", ground.knowledge), ("templates", ground.templates)):
        if Path(place).is_relative_to(folder):
            return is_document(f"{top}/{Path(place).relative_to(folder).as_posix()}")
    return False


def _by_hand(at: datetime) -> Change:
    return Change(
        id=ChangeId(0),
        state=ChangeState.OPEN,
        origin=Origin.FOLDER,
        author=None,
        note="",
        made_at=at,
        paths=(),
        touches=frozenset(),
    )
