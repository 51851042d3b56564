"""Our cookies: what they are called, and what browsers may do with them.

Where people come by https their names begin with ``__Host-``: browsers then take them from us
only, by https only, so that neither a neighbouring site nor an open network can plant one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Jar:
    """Reads and writes cookies.

    Attributes:
        encrypted: People reach us by https only.
    """

    encrypted: bool

    def name(self, plain: str) -> str:
        """Return what a cookie is called on the wire."""
        return f"__Host-{plain}" if self.encrypted else plain

    def get(self, request: Request, plain: str) -> str | None:
        """Return the value of a cookie, whoever may have written it; None where there is none."""
        return request.cookies.get(self.name(plain))

    def put(
        self,
        response: Response,
        plain: str,
        value: str,
        *,
        lasts_s: int,
        same_site: Literal["lax", "strict"] = "strict",
    ) -> None:
        """Let a response set a cookie that scripts cannot read."""
        response.set_cookie(
            self.name(plain),
            value,
            max_age=lasts_s,
            httponly=True,
            secure=self.encrypted,
            samesite=same_site,
        )

    def drop(self, response: Response, plain: str) -> None:
        """Let a response delete a cookie."""
        response.delete_cookie(self.name(plain), secure=self.encrypted, httponly=True)
