"""How far the assistant may go with a reply: template, rules, mode and case put together."""

from __future__ import annotations

from bot.cases import Case
from bot.knowledge.replies_file import RepliesFile
from bot.reply_rules import Policy, policy_of
from bot.templates import Templates
from bot.vocabulary import Mode, TemplateKey


def reply_policy(
    case: Case,
    name: TemplateKey,
    *,
    templates: Templates,
    replies: RepliesFile,
    mode: Mode,
    beyond_doubt: bool = False,
) -> Policy:
    """Return how far the assistant may go with a reply on a case.

    Args:
        beyond_doubt: What the template's `auto_when` asks for is so.

    Returns:
        ``off`` too where the centre's templates have no such letter.
    """
    if name not in templates.names():
        return Policy.OFF
    template = templates.get(name)
    ceiling = Policy(template.sending.value)
    if beyond_doubt and template.auto_when is not None:
        ceiling = Policy.AUTO
    if name in replies.two_people and ceiling is Policy.AUTO:
        ceiling = Policy.DRAFT
    return policy_of(
        name,
        case.mailbox,
        ceiling=ceiling,
        rules=replies.reply_rules(),
        mode=mode,
        protected=case.protected,
    )


def receipt_policy(case: Case, name: TemplateKey, *, replies: RepliesFile, mode: Mode) -> Policy:
    """Return how far the assistant may go with a receipt; that of a protected case says nothing."""
    rules = replies.reply_rules()
    return policy_of(
        name, case.mailbox, ceiling=Policy.AUTO, rules=rules, mode=mode, protected=False
    )
