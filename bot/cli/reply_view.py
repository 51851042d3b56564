"""Suggestions and drafts of replies, as tables for people and as JSON values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape

from bot.cases import Case
from bot.cli.wide_tables import Table
from bot.reply_rules import ReplyDraft
from bot.services.replies import DraftSheet
from bot.services.reply_suggestions import Suggestion
from bot.templates import Template
from bot.texts import Say
from bot.vocabulary import CaseId


def suggestion_values(one: Suggestion) -> Mapping[str, Any]:
    """Return a suggestion as JSON values."""
    return {
        "template": one.template.name,
        "code": one.template.code,
        "title": one.template.title,
        "fits": one.fits.value,
        "policy": one.policy.value,
    }


def show_suggestions(found: Sequence[Suggestion], console: Console, say: Say) -> None:
    """Print one line for each template that fits."""
    if not found:
        console.print(say("Ingen mall passar."))
        return
    table = Table(box=box.SIMPLE)
    for heading in (say("Nr"), say("Mall"), say("Namn"), say("Därför"), say("Skickas")):
        table.add_column(heading)
    for one in found:
        table.add_row(
            one.template.code or "",
            one.template.name,
            escape(one.template.title_in(say.language)),
            say.code(f"fits.{one.fits}"),
            say.code(f"policy.{one.policy}"),
        )
    console.print(table)


def draft_values(draft: ReplyDraft, case: Case) -> Mapping[str, Any]:
    """Return a draft as JSON values, without what it says."""
    return {
        "draft": draft.id,
        "case": str(case.number),
        "template": draft.template,
        "version": draft.template_version,
        "language": draft.language,
        "state": draft.state.value,
        "automatic": draft.automatic,
        "author": draft.author,
        "editor": draft.editor,
        "approved_by": draft.approved_by,
        "sent_by": draft.sent_by,
        "feedback": None if draft.feedback is None else draft.feedback.value,
        "created_at": draft.created_at.isoformat(),
        "finished_at": None if draft.finished_at is None else draft.finished_at.isoformat(),
    }


def show_drafts(
    found: Sequence[ReplyDraft], cases: Mapping[CaseId, Case], console: Console, say: Say
) -> None:
    """Print one line for each draft."""
    if not found:
        console.print(say("Inga utkast."))
        return
    table = Table(box=box.SIMPLE)
    for heading in (say("Utkast"), say("Ärende"), say("Mall"), say("Läge"), say("Skrivet av")):
        table.add_column(heading)
    for draft in found:
        table.add_row(
            str(draft.id),
            str(cases[draft.case_id].number),
            draft.template,
            say.code(f"draft_state.{draft.state}"),
            draft.author,
        )
    console.print(table)


def sheet_values(sheet: DraftSheet, say: Say) -> Mapping[str, Any]:
    """Return a draft and its letter as JSON values."""
    letter = sheet.letter
    return {
        **draft_values(sheet.draft, sheet.case),
        "given": dict(sheet.draft.given),
        "holes": list(sheet.holes),
        "two_people": sheet.two_people,
        "subject": None if letter is None else letter.subject,
        "text": None if letter is None else letter.text,
        "html": None if letter is None else letter.html,
        "advice": [
            {"code": found.hint.value, "what": say.code(f"plain.{found.hint}", **found.values)}
            for found in sheet.advice
        ],
    }


def show_sheet(sheet: DraftSheet, template: Template, console: Console, say: Say) -> None:
    """Print a letter as the customer will see it, or what it lacks."""
    draft = sheet.draft
    parts = [
        say("Utkast {draft}", draft=draft.id),
        say("Ärende {case}", case=sheet.case.number),
        f"{template.code or ''} {template.title_in(say.language)}".strip(),
        say.code(f"draft_state.{draft.state}"),
    ]
    console.print(" · ".join(parts), style="bold", markup=False)
    for name in sheet.holes:
        field = template.fields.get(name)
        about = name if field is None else field.about_in(say.language)
        told = say("Saknas: {name} ({about}).", name=name, about=about)
        console.print(told, style="bold red", markup=False)
    if sheet.two_people and draft.approved_by is None:
        console.print(say("En kollega måste godkänna brevet innan det skickas."), markup=False)
    if sheet.letter is None:
        return
    console.print(say("Ämne: {subject}", subject=sheet.letter.subject), markup=False)
    console.print()
    console.print(sheet.letter.text, markup=False, soft_wrap=True)
    for found in sheet.advice:
        what = say.code(f"plain.{found.hint}", **found.values)
        console.print(say("Råd: {what}", what=what), markup=False)
