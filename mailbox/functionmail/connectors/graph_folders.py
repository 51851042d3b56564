"""Folders of a mailbox: found by name, made where they are missing."""

from __future__ import annotations

from urllib.parse import quote

from functionmail.connectors.graph_client import GraphClient, GraphRefused, quoted
from functionmail.errors import ConnectorError, MessageGone, SignInRefused

INBOX = "inbox"
DRAFTS = "drafts"
SENT = "sentitems"
DELETED = "deleteditems"

_CONFLICT = 409


class Folders:
    """The ids of folders, remembered: a folder keeps its id until it is deleted."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client
        self._ids: dict[str, str] = {}

    def well_known(self, name: str, doing: str) -> str:
        """Return the id of a folder that every mailbox has, such as `INBOX`."""
        if name not in self._ids:
            try:
                found = self._client.get(f"mailFolders/{name}", doing, query={"$select": "id"})
            except MessageGone as error:
                raise SignInRefused(
                    self._client.mailbox, doing, "the mailbox or its folder is missing"
                ) from error
            self._ids[name] = str(found["id"])
        return self._ids[name]

    def own(self, name: str, doing: str) -> str:
        """Return the id of a folder of people's own, made if it is missing.

        Args:
            name: Below the top of the mailbox; ``/`` stands between levels.
        """
        known = self._ids.get(f"/{name}")
        if known is not None:
            return known
        path = "mailFolders"
        for part in [part for part in name.split("/") if part] or [name]:
            found = self._find_or_make(path, part, doing)
            path = f"mailFolders/{quote(found, safe='')}/childFolders"
        self._ids[f"/{name}"] = found
        return found

    def forget(self, name: str) -> None:
        """Look for a folder of people's own again next time: it may have been deleted."""
        self._ids.pop(f"/{name}", None)

    def _find_or_make(self, path: str, name: str, doing: str) -> str:
        found = self._find(path, name, doing)
        if found is not None:
            return found
        try:
            return str(self._client.post(path, doing, body={"displayName": name})["id"])
        except GraphRefused as error:
            # Somebody made it meanwhile.
            found = self._find(path, name, doing) if error.status == _CONFLICT else None
            if found is None:
                raise ConnectorError(
                    self._client.mailbox, doing, "the folder cannot be made"
                ) from error
            return found

    def _find(self, path: str, name: str, doing: str) -> str | None:
        query = {"$filter": f"displayName eq {quoted(name)}", "$select": "id"}
        rows = self._client.get(path, doing, query=query).get("value") or ()
        return next((str(row["id"]) for row in rows), None)
