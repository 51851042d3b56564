"""Which numbers and days of a mail are meant, form by form.

`make learn` learns from these forms too, so this tells of fitting; how unseen mails fare is
told by test_unseen.py.
"""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.errors import KnowledgeError
from bot.knowledge import learned_mentions
from bot.triage.mention_weights import LearnedMentions, MentionWeights
from tests.triage.desk import DATA, rows, triaged

FLOOR = 0.96
"""Share of the forms that must be read rightly."""
LEARNED = LearnedMentions(
    invoice=MentionWeights(bias=-500, weights={"before0 faktura": 120}),
    due=MentionWeights(bias=0, weights={}),
)


def _wrong(name, field):
    for row in rows(DATA / "mentions" / f"{name}.jsonl"):
        found = triaged(
            row["body"],
            subject=row["subject"],
            at=datetime.fromisoformat(row["received"]),
            attachments=tuple(row.get("attachments") or ()),
        ).labels()[field]
        if found != row["label"][field]:
            yield row["form"], found


@pytest.mark.parametrize(("name", "field"), [("invoices", "invoices"), ("dates", "due")])
def test_nearly_all_forms_of_numbers_and_due_dates_are_read_rightly(name, field):
    count = sum(1 for _ in rows(DATA / "mentions" / f"{name}.jsonl"))
    wrong = list(_wrong(name, field))
    assert len(wrong) <= count * (1 - FLOOR), wrong


def test_what_is_seen_speaks_as_loudly_as_it_stands_near():
    weights = LEARNED.invoice
    assert weights.favour({"before0 faktura": 10}) == 700
    assert weights.favour({"before0 faktura": 4}) < 0
    assert weights.favour({"unknown": 10}) == -500


def test_an_ocr_number_tells_the_invoice_where_no_other_number_does():
    assert triaged("Jag kan inte betala i tid, ocr 412302317.").invoices == ("41230231",)
    assert triaged("Jag kan inte betala i tid, ocr 412302318.").invoices == ()


def test_an_attached_invoice_tells_its_number_where_the_mail_does_not():
    said = triaged(
        "Hej, bifogar vår faktura. När betalas den?",
        subject="Obetald faktura",
        attachments=("faktura_77120.pdf",),
    )
    assert said.invoices == ("77120",)


def test_the_weights_of_a_folder_come_back_as_they_were_written(tmp_path):
    learned_mentions.save(LEARNED, tmp_path)
    assert learned_mentions.load(tmp_path) == LEARNED


def test_without_the_file_the_rules_alone_decide(tmp_path):
    assert learned_mentions.load(tmp_path) is None


def test_weights_that_cannot_be_read_are_a_fault(tmp_path):
    learned_mentions.save(LEARNED, tmp_path).write_text('{"invoice": {}}', encoding="utf-8")
    with pytest.raises(KnowledgeError):
        learned_mentions.load(tmp_path)
