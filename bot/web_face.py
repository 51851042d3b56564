"""The web page put on a house: its services, and who may do what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache, partial
from typing import TYPE_CHECKING

from bot.app import App
from bot.asking import make_proposals, make_talks
from bot.services.choices import Choices
from bot.services.colleagues import Colleagues
from bot.services.naming import case_named
from bot.services.overview import Overview
from bot.services.phone_desk import PhoneDesk
from bot.services.register_forms import RegisterForms
from bot.services.register_pages import RegisterPages
from bot.settings import WebSettings, resolve_database_url, secret_keys

if TYPE_CHECKING:
    from bot.web.access import Rights
    from bot.web.app import WebApp
    from bot.web.house import WebHouse
    from bot.web.signing_in.way import Doorkeeper, WayIn


def web_house(app: App) -> WebHouse:
    """Return the services that pages call."""
    from bot.web.house import WebHouse

    proposals = make_proposals(app)
    return WebHouse(
        casework=app.casework,
        phone=app.phone,
        phone_desk=PhoneDesk(app.database, app.phone, proposals, app.knowledge, app.clock),
        registers=app.registers,
        register_pages=RegisterPages(app.database, app.registers, app.knowledge),
        register_forms=RegisterForms(app.registers, app.knowledge),
        moving=app.moving,
        replies=app.replies,
        outlines=app.outlines,
        overview=Overview(app.database, app.house, app.clock),
        choices=Choices(app.knowledge),
        colleagues=Colleagues(app.knowledge),
        find_case=partial(case_named, database=app.database),
        names=app.knowledge.names_in,
        talks=cache(lambda: make_talks(app)),
        zone=app.house.zone,
        clock=app.clock,
    )


def web_rights(app: App, given: WebSettings) -> Rights:
    """Return who may do what."""
    from bot.web.access import Rights

    return Rights(Colleagues(app.knowledge), given.rights)


def make_web(
    app: App,
    given: WebSettings,
    way: Callable[[Doorkeeper], WayIn],
    *,
    also: frozenset[str] = frozenset(),
) -> WebApp:
    """Return the application on a house.

    Args:
        way: Makes the way in.
        also: ``host:port`` that are ours beside that of `WebSettings.base_url`.
    """
    from bot.web.app import Front, WebApp
    from bot.web.sessions import Sessions

    house = cache(lambda: web_house(app))
    rights = cache(lambda: web_rights(app, given))
    keys = secret_keys(app.settings, resolve_database_url(app.settings))
    return WebApp(
        house,
        rights,
        Sessions(keys, lasts=timedelta(hours=given.session_hours)),
        Front(base_url=given.base_url, also=also),
        way,
    )
