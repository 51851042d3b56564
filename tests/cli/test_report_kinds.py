"""`report --kind` as people call it."""

from __future__ import annotations

import pytest


def test_the_tertial_report_is_written_by_the_five_goals(sammadag):
    code, out, _ = sammadag("report", "--kind", "tertial", "--from", "2026-T1", "--format", "csv")
    assert code == 0
    assert "5. Rätt service" in out


def test_the_quarters_of_a_year_are_written(sammadag):
    code, out, _ = sammadag("report", "--kind", "quarter", "--from", "2025", "--format", "csv")
    assert code == 0
    assert "kvartal 4 2025" in out


def test_the_sheet_for_a_meeting_asks_for_the_customer(sammadag):
    code, _, err = sammadag("report", "--kind", "customer")
    assert code == 2
    assert "--customer" in err


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_reports_of_each_kind_are_said_in_both_languages(sammadag, lang):
    code, out, _ = sammadag("report", "--kind", "tertial", "--lang", lang, "--format", "csv")
    assert code == 0
    assert {"sv": "God tillgänglighet", "en": "Good availability"}[lang] in out
