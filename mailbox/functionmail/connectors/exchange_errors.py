"""What the errors of EWS mean: for people, for this item only, or for later.

The lists follow Microsoft's response codes. Nothing that the server wrote gets into our own
texts; it stays in the chained exception.
"""

from __future__ import annotations

from exchangelib import errors as ews
from lxml.etree import LxmlError  # type: ignore[import-untyped]
from oauthlib.oauth2 import OAuth2Error
from oauthlib.oauth2.rfc6749 import errors as oauth
from requests import RequestException

from functionmail.errors import ConnectorError, MailboxUnavailable, Refusal, SignInRefused

FOREIGN: tuple[type[Exception], ...] = (
    ews.EWSError,
    RequestException,
    OAuth2Error,
    LxmlError,
    OSError,
)
"""Everything that a server or the way to it can make the library raise."""

SIGN_IN: tuple[type[Exception], ...] = (
    ews.UnauthorizedError,
    ews.ErrorPasswordExpired,
    ews.ErrorPasswordChangeRequired,
    ews.ErrorAccountDisabled,
    oauth.InvalidClientError,
    oauth.UnauthorizedClientError,
    oauth.AccessDeniedError,
    oauth.InvalidGrantError,
    oauth.InvalidScopeError,
)
"""The service account itself is refused, in every mailbox."""

GONE: tuple[type[Exception], ...] = (
    ews.ErrorItemNotFound,
    ews.ErrorInvalidIdMalformed,
    ews.ErrorInvalidId,
    ews.ErrorMoveCopyFailed,
)
"""An item does not lie where it lay."""

UNREADABLE: tuple[type[Exception], ...] = (
    ews.ErrorMimeContentConversionFailed,
    ews.ErrorItemCorrupt,
    ews.ErrorCorruptData,
    ews.ErrorMessageSizeExceeded,
    ews.ErrorContentConversionFailed,
    ews.ErrorUnsupportedMimeConversion,
    ews.ErrorItemPropertyRequestFailed,
)
"""An item lies there and cannot be read; asking again changes nothing."""

BEGIN_AGAIN: tuple[type[Exception], ...] = (
    ews.ErrorInvalidSyncStateData,
    ews.ErrorSyncFolderNotFound,
)
"""The server does not know a sync state any more."""

_NO_RIGHTS: dict[type[Exception], str] = {
    ews.ErrorAccessDenied: "give the service account rights on the mailbox",
    ews.ErrorNonExistentMailbox: "check the address of the mailbox",
    ews.ErrorMissingEmailAddress: "the service account needs a mailbox of its own",
    ews.ErrorImpersonateUserDenied: "give the service account the role ApplicationImpersonation",
    ews.ErrorImpersonationDenied: "give the service account the role ApplicationImpersonation",
    ews.ErrorImpersonationFailed: "give the service account the role ApplicationImpersonation",
    ews.ErrorCreateItemAccessDenied: "give the service account rights on the mailbox",
    ews.ErrorCreateSubfolderAccessDenied: "give the service account rights on the mailbox",
    ews.ErrorFolderNotFound: "the mailbox lacks a folder",
    ews.ErrorSendAsDenied: "give the service account Send As on the mailbox",
    ews.RedirectError: "check exchange.url: the server points elsewhere",
    ews.RelativeRedirect: "check exchange.url: the server points elsewhere",
}

_FULL = (ews.ErrorQuotaExceeded, ews.ErrorRulesOverQuota)
_FULL_WAIT_S = 600.0

_REFUSALS: dict[type[Exception], Refusal] = {
    ews.ErrorSendAsDenied: Refusal.SEND_AS_DENIED,
    ews.ErrorQuotaExceeded: Refusal.MAILBOX_FULL,
    ews.ErrorSubmissionQuotaExceeded: Refusal.MAILBOX_FULL,
    ews.ErrorInvalidRecipients: Refusal.RECIPIENT,
    ews.ErrorMissingRecipients: Refusal.RECIPIENT,
    ews.ErrorMailRecipientNotFound: Refusal.RECIPIENT,
    ews.ErrorMessageSizeExceeded: Refusal.TOO_LARGE,
    ews.ErrorMessageDispositionRequired: Refusal.OTHER,
    ews.ErrorMimeContentInvalid: Refusal.OTHER,
    ews.ErrorInvalidItemForOperationSendItem: Refusal.OTHER,
    ews.ErrorItemCorrupt: Refusal.OTHER,
    ews.ErrorCorruptData: Refusal.OTHER,
}
"""Why a mail is not taken, now or ever."""

_BUSY = (
    ews.ErrorServerBusy,
    ews.ErrorTimeoutExpired,
    ews.ErrorConnectionFailed,
    ews.ErrorInternalServerTransientError,
    ews.ErrorMailboxStoreUnavailable,
    ews.ErrorMailboxFailover,
    ews.ErrorMailboxMoveInProgress,
    ews.ErrorExceededConnectionCount,
    ews.ErrorTooManyObjectsOpened,
    ews.ErrorInsufficientResources,
    ews.ErrorADUnavailable,
    ews.RateLimitError,
)


def sorted_error(error: Exception, mailbox: str, doing: str) -> ConnectorError:
    """Return our own error for one of `FOREIGN`; the caller chains it."""
    if isinstance(error, SIGN_IN):
        return SignInRefused(mailbox, doing, "check the service account and its password")
    advice = next((text for kind, text in _NO_RIGHTS.items() if isinstance(error, kind)), None)
    if advice is not None:
        return SignInRefused(mailbox, doing, advice)
    if "certificate verify failed" in str(error).lower():
        return SignInRefused(mailbox, doing, "the server's certificate is not trusted")
    if isinstance(error, _FULL):
        advice = "the mailbox is full"
        return MailboxUnavailable(mailbox, doing, advice, retry_after_s=_FULL_WAIT_S)
    return MailboxUnavailable(mailbox, doing, retry_after_s=_asked_to_wait(error))


def is_about_one_item(error: Exception) -> bool:
    """Tell whether an error answers a request for an item, and not for the mailbox or server."""
    general = isinstance(error, (*SIGN_IN, *_NO_RIGHTS, *_BUSY))
    return isinstance(error, ews.ResponseMessageError) and not general


def refusal(error: Exception) -> Refusal | None:
    """Return why a mail was refused; None when the error says nothing about the mail."""
    return next((found for kind, found in _REFUSALS.items() if isinstance(error, kind)), None)


def _asked_to_wait(error: Exception) -> float | None:
    if isinstance(error, ews.ErrorServerBusy) and error.back_off:
        return float(error.back_off)
    return None
