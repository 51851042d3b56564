"""The city's identity provider: where it answers, its keys, and whom its tokens name.

OpenID Connect Core 1.0, section 3.1 (code flow), with PKCE (RFC 7636, S256). A token is
believed when its signature, issuer, audience, life and nonce are all right, and not else.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from bot.clock import Clock

_TIMEOUT_S = 10.0
_REMEMBERED_S = 3600.0
_LEEWAY_S = 60
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Those with a key pair; with the others whoever knows the client's secret could write tokens."""
_LONGEST_EMAIL = 320
_MOST_GROUPS = 1000


class ProviderSilent(Exception):
    """The provider cannot be reached, or answers nonsense; nobody's sign-in is at fault."""


class AnotherIssuer(ProviderSilent):
    """The provider calls itself otherwise than we were told; nobody's token would be believed."""


class NotBelieved(Exception):
    """What a browser brought back proves nothing; ``because`` is a code for the log."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What the provider and we have agreed on.

    Attributes:
        issuer: Exactly as the provider writes it in its tokens.
        redirect_uri: Where browsers come back to.
    """

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    email_claim: str
    groups_claim: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Made anew for each sign-in, and known to the browser that began it.

    Attributes:
        verifier: Proves to the provider that the one who comes back is the one who began.
    """

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Whom a token names."""

    email: str
    groups: tuple[str, ...]


@dataclass(slots=True)
class _Remembered:
    content: dict[str, Any]
    until: float


class Provider:
    """Speaks to the provider; what it says of itself is remembered for an hour."""

    def __init__(self, registration: Registration, clock: Clock, *, tls: ssl.SSLContext) -> None:
        self._registration = registration
        self._clock = clock
        self._tls = tls
        self._remembered: dict[str, _Remembered] = {}
        self._turn = threading.Lock()

    def examine(self) -> None:
        """Ask the provider for all that it says of itself without anybody signing in.

        Raises:
            AnotherIssuer: It calls itself otherwise than the registration.
            ProviderSilent: It does not answer, or not with all that a sign-in takes.
        """
        for name in ("authorization_endpoint", "token_endpoint"):
            self._endpoint(name)
        self._keys()

    def address(self, secrets: Secrets) -> str:
        """Return where a browser goes to sign in.

        Raises:
            ProviderSilent: Nobody can sign in now.
        """
        endpoint = self._endpoint("authorization_endpoint")
        with self._client() as client:
            address, _ = client.create_authorization_url(
                endpoint, state=secrets.state, nonce=secrets.nonce, code_verifier=secrets.verifier
            )
        return str(address)

    def named_by(self, code: str, secrets: Secrets) -> Named:
        """Return whom the provider names for a code that a browser brought back.

        Raises:
            NotBelieved: The code or the token is not right.
            ProviderSilent: Nobody can sign in now.
        """
        token = self._exchange(code, secrets)
        if not isinstance(token.get("id_token"), str):
            raise NotBelieved("no_token")
        claims = self._verified(token, secrets.nonce)
        email = claims.get(self._registration.email_claim)
        if not isinstance(email, str) or not 0 < len(email) <= _LONGEST_EMAIL:
            raise NotBelieved("no_email")
        if self._registration.email_claim == "email" and claims.get("email_verified") is False:
            raise NotBelieved("email_not_verified")
        groups = claims.get(self._registration.groups_claim) or ()
        if not isinstance(groups, list | tuple):
            groups = (groups,)
        return Named(email=email, groups=tuple(str(group) for group in groups[:_MOST_GROUPS]))

    def _exchange(self, code: str, secrets: Secrets) -> Mapping[str, Any]:
        endpoint = self._endpoint("token_endpoint")
        try:
            with self._client() as client:
                token: Mapping[str, Any] = client.fetch_token(
                    endpoint, code=code, code_verifier=secrets.verifier
                )
        except AuthlibBaseError as error:
            raise NotBelieved("code") from error
        except (httpx2.HTTPError, ValueError) as error:
            raise ProviderSilent from error
        return token

    def _verified(self, token: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        ours = self._registration.client_id
        try:
            decoded = self._decoded(token["id_token"])
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {"iss": {"essential": True, "value": self._registration.issuer}},
                {"nonce": nonce, "client_id": ours, "access_token": token.get("access_token")},
            )
            claims.validate(now=int(self._clock.now().timestamp()), leeway=_LEEWAY_S)
        except (AuthlibBaseError, JoseError, ValueError) as error:
            raise NotBelieved("token") from error
        audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        if ours not in audience or not nonce:
            raise NotBelieved("token")
        return dict(claims)

    def _decoded(self, token: str) -> jwt.Token:
        try:
            return jwt.decode(token, self._keys(), algorithms=_ALGORITHMS)
        except InvalidKeyIdError:
            return jwt.decode(token, self._keys(anew=True), algorithms=_ALGORITHMS)

    def _keys(self, *, anew: bool = False) -> KeySet:
        content = self._fetched(self._endpoint("jwks_uri"), anew=anew)
        try:
            return KeySet.import_key_set(content)  # type: ignore[arg-type]
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise ProviderSilent from error

    def _endpoint(self, name: str) -> str:
        issuer = self._registration.issuer
        said = self._fetched(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        address = said.get(name)
        scheme = f"{issuer.partition('://')[0]}://"
        if said.get("issuer") != issuer:
            raise AnotherIssuer
        if not str(address).startswith(("https://", scheme)):
            raise ProviderSilent
        return str(address)

    def _fetched(self, address: str, *, anew: bool = False) -> dict[str, Any]:
        with self._turn:
            found = self._remembered.get(address)
            if found is not None and not anew and self._clock.monotonic() < found.until:
                return found.content
        try:
            with httpx2.Client(verify=self._tls, timeout=_TIMEOUT_S) as client:
                content = client.get(address).raise_for_status().json()
        except (httpx2.HTTPError, ValueError) as error:
            raise ProviderSilent from error
        if not isinstance(content, dict):
            raise ProviderSilent
        with self._turn:
            until = self._clock.monotonic() + _REMEMBERED_S
            self._remembered[address] = _Remembered(content, until)
        return content

    def _client(self) -> OAuth2Client:
        registration = self._registration
        return OAuth2Client(
            client_id=registration.client_id,
            client_secret=registration.client_secret or None,
            token_endpoint_auth_method=(
                "client_secret_post" if registration.client_secret else "none"
            ),
            scope="openid email profile",
            redirect_uri=registration.redirect_uri,
            code_challenge_method="S256",
            verify=self._tls,
            timeout=_TIMEOUT_S,
        )
