"""Tables. They stay in this package; callers get value objects.

Three groups, so that personal data can be deleted without breaking the record:

* what somebody said: mails and callers (``message_raw``, ``message_text``,
  ``message_address``, ``message_triage``, ``attachment``, ``quarantine``, ``phone_call``, and
  the words of both in ``search_entry``, which goes with their texts) and
  staff in the registers (``register_entry.text``), in internal control
  (``control_item.note``), in replies (``reply_draft_text``) and to the assistant
  (``slack_event.body``, emptied when it is answered, and ``proposal.said``);
  and whose an invoice is (``ledger_invoice`` until the next import, ``case_invoice.customer``
  and ``customer_no``, ``stop_list_line.line``),
* what it became (``delivery``, ``message``, ``case_file``, ``stop_list``, ``promise``,
  ``reply_draft``, ``reply_task``, ``tag_tip``; and what of it stands in Slack:
  ``slack_card``, ``slack_post``; and of talking with the assistant: ``conversation``,
  ``answer_rating``; and in the browser: ``case_presence``, ``last_act``, ``merged_case``; and
  what process owners write: ``knowledge_change``, ``knowledge_file``),
* and what happened (``event``, ``action``; and what figures are made of: ``case_fact``,
  ``frozen_figure``), which hold keys, codes and numbers only.
"""

from __future__ import annotations

from bot.store.tables.assistant import AnswerRatingRow, ConversationRow, ProposalRow
from bot.store.tables.base import Row, UtcDateTime
from bot.store.tables.casework import (
    IS_FOUND_BY_TIME,
    IS_OPEN,
    IS_UNFINISHED,
    ActionRow,
    BreakerRow,
    CaseRow,
    CounterRow,
    EventRow,
    PhoneCallRow,
    PromiseRow,
    RegisterEntryRow,
    SentReplyRow,
)
from bot.store.tables.collection import (
    CaseInvoiceRow,
    LedgerCurrentRow,
    LedgerGenerationRow,
    LedgerInvoiceRow,
    MissRow,
    StopListLineRow,
    StopListRow,
    WatchRow,
)
from bot.store.tables.control import ControlItemRow, ControlSampleRow, OutsideFigureRow
from bot.store.tables.editing import KnowledgeChangeRow, KnowledgeFileRow
from bot.store.tables.figures import CaseFactRow, FactSumRow, FrozenFigureRow
from bot.store.tables.keeping import CaseHoldRow, ErasedCaseRow, KeepingRunRow
from bot.store.tables.mail import (
    AttachmentRow,
    DeliveryRow,
    MailboxRow,
    MessageAddressRow,
    MessageRawRow,
    MessageRow,
    MessageTextRow,
    MessageTriageRow,
    QuarantineRow,
)
from bot.store.tables.replies import (
    ReplyDraftRow,
    ReplyDraftTextRow,
    ReplyTaskRow,
    TagTipRow,
)
from bot.store.tables.search import SearchEntryRow
from bot.store.tables.slack import (
    SlackCardRow,
    SlackChannelRow,
    SlackEventRow,
    SlackLinkRow,
    SlackPostRow,
)
from bot.store.tables.web import CasePresenceRow, LastActRow, MergedCaseRow

__all__ = [
    "IS_FOUND_BY_TIME",
    "IS_OPEN",
    "IS_UNFINISHED",
    "ActionRow",
    "AnswerRatingRow",
    "AttachmentRow",
    "BreakerRow",
    "CaseFactRow",
    "CaseHoldRow",
    "CaseInvoiceRow",
    "CasePresenceRow",
    "CaseRow",
    "ControlItemRow",
    "ControlSampleRow",
    "ConversationRow",
    "CounterRow",
    "DeliveryRow",
    "ErasedCaseRow",
    "EventRow",
    "FactSumRow",
    "FrozenFigureRow",
    "KeepingRunRow",
    "KnowledgeChangeRow",
    "KnowledgeFileRow",
    "LastActRow",
    "LedgerCurrentRow",
    "LedgerGenerationRow",
    "LedgerInvoiceRow",
    "MailboxRow",
    "MergedCaseRow",
    "MessageAddressRow",
    "MessageRawRow",
    "MessageRow",
    "MessageTextRow",
    "MessageTriageRow",
    "MissRow",
    "OutsideFigureRow",
    "PhoneCallRow",
    "PromiseRow",
    "ProposalRow",
    "QuarantineRow",
    "RegisterEntryRow",
    "ReplyDraftRow",
    "ReplyDraftTextRow",
    "ReplyTaskRow",
    "Row",
    "SearchEntryRow",
    "SentReplyRow",
    "SlackCardRow",
    "SlackChannelRow",
    "SlackEventRow",
    "SlackLinkRow",
    "SlackPostRow",
    "StopListLineRow",
    "StopListRow",
    "TagTipRow",
    "UtcDateTime",
    "WatchRow",
]
