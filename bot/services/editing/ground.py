"""Where the files of knowledge and templates lie, and how versions are laid over them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from bot.edits import LARGEST, DocumentPath, is_document
from bot.errors import KnowledgeError, Saying

DUTY = DocumentPath("knowledge/duty.yaml")
_HIDDEN = shutil.ignore_patterns(".*", "__pycache__")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The folders that a house goes by.

    Attributes:
        people: The separate file of people; a ``duty.yaml`` beside it goes before the folder's.
    """

    knowledge: Path
    templates: Path
    people: Path | None = None

    def place_of(self, path: DocumentPath) -> Path:
        """Return where a document lies, or would lie."""
        if path == DUTY and self.people is not None:
            beside = self.people.with_name("duty.yaml")
            if beside.exists():
                return beside
        top, _, rest = path.partition("/")
        return (self.knowledge if top == "knowledge" else self.templates) / rest

    def documents(self) -> tuple[DocumentPath, ...]:
        """Return the documents that there are, by path."""
        found = {
            f"{top}/{path.relative_to(folder).as_posix()}"
            for top, folder in (("knowledge", self.knowledge), ("templates", self.templates))
            for path in folder.rglob("*")
            if path.is_file()
        }
        return tuple(DocumentPath(path) for path in sorted(found) if is_document(path))

    def read(self, path: DocumentPath) -> bytes | None:
        """Return what a document holds; None where there is none.

        Raises:
            KnowledgeError: It cannot be read, or is too large to be edited here.
        """
        place = self.place_of(path)
        try:
            content = place.read_bytes() if place.is_file() else None
        except OSError as error:
            what = Saying("går inte att läsa; kontrollera rättigheterna")
            raise KnowledgeError(path, None, what) from error
        if content is not None and len(content) > LARGEST:
            raise KnowledgeError(path, None, Saying("är för stor för att redigeras här"))
        return content

    def state(self) -> Mapping[str, tuple[int, int]]:
        """Return time and size of every file that the house goes by, by its place."""
        places = [
            os.path.join(folder, name)
            for top in (self.knowledge, self.templates)
            for folder, _, names in os.walk(top)
            for name in names
            if not name.startswith(".")
        ]
        if self.people is not None:
            places += [str(self.people), str(self.people.with_name("duty.yaml"))]
        found = {}
        for place in places:
            try:
                status = os.stat(place)
            except OSError:  # gone between listing and looking, or a link to nothing
                continue
            if S_ISREG(status.st_mode):
                found[place] = (status.st_mtime_ns, status.st_size)
        return found


def lay_out(ground: Ground, versions: Mapping[DocumentPath, bytes | None], target: Path) -> Ground:
    """Copy the files of a ground to an empty folder, and put versions in place of theirs.

    Args:
        versions: None for a file that is left out.
    """
    laid = Ground(
        knowledge=target / "knowledge",
        templates=target / "templates",
        people=None if ground.people is None else target / "people" / ground.people.name,
    )
    shutil.copytree(ground.knowledge, laid.knowledge, ignore=_HIDDEN)
    shutil.copytree(ground.templates, laid.templates, ignore=_HIDDEN)
    if ground.people is not None and laid.people is not None:
        laid.people.parent.mkdir()
        for name in (ground.people.name, "duty.yaml"):
            if ground.people.with_name(name).is_file():
                shutil.copyfile(ground.people.with_name(name), laid.people.with_name(name))
    for path, content in versions.items():
        if not is_document(path):  # rows of a database are no reason to write elsewhere
            continue
        place = laid.place_of(path)
        if content is None:
            place.unlink(missing_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    return laid
