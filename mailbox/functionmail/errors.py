"""Everything functionmail raises, in one tree.

Two questions decide what a caller does next, so they are what the tree answers:
may the same call succeed if repeated (`retryable`), and if so after how long
(`retry_after_s`)? The texts are English and for logs; who tells people, in their own
language, goes by `code`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class FunctionMailError(Exception):
    """Base of every error raised by functionmail."""

    code: ClassVar[str] = "failed"
    retryable = False
    retry_after_s: float | None = None


class ConnectorError(FunctionMailError):
    """A mail server could not do what was asked.

    The library's own exception is always chained as ``__cause__``.
    """

    def __init__(self, mailbox: str, doing: str, advice: str = "") -> None:
        super().__init__(
            f"mailbox {mailbox}: failed while {doing}" + (f"; {advice}" if advice else "")
        )
        self.mailbox = mailbox
        self.doing = doing
        self.advice = advice


class MailboxUnavailable(ConnectorError):
    """The server did not answer, or asked us to come back later."""

    code = "unavailable"
    retryable = True

    def __init__(
        self, mailbox: str, doing: str, advice: str = "", *, retry_after_s: float | None = None
    ) -> None:
        super().__init__(mailbox, doing, advice)
        self.retry_after_s = retry_after_s


class SignInRefused(ConnectorError):
    """Credentials or permissions are wrong; repeating will not help."""

    code = "sign_in_refused"


class MessageGone(ConnectorError):
    """A message that was listed is no longer there: somebody moved or deleted it."""

    code = "message_gone"


class Refusal(StrEnum):
    """Why a server will not send a mail."""

    SEND_AS_DENIED = "send_as_denied"
    MAILBOX_FULL = "mailbox_full"
    RECIPIENT = "recipient"
    TOO_LARGE = "too_large"
    OTHER = "other"


class SendRefused(ConnectorError):
    """The server will not send this message; repeating will not help."""

    code = "send_refused"

    def __init__(
        self, mailbox: str, doing: str, advice: str = "", *, refusal: Refusal = Refusal.OTHER
    ) -> None:
        super().__init__(mailbox, doing, advice)
        self.refusal = refusal


class SendUncertain(ConnectorError):
    """The message may have been sent or not; only a person can find out."""

    code = "send_uncertain"


class CannotAnswer(FunctionMailError):
    """A message cannot be composed: it has no usable recipient or sender."""

    code = "cannot_answer"
