"""The web page served: where it listens, and how people sign in."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.app import App
from bot.clock import Clock
from bot.errors import SettingsError
from bot.services.colleagues import Colleagues
from bot.settings import (
    OidcSettings,
    WebSettings,
    resolve_database_url,
    secret_keys,
    secret_text,
)
from bot.vocabulary import PersonKey, Right
from bot.web_face import web_house

if TYPE_CHECKING:
    from socket import socket

    from bot.web.app import WebApp
    from bot.web.server import WebServer
    from bot.web.signing_in.one_time import OneTimeLink
    from bot.web.signing_in.provider import Provider
    from bot.web.signing_in.way import Doorkeeper, WayIn

_HERE = "127.0.0.1"
_LIBRARIES = (
    "starlette",
    "uvicorn",
    "itsdangerous",
    "python_multipart",
    "nh3",
    "prometheus_client",
)


def make_web(
    app: App,
    given: WebSettings,
    way: Callable[[Doorkeeper], WayIn],
    *,
    also: frozenset[str] = frozenset(),
    now: Callable[[], App] | None = None,
) -> WebApp:
    """Return the application on a house.

    Args:
        now: Returns the house of now, where another may take the place of `app`.
        way: Makes the way in.
        also: ``host:port`` that are ours beside that of `WebSettings.base_url`.
    """
    from bot.services.access import Rights
    from bot.web.app import Entry, Front, WebApp
    from bot.web.chats import Chats
    from bot.web.monitoring import Monitoring
    from bot.web.sessions import Sessions
    from bot.web.tries import FailedTries

    now = now or (lambda: app)
    chats = Chats()
    house = _OfNow(now, lambda of: web_house(of, chats))
    token = secret_text(given.metrics_token, given.metrics_token_file)
    keys = secret_keys(app.settings, resolve_database_url(app.settings))
    entry = Entry(
        rights=_OfNow(now, lambda of: Rights(Colleagues(of.knowledge), given.rights)),
        sessions=Sessions(keys, lasts=timedelta(hours=given.session_hours)),
        tries=FailedTries(app.clock.monotonic, proxies=given.reverse_proxies),
        clock=app.clock,
        way=way,
        public=Monitoring(lambda: house().operations, token=token).routes,
    )
    return WebApp(house, entry, Front(base_url=given.base_url, also=also))


_Made = TypeVar("_Made")


class _OfNow(Generic[_Made]):
    """Makes something of the house of now, again only when that is another one."""

    def __init__(self, now: Callable[[], App], make: Callable[[App], _Made]) -> None:
        self._now = now
        self._make = make
        self._made: tuple[App, _Made] | None = None

    def __call__(self) -> _Made:
        app, found = self._now(), self._made
        if found is None or found[0] is not app:
            found = self._made = (app, self._make(app))
        return found[1]


def open_web(app: App, *, now: Callable[[], App] | None = None) -> WebServer | None:
    """Return the server of the web page, listening; None where the settings have no web.

    Args:
        now: Returns the house of now, where another may take the place of `app`.

    Raises:
        SettingsError: Nobody could sign in, the address is taken, or an extra is not installed.
    """
    given = app.settings.web
    if given is None:
        return None
    require_address(given)
    _require_extra()
    from bot.web.server import WebServer, listen

    web = make_web(app, given, way_in(app, given), now=now)
    return WebServer(web.asgi, listen(given.host, given.port))


def listen_here(port: int) -> socket:
    """Take a port of this machine, which nobody else reaches; see `bot.web.server.listen`."""
    _require_extra()
    from bot.web.server import listen

    return listen(_HERE, port)


def open_sample_web(
    app: App,
    listening: socket,
    person: PersonKey,
    tell: Callable[[str], None],
    *,
    now: Callable[[], App] | None = None,
) -> WebServer:
    """Return the server of a sample city's page, for one person who has every right.

    Args:
        listening: From `listen_here`.
        tell: Told the link that lets somebody in, once; again when it was used.
        now: As for `open_web`.
    """
    from bot.web.server import WebServer, port_of
    from bot.web.signing_in.one_time import OneTimeLink

    port = port_of(listening)
    base_url = f"http://{_HERE}:{port}"
    email = app.knowledge.people[person].email
    given = WebSettings(base_url=base_url, rights=dict.fromkeys(Right, (email,)))

    def way(doorkeeper: Doorkeeper) -> OneTimeLink:
        link = OneTimeLink(doorkeeper, email=email, renewed=lambda path: tell(base_url + path))
        tell(base_url + link.path)
        return link

    web = make_web(app, given, way, also=frozenset({f"localhost:{port}"}), now=now)
    return WebServer(web.asgi, listening)


def _require_extra() -> None:
    if any(find_spec(library) is None for library in _LIBRARIES):
        raise SettingsError("web: tillägget är inte installerat; kör pip install 'sammadag[web]'")


def require_address(given: WebSettings) -> None:
    """Raise SettingsError where staff have no address to go to."""
    if not given.base_url:
        raise SettingsError("web.base_url: saknas; ange adressen som personalen använder")


def require_one_way(given: WebSettings) -> None:
    """Raise SettingsError where the settings name no way in, or two."""
    if (given.oidc is None) == (given.proxy is None):
        raise SettingsError(
            "web: ange hur personalen loggar in, med antingen web.oidc eller web.proxy; ingen "
            "släpps in annars"
        )


def way_in(app: App, given: WebSettings) -> Callable[[Doorkeeper], WayIn]:
    """Return what makes the way in that the settings name.

    Raises:
        SettingsError: They name none or two, an extra is not installed, or a file is missing.
    """
    require_one_way(given)
    if given.oidc is not None:
        return _oidc(app, given, given.oidc)
    from bot.web.signing_in.proxy import ProxyHeader

    proxy = given.proxy
    assert proxy is not None
    return partial(ProxyHeader, networks=proxy.addresses, header=proxy.header)


def _oidc(app: App, given: WebSettings, oidc: OidcSettings) -> Callable[[Doorkeeper], WayIn]:
    provider = provider_of(given, oidc, app.clock)
    from bot.web.cookies import Jar
    from bot.web.signing_in.oidc import Oidc

    jar = Jar(encrypted=given.base_url.startswith("https://"))
    key = secret_keys(app.settings, resolve_database_url(app.settings))[0]
    return lambda doorkeeper: Oidc(doorkeeper, provider, jar, app.clock, key=key)


def provider_of(given: WebSettings, oidc: OidcSettings, clock: Clock) -> Provider:
    """Return what speaks to the identity provider; nothing is asked yet.

    Raises:
        SettingsError: An extra is not installed, or a file is missing.
    """
    if any(find_spec(library) is None for library in ("authlib", "httpx2")):
        raise SettingsError(
            "web.oidc: tillägget är inte installerat; kör pip install 'sammadag[oidc]'"
        )
    from bot.web.signing_in.oidc import CALLBACK
    from bot.web.signing_in.provider import Provider, Registration

    registration = Registration(
        issuer=oidc.issuer,
        client_id=oidc.client_id,
        client_secret=secret_text(oidc.client_secret, oidc.client_secret_file),
        redirect_uri=given.base_url + CALLBACK,
        email_claim=oidc.email_claim,
        groups_claim=oidc.groups_claim,
    )
    return Provider(registration, clock, tls=_trust(oidc))


def _trust(oidc: OidcSettings) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if oidc.ca_file is not None:
        try:
            context.load_verify_locations(oidc.ca_file)
        except OSError as error:
            raise SettingsError(
                "{section}.ca_file: filen {file} kan inte läsas som certifikat",
                section="web.oidc",
                file=oidc.ca_file,
            ) from error
    return context
