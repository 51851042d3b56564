"""`phone`: log a call, see who waits for feedback today, and say that it was given."""

from __future__ import annotations

import typer

from bot.cli.common import console, of, opened_house, person_option, print_json
from bot.promises import Feedback
from bot.texts import Say


def add(app: typer.Typer, say: Say) -> None:
    """Add the commands to the command line."""
    phone = typer.Typer(
        help=say("Telefonärenden: registrera samtal och ge återkoppling samma dag."),
        no_args_is_help=True,
    )
    app.add_typer(phone, name="phone")
    _add_add(phone, say)
    _add_again(phone, say)
    _add_list(phone, say)
    _add_feedback(phone, say)


def _add_add(app: typer.Typer, say: Say) -> None:
    @app.command(
        "add",
        help=say(
            "Registrera ett samtal som ärende. Den som ringde får återkoppling samma öppetdag."
        ),
        epilog=say(
            "Exempel: sammadag phone add --customer Tallmo --process KR --matter anstand "
            "--callback 08-46500400 --invoice 40012345 --as anna@exempelstad.example"
        ),
    )
    def added(
        context: typer.Context,
        customer: str = typer.Option(
            ...,
            "--customer",
            metavar=say("KUND"),
            help=say("Förvaltning eller bolag, annars vem som ringde."),
        ),
        process: str = typer.Option(
            ..., "--process", metavar=say("PROCESS"), help=say("Processens nyckel eller kod.")
        ),
        matter: str = typer.Option(
            ..., "--matter", metavar=say("ÄRENDETYP"), help=say("Ärendetypens nyckel.")
        ),
        callback: str = typer.Option(
            ..., "--callback", metavar=say("NUMMER"), help=say("Var den som ringde nås.")
        ),
        note: str = typer.Option(
            "", "--note", metavar=say("TEXT"), help=say("Vad samtalet gällde.")
        ),
        invoices: list[str] = typer.Option(
            [],
            "--invoice",
            metavar=say("NUMMER"),
            help=say("Faktura som samtalet gäller; kan anges flera gånger."),
        ),
        as_email: str = person_option(say),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv ärendet som JSON.")),
    ) -> None:
        from bot.cli.phone_view import as_values, show_added
        from bot.services.naming import matter_named, person_with, process_named
        from bot.services.phone import NewCall

        with opened_house(context) as built:
            knowledge = built.knowledge
            by = person_with(as_email, knowledge)
            call = NewCall(
                process=process_named(process, knowledge),
                matter=matter_named(matter, knowledge),
                customer=customer,
                callback=callback,
                note=note,
                invoices=tuple(invoices),
            )
            found = built.phone.add(call, by=by)
        if as_json:
            print_json(as_values(found))
        else:
            show_added(found, console(), of(context).say, built.knowledge)


def _add_again(app: typer.Typer, say: Say) -> None:
    @app.command(
        "again",
        help=say(
            "Notera att den som väntar har ringt igen. Har ni hört av er sedan sist, eller är "
            "dagen slut, lovas ny återkoppling samma öppetdag."
        ),
        epilog=say("Exempel: sammadag phone again 123 --as anna@exempelstad.example"),
    )
    def again(
        context: typer.Context,
        number: str = typer.Argument(..., metavar=say("ÄRENDE"), help=say("Ärendets nummer.")),
        as_email: str = person_option(say),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv ärendet som JSON.")),
    ) -> None:
        from bot.cli.acting import actor
        from bot.cli.phone_view import as_values, show_added

        with opened_house(context) as built:
            who = actor(as_email, built.knowledge, built.settings)
            case = who.case(number, built.database)
            found = built.phone.called_again(case, by=who.person)
        if as_json:
            print_json(as_values(found))
        else:
            show_added(found, console(), of(context).say, built.knowledge)


def _add_list(app: typer.Typer, say: Say) -> None:
    @app.command(
        "list",
        help=say("Visa telefonärenden som inte är klara, den som väntar på besked överst."),
        epilog=say("Exempel: sammadag phone list"),
    )
    def listed(
        context: typer.Context,
        as_json: bool = typer.Option(False, "--json", help=say("Skriv listan som JSON.")),
    ) -> None:
        from bot.cli.phone_view import as_values, show_list

        with opened_house(context) as built:
            found = built.phone.listed()
        if as_json:
            for one in found:
                print_json(as_values(one, with_call=True))
        else:
            show_list(found, console(), of(context).say, built.knowledge)


def _add_feedback(app: typer.Typer, say: Say) -> None:
    @app.command(
        "feedback",
        help=say(
            "Notera att du har återkopplat till den som ringde: ärendet pågår (ongoing) eller "
            "är klart (done)."
        ),
        epilog=say("Exempel: sammadag phone feedback 123 done --as anna@exempelstad.example"),
    )
    def feedback(
        context: typer.Context,
        number: str = typer.Argument(..., metavar=say("ÄRENDE"), help=say("Ärendets nummer.")),
        said: Feedback = typer.Argument(
            ..., metavar="ongoing|done", help=say("Vad du sade till den som ringde.")
        ),
        as_email: str = person_option(say),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv ärendet som JSON.")),
    ) -> None:
        from bot.cli.acting import actor
        from bot.cli.phone_view import as_values, show_feedback

        with opened_house(context) as built:
            who = actor(as_email, built.knowledge, built.settings)
            case = who.case(number, built.database)
            found = built.phone.feedback(case, said, by=who.person)
        if as_json:
            print_json(as_values(found))
        else:
            show_feedback(found, console(), of(context).say)
