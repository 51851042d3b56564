"""Choosing a reply, seeing how it will read, filling in what is missing, and sending it.

A letter is shown in outline: what mails have said stands as marks in brackets, since mail text
never reaches Slack.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.services.second_person import Stage
from bot.slack.blocks.card import summary
from bot.slack.blocks.modals import Field, Modal
from bot.slack.blocks.parts import (
    Part,
    actions,
    button,
    confirm,
    context,
    divider,
    field,
    lines,
    link_button,
    modal,
    mrkdwn,
    option,
    section,
    select,
    text_input,
)
from bot.slack.message import SlackMessage
from bot.slack.text import escaped
from bot.slack.views import CaseView
from bot.texts import Say

VALUE: Final = "value:"
"""Begins the name of the question for a value of the letter."""
_MOST_ASKED: Final = 20
_LONGEST: Final = {"line": 200, "date": 10, "link": 500}
_NAMES: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateView:
    """A template that can be chosen.

    Attributes:
        why: Why it fits, already in words.
    """

    name: str
    title: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedView:
    """A value that a person writes.

    Attributes:
        kind: ``line``, ``lines``, ``text``, ``link`` or ``date``.
    """

    name: str
    about: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineView:
    """A letter in outline; see `bot.services.reply_outline`."""

    name: str
    text: str
    asked: tuple[AskedView, ...] = ()
    two_people: bool = False


class LetterAction(StrEnum):
    """What the buttons under a draft are called; their value is ``<number>:<version>``."""

    SEND = "letter_send"
    DISCARD = "letter_discard"
    APPROVE = "letter_approve"
    READ = "letter_read"


def template_modal(
    view: CaseView,
    templates: Sequence[TemplateView],
    say: Say,
    *,
    chosen: OutlineView | None = None,
) -> Part:
    """Let a person choose a template, and show how the letter will read."""
    if not templates:
        text = say("Ingen mall passar ärendet.")
        blocks = [section(mrkdwn(summary(view, say))), section(mrkdwn(text))]
        return modal(Modal.TEMPLATE, say("Mall"), blocks, close=say("Stäng"))
    menu = select(
        Field.TEMPLATE,
        [option(f"{one.title} – {one.why}", one.name) for one in templates],
        placeholder=say("Välj mall"),
        chosen=None if chosen is None else chosen.name,
    )
    blocks = [
        section(mrkdwn(summary(view, say))),
        field(Field.TEMPLATE, say("Mall"), menu, dispatches=True),
    ]
    if chosen is not None:
        blocks += _outline(chosen, say)
    return modal(
        Modal.TEMPLATE,
        say("Skriv till kunden"),
        blocks,
        close=say("Avbryt"),
        submit=say("Skriv utkast"),
        metadata=view.number,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalView:
    """A letter that two people must stand behind.

    Attributes:
        case: Its number.
        version: What is approved or sent is this version and no other.
        writers: Names of staff; none where the assistant wrote it alone.
        url: Where it can be read; None where there is no web page.
    """

    case: str
    draft: int
    version: int
    stage: Stage
    writers: tuple[str, ...] = ()
    approver: str | None = None
    url: str | None = None


def approval_message(view: ApprovalView, say: Say) -> SlackMessage:
    """Ask a colleague to approve a letter, or say what became of it; nothing of it is shown."""
    text = _approval_text(view, say)
    blocks: list[Part] = [section(mrkdwn(text))]
    if view.stage is Stage.WAITING:
        read = _read_button(view.url, say)
        sure = confirm(
            say("Har du läst brevet?"),
            say("Ditt namn står för det tillsammans med den som har skrivit det."),
            say("Godkänn"),
            say("Avbryt"),
        )
        approve = button(
            say("Godkänn"),
            LetterAction.APPROVE,
            _value(view.draft, view.version),
            style="primary",
            confirm=sure,
        )
        blocks.append(actions([*read, approve]))
        if not read:
            blocks.append(_how_to_read(view.draft, say))
    elif view.stage is Stage.APPROVED:
        send = _send_button(view.draft, view.version, say)
        blocks.append(actions([*_read_button(view.url, say), send]))
    return SlackMessage(text=text, blocks=tuple(blocks))


def _approval_text(view: ApprovalView, say: Say) -> str:
    said = {"draft": view.draft, "case": view.case}
    if view.stage is Stage.DISCARDED:
        return say("Utkast {draft} i ärende {case} är kastat.", **said)
    if view.stage is Stage.SENT:
        return say("Utkast {draft} i ärende {case} är skickat.", **said)
    if view.stage is Stage.APPROVED:
        person = escaped(view.approver or "", _NAMES)
        text = say("{person} har godkänt utkast {draft} i ärende {case}.", person=person, **said)
        return f"{text} {say('Nu kan det skickas.')}"
    if not view.writers:
        return say("Utkast {draft} i ärende {case} behöver godkännas av en kollega.", **said)
    writers = escaped(say.listing(view.writers), _NAMES)
    return say(
        "{writers} har skrivit utkast {draft} i ärende {case}. En kollega behöver godkänna det.",
        writers=writers,
        **said,
    )


def draft_message(
    view: CaseView,
    draft: int,
    say: Say,
    *,
    version: int,
    holes: Sequence[str] = (),
    two_people: bool = False,
    url: str | None = None,
) -> SlackMessage:
    """Say that a draft is written, and offer to send it where it is finished.

    Args:
        version: What is sent or thrown away is this version and no other.
        holes: What is missing, in the words of the template; not escaped.
        two_people: A colleague must approve it first.
        url: Where it can be read; None where there is no web page.
    """
    text = say("Utkast {draft} är skrivet i ärende {case}.", draft=draft, case=view.number)
    if holes:
        names = escaped(say.listing(holes), _NAMES)
        text = f"{text} {say('Det här saknas: {names}.', names=names)}"
    elif two_people:
        text = f"{text} {say('En kollega behöver godkänna det innan det skickas.')}"
    read = _read_button(url, say)
    rest = [button(say("Kasta"), LetterAction.DISCARD, _value(draft, version))]
    if not holes and not two_people:
        rest.insert(0, _send_button(draft, version, say))
    blocks = [section(mrkdwn(text)), actions([*read, *rest])]
    if not read:
        blocks.append(_how_to_read(draft, say))
    return SlackMessage(text=text, blocks=tuple(blocks))


def _how_to_read(draft: int, say: Say) -> Part:
    return context(mrkdwn(say("Läs hela brevet med sammadag reply show {draft}.", draft=draft)))


def _read_button(url: str | None, say: Say) -> list[Part]:
    return [] if url is None else [link_button(say("Visa utkast"), LetterAction.READ, url)]


def _value(draft: int, version: int) -> str:
    return f"{draft}:{version}"


def _send_button(draft: int, version: int, say: Say) -> Part:
    sure = confirm(
        say("Skicka brevet?"),
        say("Kunden får brevet på en gång."),
        say("Skicka"),
        say("Avbryt"),
    )
    value = _value(draft, version)
    return button(say("Skicka"), LetterAction.SEND, value, style="primary", confirm=sure)


def _outline(outline: OutlineView, say: Say) -> list[Part]:
    note = say(
        "Det inom hakparentes fylls i från ärendet eller av dig; dagar är exempel. "
        "Mejlets text visas inte här."
    )
    found = [divider(), section(lines(outline.text)), context(mrkdwn(note))]
    if outline.two_people:
        found.append(context(mrkdwn(say("En kollega behöver godkänna brevet innan det skickas."))))
    return [*found, *(_question(one, say) for one in outline.asked[:_MOST_ASKED])]


def _question(asked: AskedView, say: Say) -> Part:
    hints = {"date": say("Som 2026-03-29."), "lines": say("En sak per rad.")}
    name = f"{VALUE}{asked.name}"
    box = text_input(
        name,
        multiline=asked.kind in ("lines", "text"),
        most=_LONGEST.get(asked.kind, 3000),
    )
    return field(name, asked.about, box, hint=hints.get(asked.kind))
