"""Signing in at a reverse proxy of the city's, which names the person in a header.

The header is believed only from the addresses that the settings list; the proxy must take it
away from what browsers send, and where it comes twice nobody is let in.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

import structlog
from starlette.requests import Request
from starlette.responses import Response

from bot.web.sessions import Session
from bot.web.signing_in.way import Doorkeeper, Entrance
from bot.web.tries import peer_of

log = structlog.get_logger()


class ProxyHeader:
    """Lets in whom the proxy names, and out again when it names somebody else.

    Args:
        networks: Of the proxy.
        header: Holds an e-mail address.
    """

    def __init__(
        self,
        doorkeeper: Doorkeeper,
        *,
        networks: Sequence[IPv4Network | IPv6Network],
        header: str,
    ) -> None:
        self._doorkeeper = doorkeeper
        self._networks = networks
        self._header = header

    @property
    def entrances(self) -> Sequence[Entrance]:
        """See `WayIn.entrances`."""
        return (Entrance(path="/sign-in", name="sign_in", answer=self._open),)

    def still_holds(self, request: Request, session: Session) -> bool:
        """See `WayIn.still_holds`: while the proxy names the same person."""
        email = self._named(request)
        return email is not None and self._doorkeeper.person(email) == session.person

    def _open(self, request: Request) -> Response:
        if not self._is_proxy(request):
            if self._header in request.headers:
                log.warning("proxy_header_ignored", address=peer_of(request))
            return self._doorkeeper.refuse(request, "not_the_proxy")
        email = self._named(request)
        if email is None:
            return self._doorkeeper.refuse(request, "header")
        return self._doorkeeper.let_in(request, email, back=request.query_params.get("next", "/"))

    def _named(self, request: Request) -> str | None:
        values = request.headers.getlist(self._header)
        if len(values) != 1 or not values[0].strip() or not self._is_proxy(request):
            return None
        return values[0].strip()

    def _is_proxy(self, request: Request) -> bool:
        try:
            address = ip_address(peer_of(request))
        except ValueError:
            return False
        return any(address in network for network in self._networks)
