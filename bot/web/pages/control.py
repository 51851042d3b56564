"""Internkontroll: cases drawn by lot, what colleagues say of them, and the evidence to keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from bot.control import MOST, Question, Reply, SampleOrder
from bot.errors import DataError, NotFound, WrongPart
from bot.reports.model import Granularity
from bot.reports.periods import before, period_of
from bot.services.case_page import OpenedFile
from bot.services.control import EmptySample, OpenedSample, ReviewedCase
from bot.vocabulary import Right
from bot.web.ask import Ask
from bot.web.files import download
from bot.web.form import Form
from bot.web.notices import Notice
from bot.web.page import Page
from bot.web.periods import day_typed
from bot.web.seeing import seen_case

_LARGEST: Final = 2**31 - 1
"""What the database can hold as the number of a sample."""


def samples(ask: Ask) -> Response:
    """Show the samples that were drawn, and to managers the form to draw one."""
    last = before(period_of(ask.house.reporting.today, Granularity.TERTIAL))
    typed = {
        "first": last.first.isoformat(),
        "last": last.last.isoformat(),
        "size": "20",
        "seed": last.key,
    }
    return _samples(ask, Form(typed=typed))


def draw(ask: Ask) -> Response:
    """Draw a sample."""
    order, errors = _order(ask)
    if order is None:
        return _samples(ask, Form(typed=ask.form, errors=errors), status=422)
    try:
        sample = ask.house.control.draw(order, by=ask.viewer.key)
    except EmptySample as error:
        errors = {error.part: ask.say.error(error)}
        return _samples(ask, Form(typed=ask.form, errors=errors), status=422)
    text = ask.say.plural(
        "{n} ärende ska granskas.", "{n} ärenden ska granskas.", len(sample.items)
    )
    return ask.see_other("control_sample", Notice(text=text), sample=sample.id)


def sample(ask: Ask) -> Response:
    """Show a sample with its cases, and how far the review has come."""
    opened = _opened(ask)
    return ask.page(
        "control/sample.html",
        opened=opened,
        sample=opened.sample,
        shown=[one for one in opened.cases if _is_seen(ask, one)],
        hidden=sum(not _is_seen(ask, one) for one in opened.cases),
    )


def case(ask: Ask) -> Response:
    """Show what is asked about a case of a sample."""
    return _case(ask, Form())


def review(ask: Ask) -> Response:
    """Write down what a colleague says of a case."""
    opened, one = _one(ask)
    answers, errors = _answers(ask)
    if errors:
        return _case(ask, Form(typed=ask.form, errors=errors), status=422)
    try:
        ask.house.control.review(
            opened.sample.id, one.case, answers, note=ask.form.get("note", ""), by=ask.viewer.key
        )
    except NotFound:
        raise
    except DataError as error:
        wrong = {"note": ask.say.error(error)}
        return _case(ask, Form(typed=ask.form, errors=wrong), status=422)
    text = ask.say("Granskningen av ärende {case} är inskriven.", case=one.case.number)
    return ask.see_other("control_sample", Notice(text=text), sample=opened.sample.id)


def evidence(ask: Ask) -> Response:
    """Hand over the protocol and the evidence as one file."""
    number = _number(ask)
    names = ask.house.names(ask.say.language)
    content = ask.house.control.evidence(number, say=ask.say, names=names, by=ask.viewer.key)
    name = f"{ask.say('internkontroll')}-{number}.zip"
    return download(OpenedFile(name=name, content=content), otherwise=name)


def _samples(ask: Ask, form: Form, *, status: int = 200) -> Response:
    return ask.page(
        "control/samples.html",
        status=status,
        form=form,
        samples=ask.house.control.listed(),
        processes=ask.house.choices.processes(ask.say.language),
        may_draw=ask.viewer.may(Right.MANAGER),
        most=MOST,
    )


def _order(ask: Ask) -> tuple[SampleOrder | None, dict[str, str]]:
    """Read the form; an order, or what is wrong with the fields."""
    say, errors = ask.say, {}
    process = ask.house.choices.process(ask.form.get("process", ""))
    first, last = (day_typed(ask.form.get(name, "")) for name in ("first", "last"))
    size = ask.form.get("size", "").strip()
    if process is None:
        errors["process"] = say("Välj en process.")
    for name, day in (("first", first), ("last", last)):
        if day is None:
            errors[name] = say("Skriv en dag som {example}.", example="2026-03-31")
    if not (size.isascii() and size.isdigit() and len(size) < 5):
        errors["size"] = say("Skriv ett antal.")
    if errors or process is None or first is None or last is None:
        return None, errors
    seed = ask.form.get("seed", "").strip()
    try:
        order = SampleOrder(process=process, first=first, last=last, size=int(size), seed=seed)
    except WrongPart as error:
        return None, {error.part: say.error(error)}
    return order, {}


def _answers(ask: Ask) -> tuple[dict[Question, Reply], dict[str, str]]:
    answers: dict[Question, Reply] = {}
    errors: dict[str, str] = {}
    for question in Question:
        said = ask.form.get(question, "")
        if said in list(Reply):
            answers[question] = Reply(said)
        else:
            errors[question] = ask.say("Välj ett svar.")
    return answers, errors


def _case(ask: Ask, form: Form, *, status: int = 200) -> Response:
    opened, one = _one(ask)
    return ask.page(
        "control/case.html",
        status=status,
        form=form,
        sample=opened.sample,
        one=one,
        case=one.case,
        questions=tuple(Question),
        replies=tuple(Reply),
        following=_following(ask, opened, one),
    )


def _following(ask: Ask, opened: OpenedSample, one: ReviewedCase) -> ReviewedCase | None:
    """Return the next case of the sample that the viewer may see and nobody has reviewed."""
    at = opened.cases.index(one)
    after = (*opened.cases[at + 1 :], *opened.cases[:at])
    left = (each for each in after if each.item.review is None and _is_seen(ask, each))
    return next(left, None)


def _opened(ask: Ask) -> OpenedSample:
    return ask.house.control.opened(_number(ask))


def _number(ask: Ask) -> int:
    number = int(ask.value("sample"))
    if number > _LARGEST:
        raise NotFound("urval {n} finns inte; kontrollera numret", n=str(number)[:20])
    return number


def _one(ask: Ask) -> tuple[OpenedSample, ReviewedCase]:
    """Return a sample and the case of it that the address names.

    Raises:
        NotFound: It has no such case, or the viewer may not see it.
    """
    opened = _opened(ask)
    found = seen_case(ask, ask.value("number"))
    by_id: Mapping[int, ReviewedCase] = {one.case.id: one for one in opened.cases}
    if found.id not in by_id:
        raise NotFound("urval {n} har inget ärende {case}", n=opened.sample.id, case=found.number)
    return opened, by_id[found.id]


def _is_seen(ask: Ask, one: ReviewedCase) -> bool:
    return ask.viewer.sees_protected or not one.case.protected


PAGES = (
    Page(path="/control", name="control", answer=samples),
    Page(
        path="/control",
        name="control_draw",
        answer=draw,
        right=Right.MANAGER,
        method="POST",
        once=True,
    ),
    Page(path="/control/{sample:int}", name="control_sample", answer=sample),
    Page(
        path="/control/{sample:int}/evidence",
        name="control_evidence",
        answer=evidence,
        right=Right.MANAGER,
    ),
    Page(path="/control/{sample:int}/cases/{number}", name="control_case", answer=case),
    Page(
        path="/control/{sample:int}/cases/{number}",
        name="control_review",
        answer=review,
        method="POST",
        once=True,
    ),
)
