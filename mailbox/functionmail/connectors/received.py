"""When a mail came, as its header block says; read without parsing the mail.

For connectors whose server keeps no such instant. Everything in a header is written by
strangers, so a date from the future is not believed, and work is capped.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

HEADER_BYTES = 256 * 1024
"""No more of a mail is searched for its header fields."""

_VALUE_BYTES = 4096
_DATE_BYTES = 128
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_SLACK = timedelta(days=1)


def received_date(
    content: bytes, fallback: datetime, *, latest: datetime | None = None
) -> datetime:
    """Return when a mail came: the topmost Received date, else Date, else `fallback`.

    Args:
        fallback: Aware UTC; returned when neither date can be read and believed.
        latest: The mail was certainly here by then (default: `fallback`); a date more
            than a day later, or before 1990, is not believed.
    """
    limit = (fallback if latest is None else latest) + _SLACK
    wanted = {b"received": b"", b"date": b""}
    for name, value in header_fields(content):
        if not wanted.get(name, value):
            wanted[name] = value
    for candidate in (_stamp(wanted[b"received"]), _date(wanted[b"date"])):
        if candidate is not None and _EARLIEST <= candidate <= limit:
            return candidate
    return fallback


def header_fields(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield lower-cased names and unfolded raw values of a mail's header block, in order.

    Stops at the first empty line or after HEADER_BYTES. Lines that are no field are
    skipped. Values are cut at a few thousand bytes.
    """
    name, parts, size = b"", [b""], 0
    for line in content[:HEADER_BYTES].splitlines():
        if not line.strip():
            break
        if line[:1] in b" \t":
            if size < _VALUE_BYTES:
                parts.append(line[:_VALUE_BYTES])
                size += len(line)
            continue
        if name:
            yield name, b"".join(parts).strip()
        name, colon, value = line.partition(b":")
        name = name.strip().lower() if colon else b""
        parts, size = [value[:_VALUE_BYTES]], len(value)
    if name:
        yield name, b"".join(parts).strip()


def _stamp(value: bytes) -> datetime | None:
    """Return the date of a Received field: what follows a semicolon, the last first."""
    for part in reversed(value.split(b";")[1:][-3:]):
        found = _date(part)
        if found is not None:
            return found
    return None


def _date(value: bytes) -> datetime | None:
    text = value.strip()[:_DATE_BYTES].decode("ascii", "replace")
    try:
        found = parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
