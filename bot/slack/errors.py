"""What can go wrong with Slack, and whether trying again may help."""

from __future__ import annotations

from bot.errors import SammaDagError


class SlackError(SammaDagError):
    """Base of what goes wrong with Slack."""


class SlackDown(SlackError):
    """Slack does not answer, or not as it should.

    Attributes:
        uncertain: What was asked for may have been done all the same.
    """

    retryable = True

    def __init__(self, method: str, *, uncertain: bool) -> None:
        super().__init__("Slack svarar inte på {method}", method=method)
        self.uncertain = uncertain


class SlackBusy(SlackError):
    """Slack asks us to wait; nothing was done."""

    retryable = True

    def __init__(self, method: str, retry_after_s: float) -> None:
        super().__init__("Slack ber oss vänta med {method}", method=method)
        self.retry_after_s = retry_after_s


class SlackRefused(SlackError):
    """Slack will not do it, and says why in a word of its own.

    Attributes:
        reason: Such as ``channel_not_found``; https://docs.slack.dev/reference/methods.
    """

    def __init__(self, method: str, reason: str) -> None:
        super().__init__("Slack vägrar {method}: {reason}", method=method, reason=reason)
        self.reason = reason

    @property
    def shuts_us_out(self) -> bool:
        """Tell whether nothing at all works until an operator has set it right."""
        return self.reason in _SHUT_OUT


_SHUT_OUT = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
    }
)
