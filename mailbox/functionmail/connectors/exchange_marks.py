"""What people see of our work in a mailbox: categories on a mail, and the folder it lies in.

An item id is good until the item is moved, so it is no more than a shortcut. Without one a
mail is found by the instant at which it came, which its key holds, and known by its key.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from exchangelib import Account, EWSDateTime, Message, Q
from exchangelib.errors import (
    ErrorFolderExists,
    ErrorFolderNotFound,
    ErrorIrresolvableConflict,
    ErrorToFolderNotFound,
)
from exchangelib.folders import BaseFolder, Folder, FolderCollection
from exchangelib.folders.queryset import DEEP, SHALLOW
from exchangelib.items import NEVER_OVERWRITE
from exchangelib.services import CreateFolder

from functionmail.connectors.exchange_account import ExchangeMailbox, deleted, inbox, top
from functionmail.connectors.exchange_errors import GONE
from functionmail.connectors.exchange_services import LOOKUP, MARKS, entry_of, read_items
from functionmail.connectors.exchange_sync import arrival
from functionmail.errors import MailboxUnavailable, MessageGone
from functionmail.message import MessageKey

_REMEMBERED = 20_000
_TRIES = 3
_AROUND = timedelta(seconds=2)
_MAIL = "IPF.Note"


class Marks:
    """Labels and moves mails of one mailbox. One thread at a time."""

    def __init__(self, box: ExchangeMailbox) -> None:
        self._box = box
        self._ids: OrderedDict[MessageKey, str] = OrderedDict()
        self._folders: dict[str, BaseFolder] = {}

    def remember(self, key: MessageKey, item_id: str) -> None:
        """Note where a mail lies; the oldest notes are forgotten."""
        self._ids.pop(key, None)
        self._ids[key] = item_id
        while len(self._ids) > _REMEMBERED:
            self._ids.popitem(last=False)

    def label(self, key: MessageKey, labels: frozenset[str], instead_of: frozenset[str]) -> None:
        """Set categories and take some off; see `MailSource.label`.

        Where people change the mail at the same time, theirs are read again and kept.
        """
        for _attempt in range(_TRIES):
            item = self._find(key, "labelling")
            present = list(item.categories or ())
            wanted = [name for name in present if name not in instead_of - labels]
            wanted += sorted(labels.difference(present))
            if wanted == present or self._box.perform(
                "labelling", partial(_categorise, item, wanted)
            ):
                return
        raise MailboxUnavailable(self._box.name, "labelling", "others change the mail meanwhile")

    def move(self, key: MessageKey, name: str) -> None:
        """Put a mail into a folder; see `MailSource.move`."""
        for _attempt in range(_TRIES):
            item = self._find(key, "moving")
            folder = self._folder(name)
            if item.parent_folder_id is not None and item.parent_folder_id.id == folder.id:
                return
            moved = self._box.perform("moving", partial(_move, item, folder))
            if moved is not None:
                self.remember(key, moved)
                return
            self._ids.pop(key, None)
            self._folders.pop(name, None)
        raise MessageGone(self._box.name, "moving")

    def _find(self, key: MessageKey, doing: str) -> Message:
        """Return a mail with its categories, where it lies now.

        Raises:
            MessageGone: It lies nowhere but among what people deleted.
        """
        known = self._ids.get(key)
        found = None if known is None else self._read(known, doing)
        if found is None:
            searched = self._box.perform(doing, lambda account: _search(account, key))
            found = None if searched is None else self._read(searched, doing)
        if found is None:
            self._ids.pop(key, None)
            raise MessageGone(self._box.name, doing)
        self.remember(key, found.id)
        return found

    def _read(self, item_id: str, doing: str) -> Message | None:
        (found,) = self._box.perform(doing, lambda account: read_items(account, [item_id], MARKS))
        if isinstance(found, GONE):
            return None
        if isinstance(found, Exception):
            raise MailboxUnavailable(self._box.name, doing) from found
        return found

    def _folder(self, name: str) -> BaseFolder:
        if name not in self._folders:
            self._folders[name] = self._box.perform(
                "looking for a folder", lambda account: _folder_at(account, name)
            )
        return self._folders[name]


def _categorise(item: Message, names: list[str], _account: Account) -> bool:
    """Write categories; False when the mail changed or went since it was read."""
    item.categories = names or None
    try:
        item.save(update_fields=["categories"], conflict_resolution=NEVER_OVERWRITE)
    except (ErrorIrresolvableConflict, *GONE):
        return False
    return True


def _move(item: Message, folder: BaseFolder, _account: Account) -> str | None:
    """Move a mail and return its new id; None when it or the folder went since they were seen."""
    try:
        item.move(folder)
    except (ErrorFolderNotFound, ErrorToFolderNotFound, *GONE):
        return None
    return str(item.id)


def _search(account: Account, key: MessageKey) -> str | None:
    """Return the item id of a mail, wherever people have put it."""
    return _search_in(account, [inbox(account)], key) or _search_in(
        account, list(_mail_folders(account)), key
    )


def _search_in(account: Account, folders: list[BaseFolder], key: MessageKey) -> str | None:
    came = arrival(key)
    if came is None or not folders:
        return None
    near = Q(
        datetime_received__gte=EWSDateTime.from_datetime(came - _AROUND),
        datetime_received__lt=EWSDateTime.from_datetime(came + _AROUND),
    )
    found = FolderCollection(account=account, folders=folders).find_items(near)
    ids = [one[0] for one in found if not isinstance(one, Exception)]
    for item in read_items(account, ids, LOOKUP):
        if not isinstance(item, Exception) and entry_of(item).key == key:
            return str(item.id)
    return None


def _mail_folders(account: Account) -> Iterator[BaseFolder]:
    """Yield the folders of mail below the top, but for what people deleted."""
    (trash,) = FolderCollection(account=account, folders=[deleted(account)]).get_folders(set())
    left_out = set() if isinstance(trash, Exception) else {trash.id}
    below = FolderCollection(account=account, folders=[top(account)]).find_folders(
        depth=DEEP, additional_fields=set()
    )
    folders = {folder.id: folder for folder in below if not isinstance(folder, Exception)}
    for folder in folders.values():
        above, depth = folder, 0
        while above is not None and above.id not in left_out and depth < len(folders):
            parent = above.parent_folder_id
            above, depth = folders.get(parent.id) if parent else None, depth + 1
        if above is None and (folder.folder_class or _MAIL).startswith(_MAIL):
            yield folder


def _folder_at(account: Account, path: str) -> BaseFolder:
    """Return a folder below the Inbox, or beside it; made below the Inbox if there is none."""
    names = [name for name in path.split("/") if name]
    starts = (inbox(account), top(account))
    found = (_walk(account, start, names) for start in starts)
    known = next((folder for folder in found if folder is not None), None)
    if known is not None:
        return known
    folder: BaseFolder = starts[0]
    for name in names:
        folder = _child(account, folder, name) or _make(account, folder, name)
    return folder


def _walk(account: Account, start: BaseFolder, names: list[str]) -> BaseFolder | None:
    folder: BaseFolder | None = start
    for name in names:
        folder = None if folder is None else _child(account, folder, name)
    return folder


def _child(account: Account, parent: BaseFolder, name: str) -> BaseFolder | None:
    found = FolderCollection(account=account, folders=[parent]).find_folders(
        Q(name=name), depth=SHALLOW, additional_fields=set()
    )
    return next((one for one in found if not isinstance(one, Exception)), None)


def _make(account: Account, parent: BaseFolder, name: str) -> BaseFolder:
    wanted = Folder(root=parent.root, name=name, folder_class=_MAIL)
    try:
        return CreateFolder(account=account).get(parent_folder=parent, folders=[wanted])
    except ErrorFolderExists:
        found = _child(account, parent, name)
        if found is None:
            raise
        return found
