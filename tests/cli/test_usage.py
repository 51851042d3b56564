"""Wrong use and help pages, in the reader's language."""

from __future__ import annotations

import pytest
import typer

from bot.cli import build, usage
from bot.cli.common import language_of
from bot.texts import speaker

ENGLISH_WORDS = ("Usage", "Options", "Commands", "Arguments", "Show this", "required", "default:")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["demo", "--onec"], "valet --onec finns inte; menade du --once? (se `sammadag demo --h"),
        (["demo", "--zzz"], "valet --zzz finns inte (se `sammadag demo --help`)"),
        (["triage"], "FIL saknas (se `sammadag triage --help`)"),
        (["ignored", "open", "1"], "--as saknas (se `sammadag ignored open --help`)"),
        (["ignored", "open", "x", "--as", "a@b.c"], "NUMMER ska vara ett heltal"),
        (["ignored", "opne"], "kommandot opne finns inte; menade du open?"),
        (["zzz"], "kommandot zzz finns inte (se `sammadag --help`)"),
        (["--lang", "sv"], "ett kommando saknas"),
        (["ingest", "a", "b"], "för många argument: b"),
        (["--config"], "valet --config kräver ett värde"),
        (["demo", "--once=3"], "valet --once tar inget värde"),
        (
            ["recompute", "--from", "i går", "--to", "2026-01-01"],
            "--from ska vara en dag, som 2026-03-31",
        ),
        (["stop-list", "--run", "2026-02-30"], "--run ska vara en dag, som 2026-03-31"),
        (["duty", "--day", "9999-12-31"], "--day: ange en dag från 1900 till 2199"),
        (
            ["recompute", "--from", "0001-01-01", "--to", "2026-01-01"],
            "--from: ange en dag från 1900 till 2199",
        ),
        (["reply", "show", "99999999999999999999"], "UTKAST ska vara högst 2147483647"),
        (["edit", "show", "2147483648"], "ÄNDRING ska vara högst 2147483647"),
        (["demo", "--port", "99999"], "--port ska vara högst 65535"),
        (["report", "--format", "pdf"], "--format ska vara något av: table, json, csv, xlsx, html"),
    ],
)
def test_wrong_use_is_one_swedish_line_and_exit_code_2(sammadag, arguments, said):
    code, out, err = sammadag(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"sammadag: {said}")
    assert err.count("\n") == 1


def test_wrong_use_is_english_when_that_is_asked_for(sammadag):
    _, _, err = sammadag("--lang", "en", "demo", "--onec")
    assert err == (
        "sammadag: there is no option --onec; did you mean --once? (see `sammadag demo --help`)\n"
    )


def test_what_was_typed_cannot_command_the_terminal(sammadag):
    _, _, err = sammadag("demo", "--\x1b[31mred")
    assert "\x1b" not in err


def test_words_of_the_library_that_are_not_known_are_passed_on():
    said = usage.explained(typer.TyperException("Something new"), speaker("sv"))
    assert said == "kommandot går inte att förstå: Something new"


def commands(command, path=()):
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))


EVERY_COMMAND = list(commands(typer.main.get_command(build(speaker("sv")))))


@pytest.mark.parametrize("path", EVERY_COMMAND, ids=" ".join)
def test_a_help_page_has_no_english_word_of_the_library(sammadag, path):
    code, out, _ = sammadag(*path, "--help")
    assert code == 0
    assert out.startswith(f"Användning: {' '.join(('sammadag', *path))} [VAL]")
    assert "Visa den här hjälpen." in out
    assert [word for word in ENGLISH_WORDS if word in out] == []


def test_a_help_page_is_english_when_that_is_asked_for(sammadag):
    _, out, _ = sammadag("--lang=en", "ingest", "--help")
    assert out.startswith("Usage: sammadag ingest [OPTIONS] {FOLDER}")
    assert "  FOLDER  Folder or Maildir with e-mails.  [required]" in out


def test_a_call_without_arguments_shows_the_commands(sammadag):
    code, out, err = sammadag()
    assert (code, out) == (2, "")
    assert "Kommandon:" in err


@pytest.mark.parametrize(
    ("arguments", "language"),
    [
        ([], "sv"),
        (["--lang", "en"], "en"),
        (["--lang=en", "check"], "en"),
        (["--config", "--lang", "--lang", "en", "check"], "en"),
        (["--database-url", "x", "--lang", "en", "check"], "en"),
        (["--lang"], ""),
        (["check", "--lang", "en"], "sv"),
        (["ask", "hur byter jag --lang en"], "sv"),
    ],
)
def test_the_language_is_read_from_what_stands_before_the_command(arguments, language):
    assert language_of(arguments) == language
