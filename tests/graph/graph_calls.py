"""The calls that the loopback Graph server understands, and what it answers."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote

from tests.graph.graph_mailbox import WELL_KNOWN, GraphError, GraphMailbox, Mail

TENANT = "tenant-1"
IMMUTABLE = 'IdType="ImmutableId"'


@dataclass
class Answer:
    """What is sent back."""

    status: int
    content: bytes = b""
    kind: str = "application/json"
    retry_after: str | None = None


class Call:
    """One request and what it asks for."""

    def __init__(self, server, method, path, query, headers, content) -> None:
        self.server = server
        self.method = method
        self.path = path
        self.query = dict(parse_qsl(query))
        self.headers = headers
        self.content = content
        self.parts = [unquote(part) for part in path.strip("/").split("/")]

    def route(self) -> str:
        if self.parts[0] != "v1.0":
            return "token" if self.path.endswith("/token") else "discovery"
        match self.method, *self.parts[3:]:
            case "GET", "mailFolders", _, "messages", "delta":
                return "delta"
            case "GET", "messages", _, "$value":
                return "mime"
            case "GET", "messages", _:
                return "message"
            case "GET", "messages":
                return "find"
            case "POST", "messages":
                return "create"
            case "PATCH", "messages", _:
                return "patch"
            case "POST", "messages", _, act:
                return act
            case "POST", "mailFolders", *_:
                return "make_folder"
            case _:
                return "folder"

    def answer(self) -> Answer:
        try:
            route = self.route()
            if route == "discovery":
                return self._discovery()
            if route == "token":
                return self.server.sign_in(dict(parse_qsl(self.content.decode())))
            box = self._box()
            with box.lock:
                return getattr(self, f"_{route}")(box, *self.parts[3:])
        except GraphError as error:
            return as_error(error)

    def _discovery(self) -> Answer:
        if self.parts[0] != TENANT:
            return as_json(400, {"error": "invalid_tenant", "error_codes": [90002]})
        base = f"{self.server.authority}/{TENANT}"
        content = {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
        }
        return as_json(200, content)

    def _box(self) -> GraphMailbox:
        if not self.server.is_known(self.headers.get("Authorization", "")):
            raise GraphError(401, "InvalidAuthenticationToken")
        if IMMUTABLE not in self.headers.get("Prefer", ""):
            self.server.without_immutable.append(self.path)
        box = self.server.boxes.get(self.parts[2])
        if box is None:
            raise GraphError(404, "ErrorInvalidUser")
        needed = {"GET": {"Mail.Read", "Mail.ReadWrite"}}.get(self.method, {"Mail.ReadWrite"})
        if self.path.endswith("/send"):
            needed = {"Mail.Send"}
        if not needed & self.server.rights:
            raise GraphError(403, "ErrorAccessDenied")
        return box

    def _folder_id(self, box: GraphMailbox, name: str) -> str:
        key = name.lower() if name.lower() in WELL_KNOWN else name
        if key not in box.folders:
            raise GraphError(404, "ErrorItemNotFound")
        return key

    def _delta(self, box: GraphMailbox, _root, folder: str, *_rest) -> Answer:
        wanted = re.search(r"odata\.maxpagesize=(\d+)", self.headers.get("Prefer", ""))
        rows, link = box.delta(
            self._folder_id(box, folder), self.query, wanted=int(wanted[1]) if wanted else 10
        )
        name = "@odata.nextLink" if "$skiptoken" in link else "@odata.deltaLink"
        address = quote(box.address, safe="")
        full = f"{self.server.url}/users('{address}')/mailFolders('x')/messages/delta?{link}"
        return as_json(200, {"value": rows, name: full})

    def _mime(self, box: GraphMailbox, _root, key: str, *_rest) -> Answer:
        mail = box.find(key)
        if mail.unreadable:
            raise GraphError(500, "ErrorMimeContentConversionFailed")
        return Answer(200, mail.content, "text/plain")

    def _message(self, box: GraphMailbox, _root, key: str) -> Answer:
        if not key.startswith(("AAkALg", "sent-")):
            raise GraphError(400, "ErrorInvalidIdMalformed")
        mail = box.find(key)
        shown = self._shown(mail)
        box.looked_at(mail)
        return as_json(200, shown)

    def _find(self, box: GraphMailbox, _root) -> Answer:
        wanted = re.fullmatch(r"internetMessageId eq '(.*)'", self.query["$filter"])
        message_id = wanted[1].replace("''", "'")
        found = [mail for mail in box.mails.values() if mail.message_id == message_id]
        return as_json(200, {"value": [self._shown(mail) for mail in found]})

    def _create(self, box: GraphMailbox, _root) -> Answer:
        if self.headers.get("Content-Type") != "text/plain":
            raise GraphError(400, "ErrorInvalidRequest")
        mail = box.draft(base64.b64decode(self.content, validate=True))
        return as_json(201, self._shown(mail))

    def _patch(self, box: GraphMailbox, _root, key: str) -> Answer:
        mail, changes = box.find(key), json.loads(self.content)
        if "categories" in changes:
            mail.categories = changes["categories"]
        if "internetMessageId" in changes and not box.keeps_own_ids:
            if not mail.is_draft:
                raise GraphError(400, "ErrorInvalidPropertySet")
            mail.message_id = changes["internetMessageId"]
        for row in changes.get("singleValueExtendedProperties", ()):
            mail.properties[row["id"]] = row["value"]
        box.changed(mail)
        return as_json(200, self._shown(mail))

    def _send(self, box: GraphMailbox, _root, key: str, _act) -> Answer:
        box.send(box.find(key))
        return Answer(202)

    def _move(self, box: GraphMailbox, _root, key: str, _act) -> Answer:
        mail = box.find(key)
        box.move(mail, self._folder_id(box, json.loads(self.content)["destinationId"]))
        return as_json(201, self._shown(mail))

    def _folder(self, box: GraphMailbox, _root, folder: str = "", children: str = "") -> Answer:
        if folder and not children:
            key = self._folder_id(box, folder)
            return as_json(200, {"id": key, "displayName": box.folders[key][0]})
        wanted = re.fullmatch(r"displayName eq '(.*)'", self.query["$filter"])
        shown = (wanted[1].replace("''", "'"), self._folder_id(box, folder) if folder else "")
        rows = [{"id": key} for key, folder in box.folders.items() if folder == shown]
        return as_json(200, {"value": rows})

    def _make_folder(self, box: GraphMailbox, _root, parent: str = "", _children="") -> Answer:
        shown = json.loads(self.content)["displayName"]
        return as_json(201, {"id": box.make_folder(shown, parent)})

    def _shown(self, mail: Mail) -> dict[str, object]:
        immutable = IMMUTABLE in self.headers.get("Prefer", "")
        everything = {
            "id": mail.key if immutable else mail.ordinary_id,
            "receivedDateTime": mail.received,
            "internetMessageId": mail.message_id,
            "internetMessageHeaders": [{"name": n, "value": v} for n, v in mail.headers],
            "isDraft": mail.is_draft,
            "categories": mail.categories,
            "parentFolderId": mail.folder,
        }
        selected = self.query.get("$select")
        shown = {
            name: value
            for name, value in everything.items()
            if selected is None or name == "id" or name in selected.split(",")
        }
        if "0x0E07" in self.query.get("$expand", ""):
            flags = (0x8 if mail.is_draft else 0) | (0x4 if mail.submitted else 0)
            row = {"id": "Integer 0xe07", "value": str(flags)}
            shown["singleValueExtendedProperties"] = [row]
        return shown


def as_json(status: int, content: object) -> Answer:
    return Answer(status, json.dumps(content).encode())


def as_error(error: GraphError) -> Answer:
    sentence = "kund@foretag.example: text of the server that must not reach a log"
    content = {"error": {"code": error.reason, "message": sentence}}
    answer = as_json(error.status, content)
    answer.retry_after = error.retry_after
    return answer
