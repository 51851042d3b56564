"""What the house itself knows of the values of some letters, and in which language they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from bot.cases import Case
from bot.knowledge import Knowledge
from bot.registers import Facts
from bot.reply_rules import FEE_CHECK, INFORMATION_REMINDER, PAYMENT_FACTS, WORKING, ReplyDraft
from bot.services.new_case import House
from bot.templates import Template, Templates
from bot.texts import speaker
from bot.vocabulary import Language, MatterKey, Missing, TemplateKey
from bot.worktime import end_of_working_day

Values = Mapping[str, str | list[str]]
Known = dict[str, str | list[str]]

_YEARS_TO_CONTROL: Final = 2
"""So late are the incomes of a year known that fees are checked by."""
_SAY_WHY_OF: Final = 2
"""So many reasons fit on a line; more are said in one sentence for all."""


def language_of(case: Case, template: Template) -> Language:
    """Return the language of the customer's mail if a template has it, else Swedish."""
    wanted = (case.language, Language.SWEDISH)
    return next(
        (known for want in wanted for known in template.languages if known == want),
        template.languages[0],
    )


def payment_matters(templates: Templates) -> tuple[MatterKey, ...]:
    """Return the matters for which the facts that stop a payment have a letter of their own."""
    known = PAYMENT_FACTS in templates.names()
    return templates.get(PAYMENT_FACTS).matters if known else ()


def known_days(name: TemplateKey, house: House, now: datetime) -> Known:
    """Return the day or the year that some letters need and that no case has to say."""
    if name == WORKING:
        return {"next_news_by": _in_days(house.knowledge.replies.news_days, house, now).isoformat()}
    if name == FEE_CHECK:
        return {"control_year": str(_in_days(0, house, now).year - _YEARS_TO_CONTROL)}
    return {}


def asking_values(
    case: Case, missing: Sequence[Missing], language: Language, house: House, now: datetime
) -> Known:
    """Return what is missing, why we need it, and by when; no later than a case is handled."""
    day = _in_days(house.knowledge.replies.remind_days, house, now)
    if case.handle_by is not None:
        today = house.calendar.local_date(now)
        day = max(today, min(day, house.calendar.local_date(case.handle_by)))
    return {**_asked_for(missing, language), "answer_by": day.isoformat()}


def reminding_values(
    drafts: Sequence[ReplyDraft],
    missing: Sequence[Missing],
    language: Language,
    house: House,
    now: datetime,
) -> Known:
    """Return what was asked for, and when the case is closed without an answer.

    Args:
        drafts: Of the case, oldest first.
        missing: What is missing on it now, where no letter has asked.
    """
    asked = [draft for draft in drafts if draft.template != INFORMATION_REMINDER]
    lines = next((d.given["missing"] for d in reversed(asked) if "missing" in d.given), [])
    return {
        "missing": lines or _asked_for(missing, language).get("missing", []),
        "close_on": _in_days(house.knowledge.replies.close_days, house, now).isoformat(),
    }


def remark_values(facts: Facts, language: Language, knowledge: Knowledge) -> Known:
    """Return who takes care of a remark, and by when it is answered, as far as it is known."""
    unit = None if facts.unit is None else knowledge.units.get(facts.unit)
    due: Known = {} if facts.due is None else {"answer_by": facts.due.isoformat()}
    return {**due, **({} if unit is None else {"unit_name": unit.name.in_language(language)})}


def _in_days(days: int, house: House, now: datetime) -> date:
    """Return the day that so many working days make."""
    end = end_of_working_day(now, house.calendar, after_days=days)
    return house.calendar.local_date(end)


def _asked_for(missing: Sequence[Missing], language: Language) -> Known:
    """Return what is missing, a line for each fact, and why we need it."""
    if not missing:
        return {}
    say = speaker(language)
    why = [say.code(f"why_missing.{item}") for item in missing]
    return {
        "missing": [say.code(f"missing.{item}") for item in missing],
        "why": " ".join(why) if len(why) <= _SAY_WHY_OF else say.code("why_missing.several"),
    }
