"""What is said at the head of the next page: a sentence, carried there by a short cookie.

It holds a code of the house or a sentence with plain values, never what a mail said.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import Request
from starlette.responses import Response

from bot.web.cookies import Jar

COOKIE = "sammadag_notice"
_LONGEST = 1000


class Tone(StrEnum):
    """How a notice is shown."""

    DONE = "done"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One sentence in the viewer's language, shown as text.

    Attributes:
        undo: Address of a form that takes back what was done; empty where it cannot be.
    """

    text: str
    tone: Tone = Tone.DONE
    undo: str = ""


def put_notice(response: Response, notice: Notice, jar: Jar) -> None:
    """Let the next page show a notice."""
    packed = json.dumps([notice.text[:_LONGEST], notice.tone.value, notice.undo])
    value = base64.urlsafe_b64encode(packed.encode()).decode()
    jar.put(response, COOKIE, value, lasts_s=60)


def notice_of(request: Request, jar: Jar) -> Notice | None:
    """Return what the page before wanted to say; None for nothing, or nonsense."""
    cookie = jar.get(request, COOKIE)
    if not cookie:
        return None
    try:
        text, tone, undo = json.loads(base64.urlsafe_b64decode(cookie.encode()))
        notice = Notice(text=str(text)[:_LONGEST], tone=Tone(tone), undo=str(undo))
    except (ValueError, TypeError, binascii.Error):
        return None
    is_ours = not notice.undo or (notice.undo[:1] == "/" and notice.undo[:2] not in ("//", "/\\"))
    return notice if is_ours else None
