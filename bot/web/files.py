"""Files that others have written, handed over to be saved, never to be opened in the browser."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from starlette.responses import Response

from bot.services.case_page import OpenedFile

_OCTETS: Final = "application/octet-stream"
_TYPES: Final[Mapping[str, str]] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
}
_LONGEST_NAME: Final = 120
_LONGEST_ENDING: Final = 12
_FORBIDDEN: Final = frozenset('"*:<>?|%;')


def download(file: OpenedFile, *, otherwise: str) -> Response:
    """Return a file as a download.

    Args:
        otherwise: What it is called where its own name is of no use.
    """
    name = clean_name(file.name) or otherwise
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    ascii_name = clean_name(ascii_name) or "bilaga"
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return Response(
        file.content,
        media_type=_TYPES.get(ending, _OCTETS),
        headers={
            # RFC 6266: both forms, for old and new programs.
            "Content-Disposition": f'attachment; filename="{ascii_name}"; '
            f"filename*=UTF-8''{quote(name, safe='')}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )


def clean_name(name: str) -> str:
    """Return the last part of a file name without what steers a terminal, a path or a reader.

    Long names are cut before their ending, which says what the file is; empty for nothing.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(sign if _is_plain(sign) else "_" for sign in last)
    plain = " ".join(plain.split()).strip(". ")
    if len(plain) <= _LONGEST_NAME:
        return plain
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > _LONGEST_ENDING:
        return plain[:_LONGEST_NAME]
    return f"{stem[: _LONGEST_NAME - len(ending) - 1]}.{ending}"


def _is_plain(sign: str) -> bool:
    return sign not in _FORBIDDEN and unicodedata.category(sign)[0] != "C"
