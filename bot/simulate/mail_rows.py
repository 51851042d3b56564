"""The rows of mails that came and went."""

from __future__ import annotations

from bot.simulate.deflating import Values
from bot.simulate.letter_moulds import LetterMould
from bot.simulate.mail_moulds import MailMould, content_hash
from bot.simulate.rows import Rows
from bot.vocabulary import FILE_KEY, IgnoredBecause, Kind, MailboxKey, Outcome, sent_folder
from functionmail.message import MessageKey

_KEY = f"{FILE_KEY}m"


def key_of(message_id: int) -> MessageKey:
    """Return the key under which no mailbox shows a mail."""
    return MessageKey(f"{_KEY}{message_id}")


def incoming(
    rows: Rows,
    mould: MailMould,
    values: Values,
    *,
    message_id: int,
    case_id: int | None,
    kind: Kind,
    received_at: int,
    seen_at: int,
) -> bytes:
    """Add the rows of a mail that came in; return its bytes."""
    content = (mould.raw % values).encode()
    subject, text = mould.subject % values, mould.text % values
    body = text if mould.body == mould.text else mould.body % values
    address = mould.sender % values
    is_case = case_id is not None
    rows["message"].append(
        (
            message_id,
            "in",
            values["mid"],
            content_hash(address, subject, body),
            mould.mailbox,
            case_id,
            kind._value_,
            int(not is_case),
            int(mould.glance),
            None,
            None,
            received_at,
            len(content),
            mould.faults,
        )
    )
    raw, title, people, *said, triage = [packed.fill(values) for packed in mould.packed]
    rows["message_raw"].append((message_id, raw, "{}"))
    rows["message_text"].append((message_id, title, *said))
    rows["message_address"].append((message_id, people))
    rows["message_triage"].append((message_id, triage))
    ignored = None if is_case else mould.ignored
    reason = None if ignored is None else ignored._value_
    outcome = _outcome(kind, ignored)._value_
    row = (message_id, case_id, seen_at, 0)
    rows["delivery"].append((mould.arrived_in, key_of(message_id), outcome, reason, *row))
    if is_case:
        rows["search_entry"].append((message_id, None, mould.words.fill(values)))
    return content


def outgoing(
    rows: Rows,
    mould: LetterMould,
    values: Values,
    *,
    message_id: int,
    case_id: int,
    mid: str,
    to: str,
    automatic: bool,
    mailbox: MailboxKey,
    at: int,
) -> None:
    """Add the rows of a mail of ours; its bytes are left out, since what it says is there."""
    subject, text = mould.subject % values, mould.text % values
    body = text if mould.body == mould.text else mould.body % values
    rows["message"].append(
        (
            message_id,
            "out",
            mid,
            content_hash(mould.sender, subject, body),
            mailbox,
            case_id,
            None,
            int(automatic),
            0,
            mould.template,
            mould.version,
            at,
            mould.rest + len(to) + 2 * len(values["mid"]),
            "[]",
        )
    )
    title, people, *said = [packed.fill(values) for packed in mould.packed]
    rows["message_text"].append((message_id, title, *said))
    rows["message_address"].append((message_id, people))
    if mould.template is None:
        rows["search_entry"].append((message_id, None, mould.words.fill(values)))


def found_in_sent(
    rows: Rows, mailbox: MailboxKey, *, message_id: int, case_id: int, seen_at: int
) -> None:
    """Add the outcome of a mail that was found in the Sent folder of a mailbox."""
    outcome = Outcome.FOLLOW_UP.value
    row = (message_id, case_id, seen_at, 0)
    rows["delivery"].append((sent_folder(mailbox), key_of(message_id), outcome, None, *row))


def _outcome(kind: Kind, ignored: IgnoredBecause | None) -> Outcome:
    if ignored is not None:
        return Outcome.IGNORED
    return Outcome.FOLLOW_UP if kind is Kind.FOLLOW_UP else Outcome.CASE
