"""A link that signs in once, shown where the program runs; for the sample city only."""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web.sessions import Session
from bot.web.signing_in.way import Doorkeeper


class OneTimeLink:
    """Lets whoever opens the link in as one person, once; then there is a new link.

    Args:
        email: Of whom.
        renewed: Told that the link was used; `path` is another one from then on.
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
    def routes(self) -> list[Route]:
        """See `WayIn.routes`."""
        return [Route("/sign-in", self._open, name="sign_in")]

    def still_holds(self, request: Request, session: Session) -> bool:
        """See `WayIn.still_holds`: until the session is over."""
        return True

    async def _open(self, request: Request) -> Response:
        if request.method == "GET" and self._is_used_up_by(request.query_params.get("code", "")):
            self._renewed(self.path)
            return await run_in_threadpool(self._doorkeeper.let_in, request, self._email)
        return self._doorkeeper.refuse(request)

    def _is_used_up_by(self, code: str) -> bool:
        with self._turn:
            if not hmac.compare_digest(self._code.encode(), code.encode()):
                return False
            self._code = secrets.token_urlsafe(24)
            return True
