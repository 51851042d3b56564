"""Several files as one ZIP: the same bytes for the same content and day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_OWNER_ONLY = 0o600 << 16


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
