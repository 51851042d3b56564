"""Svara: choose a template, fill it in, see the letter as the customer will, and send it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from bot.cases import Case
from bot.errors import DataError, NotFound, SammaDagError
from bot.reply_rules import DraftState, ReplyDraft
from bot.services.case_page import CaseMail
from bot.services.phone import Feedback
from bot.services.replies import DraftSheet
from bot.services.reply_form import Unfit
from bot.texts import mark
from bot.vocabulary import DraftId, PersonKey, Status, TemplateKey
from bot.web.ask import Ask
from bot.web.form import Form
from bot.web.notices import Notice
from bot.web.page import Page
from bot.web.seeing import seen_case, sight_of

VALUE: Final = "value."
"""Begins the name of the field for a value of the letter."""
_MOST_DIGITS: Final = 9
_SEEN: Final = "seen"
"""The field for what was written in the draft when a form was made; see `_written`."""
_LONGEST_LETTER: Final = 20_000
_UNFIT: Final = {
    Unfit.DATE: mark("Skriv dagen som 2026-03-29."),
    Unfit.PAST: mark("Dagen har redan varit; brevet talar om en dag som kommer."),
    Unfit.FAR: mark("Dagen ligger mer än ett år bort."),
    Unfit.LINK: mark("Skriv en adress som börjar med https://."),
    Unfit.TOO_LONG: mark("Texten är för lång."),
}


def choose(ask: Ask) -> Response:
    """Show the templates that fit a case, and one of them in outline."""
    case = seen_case(ask, ask.value("number"))
    return _choosing(ask, case, ask.query("template"))


def begin(ask: Ask) -> Response:
    """Write a draft from a template, filled from the case."""
    case = seen_case(ask, ask.value("number"))
    name = ask.form.get("template", "")
    to = ask.form.get("to", "").strip()
    if name not in {one.template.name for one in ask.house.replies.suggest(case)}:
        return _choosing(ask, case, "", error=ask.say("Välj en mall."))
    try:
        template = TemplateKey(name)
        draft = ask.house.replies.draft(case, template, by=ask.viewer.key, to=to or None)
    except SammaDagError as error:
        return _choosing(ask, case, name, error=ask.say.error(error))
    return ask.see_other("case_draft", number=str(case.number), draft=str(draft.id))


def draft(ask: Ask) -> Response:
    """Show a draft: its values, the letter as the customer will see it, and advice."""
    case, sheet = _sheet(ask)
    ask.house.case_pages.viewed(case, by=ask.viewer.key, what="reply", draft=sheet.draft.id)
    return _letter(ask, case, sheet)


def save(ask: Ask) -> Response:
    """Keep what was typed, and show the letter anew."""
    case, sheet = _sheet(ask)
    try:
        _refuse_old_page(ask, sheet)
        kept = _keep(ask, sheet)
    except SammaDagError as error:
        return _refused(ask, case, sheet, error)
    if isinstance(kept, Form):
        return _letter(ask, case, sheet, status=422, form=kept)
    notice = Notice(text=ask.say("Utkastet är sparat."))
    return _back(ask, case, sheet, notice)


def send(ask: Ask) -> Response:
    """Keep what was typed, and hand the letter to the outbox; one with a hole is not sent."""
    case, sheet = _sheet(ask)
    said = next((one for one in Feedback if one == ask.form.get("feedback")), None)
    by = ask.viewer.key
    try:
        _refuse_old_page(ask, sheet)
        kept = _keep(ask, sheet)
        if isinstance(kept, Form):
            return _letter(ask, case, sheet, status=422, form=kept)
        ask.house.replies.send(kept.id, by=by, feedback=said, version=kept.version)
    except SammaDagError as error:
        return _refused(ask, case, sheet, error)
    text = ask.say("Brevet skickas till kunden.")
    return ask.see_other("case", Notice(text=text), number=str(case.number))


def approve(ask: Ask) -> Response:
    """Approve a letter that a colleague wrote."""
    case, sheet = _sheet(ask)
    draft = sheet.draft
    try:
        _refuse_old_page(ask, sheet)
        ask.house.replies.approve(draft.id, by=ask.viewer.key, version=draft.version)
    except SammaDagError as error:
        return _refused(ask, case, sheet, error)
    return _back(ask, case, sheet, Notice(text=ask.say("Du har godkänt brevet.")))


def discard(ask: Ask) -> Response:
    """Throw a draft away."""
    case, sheet = _sheet(ask)
    try:
        _refuse_old_page(ask, sheet)
        ask.house.replies.discard(sheet.draft.id, version=sheet.draft.version)
    except SammaDagError as error:
        return _refused(ask, case, sheet, error)
    text = ask.say("Utkast {draft} är kastat.", draft=sheet.draft.id)
    return ask.see_other("case", Notice(text=text), number=str(case.number))


def _choosing(ask: Ask, case: Case, name: str, *, error: str = "") -> Response:
    fitting = ask.house.replies.suggest(case)
    known = [one.template.name for one in fitting]
    wanted = name if name in known else next(iter(known), None)
    outline = None if wanted is None else ask.house.outlines.outline(case, wanted, ask.say.language)
    return ask.page(
        "reply/choose.html",
        status=422 if error else 200,
        case=case,
        error=error,
        fitting=fitting,
        outline=outline,
        needs_address=_last_mail(ask, case) is None,
    )


def _sheet(ask: Ask) -> tuple[Case, DraftSheet]:
    case = seen_case(ask, ask.value("number"))
    text = ask.value("draft")
    is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    missing = NotFound("utkast {draft} finns inte; kontrollera numret", draft=text[:_MOST_DIGITS])
    if not is_number:
        raise missing
    sheet = ask.house.replies.show(DraftId(int(text)))
    if sheet.case.id != case.id:
        raise missing
    return case, sheet


def _written(draft: ReplyDraft) -> str:
    """Return what tells what people wrote in a draft from what stood there before."""
    written = json.dumps([dict(draft.given), draft.own_text], sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:32]


def _is_old(ask: Ask, draft: ReplyDraft) -> bool:
    """Tell whether a form was made before what is written in the open draft now."""
    written = _written(draft)
    return draft.state is DraftState.OPEN and ask.form.get(_SEEN, written) != written


def _refuse_old_page(ask: Ask, sheet: DraftSheet) -> None:
    """Raise DataError where a form was made before what is written in the draft now.

    One that says the same as the draft does is no older: somebody saved, and sent at once from
    the page that was still there.
    """
    draft = sheet.draft
    if not _is_old(ask, draft) or _says_the_same(ask, sheet):
        return
    name = ask.house.names(ask.say.language).person(PersonKey(draft.editor or draft.author))
    raise DataError(
        "utkastet har ändrats av {name} sedan du öppnade det; så står det i brevet nu, och "
        "inget av ditt är sparat",
        name=name,
    )


def _says_the_same(ask: Ask, sheet: DraftSheet) -> bool:
    """Tell whether a form holds the whole letter, as it stands in the draft now."""
    given, _ = ask.house.reply_forms.given(sheet.draft, _typed(ask))
    is_other = given or _own_text(ask, sheet) is not None or _is_dropped(ask, sheet)
    return "whole" in ask.form and not is_other


def _typed(ask: Ask) -> dict[str, str]:
    """Return the values of the letter as they were typed, by name."""
    return {
        name.removeprefix(VALUE): text for name, text in ask.form.items() if name.startswith(VALUE)
    }


def _is_dropped(ask: Ask, sheet: DraftSheet) -> bool:
    """Tell whether the text of the template is to count again in place of somebody's own."""
    is_own = not ask.form.get("whole") or bool(ask.form.get("own"))
    return not is_own and sheet.draft.own_text is not None


def _refused(ask: Ask, case: Case, sheet: DraftSheet, error: SammaDagError) -> Response:
    """Show the draft as it is, why nothing was done with it, and what was typed."""
    sheet = ask.house.replies.show(sheet.draft.id)
    is_kept = "whole" in ask.form and _is_old(ask, sheet.draft)
    form = Form(typed=ask.form) if is_kept else None
    return _letter(ask, case, sheet, status=409, error=ask.say.error(error), form=form)


def _keep(ask: Ask, sheet: DraftSheet) -> Form | ReplyDraft:
    """Store what was typed and return the draft, or the form with what is wrong where something is.

    Where nothing was changed nothing is stored, so that an approval holds.

    Raises:
        DataError: It was sent or discarded, or somebody else changed it meanwhile.
    """
    if sheet.draft.state is not DraftState.OPEN:
        raise DataError("utkast {draft} är redan skickat eller kastat", draft=sheet.draft.id)
    given, wrong = ask.house.reply_forms.given(sheet.draft, _typed(ask))
    errors = {f"{VALUE}{name}": ask.say(_UNFIT[fault]) for name, fault in wrong.items()}
    own_text = _own_text(ask, sheet)
    if own_text is not None and len(own_text) > _LONGEST_LETTER:
        errors["own_text"] = ask.say("Texten är för lång.")
    dropped = _is_dropped(ask, sheet)
    if errors:
        return Form(typed=ask.form, errors=errors)
    if not (given or own_text is not None or dropped):
        return sheet.draft
    return ask.house.replies.edit(
        sheet.draft.id,
        by=ask.viewer.key,
        given=given,
        own_text=own_text,
        from_template=dropped,
        version=sheet.draft.version,
    )


def _own_text(ask: Ask, sheet: DraftSheet) -> str | None:
    """Return the letter in somebody's own words; None where it is as before."""
    text = ask.form.get("own_text", "")
    is_new = bool(ask.form.get("own")) and text.strip() != (sheet.draft.own_text or "").strip()
    return text if is_new else None


def _letter(
    ask: Ask,
    case: Case,
    sheet: DraftSheet,
    *,
    status: int = 200,
    error: str = "",
    form: Form | None = None,
) -> Response:
    fields = ask.house.reply_forms.fields(sheet.draft, ask.say.language)
    about = {one.name: one.about for one in fields}
    written = "" if sheet.letter is None else sheet.letter.text
    stands = {f"{VALUE}{one.name}": one.value for one in fields}
    stands |= {
        "own": "yes" if sheet.draft.own_text is not None else "",
        "own_text": sheet.draft.own_text or written,
    }
    return ask.page(
        "reply/draft.html",
        status=status,
        error=error,
        case=case,
        draft=sheet.draft,
        letter=sheet.letter,
        title=ask.house.reply_forms.title(sheet.draft, ask.say.language),
        fields=fields,
        prefix=VALUE,
        holes=[about.get(hole, hole) for hole in sheet.holes],
        advice=[ask.say.code(f"plain.{one.hint}", **one.values) for one in sheet.advice],
        two_people=sheet.two_people,
        is_author=ask.viewer.key in (sheet.draft.author, sheet.draft.editor),
        form=form or Form(typed=stands),
        seen=_written(sheet.draft),
        theirs=[] if form is None or form.errors else _theirs(form, stands, about),
        answered=_last_mail(ask, case),
        said=[(one.value, ask.say.code(f"feedback.{one}")) for one in Feedback],
        closed=case.status is Status.CLOSED,
    )


def _theirs(
    form: Form, stands: Mapping[str, str], about: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Return what stands in the draft where something else was typed: (what it is, text)."""
    return [
        (about.get(name.removeprefix(VALUE), ""), text)
        for name, text in stands.items()
        if name != "own" and name in form.typed and form.value(name).split() != text.split()
    ]


def _last_mail(ask: Ask, case: Case) -> CaseMail | None:
    return ask.house.case_pages.page(case, sight_of(ask)).last_incoming


def _back(ask: Ask, case: Case, sheet: DraftSheet, notice: Notice) -> Response:
    return ask.see_other("case_draft", notice, number=str(case.number), draft=str(sheet.draft.id))


_DRAFT: Final = "/cases/{number}/replies/{draft}"
PAGES = (
    Page(path="/cases/{number}/reply", name="case_reply", answer=choose),
    Page(
        path="/cases/{number}/reply",
        name="case_reply_begin",
        answer=begin,
        method="POST",
        once=True,
    ),
    Page(path=_DRAFT, name="case_draft", answer=draft),
    Page(path=f"{_DRAFT}/save", name="draft_save", answer=save, method="POST"),
    Page(path=f"{_DRAFT}/send", name="draft_send", answer=send, method="POST", once=True),
    Page(path=f"{_DRAFT}/approve", name="draft_approve", answer=approve, method="POST"),
    Page(path=f"{_DRAFT}/discard", name="draft_discard", answer=discard, method="POST"),
)
