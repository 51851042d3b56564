"""`triage`, `ingest` and `evaluate`: mail from files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import (
    console,
    of,
    opened_house,
    print_json,
    progress_bar,
    seldom_garbage,
    settings_of,
    tell,
)
from bot.texts import Say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.app import App
    from bot.vocabulary import MailboxKey, Outcome


def add(app: typer.Typer, say: Say) -> None:
    """Add the commands to the command line."""

    @app.command(
        help=say("Läs mejl ur filer och säg vad de är; skriver en JSON-rad per mejl."),
        epilog=say("Exempel: sammadag triage --mailbox kundreskontra mejl.eml fler.jsonl"),
    )
    def triage(
        context: typer.Context,
        paths: list[Path] = typer.Argument(
            ...,
            metavar=say("FIL"),
            help=say("Fil .jsonl, ett mejl, en mapp eller en Maildir."),
        ),
        mailbox: str = typer.Option(
            None, "--mailbox", metavar=say("NAMN"), help=say("Brevlåda för mejl i filer.")
        ),
    ) -> None:
        from bot.material import load_material, make_reader
        from bot.services.mail_files import known_mailbox
        from bot.services.triage_files import triage_paths

        settings = settings_of(context)
        material = load_material(settings)
        named = known_mailbox(mailbox, material.knowledge.mailboxes)
        reader = make_reader(settings, material)
        faults = 0
        for result in triage_paths(paths, reader, material.knowledge, mailbox=named):
            if result.fault is None:
                print_json(result.as_json())
            else:
                faults += 1
                tell(of(context).say.saying(result.fault))
        raise typer.Exit(1 if faults else 0)

    @app.command(
        help=say("Ta in mejl ur filer till databasen; kvittenser skickas inte."),
        epilog=say("Exempel: sammadag ingest gamla-mejl/ --json"),
    )
    def ingest(
        context: typer.Context,
        folder: Path = typer.Argument(
            ..., metavar=say("MAPP"), help=say("Mapp eller Maildir med mejl.")
        ),
        mailbox: str = typer.Option(
            None, "--mailbox", metavar=say("NAMN"), help=say("Brevlåda för alla mejl.")
        ),
        answer: bool = typer.Option(
            False, "--answer", help=say("Planera kvittenser som för nyss inkomna mejl.")
        ),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv resultatet som JSON.")),
    ) -> None:
        from bot.house_rules import FileMail
        from bot.services.mail_files import known_mailbox

        with opened_house(context, files=FileMail.ANSWER if answer else FileMail.HOLD) as built:
            named = known_mailbox(mailbox, built.knowledge.mailboxes)
            counts, seconds, unreadable = _ingest(built, folder, named, say=of(context).say)
        _show_ingest(counts, seconds, as_json=as_json, say=of(context).say)
        raise typer.Exit(1 if unreadable else 0)

    @app.command(
        help=say("Jämför med en märkt samling mejl: träffar, missar och varför."),
        epilog=say("Exempel: sammadag evaluate mejl.jsonl"),
    )
    def evaluate(
        context: typer.Context,
        corpus: Path = typer.Argument(
            ..., metavar=say("FIL"), help=say("Märkta mejl, en JSON-rad per mejl.")
        ),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv siffrorna som JSON.")),
    ) -> None:
        from bot.cli.evaluation_view import show
        from bot.material import load_material, make_reader
        from bot.services.triage_files import evaluate_corpus

        settings = settings_of(context)
        result = evaluate_corpus(corpus, make_reader(settings, load_material(settings)))
        if as_json:
            print_json(result.as_json())
        else:
            show(result, console(), of(context).say)


def _ingest(
    app: App, folder: Path, mailbox: MailboxKey | None, *, say: Say
) -> tuple[Mapping[Outcome, int], float, int]:
    from bot.services.ingest import ingest_folder

    with progress_bar() as progress, seldom_garbage():
        task = progress.add_task(say("Tar in mejl"), total=None)
        result = ingest_folder(
            app.intake,
            folder,
            app.knowledge.mailbox_by_address,
            mailbox=mailbox,
            clock=app.clock,
            progress=lambda count: progress.advance(task, count),
        )
    for name in result.unreadable:
        tell(say("{name}: filen kan inte läsas", name=name))
    return result.outcomes, result.seconds, len(result.unreadable)


def _show_ingest(counts: Mapping[Outcome, int], seconds: float, *, as_json: bool, say: Say) -> None:
    from bot.services.summary import outcome_counts

    numbers = outcome_counts(counts)
    if as_json:
        print_json({**numbers, "seconds": round(seconds, 3)})
        return
    console().print(
        say(
            "{mails} mejl på {seconds} sekunder. Nya ärenden: {cases}, följdmejl: {follow_ups}, "
            "undanlagda: {ignored}, dubbletter: {duplicates}, i karantän: {quarantined}.",
            **numbers,
            seconds=say.number(seconds, decimals=1),
        )
    )
