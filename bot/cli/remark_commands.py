"""`remark`: opinions and complaints, from the first word to the answer."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import typer

from bot.cli import register_session as session
from bot.cli.common import console, of, print_json, settings_of
from bot.cli.register_options import Options
from bot.texts import Say


def add(app: typer.Typer, say: Say) -> None:
    """Add the commands to the command line."""
    remark = typer.Typer(
        help=say("Synpunkter och klagomål: registrera, besvara, lista och exportera."),
        no_args_is_help=True,
    )
    app.add_typer(remark, name="remark")
    option = Options(say)
    for command in (_add, _answer, _update, _list, _show, _suggest, _dismiss, _export):
        command(remark, say, option)


def _add(app: typer.Typer, say: Say, option: Options) -> None:
    @app.command(
        "add",
        help=say(
            "Registrera en synpunkt. Enhet, process och kund följer av ärendet om de inte anges. "
            "Ansvarig är enhetschefen om ingen annan anges."
        ),
        epilog=say(
            "Exempel: sammadag remark add --case 123 --text - --as anna@exempelstad.example"
        ),
    )
    def added(
        context: typer.Context,
        text: str = option.text(),
        as_email: str = option.by(),
        case: str = option.case(),
        nature: str = option.words(
            "--nature",
            say("complaint (klagomål), opinion (synpunkt), suggestion (förslag), praise (beröm)."),
        ),
        source: str = option.words(
            "--source", say("Källa: email, phone, web, meeting, survey, other.")
        ),
        unit: str = option.unit(),
        process: str = option.process(),
        customer: str = option.customer(),
        owner: str = option.owner(),
        due: datetime = option.day("--answer-by", say("Dag då svaret senast ska ges.")),
        as_json: bool = option.flag("--json", say("Skriv synpunkten som JSON.")),
    ) -> None:
        from bot.cli.register_input import Said
        from bot.registers import Register

        said = Said(
            text=text,
            nature=nature,
            source=source,
            unit=unit,
            process=process,
            customer=customer,
            owner=owner,
            due=due,
        )
        desk, item = session.open_item(context, Register.REMARKS, said, by=as_email, case=case)
        session.tell_item(context, desk, item, as_json=as_json)


def _answer(app: typer.Typer, say: Say, option: Options) -> None:
    @app.command(
        "answer",
        help=say("Skriv in svaret på en synpunkt; den är därmed klar."),
        epilog=say("Exempel: sammadag remark answer 7 --text - --as anna@exempelstad.example"),
    )
    def answered(
        context: typer.Context,
        number: int = option.number(),
        text: str = option.text(),
        as_email: str = option.by(),
        as_json: bool = option.flag("--json", say("Skriv synpunkten som JSON.")),
    ) -> None:
        from bot.cli.register_input import Said
        from bot.registers import EntryKind, Register

        desk, item = session.follow_item(
            context, (Register.REMARKS,), number, EntryKind.ANSWERED, Said(text=text), by=as_email
        )
        session.tell_item(context, desk, item, as_json=as_json)


def _update(app: typer.Typer, say: Say, option: Options) -> None:
    @app.command(
        "update",
        help=say(
            "Skriv in vad som har hänt med en synpunkt. Inget som står där ändras: "
            "en rättelse är en ny post."
        ),
        epilog=say(
            "Exempel: sammadag remark update 7 --step discussed --text - "
            "--as anna@exempelstad.example"
        ),
    )
    def updated(
        context: typer.Context,
        number: int = option.number(),
        kind: str = typer.Option(
            ...,
            "--step",
            metavar=say("ORD"),
            help=say(
                "discussed (uppe på möte), measure (åtgärd), handed_over (ny ansvarig), "
                "commented, corrected (rättelse), closed (klar utan svar), reopened."
            ),
        ),
        text: str = option.text(needed=False),
        as_email: str = option.by(),
        nature: str = option.words("--nature", say("Rättelse av slaget.")),
        source: str = option.words("--source", say("Rättelse av källan.")),
        unit: str = option.unit(),
        process: str = option.process(),
        customer: str = option.customer(),
        owner: str = option.owner(),
        due: datetime = option.day("--answer-by", say("Ny dag för svaret.")),
        as_json: bool = option.flag("--json", say("Skriv synpunkten som JSON.")),
    ) -> None:
        from bot.cli.register_input import Said
        from bot.registers import Register

        said = Said(
            text=text,
            nature=nature,
            source=source,
            unit=unit,
            process=process,
            customer=customer,
            owner=owner,
            due=due,
        )
        desk, item = session.follow_item(
            context, (Register.REMARKS,), number, kind, said, by=as_email
        )
        session.tell_item(context, desk, item, as_json=as_json)


def _list(app: typer.Typer, say: Say, option: Options) -> None:
    @app.command(
        "list",
        help=say("Visa synpunkter, per enhet, process eller kund."),
        epilog=say("Exempel: sammadag remark list --unit kundreskontra --open"),
    )
    def listed(
        context: typer.Context,
        unit: str = option.unit(),
        process: str = option.process(),
        customer: str = option.customer(),
        open_only: bool = option.flag("--open", say("Bara de som inte är klara.")),
        overdue: bool = option.flag("--overdue", say("Bara de som skulle ha besvarats.")),
        as_json: bool = option.flag("--json", say("Skriv listan som JSON.")),
    ) -> None:
        from bot.cli.register_input import Asked
        from bot.registers import Register

        asked = Asked(
            unit=unit, process=process, customer=customer, open_only=open_only, overdue=overdue
        )
        session.show_items(context, (Register.REMARKS,), asked, as_json=as_json)


def _show(app: typer.Typer, say: Say, option: Options) -> None:
    @app.command(
        "show",
        help=say("Visa en synpunkt med allt som har skrivits in."),
        epilog=say("Exempel: sammadag remark show 7"),
    )
    def shown(
        context: typer.Context,
        number: int = option.number(),
        as_json: bool = option.flag("--json", say("Skriv synpunkten som JSON.")),
    ) -> None:
        from bot.registers import Register

        session.show_item(context, (Register.REMARKS,), number, as_json=as_json)


def _suggest(app: typer.Typer, say: Say, option: Options) -> None:
    @app.command(
        "suggest",
        help=say("Visa ärenden som ser ut som klagomål och inte är registrerade som synpunkter."),
        epilog=say("Exempel: sammadag remark suggest"),
    )
    def suggested(
        context: typer.Context,
        as_json: bool = option.flag("--json", say("Skriv listan som JSON.")),
    ) -> None:
        from bot.cli.register_view import case_json, show_suggested

        with session.desk(context) as desk:
            cases = desk.registers.suggested()
        if as_json:
            for case in cases:
                print_json(case_json(case))
        else:
            show_suggested(cases, console(), of(context).say, desk.knowledge)


def _dismiss(app: typer.Typer, say: Say, option: Options) -> None:
    @app.command(
        "dismiss",
        help=say("Säg att ett ärende inte är något klagomål; det föreslås inte mer."),
        epilog=say("Exempel: sammadag remark dismiss 123 --as anna@exempelstad.example"),
    )
    def dismissed(
        context: typer.Context,
        number: str = typer.Argument(..., metavar=say("ÄRENDE"), help=say("Ärendets nummer.")),
        as_email: str = option.by(),
    ) -> None:
        from bot.cli.acting import actor

        with session.desk(context) as desk:
            who = actor(as_email, desk.knowledge, settings_of(context))
            found = who.case(number, desk.database)
            case = desk.registers.dismiss(found, by=who.person)
        told = of(context).say("Ärende {case} är inget klagomål.", case=case.number)
        console().print(told, markup=False)


def _export(app: typer.Typer, say: Say, option: Options) -> None:
    @app.command(
        "export",
        help=say("Skriv synpunkterna som en CSV-fil, en rad för varje synpunkt."),
        epilog=say("Exempel: sammadag remark export --unit kundreskontra --excel --out fil.csv"),
    )
    def exported(
        context: typer.Context,
        unit: str = option.unit(),
        process: str = option.process(),
        customer: str = option.customer(),
        history: bool = option.flag(
            "--history", say("En rad för allt som har skrivits in, med nycklar.")
        ),
        excel: bool = option.flag("--excel", say("Märk filen så att Excel läser å, ä och ö rätt.")),
        out: Path = option.out(),
    ) -> None:
        from bot.cli.register_input import Asked
        from bot.registers import Register

        asked = Asked(unit=unit, process=process, customer=customer)
        session.export(context, (Register.REMARKS,), asked, history=history, excel=excel, out=out)
