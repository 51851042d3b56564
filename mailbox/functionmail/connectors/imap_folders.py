"""Names on an IMAP server: its special folders, folders of people's own, keywords."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from functionmail.connectors.imap_errors import TROUBLE, response_code, says_no
from functionmail.connectors.imap_session import ImapSession
from functionmail.connectors.imap_values import INBOX, Folder
from functionmail.connectors.received import header_fields

_SEARCHABLE = re.compile(r"[!-~]{1,400}")
_NOT_IN_ATOM = re.compile(r"[^A-Za-z0-9$._+-]+")
_LONGEST_KEYWORD = 60


class Special(StrEnum):
    """Folders with a use of their own (RFC 6154)."""

    DRAFTS = "\\drafts"
    SENT = "\\sent"


_USUAL_NAMES = {
    Special.DRAFTS: ("Drafts", "Utkast"),
    Special.SENT: ("Sent", "Sent Items", "Sent Messages", "Skickat"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialFolders:
    """What the operator calls the special folders; for servers that do not say.

    Attributes:
        drafts, sent: With ``/`` between levels; empty for the usual names.
    """

    drafts: str = ""
    sent: str = ""


class NamedFolders:
    """Finds folders of one account by their use or their name."""

    def __init__(self, session: ImapSession, names: SpecialFolders) -> None:
        self._session = session
        self._names = names
        self._special: dict[Special, str] = {}
        self._spelt: dict[str, str] = {}

    def special(self, use: Special) -> str:
        """Return the name of a special folder, which is made if it is missing.

        The server's own word comes first, then the operator's, then the usual names.
        """
        if use not in self._special:
            self._special[use] = self._find(use)
        return self._special[use]

    def forget(self, use: Special) -> None:
        """Look for a special folder anew the next time: somebody renamed or deleted it."""
        self._special.pop(use, None)

    def look_into(self, use: Special | None, *, anew: bool = False) -> Folder:
        """Open a special folder, or the Inbox, to read."""
        if use is None:
            return self._session.look_into(INBOX, anew=anew)
        try:
            return self._session.look_into(self.special(use), anew=anew)
        except TROUBLE as error:
            if not says_no(error):
                raise
            self.forget(use)
            return self._session.look_into(self.special(use), anew=anew)

    def full_name(self, name: str) -> str:
        """Return a folder's name as the server spells it.

        Args:
            name: With ``/`` between levels.
        """
        if name not in self._spelt:
            listed = self._session.folders()
            separator = next((separator for _flags, separator, _name in listed), "/")
            prefix = self._session.personal_prefix()
            spelt = name.replace("/", separator)
            self._spelt[name] = spelt if spelt.startswith(prefix) else prefix + spelt
        return self._spelt[name]

    def existing(self, use: Special) -> str | None:
        """Return the name of a special folder, None where it would have to be made."""
        folders = self._session.folders()
        for flags, _separator, name in folders:
            if use in flags and "\\nonexistent" not in flags:
                return name
        here = {name.casefold(): name for _flags, _separator, name in folders}
        found = (here.get(name.casefold()) for name in self._wanted(use))
        return next((name for name in found if name is not None), None)

    def _wanted(self, use: Special) -> list[str]:
        given = self._names.drafts if use is Special.DRAFTS else self._names.sent
        return [self.full_name(name) for name in ((given,) if given else _USUAL_NAMES[use])]

    def _find(self, use: Special) -> str:
        found = self.existing(use)
        if found is None:
            found = self._wanted(use)[0]
            self._session.create(found)
        return found


def is_missing(error: Exception) -> bool:
    """Tell whether an error says that a folder has to be made first."""
    return response_code(error) in ("TRYCREATE", "NONEXISTENT")


def keyword(label: str) -> str:
    """Return the keyword that stands for a label: an atom of ASCII (RFC 9051, flag-keyword).

    Accents are dropped, spaces become ``_``. Mailboxes take few distinct keywords (Dovecot's
    Maildir 26), so labels should be shared by many mails.
    """
    spread = unicodedata.normalize("NFKD", label.strip()).encode("ascii", "ignore").decode()
    return _NOT_IN_ATOM.sub("_", spread).strip("_")[:_LONGEST_KEYWORD] or "_"


def keywords(labels: Iterable[str]) -> frozenset[str]:
    """Return the keywords of several labels."""
    return frozenset(keyword(label) for label in labels)


def is_searchable(message_id: str) -> bool:
    """Tell whether a Message-ID can be asked for: whatever strangers wrote, no command."""
    return _SEARCHABLE.fullmatch(message_id) is not None


def message_id_of(header: bytes) -> str:
    """Return the Message-ID of a mail or its header block without brackets, or ""."""
    value = next((value for name, value in header_fields(header) if name == b"message-id"), b"")
    return value.decode("utf-8", "replace").strip().removeprefix("<").removesuffix(">")


def find_by_message_id(session: ImapSession, message_id: str) -> int | None:
    """Return the newest mail of the open folder with exactly this Message-ID.

    A server's own search finds parts of ids as well, so what it finds is compared.
    """
    if not is_searchable(message_id):
        return None
    found = session.find(message_id)
    fields = session.message_id_fields(found)
    exact = [uid for uid, field in fields.items() if message_id_of(field) == message_id]
    return max(exact, default=None)


def read_message_id(session: ImapSession, uid: int) -> str:
    """Return the Message-ID of a mail in the open folder, or ""."""
    return message_id_of(session.message_id_fields([uid]).get(uid, b""))
