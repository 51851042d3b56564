"""Which case a mail belongs to, and which mailbox answers it. Pure: the caller looks up.

A stranger who writes a case number, or names a Message-ID that we know, is never joined
to that case. Proof is one of: a Message-ID that only we can make (whoever names it got
our mail); a known thread and a sender from it; our case reference and its very sender.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from functionmail.identity import Identity, OwnId
from functionmail.message import CaseReference, Message
from functionmail.subject import case_reference

_MOST_IDS = 50
_MADE_UP = "@missing.invalid"
"""Ends an id that `parse` made for a mail without one; nobody can have it from us."""

Case = TypeVar("Case")
Mailbox = TypeVar("Mailbox")


class Because(StrEnum):
    """What joined a mail to a case."""

    OWN_ID = "own_id"
    THREAD = "thread"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """What must be looked up to find the case of a mail.

    Attributes:
        own: Our own mails that it answers, verified, the nearest first.
        stored: Message-IDs of other mails that it names, the nearest first, at most 50.
        reference: The case reference in the subject, if its check letters are right.
    """

    own: tuple[OwnId, ...] = ()
    stored: tuple[str, ...] = ()
    reference: CaseReference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined(Generic[Case]):
    """The case that a mail belongs to, and how we know."""

    case: Case
    because: Because


def candidates(message: Message, identity: Identity) -> Candidates:
    """Return what a mail names that could lead to its case."""
    own: dict[OwnId, None] = {}
    stored: list[str] = []
    for message_id in _named(message):
        read = identity.read_own(message_id)
        if read is not None:
            own[read] = None
        else:
            stored.append(message_id)
    reference = case_reference(message.subject)
    if reference is not None and not identity.verify_reference(reference):
        reference = None
    return Candidates(own=tuple(own), stored=tuple(stored), reference=reference)


def join(
    found: Candidates,
    *,
    cases_by_message_id: Mapping[str, Case],
    case_of_number: Mapping[str, Case],
    senders_on: Mapping[Case, Collection[str]],
    sender: str,
    is_organisation: Callable[[str], bool],
) -> Joined[Case] | None:
    """Return the case that a mail belongs to, or None where it opens a new one.

    Args:
        found: From `candidates`.
        cases_by_message_id: Of stored mails, those among `found.stored`.
        case_of_number: Case number ``YYYY-NNNNNN`` -> case, of those in `found`.
        senders_on: Case -> addresses in lower case that have written in it.
        sender: Address in lower case; empty where the mail has none.
        is_organisation: Tells whether a domain belongs to one organisation, so that its
            people may continue each other's cases. False for public mail domains.
    """
    for own in found.own:
        if own.case_number in case_of_number:
            return Joined(case=case_of_number[own.case_number], because=Because.OWN_ID)
    if not sender:
        return None
    for message_id in found.stored:
        if message_id not in cases_by_message_id:
            continue
        case = cases_by_message_id[message_id]
        if _is_among(sender, senders_on.get(case, ()), is_organisation):
            return Joined(case=case, because=Because.THREAD)
    number = found.reference.case_number if found.reference else ""
    if number in case_of_number and sender in senders_on.get(case_of_number[number], ()):
        return Joined(case=case_of_number[number], because=Because.REFERENCE)
    return None


def primary_mailbox(
    message: Message, mailbox_addresses: Mapping[str, Mailbox], arrived_in: Mailbox
) -> Mailbox:
    """Return the mailbox that answers a mail sent to several.

    The first function mailbox in To, else in Cc, else the one where the mail arrived.

    Args:
        mailbox_addresses: Address in lower case -> mailbox, aliases included.
    """
    named = (address.address for address in (*message.to, *message.cc))
    known = (mailbox_addresses[address] for address in named if address in mailbox_addresses)
    return next(known, arrived_in)


def _named(message: Message) -> Iterator[str]:
    """Yield the ids that a mail names, the nearest first, without repeats."""
    nearest_first = dict.fromkeys((*message.in_reply_to, *reversed(message.references)))
    wanted = (
        message_id
        for message_id in nearest_first
        if message_id != message.message_id and not message_id.endswith(_MADE_UP)
    )
    for _, message_id in zip(range(_MOST_IDS), wanted, strict=False):
        yield message_id


def _is_among(sender: str, known: Collection[str], is_organisation: Callable[[str], bool]) -> bool:
    if sender in known:
        return True
    domain = sender.rpartition("@")[2]
    same = any(address.rpartition("@")[2] == domain for address in known)
    return same and is_organisation(domain)
