"""`reply`: choose a reply for a case, see it, change it, approve it, send it or throw it away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import LARGEST_NUMBER, console, of, opened_house, person_option, print_json
from bot.texts import Say, mark

if TYPE_CHECKING:
    from bot.app import App
    from bot.reply_rules import ReplyDraft
    from bot.vocabulary import DraftId, PersonKey


def add(app: typer.Typer, say: Say) -> None:
    """Add the commands to the command line."""
    reply = typer.Typer(
        help=say("Svar till kunden: välj mall, fyll i, förhandsgranska, godkänn och skicka."),
        no_args_is_help=True,
    )
    app.add_typer(reply, name="reply")
    _add_suggest(reply, say)
    _add_draft(reply, say)
    _add_list(reply, say)
    _add_show(reply, say)
    _add_edit(reply, say)
    _add_approve(reply, say)
    _add_send(reply, say)
    _add_discard(reply, say)


def _add_suggest(app: typer.Typer, say: Say) -> None:
    @app.command(
        help=say("Visa mallarna som passar ett ärende, den bästa först."),
        epilog=say("Exempel: sammadag reply suggest 123"),
    )
    def suggest(
        context: typer.Context,
        case: str = _case(say),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv mallarna som JSON.")),
    ) -> None:
        from bot.cli.reply_view import show_suggestions, suggestion_values
        from bot.services.naming import case_named

        with opened_house(context) as built:
            found = built.replies.suggest(case_named(case, built.database))
        if as_json:
            for one in found:
                print_json(suggestion_values(one))
        else:
            show_suggestions(found, console(), of(context).say)


def _add_draft(app: typer.Typer, say: Say) -> None:
    @app.command(
        help=say("Börja på ett svar: mallen fylls i med det som ärendet säger. Inget skickas."),
        epilog=say(
            "Exempel: sammadag reply draft 123 K12 --set measure=Klart --as bo@exempelstad.example"
        ),
    )
    def draft(
        context: typer.Context,
        case: str = _case(say),
        template: str = typer.Argument(
            ..., metavar=say("MALL"), help=say("Mallens namn eller nummer.")
        ),
        values: list[str] = _values(say),
        to: str = typer.Option(
            None, "--to", metavar=say("ADRESS"), help=say("Annan mottagare än avsändaren.")
        ),
        as_email: str = person_option(say),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv utkastet som JSON.")),
    ) -> None:
        from bot.cli.acting import actor
        from bot.services.letter_preview import template_named
        from bot.services.reply_input import values_of

        with opened_house(context) as built:
            who = actor(as_email, built.knowledge, built.settings)
            found = template_named(template, built.templates)
            given = values_of(values, found)
            on = who.case(case, built.database)
            made = built.replies.draft(on, found.name, by=who.person, given=given, to=to)
            _show(context, built, made.id, as_json=as_json)


def _add_list(app: typer.Typer, say: Say) -> None:
    @app.command(
        "list",
        help=say("Visa utkasten som väntar på en person, eller alla svar i ett ärende."),
        epilog=say("Exempel: sammadag reply list --case 123"),
    )
    def listed(
        context: typer.Context,
        case: str = typer.Option(None, "--case", metavar=say("ÄRENDE"), help=say("Ett ärende.")),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv utkasten som JSON.")),
    ) -> None:
        from bot.cli.reply_view import draft_values, show_drafts
        from bot.services.naming import case_named

        with opened_house(context) as built:
            of_case = None if case is None else case_named(case, built.database).id
            found = built.replies.listed(of_case)
            with built.database.reading() as work:
                cases = work.cases.get_many({draft.case_id for draft in found})
        if as_json:
            for draft in found:
                print_json(draft_values(draft, cases[draft.case_id]))
        else:
            show_drafts(found, cases, console(), of(context).say)


def _add_show(app: typer.Typer, say: Say) -> None:
    @app.command(
        help=say("Visa ett svar så som kunden ser det, med råd om klarspråk."),
        epilog=say("Exempel: sammadag reply show 7 --html"),
    )
    def show(
        context: typer.Context,
        draft: int = _draft(say),
        html: bool = typer.Option(False, "--html", help=say("Skriv brevet som HTML.")),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv utkastet som JSON.")),
    ) -> None:
        from bot.vocabulary import DraftId

        with opened_house(context) as built:
            _show(context, built, DraftId(draft), html=html, as_json=as_json)


def _add_edit(app: typer.Typer, say: Say) -> None:
    @app.command(
        help=say("Ändra uppgifter i ett utkast, eller skriv om texten. Ett godkännande faller."),
        epilog=say(
            "Exempel: sammadag reply edit 7 --set done_on=2026-03-03 --as anna@exempelstad.example"
        ),
    )
    def edit(
        context: typer.Context,
        draft: int = _draft(say),
        values: list[str] = _values(say),
        text: Path = typer.Option(
            None, "--text", metavar=say("FIL"), help=say("Fil med hela brevets text.")
        ),
        as_email: str = person_option(say),
    ) -> None:
        from bot.cli.acting import actor
        from bot.services.reply_input import text_in, values_of
        from bot.vocabulary import DraftId

        with opened_house(context) as built:
            who = actor(as_email, built.knowledge, built.settings)
            before = built.replies.show(who.draft(DraftId(draft), built)).draft
            given = values_of(values, built.templates.get(before.template))
            own_text = None if text is None else text_in(text)
            made = built.replies.edit(before.id, by=who.person, given=given, own_text=own_text)
            _show(context, built, made.id)


def _add_approve(app: typer.Typer, say: Say) -> None:
    _add_change(
        app,
        say,
        "approve",
        help_text=say("Godkänn ett brev som någon annan har skrivit."),
        example=say("Exempel: sammadag reply approve 7 --as bo@exempelstad.example"),
        done=mark("Utkast {draft} är godkänt."),
        change=lambda built, draft, by: built.replies.approve(draft, by=by),
    )


def _add_discard(app: typer.Typer, say: Say) -> None:
    _add_change(
        app,
        say,
        "discard",
        help_text=say("Kasta ett utkast."),
        example=say("Exempel: sammadag reply discard 7 --as anna@exempelstad.example"),
        done=mark("Utkast {draft} är kastat."),
        change=lambda built, draft, _by: built.replies.discard(draft),
    )


def _add_send(app: typer.Typer, say: Say) -> None:
    @app.command(
        help=say("Skicka ett svar. Saknas en uppgift skickas inget, och det sägs vilken."),
        epilog=say("Exempel: sammadag reply send 7 --done --as anna@exempelstad.example"),
    )
    def send(
        context: typer.Context,
        draft: int = _draft(say),
        ongoing: bool = typer.Option(
            False, "--ongoing", help=say("Brevet säger att ärendet pågår.")
        ),
        done: bool = typer.Option(False, "--done", help=say("Brevet säger att ärendet är klart.")),
        as_email: str = person_option(say),
    ) -> None:
        from bot.cli.acting import actor
        from bot.errors import UsageError
        from bot.services.phone import Feedback
        from bot.vocabulary import DraftId

        if ongoing and done:
            raise UsageError("--ongoing och --done utesluter varandra")
        feedback = Feedback.ONGOING if ongoing else Feedback.DONE if done else None
        with opened_house(context) as built:
            who = actor(as_email, built.knowledge, built.settings)
            which = who.draft(DraftId(draft), built)
            built.replies.send(which, by=who.person, feedback=feedback)
        console().print(
            of(context).say(
                "Utkast {draft} är på väg; ärendet visar när det har gått.", draft=draft
            )
        )


def _add_change(
    app: typer.Typer,
    say: Say,
    name: str,
    *,
    help_text: str,
    example: str,
    done: str,
    change: Callable[[App, DraftId, PersonKey], ReplyDraft],
) -> None:
    @app.command(name, help=help_text, epilog=example)
    def command(
        context: typer.Context, draft: int = _draft(say), as_email: str = person_option(say)
    ) -> None:
        from bot.cli.acting import actor
        from bot.vocabulary import DraftId

        with opened_house(context) as built:
            who = actor(as_email, built.knowledge, built.settings)
            change(built, who.draft(DraftId(draft), built), who.person)
        console().print(of(context).say(done, draft=draft))


def _show(
    context: typer.Context,
    built: App,
    draft: DraftId,
    *,
    html: bool = False,
    as_json: bool = False,
) -> None:
    from bot.cli.reply_view import sheet_values, show_sheet

    sheet = built.replies.show(draft)
    if as_json:
        print_json(sheet_values(sheet, of(context).say))
    elif html and sheet.letter is not None:
        typer.echo(sheet.letter.html)
    else:
        template = built.templates.get(sheet.draft.template)
        show_sheet(sheet, template, console(), of(context).say)


def _case(say: Say) -> str:
    found: str = typer.Argument(..., metavar=say("ÄRENDE"), help=say("Ärendets nummer."))
    return found


def _draft(say: Say) -> int:
    found: int = typer.Argument(
        ..., max=LARGEST_NUMBER, metavar=say("UTKAST"), help=say("Utkastets nummer.")
    )
    return found


def _values(say: Say) -> list[str]:
    found: list[str] = typer.Option(
        [],
        "--set",
        metavar=say("UPPGIFT=VÄRDE"),
        help=say("En uppgift i mallen; flera gånger för en lista."),
    )
    return found
