from __future__ import annotations

import pytest
from pydantic import ValidationError

from bot.knowledge.retention_file import RetentionFile

DAYS = {"case_days": 730, "ignored_days": 90, "register_days": 1095, "conversation_days": 90}
RULES = (
    {"process": "avgifter", "days": 365},
    {"matter": "anstand", "days": 1000},
    {"process": "avgifter", "matter": "anstand", "days": 10},
)


def file(*rules, **days):
    return RetentionFile.model_validate({"sample": True, **DAYS, **days, "rules": rules})


@pytest.mark.parametrize(
    ("process", "matter", "days"),
    [
        ("avgifter", "anstand", 10),
        ("kundreskontra", "anstand", 1000),
        (None, "anstand", 1000),
        ("avgifter", "fakturering", 365),
        ("avgifter", None, 365),
        ("kundreskontra", "fakturering", 730),
        (None, None, 730),
    ],
)
@pytest.mark.parametrize("rules", [RULES, RULES[::-1]], ids=["in order", "backwards"])
def test_the_most_special_rule_decides_in_whatever_order_they_stand(process, matter, days, rules):
    assert file(*rules).days_for(process, matter) == days


def test_the_first_case_may_go_by_the_shortest_of_all_rules():
    assert file(*RULES).fewest_case_days == 10
    assert file(RULES[1]).fewest_case_days == 730


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        pytest.param(({"days": 5},), "räcker case_days", id="about nothing"),
        pytest.param(({"process": "avgifter", "days": 0},), "greater than", id="no day"),
        pytest.param((RULES[0], {**RULES[0], "days": 9}), "samma sak", id="twice"),
    ],
)
def test_rules_that_make_no_sense_are_refused(rules, why):
    with pytest.raises(ValidationError, match=why):
        file(*rules)
