"""Small attachments that look like what they are called, the same bytes every time."""

from __future__ import annotations

import base64
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """A kind of attachment: its content type and its bytes."""

    maintype: str
    subtype: str
    content: bytes


def _workbook() -> bytes:
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
        '2006/main"><sheets/></workbook>',
    }
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return made.getvalue()


_PDF: Final = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""
_DOT: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_TNEF: Final = bytes.fromhex("789f3e2201000106900800040000000000010001000107900600")

KINDS: Final[Mapping[str, FileKind]] = {
    "pdf": FileKind(maintype="application", subtype="pdf", content=_PDF),
    "png": FileKind(maintype="image", subtype="png", content=_DOT),
    "winmail": FileKind(maintype="application", subtype="ms-tnef", content=_TNEF),
    "xlsx": FileKind(
        maintype="application",
        subtype="vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        content=_workbook(),
    ),
}
