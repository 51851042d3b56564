"""Forms that are sent twice: the second gets the answer of the first, and nothing is done again.

Each page has a new key in its forms. Only an answer that leads on is kept, since a form that was
refused may be sent again; and only for the very same content, since a browser that goes back may
show an old page in which something else is filled in. What a form has made is there for good; what
it has changed may have been changed back, so that its answer holds for a second click and no
longer. They are kept in memory: one process serves the page, and the second click follows upon the
first.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from starlette.responses import Response

from bot.web.ask import Ask

FIELD = "once"
"""The field of a form for the key of its page."""
_SECOND_CLICK_S = 5.0
"""So long after the first answer a form that came again is a second click on the same button."""
_MOST = 2000
_LED_ON = 303


@dataclass(slots=True, kw_only=True)
class _First:
    """The answer to a form, once there is one; whoever sends the form again waits for it.

    Attributes:
        at: When it was answered, as the monotonic clock has it.
    """

    lock: Lock = field(default_factory=Lock)
    answer: Response | None = None
    at: float = 0.0


def new_key() -> str:
    """Return the key of a page, which nobody can guess."""
    return secrets.token_urlsafe(12)


class Repeats:
    """Remembers the answers to the latest forms."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = Lock()
        self._firsts: OrderedDict[bytes, _First] = OrderedDict()

    def answer(
        self, ask: Ask, key: str, do: Callable[[Ask], Response], *, for_good: bool
    ) -> Response:
        """Answer a form, or return what it was answered when it was sent first.

        Args:
            key: Of its page, as it was sent; empty where it has none, which is always answered.
            for_good: The first answer holds however late the form comes again.
        """
        if not key:
            return do(ask)
        first = self._first(_digest(ask, key))
        with first.lock:
            since_s = self._monotonic() - first.at
            if first.answer is not None and (for_good or since_s <= _SECOND_CLICK_S):
                return first.answer
            answer = do(ask)
            if answer.status_code == _LED_ON:
                first.answer, first.at = answer, self._monotonic()
            return answer

    def _first(self, digest: bytes) -> _First:
        with self._lock:
            first = self._firsts.setdefault(digest, _First())
            self._firsts.move_to_end(digest)
            while len(self._firsts) > _MOST:
                self._firsts.popitem(last=False)
            return first


def _digest(ask: Ask, key: str) -> bytes:
    """Return what tells a form from all others: who sends it where, and all that stands in it."""
    to = ask.request.url
    sent = [key, ask.viewer.key, to.path, to.query, sorted(ask.many.items())]
    found = hashlib.sha256(json.dumps(sent).encode())
    for name, file in sorted(ask.files.items()):
        found.update(json.dumps([name, file.filename]).encode())
        found.update(hashlib.sha256(file.file.read()).digest())
        file.file.seek(0)
    return found.digest()
