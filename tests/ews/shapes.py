"""Items and folders as EWS shows them, and the conditions it finds them by."""

from __future__ import annotations

import base64
from datetime import UTC
from email.utils import getaddresses

from lxml import etree

from tests.ews.soap import T, add, element, q
from tests.ews.world import EwsError, Folder, Item, World

STRIPPED = ("auto-submitted", "x-", "list-")
"""What begins like this is in no MIME that Exchange makes (MS-OXCMAIL)."""


def folder_element(world: World, folder: Folder) -> etree._Element:
    made = element(T, "Folder")
    add(made, T, "FolderId", Id=folder.id, ChangeKey="F")
    if folder.parent is not None:
        add(made, T, "ParentFolderId", Id=folder.parent.id, ChangeKey="F")
    if folder.kind:
        add(made, T, "FolderClass", folder.kind)
    add(made, T, "DisplayName", folder.name)
    box = world.mailboxes[folder.address]
    add(made, T, "TotalCount", len(box.lying_in(folder)))
    below = [other for other in box.folders.values() if other.parent is folder]
    add(made, T, "ChildFolderCount", len(below))
    return made


def item_element(world: World, item: Item, wanted: set[str]) -> etree._Element:
    """Return an item with the fields that are wanted, in the order of the schema."""
    made = element(T, item.tag)
    if "item:MimeContent" in wanted:
        mime = _without_stripped(item) if world.strips_headers else item.mime
        add(made, T, "MimeContent", CharacterSet="UTF-8").text = base64.b64encode(mime).decode()
    add(made, T, "ItemId", Id=item.id, ChangeKey=item.change_key)
    if "item:ParentFolderId" in wanted:
        add(made, T, "ParentFolderId", Id=item.folder.id, ChangeKey="F")
    _add_simple(made, item, wanted, "Subject", "DateTimeReceived", "Size")
    if "item:Categories" in wanted and item.categories:
        box = add(made, T, "Categories")
        for name in item.categories:
            add(box, T, "String", name)
    headers = list(item.headers.items()) if "item:InternetMessageHeaders" in wanted else []
    if headers:
        box = add(made, T, "InternetMessageHeaders")
        for name, value in headers:
            add(box, T, "InternetMessageHeader", value, HeaderName=name)
    _add_simple(made, item, wanted, "DateTimeCreated")
    for key, value in _properties(item, wanted).items():
        box = add(made, T, "ExtendedProperty")
        add(box, T, "ExtendedFieldURI", **dict(zip(key[::2], key[1::2], strict=True)))
        add(box, T, "Value", value)
    if "message:From" in wanted:
        _add_sender(made, item.headers.get("from"))
    _add_simple(made, item, wanted, "InternetMessageId", space="message")
    return made


def _add_simple(
    made: etree._Element, item: Item, wanted: set[str], *tags: str, space: str = "item"
) -> None:
    values = {
        "Subject": item.headers.get("subject"),
        "DateTimeReceived": stamp(item),
        "DateTimeCreated": stamp(item),
        "Size": len(item.mime),
        "InternetMessageId": item.message_id,
    }
    for tag in tags:
        if f"{space}:{tag}" in wanted and values[tag] is not None:
            add(made, T, tag, values[tag])


def add_rights(made: etree._Element, rights: set[str]) -> None:
    box = add(made, T, "EffectiveRights")
    for name in (
        "CreateAssociated",
        "CreateContents",
        "CreateHierarchy",
        "Delete",
        "Modify",
        "Read",
    ):
        add(box, T, name, str(name in rights).lower())


def wanted_fields(body: etree._Element) -> set[str]:
    """Return the fields that a request asks for; extended ones as ``tag`` or ``set/name``."""
    simple = {field.get("FieldURI") or "" for field in body.iter(q(T, "FieldURI"))}
    extended = {short(property_key(field)) for field in body.iter(q(T, "ExtendedFieldURI"))}
    return simple | extended


def property_key(field: etree._Element) -> tuple[str, ...]:
    return tuple(part for pair in sorted(field.attrib.items()) for part in pair)


def short(key: tuple[str, ...]) -> str:
    values = dict(zip(key[::2], key[1::2], strict=True))
    tag = values.get("PropertyTag")
    if tag is not None:
        return hex(int(tag, 16))
    return f"{values.get('DistinguishedPropertySetId')}/{values.get('PropertyName')}"


def matches(condition: etree._Element, item: Item) -> bool:
    """Tell whether an item meets a restriction."""
    tag = etree.QName(condition).localname
    if tag in ("And", "Or"):
        found = [matches(part, item) for part in condition]
        return all(found) if tag == "And" else any(found)
    have = _value(condition[0], item)
    constant = condition.find(f".//{q(T, 'Constant')}")
    want = "" if constant is None else constant.get("Value") or ""
    if have is None:
        return False
    if tag == "IsEqualTo":
        return have.lower() == want.lower()
    if tag == "IsGreaterThanOrEqualTo":
        return have >= want
    if tag == "IsLessThan":
        return have < want
    raise EwsError("ErrorUnsupportedPathForQuery")


def stamp(item: Item) -> str:
    return item.received.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _value(field: etree._Element, item: Item) -> str | None:
    if etree.QName(field).localname == "ExtendedFieldURI":
        return item.properties.get(property_key(field))
    return {
        "message:InternetMessageId": item.message_id,
        "item:DateTimeReceived": stamp(item),
    }[field.get("FieldURI") or ""]


def _properties(item: Item, wanted: set[str]) -> dict[tuple[str, ...], str]:
    search_key = ("PropertyTag", "0x300b", "PropertyType", "Binary")
    every = {search_key: item.search_key, **item.properties}
    return {key: value for key, value in every.items() if short(key) in wanted}


def _add_sender(made: etree._Element, value: object) -> None:
    pairs = [(name, address) for name, address in getaddresses([str(value or "")]) if address]
    for name, address in pairs[:1]:
        box = add(add(made, T, "From"), T, "Mailbox")
        add(box, T, "Name", name)
        add(box, T, "EmailAddress", address)
        add(box, T, "RoutingType", "SMTP")


def _without_stripped(item: Item) -> bytes:
    kept = []
    dropping = False
    head, blank, rest = item.mime.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        if not line.startswith((b" ", b"\t")):
            dropping = line.decode("latin-1").lower().startswith(STRIPPED)
        if not dropping:
            kept.append(line)
    return b"\r\n".join(kept) + blank + rest
