"""What somebody edits in one go: a document, or all files of a template; and what they sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.edits import Change, DocumentPath
from bot.services.editing.documents import Document, DocumentKind, kind_of, template_of
from bot.services.editing.drafting import Draft, in_the_style_of
from bot.services.editing.forms import FormSection, filled_in, form_of
from bot.services.editing.service import Editing, Text
from bot.services.editing.trial_view import TrialView, trial_view
from bot.store.unit_of_work import Database
from bot.vocabulary import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Documents of one kind, for the list."""

    kind: DocumentKind
    documents: tuple[Document, ...]


class Desk:
    """Editing as pages need it."""

    def __init__(self, database: Database, editing: Editing) -> None:
        self._database = database
        self.editing = editing

    def groups(self, language: Language) -> list[Group]:
        """Return all documents by kind; of a template only the first of its files."""
        shown: dict[DocumentKind, list[Document]] = {}
        met: set[str] = set()
        for one in self.editing.documents(language):
            template = template_of(one.path)
            if template is not None and not one.path.endswith(".toml"):
                continue
            if template in met:
                continue
            if template is not None:
                met.add(template)
            shown.setdefault(one.kind, []).append(one)
        return [Group(kind=kind, documents=tuple(found)) for kind, found in shown.items()]

    def texts(self, path: str) -> list[Text]:
        """Return what is edited together with a document: all files of a template, or itself.

        Raises:
            NotFound: It is not one that can be edited.
        """
        first = self.editing.read(path)
        template = template_of(first.path)
        if template is None:
            return [first]
        every = (one.path for one in self.editing.documents())
        paths = sorted({first.path, *(one for one in every if template_of(one) == template)})
        # What it is for comes first, then each language.
        paths.sort(key=lambda one: not one.endswith(".toml"))
        return [self.editing.read(one) for one in paths]

    def form(self, path: str) -> tuple[FormSection, ...]:
        """Return a document as a form; empty where there is none for it."""
        read = self.editing.read(path)
        return form_of(read.path, read.text)

    def drafted(
        self,
        sent: Mapping[str, str],
        seen: Mapping[str, str],
        note: str,
    ) -> Draft:
        """Return the draft of texts that a browser sent; files that were not changed are left out.

        Args:
            sent, seen: By path: the text, and the digest that the page was made with.
        """
        files: dict[DocumentPath, bytes | None] = {}
        for path, text in sent.items():
            read = self.editing.read(path)
            content = in_the_style_of(read.content, text)
            if content != read.content:
                files[read.path] = content
        return Draft(files=files, seen=_seen(files, seen), note=note)

    def filled_in(self, path: str, fields: Mapping[str, str], seen: str, note: str) -> Draft:
        """Return the draft of a form that a browser sent."""
        read = self.editing.read(path)
        text = filled_in(read.path, read.text, fields)
        content = in_the_style_of(read.content, text)
        return Draft(files={read.path: content}, seen={read.path: seen or None}, note=note)

    def copied(self, path: str, like: str) -> list[Text]:
        """Return the files of a new document, with the content of another to begin with."""
        new = self.editing.read(path)
        template, old = template_of(new.path), self.texts(like)
        if template is None:
            return [_copy(new.path, old[0])]
        return [_copy(_beside(one.path, template), one) for one in old]

    def trial(self, change: Change, *, sees_protected: bool) -> TrialView | None:
        """Return what the trial of a change found; see `trial_view`."""
        return trial_view(self._database, change, sees_protected=sees_protected)

    def kind(self, path: str) -> DocumentKind:
        """Return what a document is about."""
        return kind_of(DocumentPath(path))


def _seen(
    files: Mapping[DocumentPath, bytes | None], seen: Mapping[str, str]
) -> dict[DocumentPath, str | None]:
    return {path: seen.get(path) or None for path in files}


def _copy(path: DocumentPath, like: Text) -> Text:
    return Text(path=path, content=like.content, digest=None, version=None)


def _beside(path: DocumentPath, template: str) -> DocumentPath:
    parts: Sequence[str] = path.split("/")
    return DocumentPath("/".join([parts[0], template, *parts[2:]]))
