"""`log`: the customer log of each customer and the process log of each process."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli import register_session as session
from bot.cli.register_options import Options
from bot.texts import Say

if TYPE_CHECKING:
    from bot.registers import Register


def add(app: typer.Typer, say: Say) -> None:
    """Add the commands to the command line."""
    log = typer.Typer(
        help=say("Kundlogg och processlogg: skriv in, följ upp, lista och exportera."),
        no_args_is_help=True,
    )
    app.add_typer(log, name="log")
    option = Options(say)
    for command in (_add, _update, _list, _show, _export):
        command(log, say, option)


def _logs(*, customer: str | None, process: str | None, needed: bool) -> tuple[Register, ...]:
    """Return the log of a customer or of a process; both where none of them is needed.

    Raises:
        UsageError: Both were given, or the one that is needed was not.
    """
    from bot.errors import UsageError
    from bot.registers import Register

    if (customer is None) == (process is None) and (needed or customer is not None):
        raise UsageError("ange antingen --customer (kundlogg) eller --process (processlogg)")
    if customer is not None:
        return (Register.CUSTOMER_LOG,)
    if process is not None:
        return (Register.PROCESS_LOG,)
    return (Register.CUSTOMER_LOG, Register.PROCESS_LOG)


def _add(app: typer.Typer, say: Say, option: Options) -> None:
    @app.command(
        "add",
        help=say(
            "Skriv in en post: med --customer i kundloggen, med --process i processloggen. "
            "En post i processloggen börjar längst ned på stödtrappan."
        ),
        epilog=say(
            "Exempel: sammadag log add --process KR --nature proposal --text - "
            "--as anna@exempelstad.example"
        ),
    )
    def added(
        context: typer.Context,
        customer: str = option.customer(),
        process: str = option.process(),
        text: str = option.text(),
        as_email: str = option.by(),
        case: str = option.case(),
        nature: str = option.words(
            "--nature",
            say(
                "Kundlogg: event (händelse), recurring (återkommande), information_need, meeting. "
                "Processlogg: proposal (förslag), fault (fel), support (stöd)."
            ),
        ),
        owner: str = option.owner(),
        proposer: str = option.words(
            "--proposer", say("Den som kom med förslaget, om det inte är du; e-postadress.")
        ),
        due: datetime = option.day("--follow-up", say("Dag för uppföljning.")),
        as_json: bool = option.flag("--json", say("Skriv posten som JSON.")),
    ) -> None:
        from bot.cli.register_input import Said

        (register,) = _logs(customer=customer, process=process, needed=True)
        said = Said(
            text=text,
            nature=nature,
            process=process,
            customer=customer,
            owner=owner,
            proposer=proposer,
            due=due,
        )
        desk, item = session.open_item(context, register, said, by=as_email, case=case)
        session.tell_item(context, desk, item, as_json=as_json)


def _update(app: typer.Typer, say: Say, option: Options) -> None:
    @app.command(
        "update",
        help=say(
            "Skriv in vad som har hänt med en post. Inget som står där ändras: en rättelse är "
            "en ny post. En löst post i processloggen är klar när förslagsställaren har fått "
            "återkoppling."
        ),
        epilog=say(
            "Exempel: sammadag log update 8 --step escalated --text - --as anna@exempelstad.example"
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
                "discussed (uppe på möte), measure (åtgärd), resolved (löst), closed (utan "
                "åtgärd), handed_over, commented, corrected, reopened; "
                "i processloggen också escalated (uppför stödtrappan) och feedback "
                "(återkoppling till förslagsställaren)."
            ),
        ),
        text: str = option.text(needed=False),
        as_email: str = option.by(),
        rung: str = option.words(
            "--to",
            say("Steg på stödtrappan, annars nästa: specialist, kaizen, manager, supplier, owner."),
        ),
        nature: str = option.words("--nature", say("Rättelse av slaget.")),
        process: str = option.process(),
        customer: str = option.customer(),
        owner: str = option.owner(),
        due: datetime = option.day("--follow-up", say("Ny dag för uppföljning.")),
        as_json: bool = option.flag("--json", say("Skriv posten som JSON.")),
    ) -> None:
        from bot.cli.register_input import Said

        said = Said(
            text=text,
            nature=nature,
            process=process,
            customer=customer,
            owner=owner,
            rung=rung,
            due=due,
        )
        logs = _logs(customer=None, process=None, needed=False)
        desk, item = session.follow_item(context, logs, number, kind, said, by=as_email)
        session.tell_item(context, desk, item, as_json=as_json)


def _list(app: typer.Typer, say: Say, option: Options) -> None:
    @app.command(
        "list",
        help=say("Visa en kunds logg, en process logg, eller alla."),
        epilog=say("Exempel: sammadag log list --customer Trafikkontoret --open"),
    )
    def listed(
        context: typer.Context,
        customer: str = option.customer(),
        process: str = option.process(),
        open_only: bool = option.flag("--open", say("Bara de som inte är klara.")),
        overdue: bool = option.flag("--overdue", say("Bara de som skulle ha följts upp.")),
        as_json: bool = option.flag("--json", say("Skriv listan som JSON.")),
    ) -> None:
        from bot.cli.register_input import Asked

        logs = _logs(customer=customer, process=process, needed=False)
        asked = Asked(process=process, customer=customer, open_only=open_only, overdue=overdue)
        session.show_items(context, logs, asked, as_json=as_json)


def _show(app: typer.Typer, say: Say, option: Options) -> None:
    @app.command(
        "show",
        help=say("Visa en post med allt som har skrivits in."),
        epilog=say("Exempel: sammadag log show 8"),
    )
    def shown(
        context: typer.Context,
        number: int = option.number(),
        as_json: bool = option.flag("--json", say("Skriv posten som JSON.")),
    ) -> None:
        logs = _logs(customer=None, process=None, needed=False)
        session.show_item(context, logs, number, as_json=as_json)


def _export(app: typer.Typer, say: Say, option: Options) -> None:
    @app.command(
        "export",
        help=say("Skriv en logg som en CSV-fil, en rad för varje post."),
        epilog=say(
            "Exempel: sammadag log export --customer Trafikkontoret --excel --out kundlogg.csv"
        ),
    )
    def exported(
        context: typer.Context,
        customer: str = option.customer(),
        process: str = option.process(),
        history: bool = option.flag(
            "--history", say("En rad för allt som har skrivits in, med nycklar.")
        ),
        excel: bool = option.flag("--excel", say("Märk filen så att Excel läser å, ä och ö rätt.")),
        out: Path = option.out(),
    ) -> None:
        from bot.cli.register_input import Asked

        logs = _logs(customer=customer, process=process, needed=False)
        asked = Asked(process=process, customer=customer)
        session.export(context, logs, asked, history=history, excel=excel, out=out)
