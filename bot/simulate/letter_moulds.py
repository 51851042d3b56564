"""Moulds of the mails that we send: written once by the real templates, filled for every case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.simulate.slots import Pattern
from bot.templates import Rendered
from functionmail.compose import compose
from functionmail.message import Address, Outgoing
from functionmail.parse import parse

NUMBER = "2019-987654"
INVOICE = "40417263"
OPENING = "onsdag 99 smugtember kl. 98.76"
PLACE = "Kvarngårdens boulehall"
AMOUNT = "23 417"
_TO = "mottagare@mould.example"
_ANSWERED = "besvarat.1@mould.example"
_SLOTS = ("ref", "number", "n", "opening", "place", "amount")


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterMould:
    """A mail of ours without its values.

    Attributes:
        rest: Size of the mail in bytes, its addresses and ids not counted.
        html: As the template gives it, before it is sent.
    """

    template: str | None
    version: str | None
    subject: str
    text: str
    signature: str
    quoted: str
    body: str
    rest: int
    sender_name: str
    sender: str
    written: tuple[str, str, str]
    needs_opening: bool


def letter_mould(
    rendered: Rendered, sender: Address, *, reference: str, own_id: str, automatic: bool
) -> LetterMould:
    """Return the mould of a letter that was written with the values above."""
    return _mould(
        rendered.subject,
        rendered.text,
        rendered.html,
        sender,
        reference=reference,
        own_id=own_id,
        automatic=automatic,
        template=rendered.template,
        version=rendered.version,
        language=rendered.language,
    )


def answer_mould(
    text: str, sender: Address, *, subject: str, reference: str, own_id: str
) -> LetterMould:
    """Return the mould of an answer that somebody writes in their own mail program."""
    return _mould(subject, text, None, sender, reference=reference, own_id=own_id)


def _mould(
    subject: str,
    text: str,
    html: str | None,
    sender: Address,
    *,
    reference: str,
    own_id: str,
    automatic: bool = False,
    template: str | None = None,
    version: str | None = None,
    language: str = "sv",
) -> LetterMould:
    content = compose(
        Outgoing(
            message_id=own_id,
            sender=sender,
            recipient=Address(address=_TO),
            subject=subject,
            text=text,
            html=html,
            in_reply_to=_ANSWERED,
            references=(_ANSWERED,),
            auto_submitted="auto-replied" if automatic else None,
            language=language,
            sent_at=datetime(2025, 3, 11, 9, 30, tzinfo=UTC),
        )
    )
    message = parse(content)
    values = {
        "ref": reference,
        "number": NUMBER,
        "n": INVOICE,
        "opening": OPENING,
        "place": PLACE,
        "amount": AMOUNT,
    }

    def pattern(said: str) -> str:
        return Pattern(said, values, _SLOTS).text

    assert message.sender is not None
    return LetterMould(
        template=template,
        version=version,
        subject=pattern(message.subject),
        text=pattern(message.text),
        signature=pattern(message.signature),
        quoted=pattern(message.quoted),
        body=pattern(message.body),
        rest=len(content) - len(_TO) - 2 * len(_ANSWERED),
        sender_name=message.sender.name,
        sender=message.sender.address,
        written=(pattern(subject), pattern(text), pattern(html or "")),
        needs_opening=OPENING in text,
    )


def fill(pattern: str, values: Mapping[str, str]) -> str:
    """Return a text with its values."""
    return pattern % values
