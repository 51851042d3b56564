"""What triage says about mails of our own writing, class by class."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.triage.desk import DATA, MONDAY, rows, triaged

EXAMPLES = [
    pytest.param(row, id=f"{path.stem}:{number}:{row['subject'][:30]}")
    for path in sorted((DATA / "triage").glob("*.jsonl"))
    for number, row in enumerate(rows(path), start=1)
]
FLOOR = 0.97
"""Share of the examples that must be right in every labelled field."""


def _differences(row):
    fields = {key: row[key] for key in ("subject", "sender", "mailbox", "headers") if key in row}
    fields["attachments"] = tuple(row.get("attachments") or ())
    at = datetime.fromisoformat(row["received"]) if "received" in row else MONDAY
    got = triaged(row["body"], at=at, **fields).labels()
    return {key: (wanted, got[key]) for key, wanted in row["label"].items() if got[key] != wanted}


def test_nearly_all_examples_of_our_own_are_right_in_every_field():
    wrong = [row.values[0]["body"] for row in EXAMPLES if _differences(row.values[0])]
    assert len(wrong) <= len(EXAMPLES) * (1 - FLOOR), wrong


@pytest.mark.parametrize(
    "row", [row for row in EXAMPLES if row.values[0]["label"].get("urgent") not in (None, "no")]
)
def test_an_urgent_example_is_found_urgent(row):
    assert "urgent" not in _differences(row)


def test_at_most_two_calm_examples_are_called_urgent():
    calm = [row.values[0] for row in EXAMPLES if row.values[0]["label"].get("urgent") == "no"]
    wrong = [row["body"] for row in calm if "urgent" in _differences(row)]
    assert len(wrong) <= 2, wrong
