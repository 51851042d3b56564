"""`edit`: versions of knowledge and templates, and changes that wait for a colleague."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import LARGEST_NUMBER, console, of, opened_house, person_option, print_json
from bot.texts import Say

if TYPE_CHECKING:
    from bot.app import App
    from bot.edits import Change
    from bot.vocabulary import PersonKey


def add(app: typer.Typer, say: Say) -> None:
    """Add the commands to the command line."""
    edit = typer.Typer(
        help=say("Kunskap och mallar: spara, prova, godkänn, ångra och lämna ut versioner."),
        no_args_is_help=True,
    )
    app.add_typer(edit, name="edit")
    _add_documents(edit, say)
    _add_versions(edit, say)
    _add_show(edit, say)
    _add_save(edit, say)
    _add_settle(edit, say)
    _add_undo(edit, say)
    _add_export(edit, say)


def _number(say: Say) -> int:
    found: int = typer.Argument(
        ..., max=LARGEST_NUMBER, metavar=say("ÄNDRING"), help=say("Ändringens nummer.")
    )
    return found


def _add_documents(app: typer.Typer, say: Say) -> None:
    @app.command(
        help=say("Visa dokumenten som går att redigera, och vem som ändrade dem sist."),
        epilog=say("Exempel: sammadag edit documents"),
    )
    def documents(
        context: typer.Context,
        as_json: bool = typer.Option(False, "--json", help=say("Skriv dokumenten som JSON.")),
    ) -> None:
        from bot.cli.edit_view import document_values, show_documents
        from bot.vocabulary import Language

        with opened_house(context) as built:
            found = built.editing.documents(Language(of(context).say.language))
        if as_json:
            for one in found:
                print_json(document_values(one))
        else:
            show_documents(found, console(), of(context).say)


def _add_versions(app: typer.Typer, say: Say) -> None:
    @app.command(
        help=say("Visa ändringar som väntar, och versionerna, den senaste först."),
        epilog=say("Exempel: sammadag edit versions --path knowledge/tags.yaml"),
    )
    def versions(
        context: typer.Context,
        path: str = typer.Option(
            None, "--path", metavar=say("DOKUMENT"), help=say("Bara det här dokumentet.")
        ),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv versionerna som JSON.")),
    ) -> None:
        from bot.cli.edit_view import change_values, show_changes

        with opened_house(context) as built:
            waiting = [one for one in built.editing.waiting() if path is None or path in one.paths]
            found = [*waiting, *built.editing.versions(path=path)]
            zone = built.house.zone
        if as_json:
            for one in found:
                print_json(change_values(one))
        else:
            show_changes(found, console(), of(context).say, zone)


def _add_show(app: typer.Typer, say: Say) -> None:
    @app.command(
        help=say("Visa en ändring: vem, när, vad den ändrar och vad provet visade."),
        epilog=say("Exempel: sammadag edit show 7"),
    )
    def show(
        context: typer.Context,
        number: int = _number(say),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv ändringen som JSON.")),
    ) -> None:
        from bot.cli.edit_view import change_values, show_change
        from bot.edits import ChangeId

        with opened_house(context) as built:
            change = built.editing.change(ChangeId(number))
            differences = built.editing.differences(change.id)
            zone = built.house.zone
        if as_json:
            print_json({**change_values(change), "trial": change.trial})
        else:
            show_change(change, differences, console(), of(context).say, zone)


def _add_save(app: typer.Typer, say: Say) -> None:
    @app.command(
        help=say("Spara en fil som ny text för ett dokument. Den kontrolleras och provas först."),
        epilog=say(
            "Exempel: sammadag edit save knowledge/tags.yaml ny.yaml --as bo@exempelstad.example"
        ),
    )
    def save(
        context: typer.Context,
        path: str = typer.Argument(
            ..., metavar=say("DOKUMENT"), help=say("Som i sammadag edit documents.")
        ),
        file: Path = typer.Argument(..., metavar=say("FIL"), help=say("Filen med den nya texten.")),
        note: str = typer.Option("", "--note", metavar=say("TEXT"), help=say("Varför.")),
        as_email: str = person_option(say),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv ändringen som JSON.")),
    ) -> None:
        from bot.errors import UsageError
        from bot.services.editing.drafting import Draft

        try:
            content = file.read_bytes()
        except OSError as error:
            raise UsageError("{file}: går inte att läsa", file=file) from error
        with opened_house(context) as built:
            by = _editor(as_email, built)
            read = built.editing.read(path)
            draft = Draft(files={read.path: content}, seen={read.path: read.digest}, note=note)
            change = built.editing.save(draft, by=by)
            change = _tried(context, built, change)
            _show(context, built, change, as_json=as_json)


def _editor(email: str, built: App) -> PersonKey:
    """Return who has an e-mail address; an error for one who may not edit."""
    from bot.cli.acting import actor
    from bot.vocabulary import Right

    return actor(email, built.knowledge, built.settings, right=Right.EDITOR).person


def _tried(context: typer.Context, built: App, change: Change) -> Change:
    """Try all that waits, the change among it."""
    from bot.in_force import trials_for
    from bot.services.editing.trial import Trials

    trials = Trials(built.database, built.editing.ground, built.clock, trials_for(built.settings))
    while not change.trial_state.is_over and trials.try_next():
        change = built.editing.change(change.id)
    return change


def _show(context: typer.Context, built: App, change: Change, *, as_json: bool) -> None:
    from bot.cli.edit_view import change_values, show_change

    if as_json:
        print_json({**change_values(change), "trial": change.trial})
    else:
        differences = built.editing.differences(change.id)
        show_change(change, differences, console(), of(context).say, built.house.zone)


def _add_settle(app: typer.Typer, say: Say) -> None:
    @app.command(
        help=say("Godkänn en ändring så att den börjar gälla; den egna bara om ingen annan måste."),
        epilog=say("Exempel: sammadag edit approve 7 --as bo@exempelstad.example"),
    )
    def approve(
        context: typer.Context,
        number: int = _number(say),
        as_email: str = person_option(say),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv ändringen som JSON.")),
    ) -> None:
        from bot.edits import ChangeId

        with opened_house(context) as built:
            by = _editor(as_email, built)
            change = _tried(context, built, built.editing.change(ChangeId(number)))
            change = built.editing.put_in_force(change.id, by=by)
            _show(context, built, change, as_json=as_json)

    @app.command(
        help=say("Avslå en ändring, eller ta tillbaka den egna."),
        epilog=say("Exempel: sammadag edit refuse 7 --as bo@exempelstad.example"),
    )
    def refuse(
        context: typer.Context,
        number: int = _number(say),
        as_email: str = person_option(say),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv ändringen som JSON.")),
    ) -> None:
        from bot.edits import ChangeId

        with opened_house(context) as built:
            by = _editor(as_email, built)
            change = built.editing.refuse(ChangeId(number), by=by)
            _show(context, built, change, as_json=as_json)


def _add_undo(app: typer.Typer, say: Say) -> None:
    @app.command(
        help=say("Ångra en ändring som gäller: det blir en ny ändring, som godkänns som andra."),
        epilog=say("Exempel: sammadag edit undo 7 --as bo@exempelstad.example"),
    )
    def undo(
        context: typer.Context,
        number: int = _number(say),
        as_email: str = person_option(say),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv ändringen som JSON.")),
    ) -> None:
        from bot.edits import ChangeId

        with opened_house(context) as built:
            by = _editor(as_email, built)
            change = built.editing.undo(ChangeId(number), by=by)
            _show(context, built, _tried(context, built, change), as_json=as_json)


def _add_export(app: typer.Typer, say: Say) -> None:
    @app.command(
        help=say("Skriv alla filer som de gäller till en ny mapp, tecken för tecken."),
        epilog=say("Exempel: sammadag edit export utskrift/"),
    )
    def export(
        context: typer.Context,
        folder: Path = typer.Argument(..., metavar=say("MAPP"), help=say("En ny mapp.")),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv resultatet som JSON.")),
    ) -> None:
        with opened_house(context) as built:
            count = built.editing.export(folder)
        if as_json:
            print_json({"folder": str(folder), "versions": count})
        else:
            line = of(context).say(
                "{folder} har alla filer; {n} av dem är ändrade i programmet.",
                folder=folder,
                n=count,
            )
            console().print(line, markup=False)
