"""The Bolt app: who we are, what we listen to, and threads enough to answer in time."""

from __future__ import annotations

import logging
import pkgutil
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Protocol, cast

import structlog
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from bot.slack import listeners
from bot.slack.house import SlackHouse
from bot.slack.inbox import Inbox

log = structlog.get_logger()

WORKERS = 20
"""Listeners that may run at once. With Bolt's own five, a few slow ones let a slash command of
somebody else run into Slack's limit of three seconds."""

_TALKATIVE = ("slack_bolt", "slack_sdk", "uvicorn")
"""These log what people wrote, addresses with tickets in them, and what is none of an operator's
business; what an operator must know is told by log events of ours."""


class Listeners(Protocol):
    """A module of listeners."""

    def register(self, app: App, house: SlackHouse) -> None:
        """Hook them into the Bolt app."""


def build_app(
    web: WebClient,
    token: str,
    house: SlackHouse,
    inbox: Inbox,
    *,
    signing_secret: str = "",
    modules: Iterable[Listeners] | None = None,
) -> tuple[App, Callable[[], None]]:
    """Return the Bolt app with all its listeners, and what ends its threads.

    Args:
        web: Gives answers to what people do, and has no token of its own; a busy Slack is
            asked once more.
        token: The bot's.
        signing_secret: For the transport `http`.
        modules: Of listeners; default: all.
    """
    quiet = _keep_quiet()
    web.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    executor = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="slack-listener")
    app = App(
        logger=quiet,
        client=web,
        authorize=_authorize(web, token),
        signing_secret=signing_secret or "none",
        listener_executor=executor,
    )
    inbox.watch_over(app)
    app.error(_failed)
    for module in listener_modules() if modules is None else modules:
        module.register(app, house)
    app.event(re.compile(".*"))(_unheard)
    return app, lambda: executor.shutdown(wait=True, cancel_futures=True)


def listener_modules() -> list[Listeners]:
    """Return the modules of `bot.slack.listeners`, by name."""
    names = sorted(found.name for found in pkgutil.iter_modules(listeners.__path__))
    return [
        cast("Listeners", module)
        for module in (import_module(f"{listeners.__name__}.{name}") for name in names)
        if hasattr(module, "register")
    ]


def _authorize(web: WebClient, token: str) -> Callable[[], AuthorizeResult]:
    """Return what tells Bolt who we are; Slack is asked once, at the first request.

    Given to Bolt so that nothing in the environment can make it take another way to sign in.
    """
    known: list[AuthorizeResult] = []

    def authorize() -> AuthorizeResult:
        if not known:
            answer = web.auth_test(token=token)
            known.append(
                AuthorizeResult(
                    enterprise_id=answer.get("enterprise_id"),
                    team_id=answer.get("team_id"),
                    bot_id=answer.get("bot_id"),
                    bot_user_id=answer.get("user_id"),
                    bot_token=token,
                )
            )
        return known[0]

    return authorize


def _failed(error: Exception) -> None:
    log.error("slack_listener_failed", exc_info=error)


def _unheard() -> None:
    """Acknowledge an event that nobody listens to, so that Slack does not repeat it."""


def _keep_quiet() -> logging.Logger:
    """Silence the libraries; return the logger whose level Bolt gives to all of its own."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return logging.getLogger(_TALKATIVE[0])
