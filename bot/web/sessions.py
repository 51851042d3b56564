"""The session: a signed cookie that holds who signed in, when, and a seed for form tokens.

Only keys stand in it, never a name or an address. What is signed cannot be changed, but it can be
read; and it ends by itself after the hours of the settings. Those that people ended before are
remembered in memory: one process serves the page.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from bot.vocabulary import PersonKey

COOKIE = "sammadag"
_TOKENS = b"sammadag form token"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One sign-in.

    Attributes:
        groups: Those that the identity provider named and the settings give rights to.
        seed: Random; form tokens are made from it.
        since: Seconds since 1970.
    """

    person: PersonKey
    seed: str
    since: int
    groups: tuple[str, ...] = ()


class Sessions:
    """Makes and reads the cookie.

    Args:
        keys: The newest first; older ones still open sessions that they signed.
    """

    def __init__(self, keys: Sequence[bytes], *, lasts: timedelta) -> None:
        derived = [hmac.digest(key, b"sammadag web session", hashlib.sha256) for key in keys]
        self._key = derived[0]
        self._signer = URLSafeSerializer(list(reversed(derived)), salt="session")
        self.lasts = lasts
        self._ended: dict[str, int] = {}

    def begin(self, person: PersonKey, now: datetime, *, groups: Sequence[str] = ()) -> Session:
        """Return a new session; it is a new one at each sign-in, so that none can be planted."""
        return Session(
            person=person,
            seed=secrets.token_urlsafe(18),
            since=int(now.timestamp()),
            groups=tuple(groups),
        )

    def write(self, session: Session) -> str:
        """Return the value of the cookie."""
        return str(self._signer.dumps(asdict(session)))

    def read(self, cookie: str | None, now: datetime) -> Session | None:
        """Return the session of a cookie; None for one that is not ours, or over."""
        if not cookie:
            return None
        try:
            found = self._signer.loads(cookie)
            session = Session(
                person=PersonKey(str(found["person"])),
                seed=str(found["seed"]),
                since=int(found["since"]),
                groups=tuple(str(group) for group in found["groups"]),
            )
        except (BadSignature, KeyError, TypeError, ValueError):
            return None
        holds = self._is_young(session.since, now) and session.seed not in self._ended
        return session if holds else None

    def end(self, session: Session, now: datetime) -> None:
        """End a session, also for whoever has a copy of its cookie."""
        over = [seed for seed, since in self._ended.items() if not self._is_young(since, now)]
        for seed in over:
            self._ended.pop(seed, None)
        self._ended[session.seed] = session.since

    def _is_young(self, since: int, now: datetime) -> bool:
        return -60 <= now.timestamp() - since < self.lasts.total_seconds()

    def token(self, session: Session) -> str:
        """Return what each form of a session must carry."""
        text = f"{session.person}:{session.since}:{session.seed}".encode()
        return hmac.new(self._key, _TOKENS + text, hashlib.sha256).hexdigest()

    def is_token(self, session: Session, given: str) -> bool:
        """Tell whether a form came from a page of this session."""
        return hmac.compare_digest(self.token(session).encode(), given.encode())
