"""The requests to EWS that read much, and the properties that we ask of items and give them.

The library reads an answer byte by byte (20 MB cost 7 s of CPU) and forgives one that was
cut short, so that half a mail would pass for a whole one. What is read here is read at once,
and whole or not at all. Items of any kind are read as messages, since what people drag into
an Inbox (contacts, tasks) must not end the listing.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from exchangelib import Account, ExtendedProperty, Message
from exchangelib.errors import MalformedResponseError
from exchangelib.fields import FieldPath
from exchangelib.folders import BaseFolder, Folder
from exchangelib.items import ID_ONLY
from exchangelib.properties import ItemId
from exchangelib.services import GetFolder, GetItem, GetStreamingEvents, SyncFolderItems
from exchangelib.util import TNS

from functionmail.connectors.exchange_sync import EPOCH, Changes, Entry
from functionmail.identity import LOOP_HEADER

PAGE = 512
"""The most changes that EWS lists at once."""


class _SearchKey(ExtendedProperty):  # type: ignore[misc]
    """PidTagSearchKey (MS-OXCMSG 2.2.1.9): given once, kept by moves."""

    property_tag = 0x300B
    property_type = "Binary"


class _AutoSubmitted(ExtendedProperty):  # type: ignore[misc]
    """The header of that name (MS-OXCMAIL); in the MIME alone Exchange drops it."""

    distinguished_property_set_id = "InternetHeaders"
    property_name = "Auto-Submitted"
    property_type = "String"


class _LoopHeader(ExtendedProperty):  # type: ignore[misc]
    """Our own header, by which we know our mail again."""

    distinguished_property_set_id = "InternetHeaders"
    property_name = LOOP_HEADER
    property_type = "String"


class _Suppress(ExtendedProperty):  # type: ignore[misc]
    """PidTagAutoResponseSuppress (MS-OXCMAIL 2.1.3.2.20)."""

    property_tag = 0x3FDF
    property_type = "Integer"


class _OwnId(ExtendedProperty):  # type: ignore[misc]
    """Our Message-ID once more, by which a mail is found though the server gave it another."""

    distinguished_property_set_id = "PublicStrings"
    property_name = "SammaDagMessageId"
    property_type = "String"


SEARCH_KEY, AUTO_SUBMITTED, LOOP, SUPPRESS, OWN_ID = (
    "sammadag_search_key",
    "sammadag_auto_submitted",
    "sammadag_loop",
    "sammadag_suppress",
    "sammadag_own_id",
)
for _name, _property in (
    (SEARCH_KEY, _SearchKey),
    (AUTO_SUBMITTED, _AutoSubmitted),
    (LOOP, _LoopHeader),
    (SUPPRESS, _Suppress),
    (OWN_ID, _OwnId),
):
    Message.register(_name, _property)


def _paths(*names: str) -> set[FieldPath]:
    return {FieldPath(field=Message.get_field_by_fieldname(name)) for name in names}


_LISTED = _paths("message_id", "datetime_received", "datetime_created", "size", SEARCH_KEY)
WHOLE = _paths("mime_content", "headers", "subject", "author", "message_id", OWN_ID)
FIELDS = _paths("headers", "subject", "author", "message_id", OWN_ID)
MARKS = _paths("categories", "parent_folder_id")
LOOKUP = _paths("message_id", "datetime_received", "datetime_created", SEARCH_KEY)
OWN = _paths("message_id", OWN_ID)
RIGHTS = _paths("effective_rights")
_SHOWN = {FieldPath(field=Folder.get_field_by_fieldname(n)) for n in ("name", "effective_rights")}


class _Whole:
    """An answer that is all here, in the shape in which the library reads one."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def iter_content(self) -> bytes:
        return self._content


class _ReadAtOnce:
    """Reads an answer at once, and only a whole one."""

    @classmethod
    def _get_soap_parts(cls, response: Any) -> Any:  # of requests or of the library's tests
        content = response.content
        if not content.rstrip().endswith(b"Envelope>"):
            raise MalformedResponseError("the answer was cut short")
        return super()._get_soap_parts(_Whole(content))  # type: ignore[misc]


class ReadItems(_ReadAtOnce, GetItem):  # type: ignore[misc]
    """GetItem; every item comes as a message."""

    def _elem_to_obj(self, elem: Any) -> Message:
        return Message.from_xml(elem=elem, account=self.account)


class LookAtFolders(GetFolder):  # type: ignore[misc]
    """GetFolder; remembers when it was answered.

    Attributes:
        date: The answer's Date header; empty without one.
    """

    date = ""

    def _get_soap_parts(self, response: Any) -> Any:  # of requests or of the library's tests
        self.date = response.headers.get("Date") or ""
        return super()._get_soap_parts(response)


class ListChanges(_ReadAtOnce, SyncFolderItems):  # type: ignore[misc]
    """SyncFolderItems; gives an `Entry` for what came, None for what else happened."""

    def _elem_to_obj(self, elem: Any) -> Entry | None:
        if self.change_types_map.get(elem.tag) != self.CREATE:
            return None
        item = next(iter(elem), None)
        identity = None if item is None else item.find(f"{{{TNS}}}ItemId")
        if item is None or identity is None:
            raise MalformedResponseError("a change without an item")
        return Entry(
            item_id=identity.get("Id"),
            received_at=_instant(item.findtext(f"{{{TNS}}}DateTimeReceived"))
            or _instant(item.findtext(f"{{{TNS}}}DateTimeCreated"))
            or EPOCH,
            message_id=item.findtext(f"{{{TNS}}}InternetMessageId") or "",
            search_key=item.findtext(f"{{{TNS}}}ExtendedProperty/{{{TNS}}}Value") or "",
            size=_number(item.findtext(f"{{{TNS}}}Size")),
        )


class Listen(GetStreamingEvents):  # type: ignore[misc]
    """GetStreamingEvents; tells of every sign of life of the server.

    Attributes:
        heard: Called for each; may raise to end the stream.
    """

    def __init__(self, account: Account, heard: Callable[[], None]) -> None:
        super().__init__(account=account)
        self.heard = heard

    def _get_element_container(self, message: Any, name: Any = None) -> Any:
        found = super()._get_element_container(message, name=name)
        self.heard()
        return found


def look_at_folder(account: Account, folder: BaseFolder) -> tuple[Folder, str]:
    """Return a folder with its name and what may be done with it, and the server's Date header."""
    service = LookAtFolders(account=account)
    found = list(service.call(folders=[folder], additional_fields=_SHOWN, shape=ID_ONLY))
    if len(found) != 1:
        raise MalformedResponseError("an answer without the folder")
    if isinstance(found[0], Exception):
        raise found[0]
    return found[0], service.date


def list_page(account: Account, folder: BaseFolder, state: str | None) -> tuple[Changes, bool]:
    """Return one page of what happened in a folder behind a state, and whether it is the last."""
    service = ListChanges(account=account)
    listed = list(
        service.call(
            folder=folder,
            shape=ID_ONLY,
            additional_fields=_LISTED,
            sync_state=state,
            ignore=None,
            max_changes_returned=PAGE,
            sync_scope=None,
        )
    )
    if not service.sync_state:
        raise MalformedResponseError("a listing without a state")
    arrived = tuple(change for change in listed if change is not None)
    done = service.includes_last_item_in_range is not False or service.sync_state == state
    return Changes(arrived=arrived, state=service.sync_state, quiet=not listed), done


def read_items(
    account: Account, item_ids: Iterable[str], fields: set[FieldPath]
) -> list[Message | Exception]:
    """Return items, or why one cannot be read, in the order of their ids."""
    ids = [ItemId(id=item_id) for item_id in item_ids]
    service = ReadItems(account=account, chunk_size=max(1, len(ids)))
    return list(service.call(items=ids, additional_fields=fields, shape=ID_ONLY))


def entry_of(item: Message) -> Entry:
    """Return an item that was read with `LOOKUP` as a listing would show it."""
    came = item.datetime_received or item.datetime_created
    key = getattr(item, SEARCH_KEY)
    return Entry(
        item_id=item.id,
        received_at=EPOCH if came is None else _whole_seconds(came),
        message_id=item.message_id or "",
        search_key=base64.b64encode(key).decode("ascii") if key else "",
    )


def _whole_seconds(found: datetime) -> datetime:
    """Return an instant as a plain one in UTC, without what is below a second."""
    return datetime.fromtimestamp(int(found.timestamp()), UTC)


def _instant(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return _whole_seconds(found if found.tzinfo else found.replace(tzinfo=UTC))


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() else 0
