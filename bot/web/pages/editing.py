"""Redigera: knowledge and templates as forms and text, tried and approved before they hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from bot.edits import Change, ChangeId, DocumentPath
from bot.errors import DataError, NotFound
from bot.services.editing.difference import Line
from bot.services.editing.drafting import Draft
from bot.services.editing.forms import FormSection
from bot.services.editing.service import DraftRefused, Look, Text
from bot.vocabulary import Language, Right
from bot.web.article_text import paragraphs
from bot.web.ask import Ask
from bot.web.notices import Notice, Tone
from bot.web.page import Page

_PAGE: Final = 50
_NEW_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{1,39}")
_DIGITS: Final = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What became of a draft that was not saved.

    Attributes:
        look: What it would come to; None where nobody has looked.
        wrong: Why it cannot be; empty for nothing.
    """

    look: Look | None = None
    wrong: str = ""
    status: int = 200


_NOTHING: Final = _Outcome()
_Again = Callable[[_Outcome], Response]
"""Shows a page again, with what became of the draft."""


def documents(ask: Ask) -> Response:
    """List the documents, and the changes that wait."""
    desk = ask.house.desk
    return ask.page(
        "editing/documents.html",
        groups=desk.groups(Language(ask.say.language)),
        waiting=desk.editing.waiting(),
    )


def document(ask: Ask) -> Response:
    """Show a document as text, with all files of a template."""
    path, like = ask.query("document"), ask.query("like")
    if not path:
        return ask.see_other("edit")
    desk = ask.house.desk
    texts = desk.copied(path, like) if like else desk.texts(path)
    return _text_page(ask, path, texts, {text.path: text.text for text in texts})


def save_document(ask: Ask) -> Response:
    """Show what a changed text would come to, or save it."""
    sent = {
        name.removeprefix("text:"): value
        for name, value in ask.form.items()
        if name.startswith("text:")
    }
    seen = {
        name.removeprefix("seen:"): value
        for name, value in ask.form.items()
        if name.startswith("seen:")
    }
    path = ask.form.get("document", "")
    desk = ask.house.desk
    texts = [_with_seen(desk.editing.read(one), seen) for one in sent]

    def again(outcome: _Outcome) -> Response:
        return _text_page(ask, path, texts, sent, outcome)

    try:
        return _looked_at_or_saved(ask, desk.drafted(sent, seen, _note(ask)), again)
    except DataError as error:
        return again(_Outcome(wrong=ask.say.error(error), status=422))


def form(ask: Ask) -> Response:
    """Show a document as a form."""
    path = ask.query("document")
    if not path:
        return ask.see_other("edit")
    sections = ask.house.desk.form(path)
    if not sections:
        raise NotFound("det finns inget formulär för det dokumentet; redigera texten")
    return _form_page(ask, path, sections, {})


def save_form(ask: Ask) -> Response:
    """Show what a filled in form would come to, or save it."""
    path, seen = ask.form.get("document", ""), ask.form.get("seen", "")
    fields = {name: value for name, value in ask.form.items() if name[:1].isdigit()}
    sections = ask.house.desk.form(path)

    def again(outcome: _Outcome) -> Response:
        return _form_page(ask, path, sections, fields, outcome)

    try:
        draft = ask.house.desk.filled_in(path, fields, seen, _note(ask))
        return _looked_at_or_saved(ask, draft, again)
    except DataError as error:
        return again(_Outcome(wrong=ask.say.error(error), status=422))


def new(ask: Ask) -> Response:
    """Ask for the name of a new article or template, and what it is to be like."""
    groups = ask.house.desk.groups(Language(ask.say.language))
    kind, name, like = ask.query("kind"), ask.query("name"), ask.query("like")
    wrong = ""
    if name or like:
        ending = {"articles": ("knowledge/articles/", ".md"), "templates": ("templates/", "")}
        if kind in ending and _NEW_NAME.fullmatch(name) and like:
            start, end = ending[kind]
            path = f"{start}{name}{end}" if end else f"{start}{name}/template.toml"
            return ask.go_on(_address(ask, "edit_document", document=path, like=like))
        wrong = ask.say("Ett namn har små bokstäver a–z, siffror, bindestreck eller understreck.")
    return ask.page("editing/new.html", groups=groups, kind=kind, name=name, wrong=wrong)


def file(ask: Ask) -> Response:
    """Give out a document as a file, byte for byte as it was saved."""
    text = ask.house.desk.editing.read(ask.query("document"))
    if text.content is None:
        raise NotFound("det finns inget sådant dokument att redigera")
    name = text.path.rpartition("/")[2]
    return Response(
        text.content,
        media_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def versions(ask: Ask) -> Response:
    """List the versions of all documents or of one, the newest first."""
    path, before = ask.query("document"), ask.query("before")
    found = ask.house.desk.editing.versions(
        path=path or None,
        before=int(before) if _DIGITS.fullmatch(before) else None,
        limit=_PAGE + 1,
    )
    shown = found[:_PAGE]
    older = ""
    if len(found) > _PAGE:
        older = _address(ask, "edit_versions", document=path, before=str(shown[-1].number))
    first = _address(ask, "edit_versions", document=path) if before else ""
    return ask.page("editing/versions.html", found=shown, path=path, first=first, older=older)


def change(ask: Ask) -> Response:
    """Show a change: who, when, what it alters, what its trial found, and what may be done."""
    return _change_page(ask, _change(ask))


def trial(ask: Ask) -> Response:
    """Return how far the trial of a change is, alone; it is fetched again and again."""
    found = _change(ask)
    return ask.page("editing/_trial.html", change=found, trial=_trial(ask, found))


def approve(ask: Ask) -> Response:
    """Let a change come into force."""

    def do(found: Change) -> str:
        ask.house.desk.editing.put_in_force(found.id, by=ask.viewer.key)
        return ask.say("Ändring {n} gäller. Den tas i bruk inom fem sekunder.", n=found.id)

    return _settled(ask, do)


def refuse(ask: Ask) -> Response:
    """Refuse a change, or withdraw one's own."""

    def do(found: Change) -> str:
        ask.house.desk.editing.refuse(found.id, by=ask.viewer.key)
        return ask.say("Ändring {n} tas inte i bruk.", n=found.id)

    return _settled(ask, do)


def undo(ask: Ask) -> Response:
    """Begin a change that takes a version back."""
    found = _change(ask)
    try:
        undone = ask.house.desk.editing.undo(found.id, by=ask.viewer.key)
    except DataError as error:
        notice = Notice(text=ask.say.error(error), tone=Tone.WARNING)
        return ask.see_other("edit_change", notice, number=str(found.id))
    text = ask.say("Ändring {n} tar tillbaka den. Låt den gälla när den är provad.", n=undone.id)
    return ask.see_other("edit_change", Notice(text=text), number=str(undone.id))


def _looked_at_or_saved(ask: Ask, draft: Draft, again: _Again) -> Response:
    editing = ask.house.desk.editing
    if ask.form.get("act") != "save":
        return again(_Outcome(look=editing.look(draft)))
    try:
        saved = editing.save(draft, by=ask.viewer.key)
    except DraftRefused:
        return again(_Outcome(look=editing.look(draft), status=422))
    text = ask.say("Sparad som ändring {n}. Den gäller inte än.", n=saved.id)
    return ask.see_other("edit_change", Notice(text=text), number=str(saved.id))


def _text_page(
    ask: Ask,
    path: str,
    texts: Sequence[Text],
    typed: Mapping[str, str],
    outcome: _Outcome = _NOTHING,
) -> Response:
    return ask.page(
        "editing/document.html",
        status=outcome.status,
        path=path,
        kind=ask.house.desk.kind(path),
        texts=texts,
        typed=typed,
        look=outcome.look,
        paragraphs=paragraphs,
        wrong=outcome.wrong,
        note=_note(ask),
        has_form=bool(texts and texts[0].content is not None and ask.house.desk.form(path)),
    )


def _form_page(
    ask: Ask,
    path: str,
    sections: Sequence[FormSection],
    typed: Mapping[str, str],
    outcome: _Outcome = _NOTHING,
) -> Response:
    text = ask.house.desk.editing.read(path)
    return ask.page(
        "editing/form.html",
        status=outcome.status,
        path=path,
        kind=ask.house.desk.kind(path),
        sections=sections,
        typed=typed,
        seen=ask.form.get("seen") or text.digest or "",
        version=text.version,
        look=outcome.look,
        paragraphs=paragraphs,
        wrong=outcome.wrong,
        note=_note(ask),
    )


def _change_page(ask: Ask, found: Change) -> Response:
    desk = ask.house.desk
    differences: Mapping[DocumentPath, tuple[Line, ...]] = desk.editing.differences(found.id)
    return ask.page(
        "editing/change.html",
        change=found,
        differences=differences,
        trial=_trial(ask, found),
        own=found.author == ask.viewer.key,
    )


def _trial(ask: Ask, found: Change) -> object:
    return ask.house.desk.trial(found, sees_protected=ask.viewer.sees_protected)


def _settled(ask: Ask, do: Callable[[Change], str]) -> Response:
    found = _change(ask)
    number = str(found.id)
    try:
        return ask.see_other("edit_change", Notice(text=do(found)), number=number)
    except DataError as error:
        notice = Notice(text=ask.say.error(error), tone=Tone.WARNING)
        return ask.see_other("edit_change", notice, number=number)


def _change(ask: Ask) -> Change:
    number = ask.value("number")
    if not _DIGITS.fullmatch(number):
        raise NotFound("ändring {n} finns inte; kontrollera numret", n=number[:9])
    return ask.house.desk.editing.change(ChangeId(int(number)))


def _with_seen(text: Text, seen: Mapping[str, str]) -> Text:
    """Return a text with the digest that the page was first made with."""
    return Text(
        path=text.path,
        content=text.content,
        digest=seen.get(text.path) or None,
        version=text.version,
    )


def _note(ask: Ask) -> str:
    return ask.form.get("note", "").strip()


def _address(ask: Ask, name: str, **query: str) -> str:
    given = {key: value for key, value in query.items() if value}
    return f"{ask.url(name)}?{urlencode(given)}" if given else ask.url(name)


def _page(path: str, name: str, answer: Callable[[Ask], Response], method: str = "GET") -> Page:
    return Page(
        path=path,
        name=name,
        answer=answer,
        right=Right.EDITOR,
        method=method,
        once=method == "POST",
    )


PAGES = (
    _page("/edit", "edit", documents),
    _page("/edit/document", "edit_document", document),
    _page("/edit/document/save", "edit_document_save", save_document, "POST"),
    _page("/edit/form", "edit_form", form),
    _page("/edit/form/save", "edit_form_save", save_form, "POST"),
    _page("/edit/new", "edit_new", new),
    _page("/edit/file", "edit_file", file),
    _page("/edit/versions", "edit_versions", versions),
    _page("/edit/changes/{number}", "edit_change", change),
    _page("/edit/changes/{number}/trial", "edit_trial", trial),
    _page("/edit/changes/{number}/approve", "edit_approve", approve, "POST"),
    _page("/edit/changes/{number}/refuse", "edit_refuse", refuse, "POST"),
    _page("/edit/changes/{number}/undo", "edit_undo", undo, "POST"),
)
