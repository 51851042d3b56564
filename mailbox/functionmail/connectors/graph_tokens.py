"""Signing in to Microsoft Entra as an application, by certificate or by secret.

msal keeps a token as long as it is good and asks for the next one shortly before it ends.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote, urlencode, urlsplit

import msal  # type: ignore[import-untyped]

from functionmail.connectors.graph_wire import Answer, Wire
from functionmail.errors import MailboxUnavailable, SignInRefused

_SIGNING_IN = "signing in to Entra"

_PASSING = frozenset({"temporarily_unavailable", "server_error"})
"""Errors of the token endpoint (RFC 6749) that mend by themselves."""

_ADVICE = {
    90002: "there is no such tenant; see graph.tenant",
    700016: "the tenant has no such application; see graph.client_id",
    700027: "the certificate is not registered for the application, or has expired",
    7000215: "the secret is wrong; see graph.client_secret_file",
    7000222: "the secret has expired",
}
"""By the number in AADSTS… (learn.microsoft.com, "Microsoft Entra authentication error codes")."""


def permissions_in(token: str) -> frozenset[str]:
    """Return the application permissions that stand in an access token (its claim ``roles``).

    They hold in the whole tenant. Empty for a token that cannot be read: its shape is a
    matter between Entra and Graph, so this is for advice only.
    """
    try:
        _, payload, _ = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        roles = list(claims["roles"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return frozenset()
    return frozenset(role for role in roles if isinstance(role, str) and role.isprintable())


class Credential(Protocol):
    """How the application proves who it is; asked anew when it signs in."""

    def for_msal(self) -> object:
        """Return what msal takes; raises OSError where a file cannot be read."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A private key with its certificate, both in one PEM."""

    pem: Callable[[], str] = field(repr=False)

    def for_msal(self) -> object:
        """See `Credential.for_msal`."""
        pem = self.pem()
        return {"private_key": pem, "public_certificate": pem}


@dataclass(frozen=True, slots=True)
class Secret:
    """A client secret."""

    text: Callable[[], str] = field(repr=False)

    def for_msal(self) -> object:
        """See `Credential.for_msal`."""
        return self.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """The app registration.

    Attributes:
        authority: Where it signs in, without the tenant; always https.
        url: Of Graph; what the token is for.
    """

    tenant: str
    client_id: str
    credential: Credential
    authority: str = "https://login.microsoftonline.com"
    url: str = "https://graph.microsoft.com/v1.0"

    @property
    def scope(self) -> str:
        """Return the scope that stands for everything the application was granted."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}/.default"


class Tokens:
    """Access tokens of one application; may be shared by several threads.

    The connection is closed behind each sign-in: the next one is an hour away.
    """

    def __init__(self, application: Application, mailbox: str, wire: Wire) -> None:
        self._application = application
        self._mailbox = mailbox
        self._wire = wire
        self._lock = threading.Lock()
        self._msal: Any = None  # Any: msal carries no types.

    def current(self, *, instead_of: str | None = None) -> str:
        """Return a token, another one than `instead_of`.

        Raises:
            SignInRefused: The application may not sign in; a person must look.
            MailboxUnavailable: Entra does not answer now.
        """
        with self._lock:
            try:
                result = self._acquire()
                if instead_of is not None and result.get("access_token") == instead_of:
                    self._msal.remove_tokens_for_client()
                    result = self._acquire()
            finally:
                self._wire.close()
            token = result.get("access_token")
            if isinstance(token, str):
                return token
            self._msal = None
            raise self._refusal(result)

    def _connect(self) -> None:
        app = self._application
        try:
            self._msal = msal.ConfidentialClientApplication(
                app.client_id,
                client_credential=app.credential.for_msal(),
                authority=f"{app.authority.rstrip('/')}/{quote(app.tenant, safe='')}",
                instance_discovery=False,
                http_client=_MsalHttp(self._wire, self._mailbox),
            )
        except OSError as error:
            raise SignInRefused(
                self._mailbox, _SIGNING_IN, "the certificate or secret cannot be read"
            ) from error
        except ValueError as error:
            raise SignInRefused(
                self._mailbox, _SIGNING_IN, "see graph.tenant, graph.authority and the certificate"
            ) from error

    def _acquire(self) -> Mapping[str, Any]:
        if self._msal is None:
            self._connect()
        try:
            return self._msal.acquire_token_for_client(scopes=[self._application.scope]) or {}
        except (ValueError, TypeError) as error:
            raise SignInRefused(
                self._mailbox, _SIGNING_IN, "the private key of the certificate cannot be used"
            ) from error

    def _refusal(self, result: Mapping[str, Any]) -> SignInRefused | MailboxUnavailable:
        if str(result.get("error")) in _PASSING:
            return MailboxUnavailable(self._mailbox, _SIGNING_IN)
        codes = [code for code in result.get("error_codes") or () if isinstance(code, int)]
        known = next((_ADVICE[code] for code in codes if code in _ADVICE), "")
        number = f"AADSTS{codes[0]}" if codes else ""
        return SignInRefused(self._mailbox, _SIGNING_IN, ": ".join(filter(None, (number, known))))


class _MsalHttp:
    """What msal calls an http_client, with our deadlines and our trust in certificates."""

    def __init__(self, wire: Wire, mailbox: str) -> None:
        self._wire = wire
        self._mailbox = mailbox

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_kwargs: object,
    ) -> _MsalAnswer:
        """Get a document; what cannot be passed on to msal is raised."""
        return self._checked(
            self._wire.call("GET", _with(url, params), _SIGNING_IN, headers=headers or {})
        )

    def post(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **_kwargs: object,
    ) -> _MsalAnswer:
        """Post a form; what cannot be passed on to msal is raised."""
        form = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        content = urlencode(dict(data or {})).encode("ascii")
        return self._checked(
            self._wire.call("POST", _with(url, params), _SIGNING_IN, headers=form, content=content)
        )

    def close(self) -> None:
        """Let go of the connection."""
        self._wire.close()

    def _checked(self, answer: Answer) -> _MsalAnswer:
        if answer.status == 429 or answer.status >= 500:
            raise MailboxUnavailable(self._mailbox, _SIGNING_IN, retry_after_s=answer.retry_after_s)
        text = answer.content.decode("utf-8", "replace")
        try:
            json.loads(text)
        except (ValueError, RecursionError) as error:
            raise MailboxUnavailable(
                self._mailbox, _SIGNING_IN, "the answer is not from Entra; is a proxy in between?"
            ) from error
        return _MsalAnswer(status_code=answer.status, headers=answer.headers, text=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _MsalAnswer:
    """What msal expects of a response."""

    status_code: int
    headers: Mapping[str, str]
    text: str

    def raise_for_status(self) -> None:
        """Do nothing: msal reads the error itself."""


def _with(url: str, params: Mapping[str, str] | None) -> str:
    return f"{url}?{urlencode(dict(params))}" if params else url
