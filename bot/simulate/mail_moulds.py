"""Moulds of incoming mail: read once by the real reader, filled for every mail made of them.

A mould is made with one set of values and tried with another: it is kept only if the real
reader says of the second mail exactly what the mould predicts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property
from hashlib import sha256
from itertools import count
from random import Random
from typing import Any, Final

from bot.knowledge import Knowledge
from bot.reply_prompts import Prompts
from bot.reply_rules import SURE
from bot.services.deadlines import mentions_collection
from bot.services.due_letters import asked_for_by
from bot.services.reading import Arrival, Reader, Reading
from bot.simulate.deflating import PackedPattern, lines_of, texts_of
from bot.simulate.slots import Pattern, Person, local_part, quoted, slots_of
from bot.simulate.trials import TRIED, Trial
from bot.simulate.word_patterns import WordPattern
from bot.simulate.wording import Topic, Wording
from bot.store.engine import stored_json
from bot.triage.model import Triage
from bot.vocabulary import IgnoredBecause, MailboxKey, TemplateKey
from functionmail.identity import Identity
from functionmail.message import MessageKey, RawMessage

_TEXT = ("day", "amount", "n", "local", "place", "first", "last")
_JSON = ("day", "amount", "n", "local", "j_place", "j_first", "j_last")
NAME: Final = "%(first)s %(last)s"
"""Who writes."""
_NAME_JSON: Final = "%(j_first)s %(j_last)s"
_DOUBTFUL = 0.02
_DRAWN = 4
_DAY_LENGTH: Final = len("Wed, 25 Nov 2026 ")


@dataclass(frozen=True, kw_only=True)
class MailMould:
    """A mail without its values, and what the house finds in it.

    Attributes:
        arrived_in: The mailbox that shows it.
        domain: Of the sender's address; whoever continues a case has that of the first mail.
        answers: It continues a case, and names our mail.
        asks_for: The letter that is drafted because of its words.
    """

    arrived_in: MailboxKey
    domain: str
    answers: bool
    raw: str
    subject: str
    text: str
    signature: str
    quoted: str
    body: str
    triage: str
    faults: str
    found: Triage
    mailbox: MailboxKey
    ignored: IgnoredBecause | None
    glance: bool
    no_answer: tuple[str, ...]
    names_collection: bool
    asks_for: TemplateKey | None

    @property
    def names_invoice(self) -> bool:
        """Tell whether an invoice stands in it."""
        return bool(self.found.invoices)

    @cached_property
    def sender(self) -> str:
        """Return the address that it comes from, with its slots."""
        local = "mailer-daemon" if "MAILER-DAEMON" in self.raw else "%(local)s"
        return f"{local}@{'%(domain)s' if self.answers else self.domain}"

    @cached_property
    def packed(self) -> tuple[PackedPattern, ...]:
        """Return bytes, subject, people, texts and triage as they are stored."""
        texts = (self.text, self.signature, self.quoted, self.triage)
        lines = lines_of(self.subject, self.people)
        return (*texts_of(self.raw), *lines, *texts_of(*texts))

    @cached_property
    def people(self) -> str:
        """Return who wrote to whom, as JSON with its slots."""
        return f'[["from","{_NAME_JSON}","{self.sender}"],["to","","%(to)s"]]'

    @cached_property
    def words(self) -> WordPattern:
        """Return the words that it is found by."""
        return WordPattern(f"{self.subject}\n{NAME}\n{self.sender}\n{self.text}")


def content_hash(sender: str, subject: str, body: str) -> bytes:
    """Return what `functionmail.parse` makes of sender, subject and body, as bytes."""
    who, what, said = sender.encode(), subject.encode(), body.encode()
    parts = (len(who), who, len(what), what, len(said), said)
    return sha256(b"%d:%b%d:%b%d:%b" % parts).digest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One mail as it could be written: a topic, and one choice of words."""

    topic: Topic
    domain: str
    subject: str
    text: str
    farewell: str
    unit: str
    answers: bool = False


class MouldMaker:
    """Makes moulds with the reader that the house uses."""

    def __init__(
        self, knowledge: Knowledge, reader: Reader, identity: Identity, wording: Wording
    ) -> None:
        self._knowledge = knowledge
        self._reader = reader
        self._wording = wording
        self._mailbox_domain = next(iter(knowledge.mailboxes.values())).address.partition("@")[2]
        self._identity = identity
        self._prompts = Prompts(knowledge.replies.prompts())

    def drafts(self, wanted: int, chance: Random) -> Iterator[Draft]:
        """Yield mails in the shares of their topics, each with words of its own."""
        topics = self._wording.topics
        total = sum(topic.share for topic in topics)
        for topic in topics:
            for number in range(max(2, wanted * topic.share // total)):
                yield self._draft(topic, number, chance)

    def follow_ups(self, wanted: int, chance: Random) -> Iterator[Draft]:
        """Yield mails that answer ours."""
        sources = ("unit", "citizen", "company")
        for number in range(wanted):
            topic = Topic(
                share=1,
                source=sources[number % 3],
                subjects=("SV: Vi har tagit emot ditt mejl {ref}",),
                texts=self._wording.follow_ups,
            )
            yield self._draft(topic, number // 3, chance, answers=True)

    def ignored(self, wanted: int, chance: Random) -> Iterator[Draft]:
        """Yield mails that are nobody's case."""
        total = sum(topic.share for topic in self._wording.ignored)
        for topic in self._wording.ignored:
            for number in range(max(2, wanted * topic.share // total)):
                yield self._draft(topic, number, chance)

    def make(self, draft: Draft) -> MailMould | None:
        """Return the mould of a mail; None where its values change what is found in it."""
        raw = self._raw(draft)
        first, *fixed = TRIED
        others = [*fixed, *self._drawn(raw)]
        values = self._values(first, draft)
        reading = self._read(draft, raw, values, first.at)
        mould = _mould(draft, raw, reading, values, asks_for=self._asks_for(reading))
        for trial in others:
            values = self._values(trial, draft)
            reading = self._read(draft, raw, values, trial.at)
            if not _predicts(mould, reading, values) or self._asks_for(reading) != mould.asks_for:
                return None
        assert mould.packed  # here, where many processes make moulds
        return mould

    def _asks_for(self, reading: Reading) -> TemplateKey | None:
        matter = reading.triage.matter
        if matter is None:
            return None
        return asked_for_by(reading.message, matter, self._prompts, self._knowledge)

    def _draft(self, topic: Topic, number: int, chance: Random, *, answers: bool = False) -> Draft:
        words = self._wording
        domain, unit = self._sender(topic.source, number, chance)
        return Draft(
            topic=topic,
            domain=domain,
            subject=topic.subjects[number % len(topic.subjects)],
            text="\n\n".join(
                part
                for part in (
                    chance.choice(words.greetings[topic.lang]),
                    topic.texts[chance.randrange(len(topic.texts))],
                    chance.choice(words.fillers[topic.lang]),
                )
                if part
            ),
            farewell=chance.choice(words.farewells[topic.lang]),
            unit=unit,
            answers=answers,
        )

    def _sender(self, source: str, number: int, chance: Random) -> tuple[str, str]:
        if source == "unit":
            units = [
                one for one in self._knowledge.customers.values() if one.domains and not one.until
            ]
            unit = units[number % len(units)]
            return unit.domains[0], unit.full_name
        if source == "bounce":
            return "hemmapost.example", ""
        return chance.choice(self._wording.domains[source]), ""

    def _drawn(self, raw: str) -> Iterator[Trial]:
        """Yield trials with names and places of the history, others for each mail."""
        chance, words = Random(raw), self._wording
        for number in range(_DRAWN):
            first, last = chance.choice(words.first_names), chance.choice(words.last_names)
            yield replace(
                TRIED[number % len(TRIED)],
                person=Person(first, last, local_part(first, last, number)),
                place=chance.choice(words.places),
                amount=f"{chance.randrange(1, 60)} {chance.randrange(100, 999)}",
            )

    def _values(self, trial: Trial, draft: Draft) -> dict[str, str]:
        day, clock = split_date(format_datetime(trial.at))
        case = self._ordinary(trial.case)
        own = self._identity.own_message_id(case, 1)
        return slots_of(
            person=trial.person,
            place=trial.place,
            number=trial.number,
            amount=trial.amount,
            day=trial.day,
            more={
                "mail_id": f"mould.{trial.number}",
                "mail_day": day,
                "mail_time": clock,
                "own": own,
                "domain": trial.domain if draft.answers else draft.domain,
                "ref": self._identity.case_reference(case),
            },
        )

    def _ordinary(self, case: str) -> str:
        """Return a case number, from one on, whose check letters are no code of a process.

        As ``kb`` would be; a digit among them rules that out.
        """
        year, _, serial = case.partition("-")
        numbers = (f"{year}-{number:06}" for number in count(int(serial)))
        return next(
            number for number in numbers if not self._identity.check_letters(number).isalpha()
        )

    def _raw(self, draft: Draft) -> str:
        topic = draft.topic
        sender = "MAILER-DAEMON" if topic.source == "bounce" else "%(local)s"
        lines = [
            f"From: =?utf-8?q?%(q_first)s_%(q_last)s?= <{sender}@%(domain)s>",
            f"To: {topic.mailbox}@{self._mailbox_domain}",
            f"Subject: {_header(draft.subject)}",
            "Date: %(mail_day)s%(mail_time)s",
            "Message-ID: <%(mail_id)s@%(domain)s>",
            *(["In-Reply-To: <%(own)s>"] if draft.answers else []),
            *topic.headers,
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit",
            "",
            _slots(draft.text),
            "",
            draft.farewell,
            "%(first)s %(last)s",
            *([draft.unit] if draft.unit else []),
            "",
        ]
        return "\r\n".join("\r\n".join(lines).replace("\r\n", "\n").split("\n"))

    def _read(self, draft: Draft, raw: str, values: Mapping[str, str], at: datetime) -> Reading:
        mailbox = MailboxKey(draft.topic.mailbox)
        content = (raw % values).encode()
        message = RawMessage(key=MessageKey("mould"), received_at=at, content=content)
        return self._reader.read(Arrival(mailbox=mailbox, raw=message))


def split_date(date: str) -> tuple[str, str]:
    """Return the day in the date of a mail, and the time with its zone."""
    return date[:_DAY_LENGTH], date[_DAY_LENGTH:]


def _slots(text: str) -> str:
    pattern = text.replace("%", "%%")
    for name in ("place", "amount", "n", "ref"):
        pattern = pattern.replace("{" + name + "}", f"%({name})s")
    return pattern.replace("{date}", "%(day)s")


def _header(subject: str) -> str:
    """Return a subject with slots as a header; with letters that need it, as an encoded word."""
    pattern = _slots(subject)
    if "%(place)s" not in pattern and pattern.isascii():
        return pattern
    parts = [
        part if number % 2 else quoted(part)
        for number, part in enumerate(_split_at_slots(pattern.replace("%(place)s", "%(q_place)s")))
    ]
    return f"=?utf-8?q?{''.join(parts)}?="


def _split_at_slots(pattern: str) -> Iterator[str]:
    """Yield text and slots in turn, a text first."""
    head, mark, tail = pattern.partition("%(")
    yield head
    while mark:
        name, _, tail = tail.partition(")s")
        yield f"%({name})s"
        head, mark, tail = tail.partition("%(")
        yield head


def _mould(
    draft: Draft,
    raw: str,
    reading: Reading,
    values: Mapping[str, str],
    *,
    asks_for: TemplateKey | None,
) -> MailMould:
    message = reading.message
    in_text = (*_TEXT, "ref") if draft.answers else _TEXT

    def pattern(text: str) -> str:
        return Pattern(text, values, in_text).text

    return MailMould(
        arrived_in=reading.arrival.mailbox,
        domain=draft.domain,
        answers=draft.answers,
        raw=raw,
        subject=pattern(message.subject),
        text=pattern(message.text),
        signature=pattern(message.signature),
        quoted=pattern(message.quoted),
        body=pattern(message.body),
        triage=Pattern(stored_json(reading.triage.as_json()), values, _JSON).text,
        faults=stored_json(list(message.faults)),
        found=reading.triage,
        mailbox=reading.mailbox,
        ignored=reading.ignored,
        glance=reading.glance,
        no_answer=reading.no_answer,
        names_collection=mentions_collection(f"{message.subject}\n{message.text}"),
        asks_for=asks_for,
    )


def _predicts(mould: MailMould, reading: Reading, values: Mapping[str, str]) -> bool:
    """Tell whether a mould, filled with values, is what was read."""
    message, found = reading.message, reading.triage
    texts = (mould.subject, mould.text, mould.signature, mould.quoted, mould.body)
    said = (message.subject, message.text, message.signature, message.quoted, message.body)
    return (
        tuple(text % values for text in texts) == said
        and _same_findings(json.loads(mould.triage % values), found.as_json())
        and (mould.mailbox, mould.ignored, mould.glance, mould.no_answer)
        == (reading.mailbox, reading.ignored, reading.glance, reading.no_answer)
        and mould.names_collection == mentions_collection(f"{message.subject}\n{message.text}")
        and (mould.found.due is None) == (found.due is None)
        and mould.faults == stored_json(list(message.faults))
        and content_hash(said_by(message.sender), message.subject, message.body).hex()
        == message.content_hash
    )


def _same_findings(predicted: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Compare two triages; names weigh a little in how sure one is, and nothing may hang on it."""
    sure = (float(predicted["confidence"]), float(found["confidence"]))
    return {**predicted, "confidence": 0} == {**found, "confidence": 0} and not any(
        abs(one - SURE) < _DOUBTFUL for one in sure
    )


def said_by(sender: object) -> str:
    """Return the address of a sender, or nothing."""
    return str(getattr(sender, "address", ""))
