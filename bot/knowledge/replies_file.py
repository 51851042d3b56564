"""``replies.yaml``: who may send which reply, what needs two people, when we ask again."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

from pydantic import Field, model_validator

from bot.knowledge.comparing import Errors, placed, unknown, values
from bot.knowledge.models import File
from bot.knowledge.yaml_file import Document, KnowledgeModel
from bot.language.phrases import PhraseBook
from bot.reply_prompts import Prompt
from bot.reply_rules import Policy, ReplyRule
from bot.texts import mark
from bot.vocabulary import MailboxKey, MatterKey, TemplateKey

Hours = Annotated[float, Field(gt=0, le=100)]
Days = Annotated[int, Field(ge=1, le=250)]


class RuleEntry(KnowledgeModel):
    """See `bot.reply_rules.ReplyRule`; without a template it is about all of them."""

    send: Policy
    template: TemplateKey | None = None
    mailboxes: tuple[MailboxKey, ...] = ()


class DraftEntry(KnowledgeModel):
    """See `bot.reply_prompts.Prompt`; ``says`` is text with one phrase a line."""

    template: TemplateKey
    matters: tuple[MatterKey, ...] = Field(min_length=1)
    says: str = ""
    internal: bool = False

    @model_validator(mode="after")
    def _can_be_read(self) -> DraftEntry:
        PhraseBook(((0, phrase) for phrase in self.phrases()), lists={})
        return self

    def phrases(self) -> tuple[str, ...]:
        """Return the phrases, without remarks."""
        lines = (line.partition("#")[0].strip() for line in self.says.splitlines())
        return tuple(line for line in lines if line)


class RepliesFile(File):
    """``replies.yaml``.

    Attributes:
        remind_days: Working days without an answer after which a reminder is written.
        close_days: Working days after that until the owner is asked to close the case.
        delay_hours: Hours of open time before a promised time at which a letter about the
            delay is drafted.
        news_days: Working days after which the letter that we are at work promises news.
        two_people: Templates that a colleague must approve before they go out.
        tips: Senders who do not tag their mail get a friendly line about it now and then.
        rules: The most careful one of those that hold decides.
        drafts: Letters that are drafted for a new case; the first that fits holds.
    """

    remind_days: Days
    close_days: Days
    delay_hours: Hours = 4
    news_days: Days = 2
    two_people: tuple[TemplateKey, ...] = ()
    tips: bool = True
    rules: tuple[RuleEntry, ...] = ()
    drafts: tuple[DraftEntry, ...] = ()

    def reply_rules(self) -> tuple[ReplyRule, ...]:
        """Return the rules as values."""
        return tuple(
            ReplyRule(
                send=entry.send, template=entry.template, mailboxes=frozenset(entry.mailboxes)
            )
            for entry in self.rules
        )

    def prompted_matters(self) -> frozenset[MatterKey]:
        """Return the matters for which a letter may be drafted when a case comes in."""
        return frozenset(matter for entry in self.drafts for matter in entry.matters)

    def prompts(self) -> tuple[Prompt, ...]:
        """Return what is drafted for new cases, as values."""
        return tuple(
            Prompt(
                template=entry.template,
                matters=frozenset(entry.matters),
                says=entry.phrases(),
                internal=entry.internal,
            )
            for entry in self.drafts
        )


def unknown_templates(document: Document[RepliesFile], templates: Collection[str]) -> Errors:
    """Yield the templates that the file names and that do not exist."""
    content, what = document.content, mark("mallen")
    entries = placed(("rules",), content.rules)
    both = [(("two_people", i), name) for i, name in enumerate(content.two_people)]
    drafts = values(placed(("drafts",), content.drafts), "template")
    named = [*values(entries, "template"), *both, *drafts]
    yield from unknown(document, what, named, set(templates))
