"""Sending from a mailbox in Exchange Online: a draft from MIME, then sent by its id.

Exchange takes a mail apart and writes it anew. So that what must survive does, the draft's
Message-ID is read back and set where Exchange gave it another (it may be changed on a
draft), and the loop headers are set as MAPI properties too (MS-OXCMAIL 2.1.3.2.20;
PS_INTERNET_HEADERS).
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from enum import Enum, auto
from itertools import islice

from functionmail.connectors.examining import Examination
from functionmail.connectors.graph_client import (
    GraphClient,
    GraphRefused,
    Json,
    message_path,
    quoted,
)
from functionmail.connectors.graph_examining import examine_folders
from functionmail.connectors.graph_folders import DELETED, Folders
from functionmail.connectors.graph_wire import AnswerLost
from functionmail.connectors.received import header_fields
from functionmail.errors import (
    ConnectorError,
    MailboxUnavailable,
    MessageGone,
    Refusal,
    SendRefused,
    SendUncertain,
)
from functionmail.message import DraftKey

SUPPRESS_ID = "Integer 0x3FDF"
"""PidTagAutoResponseSuppress."""
FLAGS_ID = "Integer 0x0E07"
"""PidTagMessageFlags."""

_SUBMITTED = 0x4
_SUPPRESS_BITS = {
    "dr": 0x01, "ndr": 0x02, "rn": 0x04, "nrn": 0x08, "oof": 0x10, "autoreply": 0x20,
    "all": -1,
}  # fmt: skip
_HEADER_ID = "String {{00020386-0000-0000-C000-000000000046}} Name {name}"
_MOST_PROPERTIES = 20
_REFUSALS = {
    "ErrorSendAsDenied": Refusal.SEND_AS_DENIED,
    "ErrorQuotaExceeded": Refusal.MAILBOX_FULL,
    "ErrorMailboxStoreFull": Refusal.MAILBOX_FULL,
    "ErrorInvalidRecipients": Refusal.RECIPIENT,
    "ErrorInvalidRecipientSmtpAddress": Refusal.RECIPIENT,
    "ErrorRecipientNotFound": Refusal.RECIPIENT,
    "ErrorMessageSizeExceeded": Refusal.TOO_LARGE,
    "RequestBodyTooLarge": Refusal.TOO_LARGE,
}
_REFUSALS_BY_STATUS = {413: Refusal.TOO_LARGE, 507: Refusal.MAILBOX_FULL}
_BUSY = frozenset({"ErrorExceededMessageLimit", "ErrorSubmissionQuotaExceeded"})
_BUSY_PAUSE_S = 3600.0
_LOOK_EVERY_S = 0.5


class _State(Enum):
    """What has become of a draft."""

    DRAFT = auto()
    ON_ITS_WAY = auto()
    SENT = auto()
    GONE = auto()


class GraphSender:
    """A `MailSender` over a mailbox; a draft's key is its immutable id.

    Exchange says that it takes a mail before the copy lies in Sent; this sender waits for
    that, so that whoever looks next finds it.

    Args:
        settle_s: How long a mail may take from the drafts into Sent.
        monotonic: Seconds from an arbitrary start.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        client: GraphClient,
        *,
        settle_s: float = 10.0,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._folders = Folders(client)
        self._settle_s = settle_s
        self._monotonic = monotonic
        self._sleep = sleep

    @property
    def mailbox(self) -> str:
        """See `MailSender.mailbox`."""
        return self._client.mailbox

    def save_draft(self, message_id: str, content: bytes) -> DraftKey:
        """See `MailSender.save_draft`.

        Raises:
            SendRefused: The mailbox is full, or the mail too large for a draft (4 MB).
        """
        doing = "saving a draft"
        try:
            draft = self._client.post("messages", doing, mime=base64.b64encode(content))
            key = DraftKey(str(draft["id"]))
            changes = _properties(content)
            if draft.get("internetMessageId") != f"<{message_id}>":
                changes = {**changes, "internetMessageId": f"<{message_id}>"}
            if changes:
                draft = self._client.patch(message_path(key), doing, changes)
        except GraphRefused as error:
            raise self._refused(error, doing) from error
        if draft.get("internetMessageId", f"<{message_id}>") != f"<{message_id}>":
            raise ConnectorError(self.mailbox, doing, "Exchange does not keep our Message-ID")
        return key

    def send(self, draft: DraftKey) -> None:
        """See `MailSender.send`."""
        doing = "sending"
        state, message_id = self._look_at(draft)
        if state is _State.ON_ITS_WAY:
            state = self._settled(draft)
            if state is _State.ON_ITS_WAY:
                raise MailboxUnavailable(self.mailbox, doing, "the mail is still on its way")
        if state is not _State.DRAFT:
            raise MessageGone(self.mailbox, doing)
        try:
            self._client.post(message_path(draft, "send"), doing)
        except GraphRefused as error:
            raise self._refused(error, doing) from error
        except AnswerLost as lost:
            self._find_out(draft, message_id, lost)
        else:
            self._settled(draft)

    def send_again(self, draft: DraftKey) -> None:
        """See `MailSender.send_again`."""
        self.send(draft)

    def find_draft(self, message_id: str) -> DraftKey | None:
        """See `MailSender.find_draft`. What a person has thrown away is no draft."""
        doing = "looking among the drafts"
        for row in self._with_id(message_id, doing):
            if row.get("isDraft") and not self._is_deleted(row, doing):
                return DraftKey(str(row["id"]))
        return None

    def find_sent(self, message_id: str) -> bool:
        """See `MailSender.find_sent`. People may have moved the copy: it counts anywhere."""
        rows = self._with_id(message_id, "looking in Sent")
        return any(row.get("isDraft") is False for row in rows)

    def examine(self) -> Examination:
        """See `Examinable.examine`."""
        return examine_folders(self._client)

    def close(self) -> None:
        """See `MailSender.close`."""
        self._client.close()

    def _with_id(self, message_id: str, doing: str) -> list[Json]:
        wanted = f"<{message_id}>"
        query = {
            "$filter": f"internetMessageId eq {quoted(wanted)}",
            "$select": "id,isDraft,parentFolderId,internetMessageId",
        }
        rows = self._client.get("messages", doing, query=query).get("value") or ()
        return [row for row in rows if row.get("internetMessageId") == wanted]

    def _is_deleted(self, row: Json, doing: str) -> bool:
        return bool(row.get("parentFolderId") == self._folders.well_known(DELETED, doing))

    def _look_at(self, draft: DraftKey) -> tuple[_State, str]:
        """Return what has become of a draft, and its Message-ID without brackets."""
        doing = "sending"
        query = {
            "$select": "isDraft,parentFolderId,internetMessageId",
            "$expand": f"singleValueExtendedProperties($filter=id eq {quoted(FLAGS_ID)})",
        }
        try:
            found = self._client.get(message_path(draft), doing, query=query)
        except MessageGone:
            return _State.GONE, ""
        except GraphRefused as error:
            if error.status == 400:  # not an id at all
                return _State.GONE, ""
            raise
        message_id = str(found.get("internetMessageId") or "").strip("<>")
        if not found.get("isDraft"):
            return _State.SENT, message_id
        if self._is_deleted(found, doing):
            return _State.GONE, message_id
        return (_State.ON_ITS_WAY if _flags(found) & _SUBMITTED else _State.DRAFT), message_id

    def _settled(self, draft: DraftKey) -> _State:
        """Wait until a mail is no longer among the drafts; return what became of it.

        A server that does not answer says nothing against its being on its way.
        """
        until = self._monotonic() + self._settle_s
        while True:
            try:
                state, _ = self._look_at(draft)
            except MailboxUnavailable:
                return _State.ON_ITS_WAY
            if state in (_State.SENT, _State.GONE) or self._monotonic() >= until:
                return state
            self._sleep(_LOOK_EVERY_S)

    def _find_out(self, draft: DraftKey, message_id: str, lost: AnswerLost) -> None:
        """Return if a mail whose sending was not answered was taken; else raise why not."""
        state = self._settled(draft)
        if state in (_State.DRAFT, _State.ON_ITS_WAY):
            raise lost
        if state is _State.GONE and not self.find_sent(message_id):
            advice = "the draft is gone and Sent holds no copy"
            raise SendUncertain(self.mailbox, "sending", advice) from lost

    def _refused(self, error: GraphRefused, doing: str) -> ConnectorError:
        if error.reason in _BUSY:
            return MailboxUnavailable(
                self.mailbox, doing, "too much was sent", retry_after_s=_BUSY_PAUSE_S
            )
        refusal = _REFUSALS.get(error.reason) or _REFUSALS_BY_STATUS.get(error.status)
        return SendRefused(self.mailbox, doing, error.advice, refusal=refusal or Refusal.OTHER)


def _properties(content: bytes) -> Json:
    """Return the MAPI properties that say what our loop headers say; empty without any."""
    found: dict[str, str] = {}
    for raw_name, raw_value in islice(header_fields(content), 200):
        name = raw_name.decode("ascii", "replace")
        value = raw_value.decode("ascii", "replace")
        if name == "x-auto-response-suppress":
            found[SUPPRESS_ID] = str(_suppress_bits(value))
        elif (name == "auto-submitted" or name.startswith("x-")) and len(found) < _MOST_PROPERTIES:
            found[_HEADER_ID.format(name=name)] = value
    rows = [{"id": name, "value": value} for name, value in found.items()]
    return {"singleValueExtendedProperties": rows} if rows else {}


def _suppress_bits(value: str) -> int:
    bits = 0
    for word in value.split(","):
        bits |= _SUPPRESS_BITS.get(word.strip().lower(), 0)
    return bits


def _flags(found: Json) -> int:
    """Return PidTagMessageFlags, the one property that was asked for."""
    rows = found.get("singleValueExtendedProperties") or [{}]
    text = str(rows[0].get("value", ""))
    return int(text) if text.isascii() and text.isdecimal() else 0
