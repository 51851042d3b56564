"""What stands before every page: limits, refusal of other sites, and headers of safety.

A request that may change something is refused unless the browser says that it comes from our
own pages (`Sec-Fetch-Site`, else `Origin`); its form also carries a token, see `sessions`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 2_000_000
"""So much may a form hold; files that are uploaded included."""
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
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


class TooLarge(Exception):
    """The body of a request passes `MOST_BYTES`."""


class Guard:
    """ASGI middleware.

    Args:
        hosts: ``host:port`` under which people reach us, in small letters.
        encrypted: People reach us by https only.
    """

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str], encrypted: bool) -> None:
        self._app = app
        self._hosts = hosts
        self._encrypted = encrypted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        answer = self._guarded(scope["path"], send)
        refusal = self._refusal(scope["method"], headers)
        if refusal is not None:
            await _refuse(answer, *refusal)
            return
        begun = False

        async def note(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await answer(message)

        try:
            await self._app(scope, _limited(receive), note)
        except TooLarge:
            if begun:
                raise
            await _refuse(answer, 413, "too large")

    def _refusal(self, method: str, headers: Headers) -> tuple[int, str] | None:
        if headers.get("host", "").lower() not in self._hosts:
            return 421, "unknown host"
        length = headers.get("content-length", "0")
        if not length.isdecimal():
            return 400, "bad length"
        if int(length) > MOST_BYTES:
            return 413, "too large"
        if method not in _SAFE_METHODS and not self._is_own_page(headers):
            return 403, "cross-site"
        return None

    def _is_own_page(self, headers: Headers) -> bool:
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        return urlsplit(headers.get("origin", "")).netloc.lower() in self._hosts

    def _guarded(self, path: str, send: Send) -> Callable[[Message], Awaitable[None]]:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if self._encrypted:
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
                if not path.startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        return guarded


def _limited(receive: Receive) -> Receive:
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MOST_BYTES:
            raise TooLarge
        return message

    return limited


async def _refuse(send: Send, status: int, why: str) -> None:
    body = why.encode()
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
