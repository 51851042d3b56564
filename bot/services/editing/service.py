"""Editing knowledge and templates without a programmer, with a second pair of eyes.

What holds is the newest version of each file in the database, else the file of the folder. A
change is checked, tried on the mail of the last days, approved by a colleague where it touches
urgency or automatic replies, and then becomes a version; undoing makes one more.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import structlog

from bot.clock import Clock
from bot.edits import (
    Change,
    ChangeId,
    ChangeState,
    DocumentPath,
    FileChange,
    Origin,
    Touch,
    TrialState,
    digest_of,
    is_document,
)
from bot.errors import DataError, IllegalChange, NotFound, Saying
from bot.knowledge.articles import Article
from bot.services.articles import ArticleWarning, warnings
from bot.services.editing import drafting
from bot.services.editing.checking import Fault, Letter, changed_articles, faults, letters
from bot.services.editing.difference import Line, difference
from bot.services.editing.documents import (
    Document,
    DocumentKind,
    in_order,
    kind_of,
    title_in,
)
from bot.services.editing.drafting import Draft
from bot.services.editing.ground import Ground, lay_out
from bot.services.editing.touching import changes_reading, touches
from bot.store.unit_of_work import Database, Work
from bot.vocabulary import Language, PersonKey

log = structlog.get_logger()


class DraftRefused(DataError):
    """A change has faults, so that it is not stored.

    Attributes:
        faults: All of them.
    """

    def __init__(self, found: Sequence[Fault]) -> None:
        first = found[0]
        line = "" if first.line is None else first.line
        super().__init__(
            "{n} fel; det första: {file} {line}: {what}",
            n=len(found),
            file=first.file,
            line=line,
            what=first.what,
        )
        self.faults = tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A document as it holds now.

    Attributes:
        content: Byte for byte; None where there is no such document.
        digest: To be given back with a `Draft`, in `Draft.seen`.
        version: None where the file of the folder holds.
    """

    path: DocumentPath
    content: bytes | None
    digest: str | None
    version: Change | None

    @property
    def text(self) -> str:
        """The content as it is edited."""
        return (self.content or b"").decode("utf-8-sig", errors="replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a draft would come to.

    Attributes:
        letters, articles, warnings: Only where nothing is wrong.
        touches: Why a second person must approve it.
        is_tried: It changes how mail is read, so that it will be tried.
    """

    faults: tuple[Fault, ...]
    letters: tuple[Letter, ...]
    articles: tuple[Article, ...]
    warnings: tuple[ArticleWarning, ...]
    differences: Mapping[DocumentPath, tuple[Line, ...]]
    touches: frozenset[Touch]
    is_tried: bool


class Editing:
    """What editors do, one transaction each."""

    def __init__(
        self,
        database: Database,
        ground: Ground,
        clock: Clock,
        *,
        today: Callable[[], date],
    ) -> None:
        """Make it.

        Args:
            ground: The folders, without any version laid over them.
            today: The day where the centre is.
        """
        self._database = database
        self._ground = ground
        self._clock = clock
        self._today = today

    @property
    def ground(self) -> Ground:
        """The folders, without any version laid over them."""
        return self._ground

    def documents(self, language: Language = Language.SWEDISH) -> list[Document]:
        """Return all documents by kind, each with the version in force."""
        with self._database.reading() as work:
            versions, newest = work.knowledge.in_force(), work.knowledge.newest()
        paths = {*self._ground.documents(), *versions}
        paths -= {path for path, content in versions.items() if content is None}
        found = []
        for path in paths:
            title = ""
            if path.endswith((".md", "template.toml")):
                content = versions[path] if path in versions else self._ground.read(path)
                text = (content or b"").decode("utf-8", errors="replace")
                title = title_in(path, text, language)
            found.append(
                Document(path=path, kind=kind_of(path), title=title, changed=newest.get(path))
            )
        return in_order(found)

    def read(self, path: str) -> Text:
        """Return a document as it holds; without content where there is none yet.

        Raises:
            NotFound: It is not one that can be edited, or a new one that nothing would read.
        """
        document = _document(path)
        with self._database.reading() as work:
            content = self._held(work, document)
            _check_is_read(document, content)
            version = next(iter(work.knowledge.latest(path=document, limit=1)), None)
        return Text(path=document, content=content, digest=digest_of(content), version=version)

    def look(self, draft: Draft) -> Look:
        """Check a draft and show what it would come to; nothing is stored."""
        drafting.check(draft)
        with self._database.reading() as work:
            files = self._changes(work, draft)
            versions = dict(work.knowledge.in_force())
        return self._look(files, versions)

    def save(self, draft: Draft, *, by: PersonKey) -> Change:
        """Store a draft as an open change, to be tried, approved and put in force.

        Raises:
            DraftRefused: It has faults; nothing is stored.
            IllegalChange: Somebody has changed the same file since it was read.
        """
        drafting.check(draft)
        with self._database.reading() as work:
            files = self._changes(work, draft)
            versions = dict(work.knowledge.in_force())
            for file in files:
                if not drafting.was_seen(draft, file.path, file.before):
                    raise _changed_meanwhile(file.path)
        return self._store(files, versions, Origin.SAVED, by=by, note=draft.note)

    def undo(self, change_id: ChangeId, *, by: PersonKey) -> Change:
        """Store an open change that takes a version back.

        Raises:
            IllegalChange: It is not in force, or a later one has changed the same file.
        """
        with self._database.reading() as work:
            change = work.knowledge.get(change_id)
            if change.state is not ChangeState.IN_FORCE:
                raise IllegalChange("ändring {n} gäller inte, så den kan inte ångras", n=change_id)
            undone = []
            for file in work.knowledge.files(change_id):
                now = self._held(work, file.path)
                if now != file.after:
                    raise _changed_meanwhile(file.path)
                undone.append(FileChange(path=file.path, before=now, after=file.before))
            versions = dict(work.knowledge.in_force())
        return self._store(undone, versions, Origin.UNDO, by=by, undoes=change_id)

    def put_in_force(self, change_id: ChangeId, *, by: PersonKey) -> Change:
        """Let an open change come into force; a colleague where it needs approval.

        Raises:
            IllegalChange: It is settled, not tried yet, of one's own and needs a colleague, or
                a file has changed since.
            DraftRefused: With what has come into force since, it is wrong.
        """
        with self._database.reading() as work:
            change, files = self._may_hold(work, change_id, by)
            versions, number = dict(work.knowledge.in_force()), work.knowledge.newest_number()
            others = _has_come_since(change, work.knowledge.latest(limit=1))
        if others:
            self._refuse_faults(files, versions)
        with self._database.work() as work:
            new = work.knowledge.claim_number()  # from here on others wait, and find this one
            self._may_hold(work, change_id, by)
            if work.knowledge.newest_number() != number:
                raise IllegalChange("någon annan har just ändrat något; försök igen")
            now = self._clock.now()
            if not work.knowledge.settle(change_id, ChangeState.IN_FORCE, now, by=by, number=new):
                raise IllegalChange("ändring {n} är redan avgjord", n=change_id)
        log.info("knowledge_changed", version=new, files=len(files), origin=change.origin.value)
        return self.change(change_id)

    def refuse(self, change_id: ChangeId, *, by: PersonKey) -> Change:
        """Settle an open change so that it never holds: refused, or withdrawn by its author."""
        with self._database.work() as work:
            change = work.knowledge.get(change_id)
            change.check_may_settle()
            own = change.author == by
            state = ChangeState.WITHDRAWN if own else ChangeState.REFUSED
            if not work.knowledge.settle(change_id, state, self._clock.now(), by=by):
                raise IllegalChange("ändring {n} är redan avgjord", n=change_id)
        return self.change(change_id)

    def change(self, change_id: ChangeId) -> Change:
        """Return a change; NotFound where there is none."""
        with self._database.reading() as work:
            return work.knowledge.get(change_id)

    def files(self, change_id: ChangeId) -> tuple[FileChange, ...]:
        """Return the files of a change, byte for byte as they were saved."""
        with self._database.reading() as work:
            work.knowledge.get(change_id)
            return work.knowledge.files(change_id)

    def differences(self, change_id: ChangeId) -> Mapping[DocumentPath, tuple[Line, ...]]:
        """Return what a change alters, file by file."""
        return {file.path: difference(file.before, file.after) for file in self.files(change_id)}

    def waiting(self) -> list[Change]:
        """Return the open changes, oldest first."""
        with self._database.reading() as work:
            return work.knowledge.open()

    def versions(
        self, *, path: str | None = None, before: int | None = None, limit: int = 50
    ) -> list[Change]:
        """Return versions, of one file or of all, the newest first; see `latest` of the store."""
        document = None if path is None else _document(path)
        with self._database.reading() as work:
            return work.knowledge.latest(path=document, before=before, limit=limit)

    def export(self, target: Path) -> int:
        """Write all files as they hold into a new folder; return how many have a version.

        Raises:
            DataError: The folder is there already, or cannot be written.
        """
        with self._database.reading() as work:
            versions = work.knowledge.in_force()
        try:
            target.mkdir(mode=0o700)
            lay_out(self._ground, versions, target)
        except OSError as error:
            raise DataError(
                "mappen {folder} finns redan eller går inte att skriva; ange en ny", folder=target
            ) from error
        return len(versions)

    def _store(
        self,
        files: Sequence[FileChange],
        versions: Mapping[DocumentPath, bytes | None],
        origin: Origin,
        *,
        by: PersonKey,
        note: str = "",
        undoes: ChangeId | None = None,
    ) -> Change:
        found = self._refuse_faults(files, versions)
        tried = TrialState.WAITING if changes_reading(files) else TrialState.NEEDLESS
        change = Change(
            id=ChangeId(0),
            state=ChangeState.OPEN,
            origin=origin,
            author=by,
            note=note,
            made_at=self._clock.now(),
            paths=(),
            touches=found,
            undoes=undoes,
            trial_state=tried,
        )
        with self._database.work() as work:
            return work.knowledge.insert(change, files)

    def _refuse_faults(
        self, files: Sequence[FileChange], versions: Mapping[DocumentPath, bytes | None]
    ) -> frozenset[Touch]:
        """Raise DraftRefused where a change has faults; else return what it touches."""
        with self._laid_out(files, versions) as tried:
            found = faults(tried, [file.path for file in files])
            if found:
                raise DraftRefused(found)
            return touches(files, tried)

    def _look(
        self, files: Sequence[FileChange], versions: Mapping[DocumentPath, bytes | None]
    ) -> Look:
        paths = [file.path for file in files]
        with self._laid_out(files, versions) as tried:
            found = faults(tried, paths)
            articles = () if found else tuple(changed_articles(tried, paths))
            return Look(
                faults=tuple(found),
                letters=() if found else tuple(letters(tried, paths)),
                articles=articles,
                warnings=tuple(warnings(articles, (), self._today())),
                differences={file.path: difference(file.before, file.after) for file in files},
                touches=touches(files, tried),
                is_tried=changes_reading(files),
            )

    @contextmanager
    def _laid_out(
        self, files: Sequence[FileChange], versions: Mapping[DocumentPath, bytes | None]
    ) -> Iterator[Ground]:
        with tempfile.TemporaryDirectory(prefix="sammadag-edit-") as folder:
            changed = {file.path: file.after for file in files}
            yield lay_out(self._ground, {**versions, **changed}, Path(folder) / "laid")

    def _may_hold(
        self, work: Work, change_id: ChangeId, by: PersonKey
    ) -> tuple[Change, tuple[FileChange, ...]]:
        change = work.knowledge.get(change_id)
        change.check_may_hold(by)
        files = work.knowledge.files(change_id)
        for file in files:
            if self._held(work, file.path) != file.before:
                raise _changed_meanwhile(file.path)
        return change, files

    def _changes(self, work: Work, draft: Draft) -> list[FileChange]:
        versions = work.knowledge.in_force()
        held = {
            path: versions[path] if path in versions else self._ground.read(path)
            for path in draft.files
        }
        for path, content in held.items():
            _check_is_read(path, content)
        files = [
            FileChange(path=path, before=held[path], after=content)
            for path, content in sorted(draft.files.items())
            if held[path] != content
        ]
        if not files:
            raise DataError("ingenting är ändrat")
        return files

    def _held(self, work: Work, path: DocumentPath) -> bytes | None:
        versions = work.knowledge.in_force()
        return versions[path] if path in versions else self._ground.read(path)


def _has_come_since(change: Change, newest: Sequence[Change]) -> bool:
    """Tell whether anything has come into force since a change was found to be right."""
    return any(one.settled_at is None or one.settled_at >= change.made_at for one in newest)


def _document(path: str) -> DocumentPath:
    if not is_document(path):
        raise NotFound("det finns inget sådant dokument att redigera")
    return DocumentPath(path)


def _check_is_read(path: DocumentPath, held: bytes | None) -> None:
    """Refuse a new file of no kind that the house knows; what stands in it would hold nowhere."""
    if held is None and kind_of(path) is DocumentKind.OTHER:
        raise NotFound("det finns inget sådant dokument att redigera")


def _changed_meanwhile(path: DocumentPath) -> IllegalChange:
    return IllegalChange("{file}: någon annan har ändrat filen; läs in den på nytt", file=path)


def fault_line(fault: Fault) -> Saying:
    """Say a fault in one line, with its file and line."""
    if fault.line is None:
        return Saying("{file}: {what}", file=fault.file, what=fault.what)
    return Saying("{file} rad {line}: {what}", file=fault.file, line=fault.line, what=fault.what)
