"""Events on their way in: kept before Slack is told that we have them, handled once.

Bolt acknowledges an event before its listener runs, so that one that is under way when the
process dies would be lost. Slash commands, clicks and modals are never repeated by Slack and
have no id; what they do is harmless to repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.listener.listener_completion_handler import ListenerCompletionHandler

from bot.errors import DatabaseUnavailable
from bot.services.slack_events import Events

log = structlog.get_logger()

_EVENT = "kept_event_id"


class Inbox:
    """Hooks into a Bolt app, before and after its listeners."""

    def __init__(self, events: Events) -> None:
        self._events = events

    def watch_over(self, app: App) -> None:
        """Keep every event before its acknowledgement, and forget it after its listener."""
        app.use(self._keep)
        app.listener_runner.listener_completion_handler = _Completion(self._events)

    def resume(self, app: App) -> int:
        """Handle the events that a worker left behind when it died; return how many."""
        left = self._events.left_behind()
        for event_id, body in left:
            app.dispatch(BoltRequest(mode="socket_mode", body=body, context={_EVENT: event_id}))
        if left:
            log.warning("slack_events_resumed", events=len(left))
        return len(left)

    def _keep(
        self, context: dict[str, Any], body: Mapping[str, Any], next: Callable[[], None]
    ) -> BoltResponse | None:
        event_id = body.get("event_id")
        if body.get("type") != "event_callback" or not isinstance(event_id, str):
            next()
            return None
        if context.get(_EVENT) != event_id:
            if not self._events.remember(event_id, body):
                return BoltResponse(status=200)
            context[_EVENT] = event_id
        next()
        return None


class _Completion(ListenerCompletionHandler):
    def __init__(self, events: Events) -> None:
        self._events = events

    def handle(self, request: BoltRequest, response: BoltResponse | None) -> None:
        """Note that the listener of an event has ended, well or not."""
        event_id = request.context.get(_EVENT)
        if event_id is None:
            return
        try:
            self._events.handled(event_id)
        except DatabaseUnavailable:
            log.warning("slack_event_not_noted")  # it is handled once more, an hour at most
