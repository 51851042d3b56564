"""What is asked of an IMAP server, in the words of the connector.

What lies in a folder is read with EXAMINE and BODY.PEEK, so that reading changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from imapclient.exceptions import (  # type: ignore[import-untyped]
    IMAPClientError,
    IMAPClientReadOnlyError,
)

from functionmail.connectors.imap_connection import ImapConnection
from functionmail.connectors.imap_values import Facts, Folder, Uid

_WHOLE = "BODY.PEEK[]"
_MESSAGE_ID = "HEADER.FIELDS (MESSAGE-ID)"
_FIRST_WINDOW = 1000
_WIDEST_WINDOW = 80_000
"""UIDs asked for at a time: the library refuses an answer with a line above 1 MB."""

_APPENDED = re.compile(rb"\[APPENDUID ([0-9]+) ([0-9]+)\]")
_COPIED = re.compile(rb"([0-9]+) [0-9]+ ([0-9]+)")


class ImapSession(ImapConnection):
    """Questions and orders to one server for one mailbox.

    All of them within `call`, and those about mails with a folder open.
    """

    def look_into(self, name: str, *, anew: bool = False) -> Folder:
        """Open a folder to read, if it is not open to read already; `anew` in any case."""
        return self._select(name, readonly=True, anew=anew)

    def open(self, name: str) -> Folder:
        """Open a folder to change something in it; the library raises if that is not allowed."""
        return self._select(name, readonly=False)

    def open_if_allowed(self, name: str) -> Folder | None:
        """Open a folder to change something in it; None where the account may only read."""
        try:
            return self.open(name)
        except IMAPClientReadOnlyError:
            return None

    def uids(self, after: int = 0) -> Iterator[int]:
        """Yield the UIDs of the open folder above one, ascending.

        Asked for in windows. ``n:*`` names the last mail even if its UID is below n.
        """
        low, window = after + 1, _FIRST_WINDOW
        newest = self._folder.next_uid - 1 if self._folder else 0
        while low + window <= newest:
            found = self._search(f"{low}:{low + window - 1}")
            yield from found
            low += window
            window = min(window * 2, _WIDEST_WINDOW)
        yield from (uid for uid in self._search(f"{low}:*") if uid >= low)

    def has(self, uid: int) -> bool:
        """Tell whether the open folder holds a mail now."""
        self._client.noop()
        return uid in self._search(str(uid))

    def find(self, message_id: str) -> list[int]:
        """Return the mails of the open folder whose header holds a text; a rough search."""
        return self._numbers(lambda: self._client.search(["HEADER", "Message-ID", message_id]))

    def facts(self, uids: Iterable[int]) -> dict[int, Facts]:
        """Return what the server knows of each mail; those that are gone are left out."""
        return {
            uid: Facts(size=said.get(b"RFC822.SIZE") or 0, received_at=said.get(b"INTERNALDATE"))
            for uid, said in self._fetch(uids, "RFC822.SIZE", "INTERNALDATE").items()
        }

    def contents(self, uids: Iterable[int]) -> dict[int, bytes]:
        """Return the bytes of each mail; those that are gone are left out.

        Of a mail that went away meanwhile Dovecot says NIL, which is no empty mail.
        """
        found = {uid: said.get(b"BODY[]") for uid, said in self._fetch(uids, _WHOLE).items()}
        return {uid: content for uid, content in found.items() if content is not None}

    def message_id_fields(self, uids: Iterable[int]) -> dict[int, bytes]:
        """Return the Message-ID fields of each mail as header lines."""
        found = self._fetch(uids, f"BODY.PEEK[{_MESSAGE_ID}]")
        name = f"BODY[{_MESSAGE_ID}]".encode()
        return {uid: said.get(name) or b"" for uid, said in found.items()}

    def flags(self, uid: int) -> frozenset[str] | None:
        """Return flags and keywords of a mail in lower case, None if it is not there."""
        said = self._fetch([uid], "FLAGS").get(uid)
        return None if said is None else _lower(said.get(b"FLAGS", ()))

    def modseq(self, uid: int) -> int | None:
        """Return a mail's MODSEQ, where the server counts changes (CONDSTORE)."""
        if not self.can("CONDSTORE"):
            return None
        said = self._fetch([uid], "MODSEQ").get(uid, {}).get(b"MODSEQ")
        return int(said[0]) if said else None

    def store(self, uid: int, sign: str, keywords: Iterable[str]) -> None:
        """Set (``+``) or take off (``-``) flags and keywords of a mail."""
        change = self._client.add_flags if sign == "+" else self._client.remove_flags
        change([uid], sorted(keywords), silent=True)

    def store_unless_changed(self, uid: int, keyword: str, modseq: int) -> bool:
        """Set a keyword unless the mail was changed after `modseq`; False if it was.

        For servers with CONDSTORE (RFC 7162): two programs cannot both set it.
        """
        self._code("MODIFIED")
        self._client._command_and_check(  # the library has no conditional STORE
            "store", str(uid), f"(UNCHANGEDSINCE {modseq})", "+FLAGS.SILENT", f"({keyword})",
            uid=True,
        )  # fmt: skip
        return self._code("MODIFIED") is None

    def append(self, folder: str, content: bytes, flags: Iterable[str]) -> Uid | None:
        """Put a mail into a folder; return where it lies, if the server says so."""
        said = _APPENDED.search(self._client.append(folder, content, tuple(flags)))
        return Uid(uidvalidity=int(said[1]), uid=int(said[2])) if said else None

    def move(self, uid: int, folder: str) -> Uid | None:
        """Move a mail of the open folder; return where it lies, if the server says so.

        Without MOVE it is copied and deleted; without UIDPLUS the original stays, marked
        as deleted: EXPUNGE would take what people have marked, too.
        """
        self._code("COPYUID")
        if self.can("MOVE"):
            self._client.move([uid], folder)
        else:
            self._client.copy([uid], folder)
        said = _COPIED.fullmatch(self._code("COPYUID") or b"")
        if not self.can("MOVE"):
            self.delete(uid)
        return Uid(uidvalidity=int(said[1]), uid=int(said[2])) if said else None

    def delete(self, uid: int) -> None:
        """Delete a mail of the open folder for good, where the server can do so for one."""
        self.store(uid, "+", ["\\Deleted"])
        if self.can("UIDPLUS"):
            self._client.uid_expunge([uid])

    def create(self, folder: str) -> None:
        """Make a folder and show it to people's programs."""
        self._client.create_folder(folder)
        with suppress(IMAPClientError):
            self._client.subscribe_folder(folder)

    def folders(self) -> list[tuple[frozenset[str], str, str]]:
        """Return flags (lower case), separator and name of every folder."""
        return [
            (_lower(flags), _text(separator or b"/"), name)
            for flags, separator, name in self._client.list_folders()
        ]

    def personal_prefix(self) -> str:
        """Return what the names of the account's own folders begin with, such as ``INBOX.``."""
        if not self.can("NAMESPACE"):
            return ""
        personal = self._client.namespace().personal
        return str(personal[0][0]) if personal else ""

    def _select(self, name: str, *, readonly: bool, anew: bool = False) -> Folder:
        is_open = self._folder is not None and self._folder.name == name
        if self._folder is not None and is_open and self._readonly is readonly and not anew:
            return self._folder
        self._folder = None
        said = self._client.select_folder(name, readonly=readonly)
        self._folder = Folder(
            name=name,
            uidvalidity=int(said.get(b"UIDVALIDITY", 0)),
            next_uid=int(said.get(b"UIDNEXT", 0)),
            keeps=_lower(said.get(b"PERMANENTFLAGS", ())),
        )
        self._readonly = readonly
        return self._folder

    def _fetch(
        self, uids: Iterable[int], *items: str
    ) -> Mapping[int, Mapping[bytes, Any]]:  # the library's values have many types
        wanted = list(uids)
        return self._client.fetch(wanted, items) if wanted else {}

    def _search(self, uids: str) -> list[int]:
        return self._numbers(lambda: self._client.search(["UID", uids]))

    def _numbers(self, search: Callable[[], Iterable[int]]) -> list[int]:
        try:
            return sorted(search())
        except ValueError as error:
            raise IMAPClientError("not a list of numbers") from error


def _lower(flags: Iterable[bytes | str | int]) -> frozenset[str]:
    """Return flags in lower case; the library makes a number of one that looks like it."""
    return frozenset(_text(flag).lower() for flag in flags)


def _text(value: bytes | str | int) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
