"""What stands before every page: limits, refusal of other sites, and headers of safety.

A request that may change something is refused unless the browser says that it comes from our
own pages (`Sec-Fetch-Site`, else `Origin`); its form also carries a token, see `sessions`.
Other sites may link to a page, but not load it as a part of theirs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 2_000_000
"""So much may a form hold; files that are uploaded included."""
LONGEST_S = 60.0
"""So long may a form be under way."""
_LONGEST_PATH = 1000
"""Longer ones are no page of ours, and some could not even be read as the number they hold."""
PUBLIC = ("/healthz", "/metrics")
"""Asked by programs of the city, under whatever name they know us."""
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_DIGITS = 12
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

_SAID_TOO_LARGE = (
    "Det du skickade är för stort. Högst 2 MB går att ta emot.\n"
    "What you sent is too large. At most 2 MB can be taken in.\n"
)
"""In both languages: so early it is not known which one a person reads."""


class TooLarge(Exception):
    """The body of a request passes `MOST_BYTES`."""

    status_code = 413


class TooSlow(Exception):
    """The body of a request takes longer than `LONGEST_S`."""

    status_code = 408


class Guard:
    """ASGI middleware.

    Args:
        hosts: ``host:port`` under which people reach us, in small letters.
        encrypted: People reach us by https only.
        longest_s: See `LONGEST_S`.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: frozenset[str],
        encrypted: bool,
        longest_s: float = LONGEST_S,
    ) -> None:
        self._app = app
        self._hosts = hosts
        self._origins = {f"{'https' if encrypted else 'http'}://{host}" for host in hosts}
        self._encrypted = encrypted
        self._longest_s = longest_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        answer = self._guarded(scope["path"], send)
        refusal = self._refusal(scope, Headers(scope=scope))
        if refusal is not None:
            await _refuse(answer, *refusal)
            return
        await self._app(scope, _limited(receive, self._longest_s), answer)

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        if headers.get("host", "").lower() not in self._hosts and scope["path"] not in PUBLIC:
            return 421, "unknown host"
        if len(scope["path"]) > _LONGEST_PATH:
            return 414, "address too long"
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdecimal()):
            return 400, "bad length"
        if len(length) > _DIGITS or int(length) > MOST_BYTES:
            return 413, _SAID_TOO_LARGE
        if scope["method"] in _SAFE_METHODS:
            return (403, "cross-site") if _is_part_of_another_site(headers) else None
        return None if self._is_own_page(headers) else (403, "cross-site")

    def _is_own_page(self, headers: Headers) -> bool:
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        return headers.get("origin", "").lower() in self._origins

    def _guarded(self, path: str, send: Send) -> Callable[[Message], Awaitable[None]]:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if self._encrypted:
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
                is_static = path.startswith("/static/")
                headers.setdefault("Cache-Control", "no-cache" if is_static else "no-store")
            await send(message)

        return guarded


def _is_part_of_another_site(headers: Headers) -> bool:
    """Tell whether another site loads a page as an image, a script or by its own requests."""
    if headers.get("sec-fetch-site") not in ("cross-site", "same-site"):
        return False
    is_link = headers.get("sec-fetch-mode") == "navigate"
    return not is_link or headers.get("sec-fetch-dest", "document") != "document"


def _limited(receive: Receive, longest_s: float) -> Receive:
    taken = 0
    is_whole = False
    until: float | None = None

    async def limited() -> Message:
        nonlocal taken, is_whole, until
        if is_whole:
            return await receive()
        until = until or asyncio.get_running_loop().time() + longest_s
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError as error:
            raise TooSlow from error
        taken += len(message.get("body", b""))
        is_whole = not message.get("more_body", False)
        if taken > MOST_BYTES:
            raise TooLarge
        return message

    return limited


async def _refuse(send: Send, status: int, why: str) -> None:
    body = why.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
