"""What an account may do in a mailbox on an Exchange server, found out by asking only.

The server tells what may be done with a folder or an item (EffectiveRights). Who may send
as whom stands in the directory and not in the mailbox, so EWS does not tell it: only an
account that acts as the mailbox itself is known to be allowed to.
"""

from __future__ import annotations

from collections.abc import Callable

from exchangelib import Account, Q
from exchangelib.errors import ErrorAccessDenied, ErrorFolderNotFound
from exchangelib.folders import BaseFolder, Folder, FolderCollection
from exchangelib.properties import EffectiveRights

from functionmail.connectors.examining import Ability, Examination, Finding, server_clock
from functionmail.connectors.exchange_account import ExchangeMailbox, drafts, inbox, sent
from functionmail.connectors.exchange_errors import sorted_error
from functionmail.connectors.exchange_services import RIGHTS, look_at_folder, read_items

_DOING = "examining the mailbox"
_READ_ONLY = "the account may only read"
_CLOSED = (ErrorAccessDenied, ErrorFolderNotFound)


def examine_inbox(box: ExchangeMailbox) -> Examination:
    """Ask what may be done in the Inbox; raises as `ExchangeMailbox.perform`."""
    folder, date = box.perform(_DOING, lambda account: look_at_folder(account, inbox(account)))
    rights: EffectiveRights | None = folder.effective_rights
    may_read = rights is None or bool(rights.read)
    findings = [Finding(what=Ability.READ, ok=may_read, detail=str(folder.name or ""))]
    may_change = box.perform(_DOING, _may_change_a_mail)
    if may_change is None and rights is not None and rights.modify:
        may_change = True
    if may_change is not None:
        detail = "" if may_change else _READ_ONLY
        findings.append(Finding(what=Ability.MARK, ok=may_change, detail=detail))
    return Examination(findings=tuple(findings), server_time=server_clock(date))


def examine_folders(box: ExchangeMailbox, *, acts_as_mailbox: bool) -> Examination:
    """Ask what may be done in Drafts and Sent; raises as `ExchangeMailbox.perform`."""
    findings = [
        _examine_folder(box, drafts, Ability.DRAFTS),
        _examine_folder(box, sent, Ability.SENT),
    ]
    if acts_as_mailbox:
        detail = "the account acts as the mailbox"
        findings.append(Finding(what=Ability.SEND, ok=True, detail=detail))
    return Examination(findings=tuple(findings))


def _examine_folder(
    box: ExchangeMailbox, folder: Callable[[Account], BaseFolder], what: Ability
) -> Finding:
    def look(account: Account) -> Folder | Exception:
        try:
            found, _ = look_at_folder(account, folder(account))
        except _CLOSED as error:
            return error
        return found

    found = box.perform(_DOING, look)
    if isinstance(found, Exception):
        return Finding(what=what, ok=False, detail=sorted_error(found, box.name, _DOING).advice)
    rights: EffectiveRights | None = found.effective_rights
    name = str(found.name or "")
    if rights is None or (rights.read and rights.create_contents):
        return Finding(what=what, ok=True, detail=name)
    return Finding(what=what, ok=False, detail=f"{name}: {_READ_ONLY}")


def _may_change_a_mail(account: Account) -> bool | None:
    """Tell whether a mail in the Inbox may be changed; None where there is none to ask about.

    The rights on the folder do not tell: they are about its own name and place.
    """
    listed = FolderCollection(account=account, folders=[inbox(account)]).find_items(
        Q(), page_size=1, max_items=1
    )
    ids = [one[0] for one in listed if not isinstance(one, Exception)]
    for item in read_items(account, ids, RIGHTS):
        if not isinstance(item, Exception) and item.effective_rights is not None:
            return bool(item.effective_rights.modify)
    return None
