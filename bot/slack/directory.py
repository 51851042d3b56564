"""Who a Slack user is: one of the staff by id or by e-mail address, or a stranger.

What Slack says of a user is kept for an hour, so that a click costs no look-up.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.clock import Clock
from bot.services.colleagues import Colleague, Colleagues
from bot.slack.client import SlackClient
from bot.slack.errors import SlackError, SlackRefused
from bot.vocabulary import PersonKey

_KEPT_S = 3600.0
_KEPT_UNKNOWN_S = 300.0
_MOST = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    until: float
    email: str | None


class Directory:
    """Looks up users; safe to use from several threads."""

    def __init__(self, client: SlackClient, colleagues: Colleagues, clock: Clock) -> None:
        self._client = client
        self._colleagues = colleagues
        self._clock = clock
        self._lock = threading.Lock()
        self._emails: dict[str, _Kept] = {}
        self._ids: dict[PersonKey, tuple[float, str | None]] = {}

    def colleague(self, user: str) -> Colleague | None:
        """Return which of the staff a Slack user is; None: a stranger.

        A stranger is also who cannot be looked up: where it is unsure, cases are hidden.
        """
        known = self._colleagues.with_slack_id(user)
        if known is not None:
            return known
        email = self._email_of(user)
        return None if email is None else self._colleagues.with_email(email)

    def slack_id(self, person: PersonKey) -> str | None:
        """Return the Slack user of one of the staff; None where there is none, or none found."""
        colleague = self._colleagues.get(person)
        if colleague is None or colleague.slack_id is not None:
            return None if colleague is None else colleague.slack_id
        now = self._clock.monotonic()
        with self._lock:
            until, user = self._ids.get(person, (0.0, None))
        if now < until:
            return user
        try:
            answer = self._client.read("users.lookupByEmail", email=colleague.email)
        except SlackRefused:
            user = None
        except SlackError:
            return None
        else:
            user = str(answer["user"]["id"])
        with self._lock:
            self._ids[person] = (now + (_KEPT_S if user else _KEPT_UNKNOWN_S), user)
        return user

    def forget(self, user: str) -> None:
        """Forget what Slack said of a user, who has changed."""
        with self._lock:
            self._emails.pop(user, None)
            self._ids.clear()

    def _email_of(self, user: str) -> str | None:
        now = self._clock.monotonic()
        with self._lock:
            kept = self._emails.get(user)
        if kept is not None and now < kept.until:
            return kept.email
        try:
            email = _proven_email(self._client.read("users.info", user=user)["user"])
        except SlackRefused:
            email = None
        except SlackError:
            return None
        until = now + (_KEPT_UNKNOWN_S if email is None else _KEPT_S)
        with self._lock:
            if len(self._emails) >= _MOST:
                self._emails.clear()
            self._emails[user] = _Kept(until=until, email=email)
        return email


def _proven_email(user: Mapping[str, Any]) -> str | None:
    """Return the address that Slack vouches for: of a member of this workspace, no bot.

    Somebody from another organisation, in a shared channel, may give any address.
    """
    stranger = ("deleted", "is_bot", "is_stranger", "is_workflow_bot")
    if any(user.get(sign) for sign in stranger) or user.get("is_email_confirmed") is False:
        return None
    email = (user.get("profile") or {}).get("email")
    return email if isinstance(email, str) and email else None
