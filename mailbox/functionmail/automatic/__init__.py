"""Who wrote a mail, a person or a machine; and, another question, may we answer it.

The two are kept apart on purpose. A system that reports a matter writes from an address
that nobody reads: it must not be answered, and it is a case. Everything is judged over
MIME and transport headers together, in any capitalisation.

Sources: RFC 3834 (automatic responses), RFC 3464 (delivery status), RFC 5965 (feedback),
RFC 8098 (read receipts), RFC 2369 and 2919 (lists), MS-OXCMAIL 2.1.3.2.20.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from functionmail.automatic import bounces, headers, replies, spam
from functionmail.automatic.reading import Reading, read
from functionmail.automatic.verdicts import (
    BY_A_PERSON,
    Author,
    Authorship,
    DeliveryFailure,
    NoAnswer,
)
from functionmail.identity import LOOP_HEADER, Identity
from functionmail.message import Message

__all__ = [
    "BY_A_PERSON",
    "Author",
    "Authorship",
    "DeliveryFailure",
    "NoAnswer",
    "authorship",
    "delivery_failure",
    "is_delay_notice",
    "may_answer",
]

_ROBOTS = frozenset({"bulk", "junk", "list", "auto_reply"})


def may_answer(
    message: Message,
    *,
    own_addresses: Collection[str],
    identity: Identity,
    author: Authorship | None = None,
) -> tuple[NoAnswer, ...]:
    """Return every reason not to answer a mail automatically, in the order of `NoAnswer`.

    Empty means that we may.

    People may answer whatever they like. How often one sender is answered is not judged
    here: that needs a memory.

    Args:
        own_addresses: Of all function mailboxes and their aliases, in lower case.
        author: What `authorship` says of the mail, where that is known already.
    """
    author = author or authorship(message, identity=identity)
    found = {*_reasons_not_to(message, own_addresses, identity, author)}
    return tuple(reason for reason in NoAnswer if reason in found) if found else ()


def authorship(message: Message, *, identity: Identity) -> Authorship:
    """Tell who wrote a mail.

    Auto-Submitted: auto-generated, a no-reply sender, a hidden recipient or a failed
    authentication say nothing about it: such mail is a case. Only a mail with a
    Message-ID that we made is our own. A bounce stays one whatever it quotes.
    """
    if identity.read_own(message.message_id) is not None:
        return Authorship(kind=Author.OWN_LOOP, rule="own_id", words="message-id")
    return (
        bounces.by_structure(message) or _by_words_or_headers(message, read(message)) or BY_A_PERSON
    )


def delivery_failure(
    message: Message, identity: Identity, *, author: Authorship | None = None
) -> DeliveryFailure | None:
    """Return which of our mails did not arrive, or None if this is no bounce of our mail.

    Args:
        author: What `authorship` says of the mail, where that is known already.
    """
    author = author or authorship(message, identity=identity)
    if author.kind is not Author.BOUNCE:
        return None
    return bounces.failure(read(message), identity)


def is_delay_notice(message: Message) -> bool:
    """Tell a warning that a mail is late from the news that it failed.

    Meaningful only for what `authorship` calls a bounce.
    """
    return bounces.is_delay(read(message))


def _by_words_or_headers(message: Message, reading: Reading) -> Authorship | None:
    return (
        # Some gateways mark their bounces as auto-replied, so the words come first.
        bounces.by_words(reading)
        or replies.by_headers(message)
        or replies.by_calendar(reading)
        or replies.by_subject(reading)
        or bounces.by_return_path(message)
        or replies.by_words(reading)
        or spam.by_signs(reading)
    )


def _reasons_not_to(
    message: Message, own_addresses: Collection[str], identity: Identity, author: Authorship
) -> Iterator[NoAnswer]:
    tests = (
        (NoAnswer.EMPTY_RETURN_PATH, message.return_path == ""),
        *(_by_headers(message) if headers.speak_of_machines(message) else ()),
        (NoAnswer.REPORT, message.report or headers.report_types(message, nested=True)),
        (NoAnswer.NO_SENDER, message.sender is None or "@" not in message.sender.address),
        (NoAnswer.MACHINE_SENDER, _is_machine(message)),
        (NoAnswer.AUTOMATIC_SUBJECT, replies.has_automatic_subject(read(message))),
        (NoAnswer.OWN_ADDRESS, message.sender and message.sender.address in own_addresses),
        (NoAnswer.OWN_MARK, _has_own_mark(message, identity)),
        (NoAnswer.NOT_ADDRESSED, not _is_addressed(message, own_addresses)),
        (NoAnswer.NOT_A_PERSON, author.kind is not Author.PERSON),
    )
    return (reason for reason, holds in tests if holds)


def _by_headers(message: Message) -> tuple[tuple[NoAnswer, object], ...]:
    """Ask what hardly any person's mail has a header for."""
    return (
        (NoAnswer.AUTO_SUBMITTED, headers.auto_submitted(message)),
        (NoAnswer.FAILED_RECIPIENTS, message.header("x-failed-recipients") is not None),
        (NoAnswer.PRECEDENCE, headers.precedences(message) & _ROBOTS),
        (NoAnswer.LIST, headers.has_list_header(message)),
        (NoAnswer.SUPPRESSED, headers.is_suppressed(message)),
        (NoAnswer.AUTORESPONDER, headers.autoresponder_header(message)),
        (NoAnswer.LOOP_HEADER, headers.has_loop_header(message)),
        (NoAnswer.AUTHENTICATION_FAILED, headers.failed_authentication(message)),
        (NoAnswer.SPAM_SCORE, headers.has_spam_score(message)),
    )


def _is_machine(message: Message) -> bool:
    sender = message.sender
    return headers.is_daemon(message) or (sender is not None and headers.is_machine_address(sender))


def _has_own_mark(message: Message, identity: Identity) -> bool:
    marked = message.header(LOOP_HEADER) is not None
    return marked or identity.read_own(message.message_id) is not None


def _is_addressed(message: Message, own_addresses: Collection[str]) -> bool:
    return any(address.address in own_addresses for address in (*message.to, *message.cc))
