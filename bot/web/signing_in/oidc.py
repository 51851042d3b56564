"""Signing in at the city's identity provider: away to it, and back again.

What belongs to one sign-in (state, nonce, PKCE verifier, where somebody wanted to go) lies in a
signed cookie for ten minutes, so that only the browser that began can come back, and nothing
need be remembered here.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets as random
from collections.abc import Sequence

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.clock import Clock
from bot.web.cookies import Jar
from bot.web.sessions import Session
from bot.web.signing_in.provider import NotBelieved, Provider, ProviderSilent, Secrets
from bot.web.signing_in.way import Doorkeeper, Entrance

CALLBACK = "/sign-in/callback"
_COOKIE = "sammadag_signing_in"
_LASTS_S = 600
_LONGEST_BACK = 1000
_LONGEST_CODE = 8000


class Oidc:
    """Sends browsers to the provider, and lets in whom it names.

    Args:
        key: Signs the cookie.
    """

    def __init__(
        self, doorkeeper: Doorkeeper, provider: Provider, jar: Jar, clock: Clock, *, key: bytes
    ) -> None:
        self._doorkeeper = doorkeeper
        self._provider = provider
        self._jar = jar
        self._clock = clock
        derived = hmac.digest(key, b"sammadag signing in", hashlib.sha256)
        self._signer = URLSafeSerializer(derived, salt="oidc")

    @property
    def entrances(self) -> Sequence[Entrance]:
        """See `WayIn.entrances`."""
        return (
            Entrance(path="/sign-in", name="sign_in", answer=self._go),
            Entrance(path=CALLBACK, name="sign_in_callback", answer=self._come_back),
        )

    def still_holds(self, request: Request, session: Session) -> bool:
        """See `WayIn.still_holds`: until the session is over."""
        return True

    def _go(self, request: Request) -> Response:
        secrets = Secrets(
            state=random.token_urlsafe(24),
            nonce=random.token_urlsafe(24),
            verifier=random.token_urlsafe(48),
        )
        try:
            address = self._provider.address(secrets)
        except ProviderSilent as error:
            return self._doorkeeper.later(request, _cause_of(error))
        response = RedirectResponse(address, 303)
        self._jar.put(
            response,
            _COOKIE,
            self._written(secrets, request.query_params.get("next", "/")),
            lasts_s=_LASTS_S,
            same_site="lax",  # "strict" would not come back with the browser
        )
        return response

    def _come_back(self, request: Request) -> Response:
        response = self._let_in(request)
        self._jar.drop(response, _COOKIE)
        return response

    def _let_in(self, request: Request) -> Response:
        begun = self._read(self._jar.get(request, _COOKIE))
        state = request.query_params.get("state", "")
        if begun is None or not hmac.compare_digest(begun[0].state.encode(), state.encode()):
            return self._doorkeeper.refuse(request, "state")
        secrets, back = begun
        code = request.query_params.get("code", "")
        if not 0 < len(code) <= _LONGEST_CODE:
            return self._doorkeeper.refuse(request, "no_code")
        try:
            named = self._provider.named_by(code, secrets)
        except NotBelieved as error:
            return self._doorkeeper.refuse(request, error.because)
        except ProviderSilent as error:
            return self._doorkeeper.later(request, _cause_of(error))
        return self._doorkeeper.let_in(request, named.email, named.groups, back=back)

    def _written(self, secrets: Secrets, back: str) -> str:
        until = int(self._clock.now().timestamp()) + _LASTS_S
        kept = back if len(back) <= _LONGEST_BACK else "/"
        return str(
            self._signer.dumps([secrets.state, secrets.nonce, secrets.verifier, until, kept])
        )

    def _read(self, cookie: str | None) -> tuple[Secrets, str] | None:
        try:
            state, nonce, verifier, until, back = self._signer.loads(cookie or "")
        except (BadSignature, ValueError, TypeError):
            return None
        if self._clock.now().timestamp() > until:
            return None
        return Secrets(state=state, nonce=nonce, verifier=verifier), back


def _cause_of(error: ProviderSilent) -> str:
    return type(error.__cause__ or error).__name__
