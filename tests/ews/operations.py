"""What EWS does when it is asked to read."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable

from lxml import etree

from tests.ews.shapes import add_rights, folder_element, item_element, matches, wanted_fields
from tests.ews.soap import M, T, add, answer, failure, q, success
from tests.ews.world import EwsError, Folder, Item, Mailbox, User, World


class Call:
    """One request: what is asked, and by whom."""

    def __init__(
        self, world: World, user: User, body: etree._Element, acting_as: str | None
    ) -> None:
        self.world = world
        self.user = user
        self.body = body
        self.acting_as = acting_as

    @property
    def own_address(self) -> str:
        return self.acting_as or self.user.address

    def open(self, address: str, *, writing: bool = False) -> Mailbox:
        """Return a mailbox that the caller may open."""
        box = self.world.mailboxes.get(address)
        if box is None:
            raise EwsError("ErrorNonExistentMailbox")
        may_read = address == self.own_address or (
            self.acting_as is None and address in self.user.full_access | self.user.read_only
        )
        if not may_read or (writing and address in self.user.read_only):
            raise EwsError("ErrorAccessDenied")
        return box

    def folder(self, named: etree._Element, *, writing: bool = False) -> Folder:
        if named.tag == q(T, "DistinguishedFolderId"):
            address = named.findtext(f"{q(T, 'Mailbox')}/{q(T, 'EmailAddress')}")
            found = self.open(address or self.own_address, writing=writing).known(named.get("Id"))
            if found.known_as in self.user.closed:
                raise EwsError("ErrorAccessDenied")
            return found
        folder = self.world.folders.get(named.get("Id"))
        if folder is None:
            raise EwsError("ErrorFolderNotFound")
        self.open(folder.address, writing=writing)
        return folder

    def item(self, named: etree._Element, *, writing: bool = False) -> Item:
        item = self.world.find(named.get("Id"))
        self.open(item.folder.address, writing=writing)
        return item

    def rights(self, folder: Folder) -> set[str]:
        """Return what the caller may do with what lies in a folder."""
        read_only = self.acting_as is None and folder.address in self.user.read_only
        return {"Read"} if read_only else {"CreateContents", "Delete", "Modify", "Read"}

    def listed(self, tag: str) -> list[etree._Element]:
        box = self.body.find(q(M, tag))
        return [] if box is None else list(box)

    def each(
        self,
        operation: str,
        elements: Iterable[etree._Element],
        act: Callable[[etree._Element, etree._Element], None],
    ) -> etree._Element:
        messages = []
        for one in elements:
            message = success(operation)
            try:
                act(one, message)
            except EwsError as error:
                message = failure(operation, error.code)
            messages.append(message)
        return answer(operation, messages)


def get_folder(call: Call) -> etree._Element:
    tells_rights = "folder:EffectiveRights" in wanted_fields(call.body)

    def one(named: etree._Element, message: etree._Element) -> None:
        folder = call.folder(named)
        shown = folder_element(call.world, folder)
        if tells_rights:
            add_rights(shown, call.rights(folder) - call.world.not_owned)
        add(message, M, "Folders").append(shown)

    return call.each("GetFolder", call.listed("FolderIds"), one)


def find_folder(call: Call) -> etree._Element:
    deep = call.body.get("Traversal") == "Deep"
    wanted = call.body.find(f".//{q(T, 'Constant')}")
    name = None if wanted is None else (wanted.get("Value") or "").lower()

    def below(folder: Folder, top: Folder) -> bool:
        parent = folder.parent
        while deep and parent is not None and parent is not top:
            parent = parent.parent
        return parent is top

    def one(named: etree._Element, message: etree._Element) -> None:
        top = call.folder(named)
        every = call.world.mailboxes[top.address].folders.values()
        hits = [one for one in every if below(one, top) and name in (None, one.name.lower())]
        box = _page(message, len(hits))
        folders = add(box, T, "Folders")
        folders.extend(folder_element(call.world, folder) for folder in hits)

    return call.each("FindFolder", call.listed("ParentFolderIds"), one)


def find_item(call: Call) -> etree._Element:
    restriction = call.body.find(q(M, "Restriction"))
    wanted = wanted_fields(call.body.find(q(M, "ItemShape")))

    def one(named: etree._Element, message: etree._Element) -> None:
        folder = call.folder(named)
        items = call.world.mailboxes[folder.address].lying_in(folder)
        hits = [item for item in items if restriction is None or matches(restriction[0], item)]
        box = add(_page(message, len(hits)), T, "Items")
        box.extend(item_element(call.world, item, wanted) for item in hits)

    return call.each("FindItem", call.listed("ParentFolderIds"), one)


def get_item(call: Call) -> etree._Element:
    wanted = wanted_fields(call.body)

    def one(named: etree._Element, message: etree._Element) -> None:
        item = call.item(named)
        code = item.hopeless or (item.unreadable if "item:MimeContent" in wanted else None)
        if code is not None:
            raise EwsError(code)
        shown = item_element(call.world, item, wanted)
        if "item:EffectiveRights" in wanted:
            add_rights(shown, call.rights(item.folder))
        add(message, M, "Items").append(shown)

    return call.each("GetItem", call.listed("ItemIds"), one)


def sync_folder_items(call: Call) -> etree._Element:
    folder = call.folder(call.listed("SyncFolderId")[0])
    state = call.body.findtext(q(M, "SyncState"))
    after = 0 if not state else _read_state(call.world, folder, state)
    limit = min(int(call.body.findtext(q(M, "MaxChangesReturned")) or 0), call.world.page)
    changes = _changes(call.world, folder, after, first=not state)
    page, rest = changes[:limit], changes[limit:]
    reached = page[-1][0] if rest else max([after, *(serial for serial, _, _ in folder.log)])
    message = success("SyncFolderItems")
    held = json.dumps({"folder": folder.id, "after": reached, "epoch": call.world.epoch})
    add(message, M, "SyncState", base64.b64encode(held.encode()).decode())
    add(message, M, "IncludesLastItemInRange", str(not rest).lower())
    box = add(message, M, "Changes")
    wanted = wanted_fields(call.body) - {"item:MimeContent"}
    items = call.world.mailboxes[folder.address].items
    for _, kind, item_id in reversed(page):  # newest first, so that nobody relies on an order
        change = add(box, T, kind)
        if kind == "Delete":
            add(change, T, "ItemId", Id=item_id, ChangeKey="C")
        elif kind == "ReadFlagChange":
            add(change, T, "ItemId", Id=item_id, ChangeKey="C")
            add(change, T, "IsRead", str(items[item_id].read).lower())
        else:
            change.append(item_element(call.world, items[item_id], wanted))
    return answer("SyncFolderItems", [message])


def _changes(
    world: World, folder: Folder, after: int, *, first: bool
) -> list[tuple[int, str, str]]:
    """Return one change an item, as Exchange does, in the order of the last ones."""
    begun: dict[str, str] = {}
    last: dict[str, tuple[int, str]] = {}
    for serial, kind, item_id in folder.log:
        if serial > after:
            begun.setdefault(item_id, kind)
            last.pop(item_id, None)
            last[item_id] = serial, kind
    changes = []
    for item_id, (serial, kind) in last.items():
        if item_id not in world.mailboxes[folder.address].items:
            if not (first and begun[item_id] == "create"):
                changes.append((serial, "Delete", item_id))
        elif begun[item_id] == "create":
            changes.append((serial, "Create", item_id))
        else:
            changes.append((serial, "ReadFlagChange" if kind == "read" else "Update", item_id))
    return changes


def _read_state(world: World, folder: Folder, state: str) -> int:
    try:
        held = json.loads(base64.b64decode(state, validate=True))
        if (held["folder"], held["epoch"]) == (folder.id, world.epoch):
            return int(held["after"])
    except (ValueError, KeyError, TypeError):
        pass
    raise EwsError("ErrorInvalidSyncStateData")


def _page(message: etree._Element, total: int) -> etree._Element:
    return add(
        message,
        M,
        "RootFolder",
        IndexedPagingOffset=total,
        TotalItemsInView=total,
        IncludesLastItemInRange="true",
    )
