"""A made-up history played again by the real house: the same mails, the same acts of staff."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.cases import Case, CaseNumber
from bot.clock import FixedClock
from bot.registers import EntryKind, Register, Step
from bot.reply_rules import DraftState
from bot.services.case_page import CasePages
from bot.services.correcting import Correcting, Correction
from bot.services.phone import NewCall
from bot.services.reading import Arrival
from bot.services.sent_mail import SentMail
from bot.services.undoing import Undoing
from bot.simulate.player import LAG, Act
from bot.vocabulary import MailboxKey, Status
from functionmail.compose import compose
from functionmail.message import Address, Batch, Checkpoint, Outgoing, RawMessage
from tests.city import City

SENT_SEEN_AFTER = 60
LATER_THAN_ALL = datetime(2100, 1, 1, tzinfo=UTC)


def moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


class SentFolder:
    """A Sent folder that shows what it is given, once."""

    mailbox = "sent"

    def __init__(self) -> None:
        self.waiting: list[RawMessage] = []

    def latest(self) -> Checkpoint:
        return Checkpoint("0")

    def fetch(self, after: Checkpoint | None, *, limit: int = 50) -> Batch:
        messages, self.waiting = tuple(self.waiting), []
        return Batch(messages=messages, checkpoint=Checkpoint("0"))


class Replay:
    """Does what a history says with the real services and a moved clock."""

    def __init__(self, folder: Path, database_url: str, numbers: dict[int, CaseNumber]) -> None:
        from tests.city import shipped_material

        self.clock = FixedClock(datetime(2020, 1, 1, tzinfo=UTC))
        mailboxes = tuple(shipped_material().knowledge.mailboxes)
        self.city = City(folder, database_url, mailboxes, clock=self.clock, twin_wait=20)
        self.app = self.city.app
        house = (self.app.database, self.app.house, self.clock)
        self._pages, self._undoing = CasePages(*house), Undoing(*house)
        self._correcting = Correcting(*house)
        self._numbers = numbers
        self._remarks: dict[CaseNumber, int] = {}
        self._folders = {key: SentFolder() for key in self.app.knowledge.mailboxes}
        self._sent = SentMail(
            self.app.database,
            self._folders,  # type: ignore[arg-type]
            self.app.identity,
            self.app.knowledge.calendar,
            self.clock,
        )

    def play(self, acts: Sequence[Act], end: datetime) -> None:
        """Do everything in its turn; between two acts the timers do what is due."""
        for mailbox in self._folders:
            self._sent.run(MailboxKey(mailbox))
        order = sorted(acts, key=_takes_effect_at)
        for act in order:
            at = moment(_takes_effect_at(act))
            self.wait_until(at)
            self.clock.set(at)
            do: Callable[[Act], None] = getattr(self, f"_{act.name}")
            do(act)
            self.app.dispatch.run_due()
        self.wait_until(end)

    def wait_until(self, at: datetime) -> None:
        while (due := self._next()) is not None and due <= at:
            self.clock.set(max(due, self.clock.now()))
            self.app.urgency_watch.run_due()
            self.app.same_day.run_due()
            self.app.reply_timer.run_due()
            self.app.dispatch.run_due()

    def _next(self) -> datetime | None:
        with self.app.database.reading() as work:
            due = (
                work.actions.next_due(),
                work.watches.next_due(),
                work.promises.next_due(),
                *(task.next_at for task in work.reply_tasks.due(LATER_THAN_ALL, limit=1)),
            )
        known = [_whole_second(each) for each in due if each is not None]
        return min(known, default=None)

    def _case(self, act: Act) -> Case:
        assert act.case_id is not None
        number = self._numbers[act.case_id]
        with self.app.database.reading() as work:
            return work.cases.by_numbers([number])[number]

    def _mail(self, act: Act) -> None:
        raw = RawMessage(
            key=act.values["key"], received_at=moment(act.at), content=act.values["content"]
        )
        self.app.intake.take([Arrival(mailbox=act.values["mailbox"], raw=raw)])

    def _take(self, act: Act) -> None:
        self.app.casework.take(self._case(act), by=act.values["by"])

    def _close(self, act: Act) -> None:
        self.app.casework.close(self._case(act), by=act.values["by"])

    def _look(self, act: Act) -> None:
        self._pages.viewed(self._case(act), by=act.values["by"])

    def _undo(self, act: Act) -> None:
        self._undoing.undo(self._case(act), by=act.values["by"])

    def _hand_over(self, act: Act) -> None:
        self.app.casework.hand_over(self._case(act), by=act.values["by"], to=act.values["to"])

    def _merge(self, act: Act) -> None:
        number = self._numbers[act.values["into"]]
        with self.app.database.reading() as work:
            into = work.cases.by_numbers([number])[number]
        self._correcting.merge(self._case(act), into, by=act.values["by"])

    def _wait(self, act: Act) -> None:
        self.app.casework.wait(self._case(act), Status.WAITING_CUSTOMER, by=act.values["by"])

    def _resume(self, act: Act) -> None:
        self.app.casework.resume(self._case(act), by=act.values["by"])

    def _correct(self, act: Act) -> None:
        case = self._case(act)
        right = Correction(
            process=act.values["process"],
            matter=act.values["matter"],
            urgent=case.urgent,
            customer=case.customer,
            possible=case.possible,
        )
        self._correcting.correct(case, right, by=act.values["by"])

    def _acknowledge(self, act: Act) -> None:
        self.app.casework.acknowledge(self._case(act), by=act.values["by"])

    def _confirm_stop(self, act: Act) -> None:
        self.app.casework.confirm_stop(self._case(act), act.values["reason"], by=act.values["by"])

    def _call(self, act: Act) -> None:
        call = NewCall(**{name: act.values[name] for name in _CALL})
        self.app.phone.add(call, by=act.values["by"])
        self.app.same_day.run_due()

    def _feedback(self, act: Act) -> None:
        self.app.phone.feedback(self._case(act), act.values["said"], by=act.values["by"])

    def _sent_mail(self, values: dict[str, Any], at: int) -> bytes:
        subject, text, _ = values["said"]
        knowledge = self.app.knowledge
        sender = knowledge.mailboxes[values["mailbox"]].address
        return compose(
            Outgoing(
                message_id=values["mid"],
                sender=Address(name=knowledge.links.sender_name, address=sender),
                recipient=Address(address=values["to"]),
                subject=subject,
                text=text,
                in_reply_to=values["answered"],
                references=(values["answered"],),
                auto_submitted=None,
                sent_at=moment(at),
            )
        ).replace(b"X-Samma-Dag: 1\r\n", b"")

    def _answer(self, act: Act) -> None:
        mailbox = act.values["mailbox"]
        raw = RawMessage(
            key=act.values["key"],
            received_at=moment(act.at),
            content=self._sent_mail(act.values, act.at),
        )
        self._folders[mailbox].waiting.append(raw)
        self._sent.run(mailbox)

    def _letter(self, act: Act) -> None:
        values = act.values
        draft = self.app.replies.draft(
            self._case(act), values["template"], by=values["by"], given=values["given"]
        )
        self.app.replies.send(draft.id, by=values["by"])

    def _send(self, act: Act) -> None:
        with self.app.database.reading() as work:
            drafts = work.reply_drafts.of_case(self._case(act).id)
        (draft,) = (
            draft
            for draft in drafts
            if draft.template == act.values["template"] and draft.state is DraftState.OPEN
        )
        self.app.replies.send(draft.id, by=act.values["by"])

    def _enter(self, act: Act) -> None:
        step = Step(kind=EntryKind.OPENED, text=act.values["text"])
        case, register = self._case(act), act.values["register"]
        item = self.app.registers.open(register, step, by=act.values["by"], case=case)
        if register is Register.REMARKS:
            self._remarks[case.number] = item.number

    def _remark_answer(self, act: Act) -> None:
        step = Step(kind=EntryKind.ANSWERED, text=act.values["text"])
        number = self._remarks[self._case(act).number]
        self.app.registers.follow(Register.REMARKS, number, step, by=act.values["by"])


_CALL = ("process", "matter", "customer", "callback", "note")


def _takes_effect_at(act: Act) -> int:
    later = {"mail": LAG, "answer": SENT_SEEN_AFTER}
    return act.at + later.get(act.name, 0)


def _whole_second(at: datetime) -> datetime:
    return at if not at.microsecond else at.replace(microsecond=0) + timedelta(seconds=1)
