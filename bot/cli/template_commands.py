"""`template`: find the reply templates, read what each is for, see one as the customer will."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, of, opened_house, print_json, settings_in_force
from bot.cli.template_effect import add_effect
from bot.texts import Say

if TYPE_CHECKING:
    from bot.material import Letters
    from bot.services.letter_preview import Preview


def add(app: typer.Typer, say: Say) -> None:
    """Add the commands to the command line."""
    template = typer.Typer(
        help=say("Svarsmallarna: leta, läs vad de är till för och se dem ifyllda."),
        no_args_is_help=True,
    )
    app.add_typer(template, name="template")
    _add_list(template, say)
    _add_show(template, say)
    _add_preview(template, say)
    add_effect(template, say)


def _add_list(app: typer.Typer, say: Say) -> None:
    @app.command(
        "list",
        help=say("Visa mallarna, eller de som passar: ett ord, en process, en ärendetyp."),
        epilog=say("Exempel: sammadag template list anstånd --process KR"),
    )
    def listed(
        context: typer.Context,
        word: str = typer.Argument(
            "", metavar=say("[ORD]"), show_default=False, help=say("Ett ord ur namn eller syfte.")
        ),
        process: str = typer.Option(
            None, "--process", metavar=say("PROCESS"), help=say("Processens nyckel eller kod.")
        ),
        matter: str = typer.Option(
            None, "--matter", metavar=say("ÄRENDETYP"), help=say("Ärendetypens nyckel.")
        ),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv mallarna som JSON.")),
    ) -> None:
        from bot.cli.template_view import as_values, show_list
        from bot.material import load_letters
        from bot.services.letter_preview import found_by
        from bot.services.naming import matter_named, process_named

        letters = load_letters(settings_in_force(context))
        found = found_by(
            letters.templates,
            word=word,
            process=None if process is None else process_named(process, letters.knowledge),
            matter=None if matter is None else matter_named(matter, letters.knowledge),
        )
        if as_json:
            for one in found:
                print_json(as_values(one))
        else:
            show_list(found, console(), of(context).say)


def _add_show(app: typer.Typer, say: Say) -> None:
    @app.command(
        help=say("Visa vad en mall är till för, vem som skickar den och vilka uppgifter den tar."),
        epilog=say("Exempel: sammadag template show K13"),
    )
    def show(
        context: typer.Context,
        name: str = typer.Argument(
            ..., metavar=say("MALL"), help=say("Mallens namn eller nummer.")
        ),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv mallen som JSON.")),
    ) -> None:
        from bot.cli.template_view import as_values, show_one
        from bot.material import load_letters
        from bot.services.letter_preview import template_named

        letters = load_letters(settings_in_force(context))
        template = template_named(name, letters.templates)
        if as_json:
            print_json(as_values(template))
        else:
            names = letters.knowledge.names_in(of(context).say.language)
            show_one(template, console(), of(context).say, names)


def _add_preview(app: typer.Typer, say: Say) -> None:
    @app.command(
        help=say(
            "Visa ett brev så som kunden ser det, ifyllt med exempel eller ur ett ärende, med råd "
            "om klarspråk. Inget skickas."
        ),
        epilog=say("Exempel: sammadag template preview K11 --lang en --case 2026-123"),
    )
    def preview(
        context: typer.Context,
        name: str = typer.Argument(
            ..., metavar=say("MALL"), help=say("Mallens namn eller nummer.")
        ),
        language: str = typer.Option(
            None, "--lang", metavar=say("SPRÅK"), help=say("Brevets språk: sv eller en.")
        ),
        case: str = typer.Option(
            None, "--case", metavar=say("ÄRENDE"), help=say("Fyll i vad ärendet säger.")
        ),
        html: bool = typer.Option(False, "--html", help=say("Skriv brevet som HTML.")),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv brevet som JSON.")),
    ) -> None:
        from bot.cli.template_view import preview_values, show_preview

        made = _preview(context, name, language, case)
        if as_json:
            print_json(preview_values(made, of(context).say))
        elif html:
            typer.echo(made.rendered.html)
        else:
            show_preview(made, console(), of(context).say)


def _preview(context: typer.Context, name: str, language: str | None, case: str | None) -> Preview:
    from bot.errors import UsageError
    from bot.material import load_letters
    from bot.services.letter_preview import preview, template_named

    letters = load_letters(settings_in_force(context))
    template = template_named(name, letters.templates)
    values, spoken = _from_case(context, case, letters) if case is not None else ({}, None)
    wanted = language or spoken or template.languages[0].value
    if language is not None and language not in template.languages:
        there = ", ".join(template.languages)
        raise UsageError(
            "--lang: mallen finns inte på det språket; den finns på {there}", there=there
        )
    return preview(
        template,
        wanted,
        templates=letters.templates,
        links=letters.knowledge.links,
        rules=letters.plain,
        values=values,
    )


def _from_case(
    context: typer.Context, text: str, letters: Letters
) -> tuple[dict[str, object], str]:
    """Return the values that a case gives, and its language."""
    from bot.services.letter_preview import case_values
    from bot.services.naming import case_named

    with opened_house(context) as built:
        case = case_named(text, built.database)
        with built.database.reading() as work:
            invoices = work.case_invoices.of_cases([case.id]).get(case.id, ())
        reference = built.identity.case_reference(str(case.number))
    numbers = [invoice.number for invoice in invoices]
    return case_values(case, reference, numbers, letters.knowledge), case.language
