"""How often signing in has failed of late, so that nobody can go on guessing.

Kept in memory: one process serves the page, and what is forgotten at a restart is a few minutes
of patience. Signing in that works costs nothing, so that a whole house can come at eight.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from starlette.requests import Request

SPAN_S = 300.0
"""So long is a failure remembered."""
MOST_OF_ONE = 10
MOST_OF_ALL = 300


class FailedTries:
    """Counts failures, by address and in all; what is over a limit is not let try at all.

    Args:
        proxies: Whoever comes from one of them is counted under the last address in
            ``X-Forwarded-For``; it is not believed about anything else.
    """

    def __init__(
        self,
        monotonic: Callable[[], float],
        *,
        proxies: Sequence[IPv4Network | IPv6Network] = (),
    ) -> None:
        self._monotonic = monotonic
        self._proxies = proxies
        self._turn = threading.Lock()
        self._failures: deque[tuple[float, str]] = deque()
        self._by_address: Counter[str] = Counter()

    def allows(self, request: Request) -> bool:
        """Tell whether whoever asks may try to sign in."""
        address = self._address(request)
        with self._turn:
            self._forget()
            return self._by_address[address] < MOST_OF_ONE and len(self._failures) < MOST_OF_ALL

    def failed(self, request: Request) -> None:
        """Note that a try failed."""
        address = self._address(request)
        with self._turn:
            self._forget()
            self._failures.append((self._monotonic(), address))
            self._by_address[address] += 1

    def _forget(self) -> None:
        old = self._monotonic() - SPAN_S
        while self._failures and self._failures[0][0] <= old:
            _, address = self._failures.popleft()
            self._by_address[address] -= 1
        self._by_address += Counter()

    def _address(self, request: Request) -> str:
        """Return under what somebody is counted; an IPv6 network counts as one address."""
        address = _read(peer_of(request))
        if address is not None and any(address in network for network in self._proxies):
            said = request.headers.get("x-forwarded-for", "").rpartition(",")[2]
            address = _read(said.strip()) or address
        if isinstance(address, IPv6Address):
            return str(ip_network(f"{address.exploded}/64", strict=False))
        return str(address)


def peer_of(request: Request) -> str:
    """Return the address at the other end of the connection; empty where it is unknown."""
    return "" if request.client is None else str(_read(request.client.host) or "")


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
