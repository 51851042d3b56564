from __future__ import annotations

from datetime import UTC, date, datetime

from bot.reports.lead_times import LeadTime, fitting, last_decided_day
from tests.city import shipped_material

CALENDAR = shipped_material().knowledge.calendar
RULES = (
    LeadTime(process="kundreskontra", matter="anstand", answer_s=1),
    LeadTime(customer="hamnen", answer_s=2),
    LeadTime(answer_s=3),
)


def agreed(**of):
    return fitting(RULES, **({"process": None, "matter": None, "customer": None} | of)).answer_s


def test_the_first_lead_time_that_fits_a_case_holds():
    assert agreed(process="kundreskontra", matter="anstand", customer="hamnen") == 1
    assert agreed(process="kundreskontra", customer="hamnen") == 2
    assert agreed(process="redovisning") == 3


def test_where_nothing_fits_nothing_is_agreed():
    assert fitting(RULES[:2], process=None, matter=None, customer=None) is None


def test_a_case_is_not_late_while_it_can_still_be_answered_in_time():
    # Wednesday noon: two working days of 8.5 hours ago it was Monday noon.
    now = datetime(2026, 3, 4, 11, tzinfo=UTC)
    last = last_decided_day(LeadTime(answer_s=17 * 3600), now, CALENDAR)
    assert date.fromordinal(last) == date(2026, 3, 1)
