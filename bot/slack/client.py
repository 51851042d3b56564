"""Speaking to Slack's Web API: one call, one answer or one sorted error.

Nothing is repeated here. The outbox decides about that, since a repeated message is a second
message: `chat.postMessage` has no key that would make it harmless.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import urllib.error
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from bot.slack.errors import SlackBusy, SlackDown, SlackRefused
from bot.slack.message import SlackMessage

TIMEOUT_S = 10
_FALLBACK_WAIT_S = 30.0
_PAGES = 20
_NOT_SENT = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)

EVENT_TYPE = "sammadag"
"""Of the metadata by which we find our own messages again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where Slack's Web API is, and how we get there."""

    url: str = "https://slack.com/api/"
    proxy: str | None = None
    tls: ssl.SSLContext | None = None

    def web_client(self, token: str | None, *, timeout_s: int = TIMEOUT_S) -> WebClient:
        """Return a client that repeats nothing by itself."""
        return WebClient(
            token=token,
            base_url=self.url,
            timeout=timeout_s,
            ssl=self.tls,
            proxy=self.proxy,
            retry_handlers=[],
        )


class SlackClient:
    """Posts, updates and looks things up."""

    def __init__(self, web: WebClient) -> None:
        self.web = web

    def post(
        self,
        channel: str,
        message: SlackMessage,
        *,
        key: str,
        thread: str | None = None,
    ) -> str:
        """Post a message and return Slack's name of it.

        Args:
            key: By which `find` recognises it.

        Raises:
            SlackDown, SlackBusy, SlackRefused: See there.
        """
        more = {} if thread is None else {"thread_ts": thread}
        answer = self.call(
            "chat.postMessage",
            channel=channel,
            text=message.text,
            **_blocks(message),
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
            unfurl_links=False,
            unfurl_media=False,
            **more,
        )
        return str(answer["ts"])

    def update(self, channel: str, ts: str, message: SlackMessage) -> None:
        """Put another message in the place of one of ours; errors as `post`."""
        self.call(
            "chat.update",
            channel=channel,
            ts=ts,
            text=message.text,
            blocks=[dict(block) for block in message.blocks],
        )

    def find(
        self, channel: str, key: str, *, since: datetime, thread: str | None = None
    ) -> str | None:
        """Return the message of ours with a key, None if there is none since an instant."""
        asked: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{since.timestamp():.6f}",
            "include_all_metadata": True,
            "limit": 200,
        }
        method = "conversations.history"
        if thread is not None:
            method, asked["ts"] = "conversations.replies", thread
        for _ in range(_PAGES):
            answer = self.read(method, **asked)
            for message in answer.get("messages", ()):
                if _key_of(message) == key:
                    return str(message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
            asked["cursor"] = cursor
        return None

    def call(self, method: str, **arguments: Any) -> Mapping[str, Any]:  # noqa: ANN401 - JSON
        """Call a method that changes something; errors as `post`."""
        return cast("Mapping[str, Any]", self._answer(method, json=arguments).data)

    def read(self, method: str, **arguments: Any) -> Mapping[str, Any]:  # noqa: ANN401 - JSON
        """Call a method that only reads, which Slack wants with plain parameters."""
        return cast("Mapping[str, Any]", self.read_whole(method, **arguments).data)

    def read_whole(self, method: str, **arguments: Any) -> SlackResponse:  # noqa: ANN401 - JSON
        """Call a method that only reads, and return its answer with the headers."""
        return self._answer(method, http_verb="GET", params=arguments)

    def _answer(self, method: str, **how: Any) -> SlackResponse:  # noqa: ANN401 - JSON
        try:
            return self.web.api_call(method, **how)
        except SlackApiError as error:
            raise _sorted(method, error.response) from error
        except SlackClientError as error:
            raise SlackDown(method, uncertain=True) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            raise SlackDown(method, uncertain=not isinstance(reason, _NOT_SENT)) from error


def _blocks(message: SlackMessage) -> dict[str, Any]:
    return {"blocks": [dict(block) for block in message.blocks]} if message.blocks else {}


def _key_of(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE or not message.get("bot_id"):
        return None
    return (metadata.get("event_payload") or {}).get("key")


def _sorted(method: str, response: SlackResponse | dict[str, Any]) -> Exception:
    status = getattr(response, "status_code", 200)
    reason = str(response.get("error", "") if isinstance(response.get("error"), str) else "")
    if status == 429 or reason == "ratelimited":
        return SlackBusy(method, _retry_after(getattr(response, "headers", {})))
    if status >= 500 or reason in ("fatal_error", "internal_error", "service_unavailable", ""):
        return SlackDown(method, uncertain=True)
    return SlackRefused(method, reason)


def _retry_after(headers: Mapping[str, Any]) -> float:
    given = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    first = given[0] if isinstance(given, (list, tuple)) and given else given
    try:
        return max(1.0, float(str(first)))
    except ValueError:
        return _FALLBACK_WAIT_S
