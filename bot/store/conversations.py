"""Talking with the assistant: what was spoken of last, and what was proposed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bot.store import counters
from bot.store.engine import insert_if_new
from bot.store.tables import ConversationRow, ProposalRow
from bot.vocabulary import CaseId, PersonKey


class ProposalState(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    DONE = "done"
    UNDONE = "undone"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProposal:
    """A proposal as it is kept.

    Attributes:
        person: To whom it was made; nobody else may confirm or undo it.
        said: What somebody said; personal data.
        undo: How it was before; keys and codes only.
    """

    id: int
    conversation: int
    act: str
    state: ProposalState
    person: PersonKey | None
    case_id: CaseId | None = None
    said: Mapping[str, str] = field(default_factory=dict, repr=False)
    undo: Mapping[str, Any] = field(default_factory=dict)


class Conversations:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, key: str, person: PersonKey | None, at: datetime) -> int:
        """Return the id of the conversation with a key, which begins now if there is none."""
        found = self._find(key)
        if found is None:
            row = {
                "id": counters.take(self._connection, "conversation", 1),
                "key": key, "person": person, "begun_at": at, "last_at": at, "topic": None,
            }  # fmt: skip
            insert_if_new(self._connection, ConversationRow, [row])
            found = self._find(key)
            assert found is not None  # this transaction or another has just stored it
        return found

    def topic(self, conversation: int) -> Mapping[str, Any] | None:
        """Return what was spoken of last."""
        found: Mapping[str, Any] | None = self._connection.scalar(
            select(ConversationRow.topic).where(ConversationRow.id == conversation)
        )
        return found

    def go_on(self, conversation: int, topic: Mapping[str, Any], at: datetime) -> None:
        """Store what is spoken of now."""
        self._connection.execute(
            update(ConversationRow)
            .where(ConversationRow.id == conversation)
            .values(topic=dict(topic), last_at=at)
        )

    def propose(self, proposal: StoredProposal, at: datetime) -> int:
        """Store a proposal and return its id; open ones of the conversation are dropped."""
        self._connection.execute(
            update(ProposalRow)
            .where(
                ProposalRow.conversation_id == proposal.conversation,
                ProposalRow.state == ProposalState.OPEN,
            )
            .values(state=ProposalState.DROPPED, settled_at=at)
        )
        number = counters.take(self._connection, "proposal", 1)
        self._connection.execute(
            insert(ProposalRow).values(
                id=number,
                conversation_id=proposal.conversation,
                act=proposal.act,
                state=ProposalState.OPEN,
                made_at=at,
                person=proposal.person,
                said=dict(proposal.said),
            )
        )
        return number

    def say_more(self, number: int, said: Mapping[str, str]) -> None:
        """Store what an open proposal holds now."""
        self._connection.execute(
            update(ProposalRow)
            .where(ProposalRow.id == number, ProposalRow.state == ProposalState.OPEN)
            .values(said=dict(said))
        )

    def proposal(self, number: int) -> StoredProposal | None:
        """Return a proposal; None where there is none."""
        row = self._connection.execute(
            select(ProposalRow.__table__).where(ProposalRow.id == number)
        ).one_or_none()
        return None if row is None else _stored(row)

    def last_done(self, conversation: int) -> StoredProposal | None:
        """Return what was done last in a conversation and not undone."""
        row = self._connection.execute(
            select(ProposalRow.__table__)
            .where(
                ProposalRow.conversation_id == conversation,
                ProposalRow.state == ProposalState.DONE,
            )
            .order_by(ProposalRow.settled_at.desc(), ProposalRow.id.desc())
            .limit(1)
        ).one_or_none()
        return None if row is None else _stored(row)

    def settle(
        self,
        number: int,
        was: ProposalState,
        now: ProposalState,
        at: datetime,
        *,
        case_id: CaseId | None = None,
        undo: Mapping[str, Any] | None = None,
    ) -> bool:
        """Note what became of a proposal; False where it is not (any more) as it was."""
        values: dict[str, Any] = {"state": now, "settled_at": at}
        if case_id is not None:
            values["case_id"] = case_id
        if undo is not None:
            values["undo"] = dict(undo)
        changed = self._connection.execute(
            update(ProposalRow)
            .where(ProposalRow.id == number, ProposalRow.state == was)
            .values(**values)
        )
        return changed.rowcount == 1

    def _find(self, key: str) -> int | None:
        found: int | None = self._connection.scalar(
            select(ConversationRow.id).where(ConversationRow.key == key)
        )
        return found


def _stored(row: Row[Any]) -> StoredProposal:
    return StoredProposal(
        id=row.id,
        conversation=row.conversation_id,
        act=row.act,
        state=ProposalState(row.state),
        person=None if row.person is None else PersonKey(row.person),
        case_id=None if row.case_id is None else CaseId(row.case_id),
        said=row.said or {},
        undo=row.undo or {},
    )
