"""The web page served: where it listens, and how people sign in."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING

from bot.app import App
from bot.errors import SettingsError
from bot.settings import WebSettings
from bot.vocabulary import PersonKey, Right
from bot.web_face import make_web

if TYPE_CHECKING:
    from socket import socket

    from bot.web.server import WebServer
    from bot.web.signing_in.one_time import OneTimeLink
    from bot.web.signing_in.way import Doorkeeper, WayIn

_HERE = "127.0.0.1"
_LIBRARIES = ("starlette", "uvicorn", "itsdangerous", "python_multipart", "nh3")


def open_web(app: App) -> WebServer | None:
    """Return the server of the web page, listening; None where the settings have no web.

    Raises:
        SettingsError: Nobody could sign in, the address is taken, or an extra is not installed.
    """
    given = app.settings.web
    if given is None:
        return None
    if not given.base_url:
        raise SettingsError("web.base_url: saknas; ange adressen som personalen använder")
    _require_extra()
    from bot.web.server import WebServer, listen

    web = make_web(app, given, _way_in(given))
    return WebServer(web.asgi, listen(given.host, given.port))


def listen_here(port: int) -> socket:
    """Take a port of this machine, which nobody else reaches; see `bot.web.server.listen`."""
    _require_extra()
    from bot.web.server import listen

    return listen(_HERE, port)


def open_sample_web(
    app: App, listening: socket, person: PersonKey, tell: Callable[[str], None]
) -> WebServer:
    """Return the server of a sample city's page, for one person who has every right.

    Args:
        listening: From `listen_here`.
        tell: Told the link that lets somebody in, once; again when it was used.
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

    web = make_web(app, given, way, also=frozenset({f"localhost:{port}"}))
    return WebServer(web.asgi, listening)


def _require_extra() -> None:
    if any(find_spec(library) is None for library in _LIBRARIES):
        raise SettingsError("web: tillägget är inte installerat; kör pip install 'sammadag[web]'")


def _way_in(given: WebSettings) -> Callable[[Doorkeeper], WayIn]:
    raise SettingsError(
        "web: ange hur personalen loggar in, med web.oidc eller web.proxy; ingen släpps in annars"
    )
