"""Triage of mail in files: `sammadag triage` and `sammadag evaluate`, without a database."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.errors import DataError, Saying
from bot.knowledge import Knowledge
from bot.services import mail_files
from bot.services.mail_files import MailFile
from bot.services.reading import Reader
from bot.triage.evaluation import FIELDS, Evaluation, evaluate, wrong_label
from bot.triage.model import Triage
from bot.vocabulary import MailboxKey
from functionmail.message import Address, Message
from functionmail.parse import from_fields

_UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
"""When a labelled mail does not say when it was received; only relative dates need it."""
_YEARS = range(1900, 3000)
"""In which a mail can have come: days are counted from it, and calendars end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTriage:
    """One mail of a file.

    Attributes:
        name: Key and value that name the mail: its id as it was given, or its file.
        fault: One line for people, where the mail could not be read; `triage` is None then.
    """

    name: tuple[str, str | int]
    triage: Triage | None = None
    fault: Saying | None = None

    def as_json(self) -> Mapping[str, Any]:
        """Return one line of the command's output."""
        assert self.triage is not None
        return {self.name[0]: self.name[1], **self.triage.as_json()}


def triage_paths(
    paths: Sequence[Path],
    reader: Reader,
    knowledge: Knowledge,
    *,
    mailbox: MailboxKey | None = None,
) -> Iterator[FileTriage]:
    """Triage every mail of the paths, in order.

    Raises:
        UsageError: A path does not exist.
        DataError: A folder or a list of mails cannot be read.
    """
    for path in paths:
        if path.suffix == ".jsonl" and path.is_file():
            yield from _labelled(path, reader, knowledge)
            continue
        for file in mail_files.find(path):
            yield _raw(file, reader, knowledge, mailbox)


def evaluate_corpus(path: Path, reader: Reader) -> Evaluation:
    """Compare triage with the labels of a corpus.

    Raises:
        DataError: The file cannot be read, or a line is no labelled mail.
    """
    pairs = []
    for number, row in _rows(path):
        if not isinstance(row, dict):
            raise DataError("{file} rad {line}: är inget JSON-objekt", file=path.name, line=number)
        if not _has_text(row):
            raise DataError(
                "{file} rad {line}: har varken subject eller body", file=path.name, line=number
            )
        if not _has_labels(row):
            raise DataError(
                "{file} rad {line}: är inte märkt; minst en av {labels} behövs",
                file=path.name,
                line=number,
                labels=", ".join(FIELDS),
            )
        if (wrong := wrong_label(row)) is not None:
            raise DataError(
                "{file} rad {line}: {label} ska vara något av: {known}",
                file=path.name,
                line=number,
                label=wrong[0],
                known=", ".join(wrong[1]),
            )
        pairs.append((row, triage_row(row, reader)))
    return evaluate(pairs)


def triage_row(row: Mapping[str, Any], reader: Reader) -> Triage:
    """Triage one labelled mail; only the mail keys of the schema are read."""
    message = message_of(row)
    received = received_of(row)
    mailbox = row.get("mailbox")
    return reader.triage_message(
        message,
        mailbox=MailboxKey(mailbox) if isinstance(mailbox, str) else mail_files.INFO,
        received_at=received,
    )


def _raw(
    file: MailFile, reader: Reader, knowledge: Knowledge, mailbox: MailboxKey | None
) -> FileTriage:
    name = ("file", file.name)
    try:
        arrival = mail_files.read(file, knowledge.mailbox_by_address, mailbox=mailbox)
    except DataError as error:
        return FileTriage(name=name, fault=Saying(error.source, **error.values))
    return FileTriage(name=name, triage=reader.read(arrival).triage)


def _labelled(path: Path, reader: Reader, knowledge: Knowledge) -> Iterator[FileTriage]:
    for number, row in _rows(path):
        where = f"{path.name} line {number}"
        place = {"file": path.name, "line": number}
        if not isinstance(row, dict):
            fault = Saying("{file} rad {line}: är inget JSON-objekt", **place)
            yield FileTriage(name=("id", where), fault=fault)
        elif not _has_text(row):
            fault = Saying("{file} rad {line}: har varken subject eller body", **place)
            yield FileTriage(name=("id", where), fault=fault)
        else:
            given = row.get("id")
            identity = given if isinstance(given, (str, int)) else where
            yield FileTriage(name=("id", identity), triage=triage_row(row, reader))


def _rows(path: Path) -> Iterator[tuple[int, object]]:
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, _json(line)
    except OSError as error:
        raise DataError(
            "{path}: går inte att läsa; kontrollera att filen finns", path=path
        ) from error


def _json(line: str) -> object:
    try:
        found: object = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found


def _has_text(row: Mapping[str, Any]) -> bool:
    return any(isinstance(row.get(key), str) for key in ("subject", "body"))


def _has_labels(row: Mapping[str, Any]) -> bool:
    labels = row.get("label")
    return any(name in (labels if isinstance(labels, dict) else row) for name in FIELDS)


def message_of(row: Mapping[str, Any]) -> Message:
    """Return the mail of a labelled row; only the mail keys of the schema are read."""
    headers = row.get("headers")
    attachments = row.get("attachments")
    return from_fields(
        subject=_text(row.get("subject")),
        body=_text(row.get("body")),
        sender=_sender(row.get("from")),
        headers={str(name): str(value) for name, value in headers.items()}
        if isinstance(headers, dict)
        else None,
        attachments=[str(name) for name in attachments] if isinstance(attachments, list) else (),
    )


def _sender(value: object) -> Address | None:
    if isinstance(value, str):
        return Address(address=value.strip().lower())
    if not isinstance(value, dict) or not isinstance(value.get("address"), str):
        return None
    return Address(name=_text(value.get("name")), address=value["address"].strip().lower())


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def received_of(row: Mapping[str, Any]) -> datetime:
    """Return when a labelled mail was received, in UTC; long ago where it does not say."""
    return _instant(row.get("received"))


def _instant(value: object) -> datetime:
    if not isinstance(value, str):
        return _UNDATED
    try:
        found = datetime.fromisoformat(value)
        found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        return found if found.year in _YEARS else _UNDATED
    except (ValueError, OverflowError):
        return _UNDATED
