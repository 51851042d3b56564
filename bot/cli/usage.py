"""What the command line's own library says, in the reader's language: help pages, wrong use.

Typer speaks English. Its headings and labels pass through a formatter and its errors through a
table here; a command's own texts are written in our language from the start.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import typer
from typer._click import exceptions as wrong
from typer._click.core import Command
from typer._click.formatting import HelpFormatter
from typer.core import TyperGroup

from bot.errors import Saying
from bot.texts import Say, mark

_TYPE: Final = re.compile(r" <[a-z]+>$")
"""The type of an argument, after its name; a Swedish name says it all."""

HelpWanted = wrong.NoArgsIsHelpError
"""Raised where a command was called without arguments; its message is the help page."""

_WORDS: Final[Mapping[str, str]] = {
    "Arguments": mark("Argument"),
    "Options": mark("Val"),
    "Commands": mark("Kommandon"),
    "[OPTIONS]": mark("[VAL]"),
    "COMMAND [ARGS]...": mark("KOMMANDO [ARGUMENT]..."),
    "Show this message and exit.": mark("Visa den här hjälpen."),
    "[required]": mark("[måste anges]"),
    "; required]": mark("; måste anges]"),
    "[default: ": mark("[annars: "),
}
"""The library's words on a help page -> ours."""


def speak(command: Command, say: Say) -> None:
    """Let a command and all below it write their help pages in a language."""
    command.context_class = _context_class(say)
    if isinstance(command, TyperGroup):
        for inner in command.commands.values():
            speak(inner, say)


def _context_class(say: Say) -> type[typer.Context]:
    words = {english: say(ours) for english, ours in _WORDS.items()}

    def translated(text: str) -> str:
        for english, ours in words.items():
            text = text.replace(english, ours)
        return text

    class Formatter(HelpFormatter):
        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            super().write_usage(prog, translated(args), prefix or say("Användning: "))

        def write_heading(self, heading: str) -> None:
            super().write_heading(words.get(heading, heading))

        def write_dl(
            self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
        ) -> None:
            spoken = [(_TYPE.sub("", term), translated(about)) for term, about in rows]
            super().write_dl(spoken, col_max, col_spacing)

    class Context(typer.Context):
        formatter_class = Formatter

    return Context


def explained(error: typer.TyperException, say: Say) -> str:
    """Say in one line what was wrong with the arguments, and where to read more."""
    what = say.saying(_what(error))
    context = getattr(error, "ctx", None)
    if context is None:
        return what
    return say("{what} (se `{command} --help`)", what=what, command=context.command_path)


def _what(error: typer.TyperException) -> Saying:
    for kind, explain in _EXPLAIN.items():
        if isinstance(error, kind):
            return explain(error)
    return _other(_shown(error.message))


def _no_option(error: wrong.NoSuchOption) -> Saying:
    option = _shown(error.option_name)
    if error.possibilities:
        near = error.possibilities[0]  # the nearest stands first
        return Saying("valet {option} finns inte; menade du {near}?", option=option, near=near)
    return Saying("valet {option} finns inte", option=option)


def _missing(error: wrong.MissingParameter) -> Saying:
    return Saying("{name} saknas", name=_name(error))


def _bad_value(error: wrong.BadParameter) -> Saying:
    from pydantic import ValidationError

    from bot.texts.bad_values import what_is_wrong

    what = Saying("har ett värde som är fel")
    if isinstance(error.__cause__, ValidationError):
        fault = error.__cause__.errors(include_url=False, include_input=False)[0]
        what = what_is_wrong(*_told(fault["type"], fault.get("ctx", {})))
    return Saying("{name} {what}", name=_name(error), what=what)


def _told(kind: str, context: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return a fault as pydantic tells one, where the library has only English words for it."""
    said = str(context.get("error", ""))
    _, found, known = said.rpartition(_NOT_ONE_OF)
    if found:
        return "enum", {"expected": known}
    return ("date_parsing", {}) if said.endswith(_NO_DAY) else (kind, context)


def _bad_use(error: wrong.BadOptionUsage) -> Saying:
    option = _shown(error.option_name)
    if "does not take" in error.message:
        return Saying("valet {option} tar inget värde", option=option)
    return Saying("valet {option} kräver ett värde", option=option)


_EXPLAIN: Final[Mapping[type[Exception], Callable[..., Saying]]] = {
    wrong.NoSuchOption: _no_option,
    wrong.MissingParameter: _missing,
    wrong.BadParameter: _bad_value,
    wrong.BadOptionUsage: _bad_use,
}
_NOT_ONE_OF: Final = " is not one of "
_NO_DAY: Final = " does not match the formats '%Y-%m-%d'."
_NO_COMMAND: Final = "No such command '"
_TOO_MUCH: Final = "Got unexpected extra argument(s) ("


def _other(message: str) -> Saying:
    """Explain what the library has no class for, only words."""
    if message.startswith(_NO_COMMAND):
        name, _, rest = message.removeprefix(_NO_COMMAND).partition("'")
        near = rest.partition("Did you mean ")[2].rstrip("?").replace("'", "")
        if near:
            return Saying("kommandot {name} finns inte; menade du {near}?", name=name, near=near)
        return Saying("kommandot {name} finns inte", name=name)
    if message.startswith(_TOO_MUCH):
        extra = message.removeprefix(_TOO_MUCH).rstrip(")")
        return Saying("för många argument: {extra}", extra=extra)
    if message.startswith("Missing command"):
        return Saying("ett kommando saknas")
    return Saying("kommandot går inte att förstå: {said}", said=message)


def _name(error: wrong.BadParameter) -> str:
    if error.param is None:
        return "?"
    if error.param.param_type_name == "option":
        return " / ".join(error.param.opts)
    return error.param.display_name_raw


def _shown(text: str) -> str:
    """Return what somebody typed as one printable line."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:200]
