"""A link that signs in once, shown where the program runs; for the sample city only."""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response

from bot.web.sessions import Session
from bot.web.signing_in.way import Doorkeeper, Entrance


class OneTimeLink:
    """Lets whoever opens the link in as one person, once; then there is a new link.

    Args:
        email: Of whom.
        renewed: Told that the link was used, with the `path` of the new one.
    """

    def __init__(
        self,
        doorkeeper: Doorkeeper,
        *,
        email: str,
        renewed: Callable[[str], None] = lambda _path: None,
    ) -> None:
        self._doorkeeper = doorkeeper
        self._email = email
        self._renewed = renewed
        self._code = secrets.token_urlsafe(24)
        self._turn = threading.Lock()

    @property
    def path(self) -> str:
        """Return the link without its host."""
        return f"/sign-in?code={self._code}"

    @property
    def entrances(self) -> Sequence[Entrance]:
        """See `WayIn.entrances`."""
        return (Entrance(path="/sign-in", name="sign_in", answer=self._open),)

    def still_holds(self, request: Request, session: Session) -> bool:
        """See `WayIn.still_holds`: until the session is over."""
        return True

    def _open(self, request: Request) -> Response:
        if not self._is_used_up_by(request.query_params.get("code", "")):
            return self._doorkeeper.refuse(request, "link")
        self._renewed(self.path)
        back = request.query_params.get("next", "/")
        return self._doorkeeper.let_in(request, self._email, back=back)

    def _is_used_up_by(self, code: str) -> bool:
        with self._turn:
            if not hmac.compare_digest(self._code.encode(), code.encode()):
                return False
            self._code = secrets.token_urlsafe(24)
            return True
