"""What EWS does when it is asked to change something."""

from __future__ import annotations

import base64
from email.utils import parseaddr

from lxml import etree

from tests.ews.operations import Call
from tests.ews.shapes import folder_element, property_key
from tests.ews.soap import M, T, add, q
from tests.ews.world import EwsError, Folder, Item


def create_item(call: Call) -> etree._Element:
    """Save a draft; nothing else is asked of us."""
    target = call.listed("SavedItemFolderId")[0]

    def one(given: etree._Element, message: etree._Element) -> None:
        folder = call.folder(target, writing=True)
        _need_room(call, folder)
        mime = base64.b64decode(given.findtext(q(T, "MimeContent")) or "")
        if call.world.invents_ids:
            mime = mime.replace(b"Message-ID: <", b"Message-ID: <server-made-")
        item = call.world.deliver(call.world.mailboxes[folder.address], mime, folder=folder)
        item.read = True
        for prop in given.findall(q(T, "ExtendedProperty")):
            key = property_key(prop.find(q(T, "ExtendedFieldURI")))
            item.properties[key] = prop.findtext(q(T, "Value")) or ""
        _add_id(add(message, M, "Items"), item)

    return call.each("CreateItem", call.listed("Items"), one)


def send_item(call: Call) -> etree._Element:
    """Send a draft and keep the copy where it is asked to lie."""
    target = call.listed("SavedItemFolderId")

    def one(named: etree._Element, _message: etree._Element) -> None:
        item = call.item(named, writing=True)
        if named.get("ChangeKey") != item.change_key:
            raise EwsError("ErrorStaleObject")
        sender = parseaddr(str(item.headers.get("from", "")))[1] or item.folder.address
        may_send = sender == call.own_address or sender in call.user.send_as
        if not may_send:
            raise EwsError("ErrorSendAsDenied")
        if not str(item.headers.get("to", "x@x")).isascii():
            raise EwsError("ErrorInvalidRecipients")
        folder = call.folder(target[0], writing=True)
        _need_room(call, folder)
        call.world.submitted.append(item.mime)
        call.world.move(item, folder)

    return call.each("SendItem", call.listed("ItemIds"), one)


def update_item(call: Call) -> etree._Element:
    """Set or clear categories; nothing else is asked of us."""
    never_overwrite = call.body.get("ConflictResolution") == "NeverOverwrite"

    def one(change: etree._Element, message: etree._Element) -> None:
        named = change.find(q(T, "ItemId"))
        item = call.item(named, writing=True)
        if never_overwrite and named.get("ChangeKey") != item.change_key:
            raise EwsError("ErrorIrresolvableConflict")
        _need_room(call, item.folder)
        for update in change.find(q(T, "Updates")):
            if update[0].get("FieldURI") != "item:Categories":
                raise EwsError("ErrorInvalidPropertySet")
            item.categories = [found.text or "" for found in update.iter(q(T, "String"))]
        call.world.touch(item)
        _add_id(add(message, M, "Items"), item)
        add(add(message, M, "ConflictResults"), T, "Count", 0)

    return call.each("UpdateItem", call.listed("ItemChanges"), one)


def move_item(call: Call) -> etree._Element:
    target = call.listed("ToFolderId")[0]

    def one(named: etree._Element, message: etree._Element) -> None:
        item = call.item(named, writing=True)
        call.world.move(item, call.folder(target, writing=True))
        _add_id(add(message, M, "Items"), item)

    return call.each("MoveItem", call.listed("ItemIds"), one)


def delete_item(call: Call) -> etree._Element:
    def one(named: etree._Element, _message: etree._Element) -> None:
        call.world.delete(call.item(named, writing=True))

    return call.each("DeleteItem", call.listed("ItemIds"), one)


def create_folder(call: Call) -> etree._Element:
    parent = call.listed("ParentFolderId")[0]

    def one(given: etree._Element, message: etree._Element) -> None:
        above = call.folder(parent, writing=True)
        name = given.findtext(q(T, "DisplayName")) or ""
        box = call.world.mailboxes[above.address]
        if any(one.parent is above and one.name == name for one in box.folders.values()):
            raise EwsError("ErrorFolderExists")
        made = call.world.add_folder(box, name, above)
        add(message, M, "Folders").append(folder_element(call.world, made))

    return call.each("CreateFolder", call.listed("Folders"), one)


def _need_room(call: Call, folder: Folder) -> None:
    if call.world.mailboxes[folder.address].full:
        raise EwsError("ErrorQuotaExceeded")


def _add_id(box: etree._Element, item: Item) -> None:
    add(add(box, T, "Message"), T, "ItemId", Id=item.id, ChangeKey=item.change_key)
