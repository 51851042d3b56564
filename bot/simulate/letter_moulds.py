"""Moulds of the mails that we send: written once by the real templates, filled for every case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from bot.simulate.deflating import PackedPattern, lines_of, texts_of
from bot.simulate.slots import Pattern
from bot.simulate.word_patterns import WordPattern
from bot.store.engine import stored_json
from bot.templates import Rendered
from bot.texts import speaker
from functionmail.compose import compose
from functionmail.message import Address, Outgoing
from functionmail.parse import parse

NUMBER = "2019-987654"
INVOICE = "40417263"
OPENING = "onsdag 99 smugtember kl. 98.76"
DAY = "2098-12-29"
PLACE = "Kvarngårdens boulehall"
AMOUNT = "23 417"
_TO = "mottagare@mould.example"
_ANSWERED = "besvarat.1@mould.example"
_SLOTS = ("ref", "number", "n", "opening", "by", "place", "amount")


@dataclass(frozen=True, kw_only=True)
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

    @cached_property
    def packed(self) -> tuple[PackedPattern, ...]:
        """Return subject, people, text, signature and quoted text as they are stored."""
        texts = (self.text, self.signature, self.quoted)
        return (*lines_of(self.subject, self.people), *texts_of(*texts))

    @cached_property
    def people(self) -> str:
        """Return who wrote to whom, as JSON with its slots."""
        sender = stored_json(["from", self.sender_name, self.sender]).replace("%", "%%")
        return f'[{sender},["to","","%(local)s@%(domain)s"]]'

    @cached_property
    def packed_draft(self) -> tuple[PackedPattern, ...]:
        """Return text and HTML as they were written, as they are stored."""
        _, text, html = self.written
        return tuple(texts_of(text, html))

    @cached_property
    def words(self) -> WordPattern:
        """Return the words that it is found by, if at all."""
        return WordPattern(f"{self.subject}\n{self.text}")


def letter_mould(
    rendered: Rendered, sender: Address, *, reference: str, own_id: str, automatic: bool
) -> LetterMould:
    """Return the mould of a letter that was written with the values above."""
    outgoing = _outgoing(
        (rendered.subject, rendered.text, rendered.html),
        sender,
        own_id,
        auto_submitted="auto-replied" if automatic else None,
        language=rendered.language,
    )
    return _mould(outgoing, reference, template=rendered.template, version=rendered.version)


def answer_mould(
    text: str, sender: Address, *, subject: str, reference: str, own_id: str
) -> LetterMould:
    """Return the mould of an answer that somebody writes in their own mail program."""
    return _mould(_outgoing((subject, text, None), sender, own_id), reference)


def _outgoing(
    written: tuple[str, str, str | None],
    sender: Address,
    own_id: str,
    *,
    auto_submitted: str | None = None,
    language: str = "sv",
) -> Outgoing:
    subject, text, html = written
    return Outgoing(
        message_id=own_id,
        sender=sender,
        recipient=Address(address=_TO),
        subject=subject,
        text=text,
        html=html,
        in_reply_to=_ANSWERED,
        references=(_ANSWERED,),
        auto_submitted=auto_submitted,
        language=language,
        sent_at=datetime(2025, 3, 11, 9, 30, tzinfo=UTC),
    )


def _mould(
    outgoing: Outgoing, reference: str, *, template: str | None = None, version: str | None = None
) -> LetterMould:
    content = compose(outgoing)
    message = parse(content)
    values = {
        "ref": reference,
        "number": NUMBER,
        "n": INVOICE,
        "opening": OPENING,
        "by": speaker(outgoing.language).date(date.fromisoformat(DAY)),
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
        written=(pattern(outgoing.subject), pattern(outgoing.text), pattern(outgoing.html or "")),
        needs_opening=OPENING in outgoing.text,
    )
