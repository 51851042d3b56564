"""What every way to sign in can do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from bot.vocabulary import PersonKey
from bot.web.sessions import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """An address that needs no session.

    Attributes:
        path: ``/sign-in`` or below it.
        answer: Called in a thread, for GET only, unless too many tries have failed.
    """

    path: str
    name: str
    answer: Callable[[Request], Response]


class WayIn(Protocol):
    """A way to sign in."""

    @property
    def entrances(self) -> Sequence[Entrance]:
        """Return its addresses; one of them is ``/sign-in`` with the name ``sign_in``."""

    def still_holds(self, request: Request, session: Session) -> bool:
        """Tell whether a request with a session of this way is still of that person."""


class Doorkeeper(Protocol):
    """Lets somebody in whom a way has recognised."""

    def let_in(
        self, request: Request, email: str, groups: tuple[str, ...] = (), *, back: str = "/"
    ) -> Response:
        """Return what begins a session and sends the browser on; a refusal for a stranger.

        Args:
            groups: Those that the identity provider names.
            back: Where somebody wanted to go; anything but an address of ours is "/".
        """

    def refuse(self, request: Request, because: str) -> Response:
        """Count a failed try; return a page that says that nobody was let in, and nothing else.

        Args:
            because: A code for the log.
        """

    def later(self, request: Request, because: str) -> Response:
        """Return a page that says that signing in does not work now, through no fault of theirs."""

    def person(self, email: str) -> PersonKey | None:
        """Return who of the staff has an address."""
