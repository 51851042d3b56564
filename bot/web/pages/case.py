"""Ärende: the conversation, what it is about and why, invoices, deadlines, and what happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from starlette.responses import Response

from bot.cases import Case
from bot.errors import NotFound
from bot.services.case_page import CaseInvoice, CaseMail, CasePage, Counted, because
from bot.services.correcting import Correction
from bot.services.undoing import mark_of
from bot.texts import Say, mark
from bot.texts.codes import CODES
from bot.vocabulary import MessageId, Status, StopReason, Urgency
from bot.web.ask import Ask
from bot.web.files import download
from bot.web.form import Form
from bot.web.mail_view import safe_html
from bot.web.moments import near
from bot.web.page import Page
from bot.web.seeing import seen_case, sight_of
from bot.web.timeline import lines, undone

_ANSWERED: Final = (
    mark(
        "Kunden väntade {working} i arbetstid ({wall} på klockan) på det första svaret från en "
        "person."
    ),
    mark("Kunden fick det första svaret från en person efter {wall}; inget av det var arbetstid."),
)
_CLOSED: Final = (
    mark(
        "Kunden väntade {working} i arbetstid ({wall} på klockan) tills ärendet avslutades. Ingen "
        "person svarade."
    ),
    mark("Ärendet avslutades efter {wall}; inget av det var arbetstid. Ingen person svarade."),
)
_WAITS: Final = (
    mark(
        "Kunden har väntat {working} i arbetstid ({wall} på klockan). Ingen person har svarat än."
    ),
    mark("Kunden har väntat {wall}; inget av det var arbetstid. Ingen person har svarat än."),
)
"""How long a customer waited: where some of it was working time, and where none was."""
_MOST_TEXT: Final = 20_000
_MOST_DIGITS: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMail:
    """A mail of the conversation.

    Attributes:
        sender: As the sender calls itself, or our mailbox.
        text: What was new in it, at most `_MOST_TEXT` characters.
        cut: There is more.
    """

    mail: CaseMail
    sender: str
    text: str
    cut: bool
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownInvoice:
    """An invoice, in words."""

    number: str
    stage: str
    due: str
    amount: str
    customer: str
    at_collector: bool


def case(ask: Ask) -> Response:
    """Show a case, and note that it was looked at."""
    found = seen_case(ask, ask.value("number"))
    ask.house.case_pages.viewed(found, by=ask.viewer.key)
    return show(ask, found)


def basis(case: Case) -> Mapping[str, str]:
    """Return what some forms are made from: name of the act -> what a newer act changes of it."""
    standing = Correction.standing(case)
    facts = (standing.process, standing.matter, standing.urgent, standing.customer)
    return {
        "correct": "/".join([*(fact or "" for fact in facts), "yes" if standing.possible else ""]),
        "move": case.process or "",
        "give": f"{case.team}/{case.owner or ''}",
    }


def show(
    ask: Ask,
    found: Case,
    *,
    status: int = 200,
    error: str = "",
    form: Form | None = None,
) -> Response:
    """Show a case.

    Args:
        error: Why what was asked for was not done.
        form: What was typed, and what is wrong with it.
    """
    page = ask.house.case_pages.page(found, sight_of(ask))
    return ask.page(
        "case/case.html",
        status=status,
        error=error,
        form=_filled(form or Form(), page.case),
        page=page,
        case=page.case,
        others=page.others,
        urgent=page.case.urgent is not Urgency.NO,
        closed=page.case.status is Status.CLOSED,
        waiting=page.case.status in (Status.WAITING_CUSTOMER, Status.WAITING_OTHER),
        mine=page.case.owner == ask.viewer.key,
        customer=ask.house.choices.customer_name(page.case.customer),
        mails=[_mail(mail, ask) for mail in page.mails],
        invoices=[_invoice(one, page.case, ask) for one in page.sheet.invoices],
        missing=[ask.say.code(f"missing.{item}") for item in page.sheet.missing],
        lines=lines(page.events, ask),
        views=lines(page.views, ask),
        undoes="" if page.undoable is None else undone(page.undoable.act, ask),
        seen=basis(page.case),
        correcting=bool(error) and form is not None and "urgent" in form.typed,
        undo_mark="" if page.undoable is None else mark_of(page.undoable),
        triage=_triage(page.triage, ask),
        **_deadline(page, ask),
        **_counted(page, ask),
        **_choices(page, ask),
    )


def others(ask: Ask) -> Response:
    """Say who else looks at a case, alone; it is fetched again and again."""
    found = seen_case(ask, ask.value("number"))
    there = ask.house.case_pages.still_there(found, by=ask.viewer.key)
    return ask.page("case/_others.html", case=found, others=there)


def mail(ask: Ask) -> Response:
    """Show one mail whole, as its sender formatted it as far as that is safe."""
    found = seen_case(ask, ask.value("number"))
    opened = ask.house.case_pages.open_mail(found, _message(ask))
    ask.house.case_pages.viewed(found, by=ask.viewer.key, what="mail", message=opened.mail.id)
    return ask.page(
        "case/mail.html",
        case=found,
        mail=opened.mail,
        body=opened.body[: 10 * _MOST_TEXT],
        html=safe_html(opened.html),
        wanted_html=opened.html is not None,
    )


def original(ask: Ask) -> Response:
    """Hand over a mail as its server had it."""
    found = seen_case(ask, ask.value("number"))
    message = _message(ask)
    file = ask.house.case_pages.original(found, message)
    ask.house.case_pages.viewed(found, by=ask.viewer.key, what="original", message=message)
    return download(file, otherwise=f"{found.number}.eml")


def attachment(ask: Ask) -> Response:
    """Hand over an attachment."""
    found = seen_case(ask, ask.value("number"))
    message, position = _message(ask), _number(ask, "position")
    file = ask.house.case_pages.attachment(found, message, position)
    ask.house.case_pages.viewed(found, by=ask.viewer.key, what="attachment", message=message)
    return download(file, otherwise=f"{found.number}-{message}-{position}")


def _filled(form: Form, case: Case) -> Form:
    """Let the form of the assessment show what holds now, unless it was sent."""
    if "urgent" in form.typed:
        return form
    stands = {
        "process": case.process or "",
        "matter": case.matter or "",
        "urgent": case.urgent.value,
        "customer": case.customer or "",
        "possible": "yes" if case.possible else "",
    }
    return Form(typed={**stands, **form.typed}, errors=form.errors)


def _mail(mail: CaseMail, ask: Ask) -> ShownMail:
    senders = mail.those("from")
    sender = ask.house.names(ask.say.language).mailbox(mail.mailbox)
    if mail.incoming:
        sender = ask.say("okänd avsändare")
    if mail.incoming and senders:
        one = senders[0]
        sender = f"{one.name} <{one.address}>" if one.name else one.address
    text = (mail.text or "").strip()
    return ShownMail(
        mail=mail,
        sender=sender,
        text=text[:_MOST_TEXT],
        cut=len(text) > _MOST_TEXT,
        faults=tuple(ask.say.code(f"fault.{fault}") for fault in mail.faults),
    )


def _invoice(invoice: CaseInvoice, case: Case, ask: Ask) -> ShownInvoice:
    say = ask.say
    asked = "unknown" if invoice.looked_up_at is not None else "not_asked"
    amount = ""
    if invoice.amount_ore is not None:
        number = say.number(invoice.amount_ore / 100, decimals=2)
        amount = say("{amount} kr", amount=number)
    return ShownInvoice(
        number=invoice.number,
        stage=say.code(f"stage.{invoice.stage or asked}"),
        due="" if invoice.due is None else invoice.due.isoformat(),
        amount=amount,
        customer="" if case.protected else invoice.customer or "",
        at_collector=invoice.stage == "collection",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTriage:
    """Why the assistant thinks what it thinks of the first mail.

    Attributes:
        sure: In hundredths.
        reasons: (why, where it was seen) each.
    """

    sure: str
    reasons: tuple[tuple[str, str], ...]


def _triage(found: Mapping[str, Any] | None, ask: Ask) -> ShownTriage | None:
    if not found:
        return None
    return ShownTriage(
        sure=ask.say.percent(float(found.get("confidence", 0))),
        reasons=tuple(_reasons(found.get("reasons", ()), ask)),
    )


def _reasons(reasons: Sequence[Mapping[str, str]], ask: Ask) -> Iterator[tuple[str, str]]:
    for reason in reasons:
        code, where = f"reason.{reason['rule']}", f"where.{reason['where']}"
        if code in CODES:
            place = ask.say.code(where) if where in CODES else ""
            yield ask.say.code(code, words=reason["words"]), place


def _deadline(page: CasePage, ask: Ask) -> dict[str, object]:
    case, now, zone = page.case, ask.house.clock.now(), ask.house.zone
    handle_by = case.handle_by
    return {
        "handle_by": "" if handle_by is None else near(ask.say, handle_by, now, zone),
        "late": handle_by is not None and handle_by < now,
        "safe_until": "" if case.safe_until is None else near(ask.say, case.safe_until, now, zone),
        "because": [because(reason, ask.say, zone) for reason in case.deadline_reasons],
        "promised": ""
        if page.promise is None or page.promise.kept_at is not None
        else near(ask.say, page.promise.due_at, now, zone),
        "promise_late": page.promise is not None and page.promise.due_at < now,
    }


def _counted(page: CasePage, ask: Ask) -> dict[str, object]:
    say, counted = ask.say, page.counted
    rows = [
        (
            say.date(span.opens.date()),
            f"{span.opens:%H:%M}–{span.closes:%H:%M}",
            say.duration(span.counted, days=False, short=True) if span.counted else "0",
            say.code(span.note),
        )
        for span in counted.spans
    ]
    return {
        "counted": rows,
        "waited": _waited(counted, say),
    }


def _waited(counted: Counted, say: Say) -> str:
    """Say how long the customer waited, or has waited so far."""
    wall, working = say.duration(counted.wall), say.duration(counted.working, days=False)
    if counted.until is not None:
        some, none = _ANSWERED
    elif counted.closed_at is not None:
        some, none = _CLOSED
    else:
        some, none = _WAITS
    if counted.working < timedelta(minutes=1):
        return say(none, wall=wall)
    return say(some, working=working, wall=wall)


def _choices(page: CasePage, ask: Ask) -> dict[str, object]:
    choices, language = ask.house.choices, ask.say.language
    return {
        "processes": choices.processes(language),
        "matters": choices.matters(language),
        "customers": choices.customers(),
        "people": choices.people(),
        "teams": choices.teams(language),
        "urgencies": [(one.value, ask.say.code(f"urgent.{one}")) for one in Urgency],
        "stop_reasons": [(one.value, ask.say.code(f"stop_reason.{one}")) for one in StopReason],
    }


def _message(ask: Ask) -> MessageId:
    return MessageId(_number(ask, "message"))


def _number(ask: Ask, name: str) -> int:
    text = ask.value(name)
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise NotFound("mejlet finns inte, eller har gallrats")
    return int(text)


PAGES = (
    Page(path="/cases/{number}", name="case", answer=case),
    Page(path="/cases/{number}/others", name="case_others", answer=others),
    Page(path="/cases/{number}/mails/{message}", name="case_mail", answer=mail),
    Page(path="/cases/{number}/mails/{message}/original", name="case_original", answer=original),
    Page(
        path="/cases/{number}/mails/{message}/files/{position}",
        name="case_file",
        answer=attachment,
    ),
)
