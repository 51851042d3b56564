"""The answers to the two questions about a mail: who wrote it, and may we answer it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from functionmail.identity import OwnId


class NoAnswer(StrEnum):
    """Why a mail must not be answered automatically."""

    EMPTY_RETURN_PATH = "empty_return_path"
    AUTO_SUBMITTED = "auto_submitted"
    REPORT = "report"
    FAILED_RECIPIENTS = "failed_recipients"
    PRECEDENCE = "precedence"
    LIST = "list"
    SUPPRESSED = "suppressed"
    AUTORESPONDER = "autoresponder"
    LOOP_HEADER = "loop_header"
    NO_SENDER = "no_sender"
    MACHINE_SENDER = "machine_sender"
    AUTOMATIC_SUBJECT = "automatic_subject"
    OWN_ADDRESS = "own_address"
    OWN_MARK = "own_mark"
    NOT_ADDRESSED = "not_addressed"
    AUTHENTICATION_FAILED = "authentication_failed"
    SPAM_SCORE = "spam_score"
    NOT_A_PERSON = "not_a_person"


class Author(StrEnum):
    """Who wrote a mail. PERSON includes systems that report a matter on their own account."""

    PERSON = "person"
    BOUNCE = "bounce"
    AUTO_REPLY = "auto_reply"
    SPAM = "spam"
    OWN_LOOP = "own_loop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorship:
    """Who wrote a mail, and how we know.

    Attributes:
        rule: Code of the rule that decided.
        words: What the rule saw: a header's name and token, or words of our own tables.
            Never names, addresses or numbers from the mail.
    """

    kind: Author
    rule: str
    words: str = ""


BY_A_PERSON = Authorship(kind=Author.PERSON, rule="person")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFailure:
    """A mail of ours that did not arrive, or not yet.

    Attributes:
        own_ids: Of our mails that the report is about; never empty.
        permanent: False while the other side still tries.
    """

    own_ids: tuple[OwnId, ...]
    permanent: bool
