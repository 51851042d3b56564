"""Several files as one ZIP: the same bytes for the same content and day; and mails as files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bot.store.case_papers import MailPaper
from bot.texts import Say

_OWNER_ONLY = 0o600 << 16


def letter_files(papers: Iterable[MailPaper], folder: str, say: Say) -> Iterator[tuple[str, bytes]]:
    """Yield mails as files of a folder, numbered; those that were deleted leave a gap."""
    for number, paper in enumerate(papers, start=1):
        way = say("in") if paper.incoming else say("ut")
        if paper.content is not None:
            yield f"{folder}/{number:03}-{way}.eml", paper.content


def zipped(files: Iterable[tuple[str, bytes]], at: datetime) -> bytes:
    """Return files, each with its name, as a ZIP.

    Args:
        at: What the archive says that the time was; local.
    """
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for name, content in files:
            entry = ZipInfo(name, date_time=at.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = _OWNER_ONLY
            archive.writestr(entry, content)
    return written.getvalue()
