"""Mallar: what each template is for, and the letter that the customer will see."""

from __future__ import annotations

from starlette.responses import Response

from bot.web.ask import Ask
from bot.web.form import Form
from bot.web.page import Page


def templates(ask: Ask) -> Response:
    """Show the templates that fit."""
    choices, language = ask.house.choices, ask.say.language
    typed = {name: ask.query(name) for name in ("process", "matter")}
    return ask.page(
        "knowing/templates.html",
        form=Form(typed=typed),
        templates=ask.house.letters.listed(
            process=choices.process(typed["process"]), matter=choices.matter(typed["matter"])
        ),
        processes=choices.processes(language),
        matters=choices.matters(language),
    )


def template(ask: Ask) -> Response:
    """Show a template with its letter, filled with samples."""
    language = ask.query("language") or ask.say.language
    shown = ask.house.letters.show(ask.value("key"), language)
    return ask.page(
        "knowing/template.html",
        about=shown.template,
        letter=shown.preview.rendered,
        findings=shown.preview.findings,
        samples=shown.preview.samples,
    )


PAGES = (
    Page(path="/templates", name="templates", answer=templates),
    Page(path="/templates/{key}", name="template", answer=template),
)
