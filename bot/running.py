"""A house that runs, and is built anew between two rounds when what it goes by has changed.

Services hold knowledge that never changes. So a change is taken up by building another house
beside the one that runs, with the same database, and by letting its worker go on where the
first has stopped. What listens for people (the web page) asks for the house of now with every
request and is never stopped; the face of Slack connects anew.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final, Protocol

import structlog

from bot.app import App, build, open_database
from bot.clock import Clock, SystemClock
from bot.errors import DatabaseUnavailable, SammaDagError
from bot.in_force import laid_over, trials_for
from bot.material import ground_of, load_material
from bot.plan import plan_operator_alert
from bot.services.editing.taking_up import Folder, Standing, newest_version, standing
from bot.services.editing.trial import Trials
from bot.settings import Settings
from bot.store.unit_of_work import Database

log = structlog.get_logger()

LOOK_S: Final = 0.5
_FACE_AGAIN: Final = 60
"""Looks between two tries to put on a face that could not be put on."""
_SWAP_PATIENCE_S: Final = 30.0


class Face(Protocol):
    """What is put on each house anew, such as Slack."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Built:
    """A house and what it goes by; the folder of its templates may be that of one before."""

    app: App
    holds: Standing
    folder: Path
    letters: Path


class Running:
    """Runs a house until `stop`; `current` is the one of now."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        make: Callable[..., App] = build,
        face: Callable[[App], Face | None] = lambda _app: None,
    ) -> None:
        """Build the first house.

        Args:
            settings: With the folders that people edit.
            make: Puts a house together, as `bot.app.build` does.
            face: Puts a face on each house; None where there is none.

        Raises:
            KnowledgeError: What is in force is wrong; names file and line.
        """
        self._settings = settings
        self._clock = clock or SystemClock()
        self._make = make
        self._make_face = face
        self._face: Face | None = None
        self._face_failed = False
        self._ground = ground_of(settings)
        self._database: Database = open_database(settings)
        self._files = tempfile.TemporaryDirectory(prefix="sammadag-knowledge-")
        self._count = 0
        self._stopping = threading.Event()
        self._swapped = threading.Event()
        self._next: _Built | None = None
        try:
            self._folder = Folder(self._database, self._ground, self._clock)
            self._folder.open()
            self._now = self._built(standing(self._database), None)
        except BaseException:
            self._database.close()
            self._files.cleanup()
            raise
        self._refused = -1
        self._trials = Trials(
            self._database,
            self._ground,
            self._clock,
            trials_for(settings),
            stop=self._stopping.is_set,
        )

    @property
    def current(self) -> App:
        """The house of now."""
        return self._now.app

    def stop(self) -> None:
        """Ask it to end; safe to call from a signal handler's thread."""
        self._stopping.set()
        self._swapped.set()
        self.current.worker.stop()

    def run(self) -> None:
        """Run until `stop`, then let go of everything."""
        threads = [
            threading.Thread(target=self._watch, name="knowledge", daemon=True),
            threading.Thread(target=self._try, name="knowledge-trial", daemon=True),
        ]
        try:
            self._put_on_face()
            for thread in threads:
                thread.start()
            while not self._stopping.is_set():
                self.current.worker.run()
                if self._next is None:
                    break
                self._swap()
        finally:
            self._stopping.set()
            self._swapped.set()
            for thread in threads:
                if thread.is_alive():
                    thread.join(timeout=5)
            self._take_off_face()

    def close(self) -> None:
        """Let go of the house, the database and the files."""
        self.current.close()
        self._database.close()
        self._files.cleanup()

    def look(self) -> bool:
        """Take up what has changed; True where another house is ready to go on.

        It goes on once the worker of the one before has stopped.
        """
        if self._next is not None:
            return True
        others = self._folder.look()
        newest = newest_version(self._database)
        if newest in (self._now.holds.number, self._refused) and not others:
            return False
        holds = standing(self._database)
        try:
            self._next = self._built(holds, self._now)
        except DatabaseUnavailable:
            raise
        except SammaDagError as error:
            self._refused = holds.number
            log.error("knowledge_not_taken_up", version=holds.number, error=str(error))
            self._tell(holds.number)
            return False
        return True

    def _watch(self) -> None:
        for looks in count(1):
            if self._stopping.wait(LOOK_S):
                return
            if self._face_failed and looks % _FACE_AGAIN == 0:
                self._try_face()
            try:
                ready = self.look()
            except DatabaseUnavailable as error:
                log.warning("knowledge_waits_for_database", error=str(error))
                self._stopping.wait(LOOK_S)
                continue
            except Exception:  # the watcher's loop is where a bug is logged and outlived
                log.exception("knowledge_look_failed")
                self._stopping.wait(10 * LOOK_S)
                continue
            if ready:
                self._swapped.clear()
                self.current.worker.stop()
                self._swapped.wait(_SWAP_PATIENCE_S)

    def _try(self) -> None:
        while not self._stopping.wait(2 * LOOK_S):
            try:
                while not self._stopping.is_set() and self._trials.try_next():
                    pass
            except DatabaseUnavailable as error:
                log.warning("knowledge_waits_for_database", error=str(error))
            except Exception:  # the loop is where a bug is logged and outlived
                log.exception("knowledge_trial_failed")
                self._stopping.wait(10 * LOOK_S)

    def _swap(self) -> None:
        """Let the next house go on."""
        assert self._next is not None
        before, self._now, self._next = self._now, self._next, None
        self._take_off_face()
        before.app.close()
        self._try_face()
        self._tidy(before)
        log.info("knowledge_taken_up", version=self._now.holds.number)
        self._swapped.set()

    def _tidy(self, before: _Built) -> None:
        """Delete the files of houses that nobody can be using any more."""
        used = {self._now.folder, self._now.letters, before.folder, before.letters}
        for folder in Path(self._files.name).iterdir():
            if folder not in used:
                shutil.rmtree(folder, ignore_errors=True)

    def _built(self, holds: Standing, before: _Built | None) -> _Built:
        self._count += 1
        folder = Path(self._files.name) / str(self._count)
        laid = laid_over(self._settings, holds, folder)
        same = before if before is not None and _same_letters(before.holds, holds) else None
        material = load_material(
            laid, lazy=False, templates=None if same is None else same.app.templates
        )
        app = self._make(laid, material=material, clock=self._clock, ground=self._ground)
        letters = folder if same is None else same.letters
        return _Built(app=app, holds=holds, folder=folder, letters=letters)

    def _put_on_face(self) -> None:
        face = self._make_face(self.current)
        if face is not None:
            face.start()
        self._face = face  # one that could not start has nothing to end

    def _try_face(self) -> None:
        """Put on the face; without it mail is taken in and answered all the same."""
        try:
            self._put_on_face()
            self._face_failed = False
        except Exception:  # whatever keeps people from being reached is tried again
            self._face_failed = True
            log.exception("face_not_put_on")

    def _take_off_face(self) -> None:
        face, self._face = self._face, None
        if face is not None:
            face.stop()

    def _tell(self, number: int) -> None:
        now = self._clock.now()
        scope = f"version:{number}:{self.current.dispatch.worker}"
        alert = plan_operator_alert("knowledge_refused", scope, now=now, file="knowledge", count=1)
        with suppress(DatabaseUnavailable), self._database.work() as work:
            work.actions.plan([alert], now)


def _same_letters(before: Standing, now: Standing) -> bool:
    """Tell whether no file of any template has changed."""

    def letters(of: Standing) -> dict[str, bytes | None]:
        return {
            path: content for path, content in of.versions.items() if path.startswith("templates/")
        }

    return letters(before) == letters(now)
