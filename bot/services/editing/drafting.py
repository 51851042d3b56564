"""What an editor has written, before it is saved: read from what a browser or a file sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.edits import LARGEST, MOST_FILES, DocumentPath, digest_of, is_document
from bot.errors import DataError, UsageError

_LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Files as an editor wants them; None for one that is to go.

    Attributes:
        seen: Digests of what the editor began with; a file that is not named was not there.
        note: Why, in the editor's words.
    """

    files: Mapping[DocumentPath, bytes | None] = field(repr=False)
    seen: Mapping[DocumentPath, str | None] = field(default_factory=dict)
    note: str = ""


def check(draft: Draft) -> None:
    """Refuse what is no document, too large, or no text.

    Raises:
        UsageError: A path is none of ours; it is not repeated, since anybody may send it.
        DataError: A file is too large or not UTF-8.
    """
    if not draft.files:
        raise DataError("ingenting är ändrat")
    if len(draft.files) > MOST_FILES:
        raise DataError("för många filer i en ändring; högst {n}", n=MOST_FILES)
    if len(draft.note) > _LONGEST_NOTE:
        raise DataError("anteckningen är för lång; högst {n} tecken", n=_LONGEST_NOTE)
    for path, content in draft.files.items():
        if not is_document(path):
            raise UsageError("det finns inget sådant dokument att redigera")
        if content is None:
            continue
        if len(content) > LARGEST:
            raise DataError("{file}: är för stor; högst {n} tecken", file=path, n=LARGEST)
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise DataError("{file}: är inte UTF-8; spara filen som UTF-8", file=path) from error


def in_the_style_of(before: bytes | None, text: str) -> bytes:
    """Return a text that a browser sent as bytes, with the line ends that the file had.

    Unchanged text is the file itself, byte for byte.
    """
    lines = _plain(text)
    if before is not None:
        had = before.decode("utf-8-sig", errors="replace")
        if lines.rstrip("\n") == _plain(had).rstrip("\n"):
            return before
    if lines and not lines.endswith("\n"):
        lines += "\n"
    if before is not None and b"\r\n" in before:
        lines = lines.replace("\n", "\r\n")
    start = b"\xef\xbb\xbf" if before is not None and before.startswith(b"\xef\xbb\xbf") else b""
    return start + lines.encode()


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def was_seen(draft: Draft, path: DocumentPath, now: bytes | None) -> bool:
    """Tell whether a file is still what the editor began with."""
    return draft.seen.get(path) == digest_of(now)
