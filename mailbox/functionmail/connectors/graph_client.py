"""Calls to Microsoft Graph on one mailbox, and what their errors mean.

Every call asks for immutable ids, since the header holds for its own call only
(learn.microsoft.com, "Obtain immutable identifiers for Outlook resources").
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from functionmail.connectors.examining import server_clock
from functionmail.connectors.graph_tokens import Tokens, permissions_in
from functionmail.connectors.graph_wire import Answer, AnswerLost, Wire
from functionmail.errors import ConnectorError, MailboxUnavailable, MessageGone, SignInRefused

Json = Mapping[str, Any]
"""An object as Graph sends it; Any, since only the reader knows what it asked for."""

_TRIES = 3
_PAUSE_S = 1.0
_MAILBOX_MISSING = frozenset(
    {
        "ErrorInvalidUser",
        "ErrorNonExistentMailbox",
        "MailboxNotEnabledForRESTAPI",
        "MailboxNotFound",
        "MailboxNotHostedInExchangeOnline",
        "Request_ResourceNotFound",
        "ResourceNotFound",
    }
)
_LASTING = frozenset(
    {
        "ErrorContentConversionFailed",
        "ErrorCorruptData",
        "ErrorInvalidRecipients",
        "ErrorItemCorrupt",
        "ErrorMessageSizeExceeded",
        "ErrorMimeContentConversionFailed",
        "ErrorMimeContentInvalid",
        "ErrorPropertyRequestFailed",
        "ErrorQuotaExceeded",
        "ErrorSendAsDenied",
    }
)
"""Errors that repeating does not mend, though some come with a status of 500."""
_RIGHTS = "the application lacks the right to this mailbox; see README, Microsoft 365"


class GraphRefused(ConnectorError):
    """Graph understood the call and says no; who called knows what it means.

    Attributes:
        status: Of HTTP.
        reason: Graph's own word, such as ``ErrorSendAsDenied``.
    """

    def __init__(self, mailbox: str, doing: str, *, status: int, reason: str) -> None:
        super().__init__(mailbox, doing, f"Graph answered {status} {reason}".strip())
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """One call; `path` and `query` are encoded."""

    method: str
    path: str
    query: str = ""
    prefer: str = ""
    content: bytes | None = None
    kind: str = ""


class GraphClient:
    """Calls on one mailbox; for one thread at a time.

    Any call raises `MailboxUnavailable` (`AnswerLost` where it may have been done all the
    same), `SignInRefused`, `MessageGone` or `GraphRefused`.

    Attributes:
        server_time: What the server's clock showed at the last answer, if it told.

    Args:
        url: Of Graph, with its version.
        mailbox: For error messages.
        address: Under which Graph knows the mailbox.
    """

    def __init__(
        self,
        url: str,
        mailbox: str,
        address: str,
        tokens: Tokens,
        wire: Wire,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._base = f"{url.rstrip('/')}/users/{quote(address, safe='@')}/"
        self.mailbox = mailbox
        self._tokens = tokens
        self._wire = wire
        self._sleep = sleep
        self.server_time: datetime | None = None

    def get(
        self, path: str, doing: str, *, query: Mapping[str, str] | str = "", page: int = 0
    ) -> Json:
        """Return an object, or one page of objects.

        Args:
            path: Below the mailbox.
            query: Parameters, or a query as Graph wrote it itself.
            page: How many objects are wanted on a page.
        """
        asked = query if isinstance(query, str) else urlencode(query, safe="$,", quote_via=quote)
        prefer = f"odata.maxpagesize={page}" if page else ""
        request = _Request(method="GET", path=path, query=asked, prefer=prefer)
        return self._object(self._patiently(request, doing), doing)

    def read(self, path: str, doing: str) -> bytes:
        """Return the bytes of what lies at a path."""
        return self._patiently(_Request(method="GET", path=path), doing).content

    def post(
        self, path: str, doing: str, *, body: Json | None = None, mime: bytes | None = None
    ) -> Json:
        """Ask for something to be done, once; return what came of it, empty where nothing is.

        Args:
            body: Sent as JSON.
            mime: Sent instead: a mail in Base64.
        """
        kind = "application/json" if mime is None else "text/plain"
        content = json.dumps(body or {}).encode("ascii") if mime is None else mime
        request = _Request(method="POST", path=path, content=content, kind=kind)
        answer = self._call(request, doing)
        return self._object(answer, doing) if answer.content else {}

    def patch(self, path: str, doing: str, body: Json) -> Json:
        """Change properties of an object and return it."""
        content = json.dumps(body).encode("ascii")
        request = _Request(method="PATCH", path=path, content=content, kind="application/json")
        return self._object(self._patiently(request, doing), doing)

    def permissions(self) -> frozenset[str]:
        """Return what the application may do in every mailbox, such as ``Mail.ReadWrite``."""
        return permissions_in(self._tokens.current())

    def close(self) -> None:
        """Let go of the connection."""
        self._wire.close()

    def _patiently(self, request: _Request, doing: str) -> Answer:
        """Call, and call again where that does no harm and the answer was lost."""
        for tried in range(1, _TRIES):
            try:
                return self._call(request, doing)
            except AnswerLost as lost:
                if lost.retry_after_s is not None:
                    raise
            self._sleep(_PAUSE_S * tried)
        return self._call(request, doing)

    def _call(self, request: _Request, doing: str) -> Answer:
        url = self._base + request.path + (f"?{request.query}" if request.query else "")
        headers = {"Prefer": ", ".join(filter(None, ('IdType="ImmutableId"', request.prefer)))}
        if request.kind:
            headers["Content-Type"] = request.kind
        token = self._tokens.current()
        for may_renew in (True, False):
            headers["Authorization"] = f"Bearer {token}"
            answer = self._wire.call(
                request.method, url, doing, headers=headers, content=request.content
            )
            self.server_time = server_clock(answer.headers.get("date", ""))
            if answer.status != 401 or not may_renew:
                break
            token = self._tokens.current(instead_of=token)
        if answer.status >= 300:
            raise self._error(answer, doing)
        return answer

    def _error(self, answer: Answer, doing: str) -> ConnectorError:
        status, reason = answer.status, _reason(answer)
        pause = answer.retry_after_s
        if status == 401:
            return SignInRefused(self.mailbox, doing, "Graph does not accept our token")
        if status == 404 and reason in _MAILBOX_MISSING:
            return SignInRefused(self.mailbox, doing, "there is no such mailbox; see its address")
        if status == 404:
            return MessageGone(self.mailbox, doing)
        if status == 403 and reason in ("ErrorAccessDenied", "AccessDenied", "Forbidden", ""):
            return SignInRefused(self.mailbox, doing, _RIGHTS)
        if status == 429 or (status == 503 and pause is not None):
            return MailboxUnavailable(self.mailbox, doing, "Graph is busy", retry_after_s=pause)
        if status == 408 or (status >= 500 and status != 507 and reason not in _LASTING):
            return AnswerLost(self.mailbox, doing, f"Graph answered {status}", retry_after_s=pause)
        return GraphRefused(self.mailbox, doing, status=status, reason=reason)

    def _object(self, answer: Answer, doing: str) -> Json:
        try:
            found = json.loads(answer.content)
        except (ValueError, RecursionError) as error:
            raise AnswerLost(self.mailbox, doing, "the answer is not from Graph") from error
        if not isinstance(found, dict):
            raise AnswerLost(self.mailbox, doing, "the answer is not from Graph")
        return found


def quoted(value: str) -> str:
    """Return a text as it stands in an OData filter."""
    return "'" + value.replace("'", "''") + "'"


def message_path(key: str, *rest: str) -> str:
    """Return the path of a message below its mailbox."""
    return "/".join(("messages", quote(key, safe=""), *rest))


def _reason(answer: Answer) -> str:
    """Return Graph's own word for an error; its sentences may hold addresses."""
    try:
        reason = json.loads(answer.content)["error"]["code"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""
    word = reason if isinstance(reason, str) else ""
    return word if word.isascii() and word.replace("_", "").isalnum() and len(word) < 80 else ""
