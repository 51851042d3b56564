"""The rows of mails that came and went."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from bot.language.search_words import entry_words
from bot.simulate.hours import stored
from bot.simulate.letter_moulds import LetterMould
from bot.simulate.mail_moulds import MailMould, content_hash
from bot.simulate.rows import Rows
from bot.store.engine import stored_json
from bot.store.packing import pack_bytes, pack_short, pack_text
from bot.vocabulary import FILE_KEY, IgnoredBecause, Kind, MailboxKey, Outcome, sent_folder
from functionmail.message import MessageKey

_KEY = f"{FILE_KEY}simulated:"


_pack_often = lru_cache(maxsize=1_000)(pack_text)
"""For what stands in many mails, as our own signatures do."""


def key_of(message_id: int) -> MessageKey:
    """Return the key under which no mailbox shows a mail."""
    return MessageKey(f"{_KEY}{message_id}")


def incoming(
    rows: Rows,
    mould: MailMould,
    values: Mapping[str, str],
    *,
    message_id: int,
    case_id: int | None,
    kind: Kind,
    received_at: int,
    seen_at: int,
) -> bytes:
    """Add the rows of a mail that came in; return its bytes."""
    content = (mould.raw % values).encode()
    subject, body = mould.subject % values, mould.body % values
    name, address = f"{values['first']} {values['last']}", _address(mould, values)
    ignored = mould.ignored if case_id is None else None
    rows["message"].append(
        (
            message_id,
            "in",
            values["mid"],
            bytes.fromhex(content_hash(address, subject, body)),
            mould.mailbox,
            case_id,
            kind.value,
            int(case_id is None),
            int(mould.glance),
            None,
            None,
            stored(received_at),
            len(content),
            mould.faults,
        )
    )
    rows["message_raw"].append((message_id, pack_bytes(content), "{}"))
    _said(rows, mould, values, message_id, (name, address))
    row = (message_id, case_id, stored(seen_at), 0)
    reason = None if ignored is None else ignored.value
    outcome = _outcome(kind, ignored).value
    rows["delivery"].append((mould.arrived_in, key_of(message_id), outcome, reason, *row))
    if case_id is not None:
        words = entry_words(subject, name, address, mould.text % values)
        rows["search_entry"].append((message_id, None, words))
    return content


def _address(mould: MailMould, values: Mapping[str, str]) -> str:
    local = "mailer-daemon" if "MAILER-DAEMON" in mould.raw else values["local"]
    return f"{local}@{values['domain'] if mould.answers else mould.domain}"


def _said(
    rows: Rows,
    mould: MailMould,
    values: Mapping[str, str],
    message_id: int,
    sender: tuple[str, str],
) -> None:
    texts = (mould.text, mould.signature, mould.quoted)
    said = [pack_text(text % values) for text in texts]
    rows["message_text"].append((message_id, pack_short(mould.subject % values), *said))
    _addresses(rows, message_id, sender, ("", values["to"]))
    rows["message_triage"].append((message_id, pack_text(mould.triage % values)))


def outgoing(
    rows: Rows,
    mould: LetterMould,
    values: Mapping[str, str],
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
    rows["message"].append(
        (
            message_id,
            "out",
            mid,
            bytes.fromhex(content_hash(mould.sender, subject, mould.body % values)),
            mailbox,
            case_id,
            None,
            int(automatic),
            0,
            mould.template,
            mould.version,
            stored(at),
            mould.rest + len(to) + 2 * len(values["mid"]),
            "[]",
        )
    )
    rest = _pack_often(mould.signature % values), _pack_often(mould.quoted % values)
    rows["message_text"].append((message_id, pack_short(subject), pack_text(text), *rest))
    _addresses(rows, message_id, (mould.sender_name, mould.sender), ("", to))
    if mould.template is None:
        rows["search_entry"].append((message_id, None, entry_words(subject, text)))


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


def _addresses(rows: Rows, message_id: int, sender: tuple[str, str], to: tuple[str, str]) -> None:
    people = stored_json([("from", *sender), ("to", *to)])
    rows["message_address"].append((message_id, pack_short(people)))
