"""What every way to sign in can do."""

from __future__ import annotations

from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web.sessions import Session


class WayIn(Protocol):
    """A way to sign in. Its pages lie below ``/sign-in`` and need no session."""

    @property
    def routes(self) -> list[Route]:
        """Return its pages; one of them is ``/sign-in`` with the name ``sign_in``."""

    def still_holds(self, request: Request, session: Session) -> bool:
        """Tell whether a request with a session of this way is still of that person."""


class Doorkeeper(Protocol):
    """Lets somebody in whom a way has recognised."""

    def let_in(self, request: Request, email: str, groups: tuple[str, ...] = ()) -> Response:
        """Return what begins a session and sends the browser on; a refusal for a stranger."""

    def refuse(self, request: Request) -> Response:
        """Return a page that says that nobody was let in, and nothing else."""
