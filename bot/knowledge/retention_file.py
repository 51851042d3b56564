"""``retention.yaml``: how long what people said is kept."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from bot.errors import BadValue
from bot.knowledge.models import File
from bot.knowledge.yaml_file import KnowledgeModel
from bot.vocabulary import MatterKey, ProcessKey

Days = Annotated[int, Field(ge=1, le=36_500)]


class RetentionRule(KnowledgeModel):
    """Other days for the cases of a process, of a matter, or of a matter in a process."""

    process: ProcessKey | None = None
    matter: MatterKey | None = None
    days: Days

    @model_validator(mode="after")
    def _is_about_something(self) -> RetentionRule:
        if self.process is None and self.matter is None:
            raise BadValue("ange process, matter eller båda; annars räcker case_days")
        return self


class RetentionFile(File):
    """``retention.yaml``.

    Attributes:
        case_days: Days after closing until the words of a case are deleted, where no rule says
            otherwise.
        ignored_days: Days after they came, for mails that became no case.
        register_days: Days after they were written, for texts in the registers without a case.
        conversation_days: Days after the last question, for talks with the assistant.
        rules: The most special one that holds decides: process and matter, matter, process.
    """

    case_days: Days
    ignored_days: Days
    register_days: Days
    conversation_days: Days
    rules: tuple[RetentionRule, ...] = ()

    @model_validator(mode="after")
    def _says_each_once(self) -> RetentionFile:
        about = [(rule.process, rule.matter) for rule in self.rules]
        if len(set(about)) < len(about):
            raise BadValue("två regler handlar om samma sak")
        return self

    def days_for(self, process: ProcessKey | None, matter: MatterKey | None) -> int:
        """Return the days after closing for a case."""
        days = {(rule.process, rule.matter): rule.days for rule in self.rules}
        for about in ((process, matter), (None, matter), (process, None)):
            if about != (None, None) and about in days:
                return days[about]
        return self.case_days

    @property
    def fewest_case_days(self) -> int:
        """The days after which the first of all cases may be deleted."""
        return min((self.case_days, *(rule.days for rule in self.rules)))
