"""``replies.yaml``: who may send which reply, what needs two people, when we ask again."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

from pydantic import Field

from bot.knowledge.comparing import Errors, placed, unknown, values
from bot.knowledge.models import File
from bot.knowledge.yaml_file import Document, KnowledgeModel
from bot.reply_rules import Policy, ReplyRule
from bot.texts import mark
from bot.vocabulary import MailboxKey, TemplateKey

Days = Annotated[int, Field(ge=1, le=250)]


class RuleEntry(KnowledgeModel):
    """See `bot.reply_rules.ReplyRule`; without a template it is about all of them."""

    send: Policy
    template: TemplateKey | None = None
    mailboxes: tuple[MailboxKey, ...] = ()


class RepliesFile(File):
    """``replies.yaml``.

    Attributes:
        remind_days: Working days without an answer after which a reminder is written.
        close_days: Working days after that until the owner is asked to close the case.
        two_people: Templates that a colleague must approve before they go out.
        tips: Senders who do not tag their mail get a friendly line about it now and then.
        rules: The most careful one of those that hold decides.
    """

    remind_days: Days
    close_days: Days
    two_people: tuple[TemplateKey, ...] = ()
    tips: bool = True
    rules: tuple[RuleEntry, ...] = ()

    def reply_rules(self) -> tuple[ReplyRule, ...]:
        """Return the rules as values."""
        return tuple(
            ReplyRule(
                send=entry.send, template=entry.template, mailboxes=frozenset(entry.mailboxes)
            )
            for entry in self.rules
        )


def unknown_templates(document: Document[RepliesFile], templates: Collection[str]) -> Errors:
    """Yield the templates that the file names and that do not exist."""
    content, what = document.content, mark("mallen")
    entries = placed(("rules",), content.rules)
    both = [(("two_people", i), name) for i, name in enumerate(content.two_people)]
    yield from unknown(document, what, [*values(entries, "template"), *both], set(templates))
