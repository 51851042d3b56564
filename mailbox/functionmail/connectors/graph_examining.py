"""What an application may do in a mailbox in Exchange Online, found out without changing anything.

Graph tells no rights. But it looks at them before it looks for what a call is about, so a
call on a message that nobody has tells which of them are missing.
"""

from __future__ import annotations

from collections.abc import Callable

from functionmail.connectors.examining import Ability, Examination, Finding
from functionmail.connectors.graph_client import GraphClient, GraphRefused, message_path
from functionmail.connectors.graph_folders import DRAFTS, INBOX, SENT
from functionmail.errors import MessageGone, SignInRefused

NOBODYS_KEY = "AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0AAAAA"
"""Looks like an immutable id, and no message has it."""

_DOING = "examining the mailbox"


def examine_inbox(client: GraphClient) -> Examination:
    """Look at the Inbox and try the right to write.

    Permissions that stand in the token were granted in Entra and hold for every mailbox of
    the organisation; those by RBAC for Applications do not stand there.
    """
    folder = _look(client, INBOX)
    found = [Finding(what=Ability.READ, ok=True, detail=folder)]
    mark = _try_to_write(client, Ability.MARK)
    too_wide = sorted(role for role in client.permissions() if role.startswith("Mail"))
    return Examination(
        findings=(*found, *mark), server_time=client.server_time, too_wide=tuple(too_wide)
    )


def examine_folders(client: GraphClient) -> Examination:
    """Look at Drafts and Sent, and try the rights to write and to send."""
    drafts, sent = _look(client, DRAFTS), _look(client, SENT)
    path = message_path(NOBODYS_KEY, "send")
    return Examination(
        findings=(
            *_try_to_write(client, Ability.DRAFTS, drafts),
            Finding(what=Ability.SENT, ok=True, detail=sent),
            *_tried(Ability.SEND, lambda: client.post(path, _DOING)),
        )
    )


def _look(client: GraphClient, folder: str) -> str:
    """Return the name that people see of a folder.

    Raises:
        SignInRefused: The mailbox or the folder is closed or missing.
    """
    query = {"$select": "displayName"}
    try:
        return str(client.get(f"mailFolders/{folder}", _DOING, query=query).get("displayName", ""))
    except MessageGone as error:
        advice = "the mailbox or its folder is missing"
        raise SignInRefused(client.mailbox, _DOING, advice) from error


def _try_to_write(client: GraphClient, what: Ability, name: str = "") -> tuple[Finding, ...]:
    path = message_path(NOBODYS_KEY)
    return _tried(what, lambda: client.patch(path, _DOING, {"categories": []}), name)


def _tried(what: Ability, act: Callable[[], object], name: str = "") -> tuple[Finding, ...]:
    """Return what a call on a message that nobody has tells of a right; empty where it does not."""
    try:
        act()
    except SignInRefused as error:
        return (Finding(what=what, ok=False, detail=error.advice),)
    except MessageGone:
        return (Finding(what=what, ok=True, detail=name),)
    except GraphRefused as error:
        # 400: it is no id at all, says a server that knows its own ids by their looks.
        return (Finding(what=what, ok=True, detail=name),) if error.status == 400 else ()
    return ()
