"""A mailbox as Exchange Online keeps it: folders, mails with two kinds of ids, changes.

Told from the documentation of Microsoft Graph. What people do in Outlook are methods too.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

INBOX, DRAFTS, SENT, DELETED = "inbox", "drafts", "sentitems", "deleteditems"
WELL_KNOWN = {INBOX: "Inkorg", DRAFTS: "Utkast", SENT: "Skickat", DELETED: "Borttaget"}
MORNING = datetime(2026, 3, 3, 8, tzinfo=UTC)
SUPPRESS = "integer 0x3fdf"
_HEADER_PROPERTY = re.compile(
    r"string \{00020386-0000-0000-c000-000000000046\} name (.+)", re.IGNORECASE
)
_DROPPED = re.compile(rb"(?im)^(auto-submitted|x-[\w-]+|list-[\w-]+):.*(\r?\n[ \t].*)*\r?\n")
_MESSAGE_ID = re.compile(rb"(?im)^message-id:[ \t]*(<[^>\r\n]*>)")


class GraphError(Exception):
    """What Graph answers instead of doing what was asked."""

    def __init__(self, status: int, reason: str, *, retry_after: str | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.retry_after = retry_after


@dataclass
class Mail:
    """One item.

    Attributes:
        key: The immutable id.
        moves: How often it was moved; the ordinary id changes each time.
        wire: The bytes that went out, once it was sent.
    """

    key: str
    folder: str
    content: bytes
    received: str
    message_id: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    is_draft: bool = False
    is_read: bool = False
    submitted: bool = False
    unreadable: bool = False
    moves: int = 0
    looks_left: int = 0
    wire: bytes = b""

    @property
    def ordinary_id(self) -> str:
        """Return the id that does not survive a move."""
        return f"{self.key}.{self.moves}"


@dataclass(frozen=True)
class Change:
    """One entry of the change log."""

    serial: int
    folder: str
    key: str
    kind: str


class GraphMailbox:
    """One mailbox.

    Attributes:
        regenerates: MIME is written anew: loop headers go, drafts get another Message-ID.
        keeps_own_ids: The Message-ID of a draft cannot be changed.
        noisy: A delta query tells of every change, whatever kinds were asked for.
        page_size: The most that a page of a delta query holds.
        looks_until_sent: How often a mail is seen among the drafts after it was sent.
        new_id_when_sent: The copy in Sent has another immutable id than the draft had.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.lock = threading.RLock()
        self.folders: dict[str, tuple[str, str]] = {
            name: (shown, "") for name, shown in WELL_KNOWN.items()
        }
        self.mails: dict[str, Mail] = {}
        self.log: list[Change] = []
        self.regenerates = False
        self.keeps_own_ids = False
        self.noisy = False
        self.page_size = 3
        self.looks_until_sent = 0
        self.new_id_when_sent = False
        self._generation = 1
        self._made = 0
        self._rounds: dict[str, list[dict[str, object]]] = {}

    def deliver(
        self, content: bytes, *, dated: datetime | None = None, folder: str = INBOX
    ) -> Mail:
        """Deliver a mail now."""
        with self.lock:
            mail = self._new(content, folder, dated)
            if self.regenerates:
                mail.headers = _headers(content)
                mail.content = _DROPPED.sub(b"", content)
            self._changed(mail, "created")
            return mail

    def draft(self, content: bytes) -> Mail:
        """Save a draft made from MIME."""
        with self.lock:
            mail = self._new(content, DRAFTS, None)
            mail.is_draft = True
            if self.regenerates:
                mail.message_id = f"<{mail.key}@prod.exempelstad.example>"
                mail.content = _DROPPED.sub(b"", content)
            self._changed(mail, "created")
            return mail

    def send(self, mail: Mail) -> None:
        """Take a draft for sending."""
        if not mail.is_draft:
            raise GraphError(400, "ErrorMessageAlreadySent")
        mail.submitted = True
        mail.looks_left = self.looks_until_sent
        if not mail.looks_left:
            self.transport(mail)

    def looked_at(self, mail: Mail) -> None:
        """Let time pass: a mail that was taken goes out after so many looks."""
        if mail.submitted:
            mail.looks_left -= 1
            if mail.looks_left <= 0:
                self.transport(mail)

    def transport(self, mail: Mail) -> None:
        """Send a mail that was taken and put the copy in Sent."""
        mail.submitted, mail.is_draft = False, False
        mail.wire = _written_anew(mail) if self.regenerates else mail.content
        self.move(mail, SENT)
        if self.new_id_when_sent:
            del self.mails[mail.key]
            mail.key = f"sent-{mail.key}"
            self.mails[mail.key] = mail

    def move(self, mail: Mail, folder: str) -> None:
        """Put a mail into another folder."""
        with self.lock:
            self._changed(mail, "removed")
            mail.folder = folder
            mail.moves += 1
            self._changed(mail, "created")

    def remove(self, mail: Mail) -> None:
        """Delete a mail for good."""
        with self.lock:
            self._changed(mail, "removed")
            del self.mails[mail.key]

    def changed(self, mail: Mail) -> None:
        """Note that somebody marked or edited a mail."""
        with self.lock:
            self._changed(mail, "updated")

    def in_folder(self, folder: str) -> list[Mail]:
        """Return the mails of a folder, in the order they came to be."""
        return [mail for mail in self.mails.values() if mail.folder == folder]

    def named(self, shown: str) -> str | None:
        """Return the id of a folder by the name people see."""
        return next((key for key, (name, _) in self.folders.items() if name == shown), None)

    def make_folder(self, shown: str, parent: str) -> str:
        """Make a folder of people's own."""
        if (shown, parent) in self.folders.values():
            raise GraphError(409, "ErrorFolderExists")
        self._made += 1
        key = f"AAMkfolder{self._made}="
        self.folders[key] = (shown, parent)
        return key

    def find(self, key: str) -> Mail:
        """Return a mail by either of its ids."""
        for mail in self.mails.values():
            if key in (mail.key, mail.ordinary_id):
                return mail
        raise GraphError(404, "ErrorItemNotFound")

    def forget_rounds(self) -> None:
        """Forget what every delta link stands for, as a server does after some weeks."""
        self._generation += 1

    def delta(
        self, folder: str, tokens: dict[str, str], *, wanted: int
    ) -> tuple[list[dict[str, object]], str]:
        """Return a page of changes and the query of the link behind it."""
        with self.lock:
            if "$skiptoken" in tokens:
                token = self._read_token(tokens["$skiptoken"])
            else:
                token = self._begin(folder, tokens)
            rows = self._rounds[token["round"]]
            size, at = min(wanted, self.page_size), token["at"]
            page = rows[at : at + size]
            if at + size < len(rows):
                return page, "$skiptoken=" + self._token({**token, "at": at + size})
            end = {"until": token["until"], "kinds": token["kinds"]}
            return page, "$deltatoken=" + self._token(end)

    def _begin(self, folder: str, tokens: dict[str, str]) -> dict:
        if "$deltatoken" in tokens:
            old = self._read_token(tokens["$deltatoken"])
            since, kinds = old["until"], old["kinds"]
        else:
            since, kinds = None, tokens.get("changeType", "")
        until = len(self.log)
        name = f"{folder}:{since}:{until}:{len(self._rounds)}"
        self._rounds[name] = self._changes(folder, since, "" if self.noisy else kinds)
        return {"round": name, "until": until, "kinds": kinds, "at": 0}

    def _changes(self, folder: str, since: int | None, kinds: str) -> list[dict[str, object]]:
        if since is None:
            found = {mail.key: "created" for mail in self.in_folder(folder)}
        else:
            found = {}
            for change in self.log[since:]:
                if change.folder == folder:
                    was_new = found.get(change.key) == "created" and change.kind == "updated"
                    found[change.key] = "created" if was_new else change.kind
        rows: list[dict[str, object]] = []
        for key, kind in reversed(found.items()):  # newest first, as a real server may
            if kinds and kind != kinds:
                continue
            if kind == "removed":
                rows.append({"id": key, "@removed": {"reason": "deleted"}})
            elif kind == "updated":
                rows.append({"id": key})
            else:
                rows.append({"id": key, "receivedDateTime": self.mails[key].received})
        return rows

    def _token(self, content: dict) -> str:
        text = json.dumps({**content, "generation": self._generation, "pad": "x" * 300})
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def _read_token(self, text: str) -> dict:
        try:
            content = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            generation = content["generation"]
        except (ValueError, KeyError, TypeError) as error:
            raise GraphError(400, "ErrorInvalidUrlQuery") from error
        if generation != self._generation:
            raise GraphError(410, "SyncStateNotFound")
        return content

    def _new(self, content: bytes, folder: str, dated: datetime | None) -> Mail:
        self._made += 1
        found = _MESSAGE_ID.search(content.partition(b"\r\n\r\n")[0] + b"\r\n")
        received = dated or MORNING + timedelta(seconds=self._made)
        mail = Mail(
            key=f"AAkALg{self._made:06}/+=",
            folder=folder,
            content=content,
            received=received.strftime("%Y-%m-%dT%H:%M:%SZ"),
            message_id=found[1].decode() if found else "",
        )
        self.mails[mail.key] = mail
        return mail

    def _changed(self, mail: Mail, kind: str) -> None:
        self.log.append(Change(len(self.log), mail.folder, mail.key, kind))


def _headers(content: bytes) -> list[tuple[str, str]]:
    head = content.partition(b"\r\n\r\n")[0].decode("latin-1").replace("\r\n ", " ")
    rows = (line.partition(":") for line in head.split("\r\n"))
    return [(name, value.strip()) for name, colon, value in rows if colon]


def _written_anew(mail: Mail) -> bytes:
    """Return what goes out when Exchange writes a mail from its properties."""
    lines = [f"Message-ID: {mail.message_id}"]
    for name, value in mail.properties.items():
        header = _HEADER_PROPERTY.fullmatch(name)
        if header:
            lines.append(f"{header[1]}: {value}")
        elif name.lower() == SUPPRESS:
            lines.append(f"X-Auto-Response-Suppress: {int(value):#x}")
    kept = re.sub(rb"(?im)^message-id:.*\r\n", b"", mail.content)
    return "\r\n".join(lines).encode() + b"\r\n" + kept
