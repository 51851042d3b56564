"""The web page: where it listens, who signs in how, and who may do what."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from pydantic import Field, PositiveInt, SecretStr

from bot.settings.section import Section
from bot.vocabulary import Right


class OidcSettings(Section):
    """Signing in at the city's own identity provider, by OpenID Connect with PKCE.

    Attributes:
        issuer: Address of the provider, without ``/.well-known/openid-configuration``.
        email_claim: Where the token says who somebody is.
        groups_claim: Where it names the groups that `WebSettings.rights` may list.
        ca_file: Certificates of the city's own authority, beside the system's.
    """

    issuer: str = Field(pattern=r"^(https://|http://(127\.0\.0\.1|localhost)[:/]).+$")
    client_id: str = Field(min_length=1)
    client_secret: SecretStr | None = None
    client_secret_file: Path | None = None
    email_claim: str = "preferred_username"
    groups_claim: str = "groups"
    ca_file: Path | None = None


class ProxySettings(Section):
    """Signing in at a reverse proxy of the city's, which names the person in a header.

    Attributes:
        addresses: Of the proxy, or of its network; the header is believed from nobody else.
        header: Holds the person's e-mail address.
    """

    addresses: tuple[IPv4Network | IPv6Network, ...] = Field(min_length=1)
    header: str = Field(default="X-Remote-User", min_length=1)


class WebSettings(Section):
    """Where the web page listens, and who gets in.

    Attributes:
        base_url: The address that people use, without a slash at its end.
        reverse_proxies: Addresses that forward requests and name in ``X-Forwarded-For`` for
            whom, by which failed sign-ins are counted.
        rights: Right -> e-mail addresses or groups that have it beside `staff`, which
            everybody in the organisation's file has.
        session_hours: So long does a sign-in hold.
        metrics_token: Opens ``/metrics``, which is not there without one.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, lt=65536)
    base_url: str = Field(default="", pattern=r"^(https?://[^/?#@\s]+)?$")
    reverse_proxies: tuple[IPv4Network | IPv6Network, ...] = (
        IPv4Network("127.0.0.1"),
        IPv6Network("::1"),
    )
    session_hours: PositiveInt = 10
    metrics_token: SecretStr | None = None
    metrics_token_file: Path | None = None
    rights: Mapping[Right, tuple[str, ...]] = Field(default_factory=dict)
    oidc: OidcSettings | None = None
    proxy: ProxySettings | None = None
