"""The shape of the files under ``knowledge/``: what may stand in them, and what it means.

Keys are small letters, digits and hyphens. A file with ``sample: true`` holds invented
values that the real centre must replace; see `Knowledge.samples`.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import Field, model_validator

from bot.errors import BadValue
from bot.knowledge.yaml_file import KnowledgeModel, shaped
from bot.texts import mark
from bot.vocabulary import (
    CustomerKey,
    Language,
    MailboxKey,
    MatterKey,
    Missing,
    PersonKey,
    ProcessKey,
    TeamKey,
    UnitKey,
    Urgency,
)

_K = TypeVar("_K", bound=str)
Key = Annotated[
    _K,
    Field(max_length=40),
    shaped(r"[a-z0-9]+(-[a-z0-9]+)*", mark("små bokstäver, siffror och bindestreck")),
]
Words = Annotated[str, Field(min_length=1, max_length=200)]
Address = Annotated[
    str,
    Field(max_length=200),
    shaped(
        r"[a-z0-9][a-z0-9._+-]*@[a-z0-9][a-z0-9.-]*[a-z0-9]",
        mark("en e-postadress med små bokstäver"),
    ),
]
"""An e-mail address in small letters."""
Domain = Annotated[
    str,
    Field(max_length=200),
    shaped(r"[a-z0-9][a-z0-9.-]*\.[a-z]+", mark("en domän med små bokstäver")),
]
Url = Annotated[
    str, Field(max_length=500), shaped(r"https://[^\s<>\"]+", mark("en adress med https://"))
]


class File(KnowledgeModel):
    """A whole file.

    Attributes:
        sample: Its values are invented and must be replaced by the centre's own.
    """

    sample: bool = False


class Names(KnowledgeModel):
    """What people call a thing, in Swedish and in English."""

    sv: Words
    en: Words

    def in_language(self, language: Language) -> str:
        """Return the name in a language."""
        return self.en if language is Language.ENGLISH else self.sv


class Process(KnowledgeModel):
    """A process of the centre.

    Attributes:
        code: What customers put in the subject, as in ``[KR]``.
        also: Other names of the process, in Swedish.
    """

    key: Key[ProcessKey]
    code: Annotated[str, shaped(r"[A-ZÅÄÖ]{2,4}", mark("två till fyra stora bokstäver"))]
    name: Names
    also: tuple[Words, ...] = ()


class Processes(File):
    """``processes.yaml``."""

    processes: Annotated[tuple[Process, ...], Field(min_length=1)]


class Mailbox(KnowledgeModel):
    """A function mailbox.

    Attributes:
        aliases: Other addresses that arrive in the same box.
        process: None for a box that is common to several processes.
        team: Who takes a mail of which the process is not known. Must be given where
            `process` is None; else the process's default team does.
    """

    key: Key[MailboxKey]
    name: Names
    address: Address
    aliases: tuple[Address, ...] = ()
    process: ProcessKey | None = None
    team: TeamKey | None = None

    @model_validator(mode="after")
    def _belongs_to_somebody(self) -> Mailbox:
        if self.process is None and self.team is None:
            raise BadValue("en brevlåda utan process behöver ett team")
        return self


class Mailboxes(File):
    """``mailboxes.yaml``."""

    mailboxes: Annotated[tuple[Mailbox, ...], Field(min_length=1)]


class Belongs(StrEnum):
    """Where a matter can be handled."""

    PROCESSES = "processes"
    ANY = "any"
    NOWHERE = "nowhere"


class Matter(KnowledgeModel):
    """A kind of case.

    Attributes:
        processes: Those that may handle it, the usual one first.
        belongs: ``any`` and ``nowhere`` stand in place of a list of processes.
        urgent: As such a case usually is; triage judges each on its own.
        usually_missing: What a handler most often must ask for.
    """

    key: Annotated[
        MatterKey,
        Field(max_length=40),
        shaped(r"[a-z]+(_[a-z]+)*", mark("små bokstäver och understreck")),
    ]
    name: Names
    processes: tuple[ProcessKey, ...] = ()
    belongs: Belongs = Belongs.PROCESSES
    urgent: Urgency = Urgency.NO
    usually_missing: tuple[Missing, ...] = ()

    @model_validator(mode="after")
    def _has_a_place(self) -> Matter:
        if bool(self.processes) != (self.belongs is Belongs.PROCESSES):
            raise BadValue(
                "en ärendetyp har antingen en lista med processer, eller belongs: any eller nowhere"
            )
        return self

    @property
    def process(self) -> ProcessKey | None:
        """The usual process; None where the matter tells nothing about it."""
        return self.processes[0] if self.processes else None


class Matters(File):
    """``matters.yaml``."""

    matters: Annotated[tuple[Matter, ...], Field(min_length=1)]


class CustomerKind(StrEnum):
    """What sort of unit a customer is."""

    DISTRICT = "district"
    DEPARTMENT = "department"
    CENTRAL = "central"
    COMPANY = "company"
    OTHER = "other"


class Customer(KnowledgeModel):
    """A unit of the city that buys the centre's services.

    Attributes:
        name: The official name; of a district only the name of the place.
        also: Other names that people write.
        abbreviations: Weak evidence alone: several units may share one in people's minds.
        domains: Domains that its people write from; domains below them count too.
        since, until: First and last day as a unit; None means always.
        into: The unit that took over.
    """

    key: Key[CustomerKey]
    name: Words
    kind: CustomerKind
    also: tuple[Words, ...] = ()
    abbreviations: tuple[Words, ...] = ()
    domains: tuple[Domain, ...] = ()
    since: date | None = None
    until: date | None = None
    into: CustomerKey | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Customer:
        if self.since and self.until and self.until < self.since:
            raise BadValue("slutar innan det börjar")
        return self

    @property
    def full_name(self) -> str:
        """The name as it is shown to people."""
        return f"{_genitive(self.name)} stadsdelsförvaltning" if self._is_district else self.name

    def forms(self) -> tuple[str, ...]:
        """Return every way to write the name in full, the official one first.

        Abbreviations are left out.
        """
        if not self._is_district:
            return (self.name, *self.also)
        name, whose = self.name, _genitive(self.name)
        return (
            self.full_name,
            f"{whose} sdf",
            f"{name} sdf",
            f"sdf {name}",
            f"stadsdelsförvaltningen {name}",
            f"{whose} stadsdelsnämnd",
            f"sdn {name}",
            f"stadsdelen {name}",
            *self.also,
        )

    @property
    def _is_district(self) -> bool:
        return self.kind is CustomerKind.DISTRICT


def _genitive(name: str) -> str:
    return name if name.endswith(("s", "x", "z")) else f"{name}s"


class Customers(File):
    """``customers.yaml``."""

    customers: tuple[Customer, ...]


class Link(KnowledgeModel):
    """A page that replies and answers may point to."""

    key: Key[str]
    name: Names
    url: Url


class Links(File):
    """``links.yaml``: how the centre signs, and where people are sent.

    Attributes:
        sender_name: In place of a person's name, in all automatic mail.
        support_phone: The customer support, as written to customers.
        internal_phone: The same for callers inside the city.
        web: The customer web (kundwebben).
        feedback: Where opinions and complaints are given.
    """

    sender_name: Words
    support_phone: Words
    internal_phone: Words
    web: Url
    feedback: Url
    more: tuple[Link, ...] = ()


class Unit(KnowledgeModel):
    """A unit of the centre, with one process or two. Its head is a person with that role."""

    key: Key[UnitKey]
    name: Names
    processes: Annotated[tuple[ProcessKey, ...], Field(min_length=1)]


class Service(KnowledgeModel):
    """A process that a team handles: by default, or for the customers listed."""

    process: ProcessKey
    default: bool = False
    customers: tuple[CustomerKey, ...] = ()

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> Service:
        if self.default == bool(self.customers):
            raise BadValue(
                "ett team har en process antingen som förval (default) eller för uppräknade kunder"
            )
        return self


class Team(KnowledgeModel):
    """People who handle cases together, four to six as a rule."""

    key: Key[TeamKey]
    name: Names
    unit: UnitKey
    serves: Annotated[tuple[Service, ...], Field(min_length=1)]


class Role(StrEnum):
    """What a person is beside handling cases; the names are those of the centre's plan."""

    UNIT_HEAD = "unit_head"
    PROCESS_OWNER = "process_owner"
    PROCESS_SPECIALIST = "process_specialist"
    FIRST_LINE = "first_line"
    KAIZEN = "kaizen"
    CUSTOMER_CONTACT = "customer_contact"
    PHONE = "phone"
    EDITOR = "editor"


class Absence(KnowledgeModel):
    """Days on which a person is away, both included. The reason is never kept."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Absence:
        if self.last < self.first:
            raise BadValue("slutar innan det börjar")
        return self


class Person(KnowledgeModel):
    """One of the staff, in a team or, as a head has none, in a unit."""

    key: Key[PersonKey]
    name: Words
    email: Address
    team: TeamKey | None = None
    unit: UnitKey | None = None
    roles: tuple[Role, ...] = ()
    language: Language = Language.SWEDISH
    slack_id: (
        Annotated[str, shaped(r"[UW][A-Z0-9]{5,20}", mark("ett användar-id ur Slack"))] | None
    ) = None
    absences: tuple[Absence, ...] = ()

    @model_validator(mode="after")
    def _has_one_place(self) -> Person:
        if (self.team is None) == (self.unit is None):
            raise BadValue("en person har antingen ett team eller en enhet")
        return self

    def is_present(self, day: date) -> bool:
        """Tell whether a person is not away on a day, as far as is known."""
        return not any(absence.first <= day <= absence.last for absence in self.absences)


class People(File):
    """A file of people only, in place of those in ``organisation.yaml``."""

    people: tuple[Person, ...]


class Organisation(People):
    """``organisation.yaml``."""

    units: Annotated[tuple[Unit, ...], Field(min_length=1)]
    teams: Annotated[tuple[Team, ...], Field(min_length=1)]
