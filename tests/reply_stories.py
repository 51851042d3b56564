"""What the stories about replies share."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from bot.cases import Case
from bot.material import Material
from bot.reply_rules import ReplyDraft
from bot.vocabulary import PersonKey
from functionmail.message import Message
from functionmail.parse import parse
from tests.city import City, shipped_material


def people(city: City, count: int) -> list[PersonKey]:
    """Return some of the staff."""
    return list(city.app.knowledge.people)[:count]


def work_off(city: City) -> None:
    """Take in mail, write the replies that are due, and send all that is to go out."""
    city.work_off()
    city.app.reply_timer.run_due()
    city.app.dispatch.run_due()


def drafts(city: City, case: Case) -> list[ReplyDraft]:
    """Return all replies on a case, oldest first."""
    return city.app.replies.listed(case.id)


def sent_letters(city: City, mailbox: str = "kundreskontra") -> list[Message]:
    """Return the mails in a mailbox's Sent folder that are no receipts."""
    found = [parse(content) for content in city.sent(mailbox)]
    return [letter for letter in found if not is_receipt(letter)]


def is_receipt(letter: Message) -> bool:
    """Tell whether a mail of ours says that a mail has come."""
    return "Det här är ett automatiskt svar" in letter.text


def material_with(**replies: object) -> Material:
    """Return the sample city with other rules for replies."""
    shipped = shipped_material()
    file = shipped.knowledge.replies.model_copy(update=replies)
    knowledge = dataclasses.replace(shipped.knowledge, replies=file)
    return dataclasses.replace(shipped, knowledge=knowledge)


def templates_of(replies: Iterable[ReplyDraft]) -> list[str]:
    """Return the templates of some replies."""
    return [reply.template for reply in replies]
