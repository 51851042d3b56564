"""What everything that is made up shares: knowledge, hours, moulds, and who we are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

from bot.actions.tag_tips import tag_tip
from bot.cases import Case
from bot.house_rules import house_of, reminders_of
from bot.material import Material, make_reader
from bot.plan import choose_receipt
from bot.promises import Reminders
from bot.reply_rules import MOVED, ReplyDraft, is_sure_move
from bot.services.letter_preview import house_values
from bot.services.new_case import House
from bot.services.reading import Reader
from bot.settings import Settings
from bot.simulate.deflating import Values
from bot.simulate.first_letters import FirstLetters, LetterRules
from bot.simulate.hours import Hours, moment
from bot.simulate.letter_moulds import (
    AMOUNT,
    DAY,
    INVOICE,
    NUMBER,
    OPENING,
    PLACE,
    LetterMould,
    answer_mould,
    letter_mould,
)
from bot.simulate.mail_moulds import MailMould
from bot.simulate.slots import slots_of_name, slots_of_place
from bot.simulate.wording import Wording, load_wording
from bot.templates import FieldType
from bot.texts import speaker
from bot.vocabulary import (
    CustomerKey,
    MailboxKey,
    MatterKey,
    PersonKey,
    ProcessKey,
    TeamKey,
    TemplateKey,
    Urgency,
)
from functionmail.identity import Identity
from functionmail.message import Address

if TYPE_CHECKING:
    from bot.simulate.case_state import CaseState


@dataclass(frozen=True, kw_only=True)
class Moulds:
    """The moulds of incoming mail."""

    opening: tuple[MailMould, ...]
    follow_ups: tuple[MailMould, ...]
    ignored: tuple[MailMould, ...]

    @cached_property
    def of_customers(self) -> Mapping[str, Sequence[MailMould]]:
        """Return mails that can be put together with others of the same customer, by customer."""
        found: dict[str, list[MailMould]] = {}
        for mould in self.opening:
            triage = mould.found
            plain = triage.urgent is Urgency.NO and not (triage.complaint or triage.protected)
            if triage.customer and plain and not mould.names_invoice:
                found.setdefault(triage.customer, []).append(mould)
        return found

    @cached_property
    def ordinary(self) -> Mapping[ProcessKey, Sequence[MatterKey]]:
        """Return the matters that mails are about and that are not urgent, by process."""
        found: dict[ProcessKey, dict[MatterKey, None]] = {}
        for mould in self.opening:
            process, matter = mould.found.process, mould.found.matter
            if process and matter and mould.found.urgent is Urgency.NO:
                found.setdefault(process, {})[matter] = None
        return {process: list(matters) for process, matters in found.items()}


@dataclass(kw_only=True)
class City:
    """The house as it works in the history.

    Attributes:
        end: Instant in seconds; what comes later has not happened.
    """

    settings: Settings
    material: Material
    identity: Identity
    hours: Hours
    end: int
    wording: Wording = field(default_factory=load_wording)
    _belongs: dict[int, tuple[CustomerKey | None, TeamKey]] = field(default_factory=dict)
    _openings: dict[tuple[int, str], str] = field(default_factory=dict)
    _receipts: dict[tuple[object, ...], tuple[LetterMould, bool]] = field(default_factory=dict)
    _first: dict[int, FirstLetters] = field(default_factory=dict)
    _said_days: dict[tuple[str, str], str] = field(default_factory=dict)
    _letters: dict[tuple[object, ...], LetterMould] = field(default_factory=dict)

    @cached_property
    def house(self) -> House:
        """Return what the services know of the house."""
        return house_of(self.material.knowledge, self.settings)

    @cached_property
    def reader(self) -> Reader:
        """Return what reads mail."""
        return make_reader(self.settings, self.material)

    @cached_property
    def reminders(self) -> Reminders:
        """Return when owners of phone cases are reminded."""
        return reminders_of(self.settings.same_day)

    @cached_property
    def people(self) -> Mapping[TeamKey, Sequence[PersonKey]]:
        """Return who is in which team."""
        found: dict[TeamKey, list[PersonKey]] = {}
        for person in self.material.knowledge.people.values():
            if person.team is not None:
                found.setdefault(person.team, []).append(person.key)
        return found

    @cached_property
    def names(self) -> Sequence[Values]:
        """Return what stands in the slots for each person's name, without a number of its own."""
        words = self.wording
        found = [
            Values(slots_of_name(*each)) for each in product(words.first_names, words.last_names)
        ]
        for values in found:
            for name in values.keys() - {"local"}:
                values.write(name)
        return found

    @cached_property
    def places(self) -> Sequence[Mapping[str, str]]:
        """Return what stands in the slots for each place."""
        return [slots_of_place(place) for place in self.wording.places]

    def belongs(self, mould: MailMould) -> tuple[CustomerKey | None, TeamKey]:
        """Return whose case a mail of a mould is, and which team takes it."""
        found = self._belongs.get(id(mould))
        if found is None:
            knowledge, triage = self.material.knowledge, mould.found
            customer = knowledge.customer_key(triage.customer)
            team = knowledge.team_for(triage.process, triage.customer, mould.mailbox)
            found = self._belongs[id(mould)] = (customer, team)
        return found

    @property
    def twin_wait(self) -> int:
        """Return how many seconds a receipt waits."""
        return self.settings.twin_wait

    @cached_property
    def letter_rules(self) -> LetterRules:
        """Return by what rules letters are written."""
        return LetterRules(self.material, self.house, self.twin_wait)

    def first_letters(self, case: CaseState, mould: MailMould, at: int) -> FirstLetters:
        """Return what is owed because of a mail of a mould that has just opened a case."""
        found = self._first.get(id(mould))
        if found is None:
            found = self.letter_rules.first(case.as_case(), mould, moment(at))
            self._first[id(mould)] = found
        return found

    def receipt(self, case: CaseState, mould: MailMould, at: int) -> tuple[LetterMould, bool]:
        """Return the receipt that goes out on a new case, and whether it counts as a tip on tags.

        All that it depends on stands in the mail, but for the hour.
        """
        key = ("receipt", id(mould), self.hours.is_open(at))
        found = self._receipts.get(key)
        if found is None:
            found = self._receipts[key] = self._new_receipt(case.as_case(), mould, at)
        return found

    def _new_receipt(self, case: Case, mould: MailMould, at: int) -> tuple[LetterMould, bool]:
        open_now, tip = self.hours.is_open(at), self._has_tip(case, mould, moment(at))
        key: tuple[object, ...] = (
            "receipt",
            case.mailbox,
            case.language,
            case.urgent,
            case.protected,
            open_now,
            tip,
            case.process,
            case.misdirected,
            mould.names_invoice,
        )
        letter = self._letters.get(key)
        if letter is None:
            letter = self._letters[key] = self._receipt(case, mould, open_now=open_now, tip=tip)
        return letter, tip

    def _has_tip(self, case: Case, mould: MailMould, when: datetime) -> bool:
        """Tell whether a receipt has the line about tags; no sender writes twice in a quarter."""
        triage = mould.found.as_json()
        return tag_tip(case, triage, self.material.knowledge, last=None, now=when) is not None

    def _receipt(self, case: Case, mould: MailMould, *, open_now: bool, tip: bool) -> LetterMould:
        knowledge, say = self.material.knowledge, speaker(case.language)
        name = self._receipt_name(case, mould, open_now=open_now)
        values: dict[str, object] = {
            **house_values(self.material.templates.get(name), knowledge.links),
            **self._case_values(),
            "next_opening": OPENING,
            "handled_by_text": say("i dag") if open_now else say("nästa arbetsdag"),
            "invoice_numbers": (INVOICE,) if mould.names_invoice else (),
        }
        for key in ("tag_code", "link_tags"):
            if not tip:
                values.pop(key, None)
        if case.process is not None and name == MOVED:
            in_words = knowledge.names_in(say.language).process(case.process)
            values |= {"process_name": in_words[:1].lower() + in_words[1:]}
        if case.process is not None and tip:
            values |= {"tag_code": knowledge.processes[case.process].code}
        return self._letter(name, case, values, automatic=True)

    def _receipt_name(self, case: Case, mould: MailMould, *, open_now: bool) -> TemplateKey:
        if is_sure_move(case, mould.found.confidence):
            return MOVED
        return choose_receipt(case, is_open=open_now)

    def letter_of(self, draft: ReplyDraft, case: Case, *, automatic: bool) -> LetterMould:
        """Return a draft as it goes out; the case names one invoice or none."""
        template = self.material.templates.get(draft.template)
        given = {
            name: DAY if template.fields[name].type is FieldType.DATE else value
            for name, value in draft.given.items()
            if name in template.fields
        }
        said = sorted((name, str(value)) for name, value in given.items())
        key = ("letter", draft.template, case.mailbox, draft.language, case.process, *said)
        found = self._letters.get((*key, automatic))
        if found is None:
            values = {
                **house_values(template, self.material.knowledge.links),
                **self._case_values(),
                "invoice_numbers": (INVOICE,),
                **given,
            }
            found = self._letter(draft.template, case, values, automatic=automatic)
            self._letters[(*key, automatic)] = found
        return found

    def day_of(self, draft: ReplyDraft) -> str:
        """Return the day that a letter names, in words; none where it names none."""
        fields = self.material.templates.get(draft.template).fields
        days = (name for name, field in fields.items() if field.type is FieldType.DATE)
        day = next((str(draft.given[name]) for name in days if name in draft.given), None)
        if day is None:
            return ""
        key = (day, draft.language)
        found = self._said_days.get(key)
        if found is None:
            found = speaker(draft.language).date(date.fromisoformat(day))
            self._said_days[key] = found
        return found

    def answer(self, text: str, mailbox: MailboxKey) -> LetterMould:
        """Return an answer that somebody writes in their own mail program."""
        key = ("answer", text, mailbox)
        found = self._letters.get(key)
        if found is None:
            said = text.replace("{place}", PLACE).replace("{amount}", AMOUNT)
            found = self._letters[key] = answer_mould(
                said,
                self._sender(mailbox),
                subject=f"SV: {self.identity.case_reference(NUMBER)}",
                reference=self.identity.case_reference(NUMBER),
                own_id="svar.mould@exempelstad.example",
            )
        return found

    def say_opening(self, at: int, language: str) -> str:
        """Return an opening in words."""
        key = (at, language)
        found = self._openings.get(key)
        if found is None:
            said = speaker(language).moment(moment(at), self.hours.calendar.zone)
            found = self._openings[key] = said
        return found

    def _case_values(self) -> dict[str, object]:
        return {
            "case_number": NUMBER,
            "case_reference": self.identity.case_reference(NUMBER),
        }

    def _letter(
        self, name: TemplateKey, case: Case, values: Mapping[str, object], *, automatic: bool
    ) -> LetterMould:
        return letter_mould(
            self.material.templates.render(name, case.language, values),
            self._sender(case.mailbox),
            reference=self.identity.case_reference(NUMBER),
            own_id=self.identity.own_message_id(NUMBER, 1),
            automatic=automatic,
        )

    def _sender(self, mailbox: MailboxKey) -> Address:
        knowledge = self.material.knowledge
        address = knowledge.mailboxes[mailbox].address
        return Address(name=knowledge.links.sender_name, address=address)
