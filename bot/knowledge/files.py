"""The files of a knowledge folder, read one by one: those that are right, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot.errors import KnowledgeError
from bot.knowledge.dunning_file import DunningFile, PaymentRunFile
from bot.knowledge.duty_file import DutyFile
from bot.knowledge.hours import OpeningHours
from bot.knowledge.lead_times_file import LeadTimesFile
from bot.knowledge.models import (
    Customers,
    File,
    Links,
    Mailboxes,
    Matters,
    Organisation,
    People,
    Processes,
)
from bot.knowledge.registers_file import RegistersFile
from bot.knowledge.replies_file import RepliesFile
from bot.knowledge.retention_file import RetentionFile
from bot.knowledge.yaml_file import Document, KnowledgeErrors, read_document

_F = TypeVar("_F", bound=File)


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The files of a folder; None where one could not be read.

    Attributes:
        people: The separate file of people if there is one, else the organisation's own.
        duty: The one beside the separate file of people if there is one, else the folder's.
    """

    processes: Document[Processes] | None
    mailboxes: Document[Mailboxes] | None
    matters: Document[Matters] | None
    customers: Document[Customers] | None
    links: Document[Links] | None
    hours: Document[OpeningHours] | None
    organisation: Document[Organisation] | None
    people: Document[People] | None
    dunning: Document[DunningFile] | None
    payment_runs: Document[PaymentRunFile] | None
    duty: Document[DutyFile] | None
    registers: Document[RegistersFile] | None
    replies: Document[RepliesFile] | None
    lead_times: Document[LeadTimesFile] | None
    retention: Document[RetentionFile] | None

    def samples(self) -> Iterator[str]:
        """Name the files that say that they hold sample values."""
        documents: tuple[Document[File] | None, ...] = (
            self.processes,
            self.mailboxes,
            self.matters,
            self.customers,
            self.links,
            self.hours,
            self.organisation,
            self.people if self.people is not self.organisation else None,
            self.dunning,
            self.payment_runs,
            self.duty,
            self.registers,
            self.replies,
            self.lead_times,
            self.retention,
        )
        for document in documents:
            if document is not None and document.content.sample:
                yield document.file


def read_files(folder: Path, people_file: Path | None) -> tuple[Files, list[KnowledgeError]]:
    """Read every file, also after one that is wrong."""
    errors: list[KnowledgeError] = []

    def document(path: Path, model: type[_F]) -> Document[_F] | None:
        try:
            return read_document(path, model)
        except KnowledgeErrors as error:
            errors.extend(error.errors)
            return None

    organisation = document(folder / "organisation.yaml", Organisation)
    files = Files(
        processes=document(folder / "processes.yaml", Processes),
        mailboxes=document(folder / "mailboxes.yaml", Mailboxes),
        matters=document(folder / "matters.yaml", Matters),
        customers=document(folder / "customers.yaml", Customers),
        links=document(folder / "links.yaml", Links),
        hours=document(folder / "hours.yaml", OpeningHours),
        organisation=organisation,
        people=organisation if people_file is None else document(people_file, People),
        dunning=document(folder / "dunning.yaml", DunningFile),
        payment_runs=document(folder / "payment_runs.yaml", PaymentRunFile),
        duty=document(_duty_path(folder, people_file), DutyFile),
        registers=document(folder / "registers.yaml", RegistersFile),
        replies=document(folder / "replies.yaml", RepliesFile),
        lead_times=document(folder / "lead_times.yaml", LeadTimesFile),
        retention=document(folder / "retention.yaml", RetentionFile),
    )
    return files, errors


def _duty_path(folder: Path, people_file: Path | None) -> Path:
    """Return the roster: it names people, so that it may be kept where they are."""
    beside = None if people_file is None else people_file.with_name("duty.yaml")
    return beside if beside is not None and beside.exists() else folder / "duty.yaml"
