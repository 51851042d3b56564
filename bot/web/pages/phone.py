"""Telefon: a call logged in seconds, who waits for feedback, and one click when it is given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from bot.errors import DataError, UsageError
from bot.services.phone import Feedback, NewCall
from bot.services.phone_desk import Calls
from bot.vocabulary import Status, Urgency
from bot.web.ask import Ask
from bot.web.form import Form
from bot.web.notices import Notice, Tone
from bot.web.page import Page
from bot.web.seeing import seen_case

_TYPED: Final = ("customer", "callback", "note")
_SEPARATORS: Final = re.compile(r"[,;\n]")
_MOST_INVOICES: Final = 50
_LONGEST_INVOICES: Final = 1000


def phone(ask: Ask) -> Response:
    """Show the form for a call, and who waits."""
    usual = ask.house.phone_desk.usual_process(ask.viewer.key) or ""
    return _form(ask, Form(typed={"process": usual}))


def calls(ask: Ask) -> Response:
    """Return the list of those who wait, alone; it is fetched again and again."""
    return ask.page("phone/_calls.html", calls=_calls(ask))


def log_call(ask: Ask) -> Response:
    """Open a case for a call."""
    call = _call(ask)
    if not isinstance(call, NewCall):
        return _form(ask, Form(typed=ask.form, errors=call), status=422)
    found = ask.house.phone.add(call, by=ask.viewer.key)
    text = ask.say(
        "Ärende {case} är loggat. Den som ringde är lovad återkoppling senast {due}.",
        case=found.case.number,
        due=ask.say.moment(found.promise.due_at, ask.house.zone),
    )
    if found.case.protected and not ask.viewer.sees_protected:
        text += " " + ask.say("Det har skyddade uppgifter, och du får inte se det.")
    undo = ask.url("phone_take_back", number=str(found.case.number))
    return ask.see_other("phone", Notice(text=text, undo=undo))


def take_back(ask: Ask) -> Response:
    """Take back a call that was logged by mistake."""
    case = ask.house.find_case(ask.value("number"))
    try:
        ask.house.phone_desk.take_back(case, by=ask.viewer.key)
    except DataError as error:
        seen_case(ask, ask.value("number"))  # a hidden case that is not theirs is not there
        return ask.see_other("phone", Notice(text=ask.say.error(error), tone=Tone.WARNING))
    text = ask.say("Ångrat: samtalet är borttaget och ärende {case} avslutat.", case=case.number)
    return ask.see_other("phone", Notice(text=text))


def feedback(ask: Ask) -> Response:
    """Note that somebody told the caller how it stands."""
    case = seen_case(ask, ask.value("number"))
    said = next((one for one in Feedback if one == ask.form.get("said")), None)
    if said is None:
        return _form(ask, Form(), status=422, error=ask.say("Välj vad kunden har fått veta."))
    try:
        found = ask.house.phone.feedback(case, said, by=ask.viewer.key)
    except DataError as error:
        return ask.see_other("phone", Notice(text=ask.say.error(error), tone=Tone.WARNING))
    text = ask.say(
        "Återkopplingen är noterad. Ärende {case}: {status}.",
        case=case.number,
        status=ask.say.code(f"status.{found.case.status}"),
    )
    left = found.case.urgent is not Urgency.NO and found.case.status is not Status.CLOSED
    if said is Feedback.DONE and left:
        text += " " + ask.say("Det är brådskande och stängs när stoppet är bekräftat.")
    return ask.see_other("phone", Notice(text=text))


def _form(ask: Ask, form: Form, *, status: int = 200, error: str = "") -> Response:
    choices, language = ask.house.choices, ask.say.language
    return ask.page(
        "phone/phone.html",
        status=status,
        error=error,
        form=form,
        processes=choices.processes(language),
        matters=choices.matters(language),
        customers=ask.house.phone_desk.customers(),
        calls=_calls(ask),
    )


def _calls(ask: Ask) -> Calls:
    return ask.house.phone_desk.calls(sees_protected=ask.viewer.sees_protected)


def _call(ask: Ask) -> NewCall | Mapping[str, str]:
    """Return the call as it was typed, or what is wrong with it, field by field."""
    say, form = ask.say, ask.form
    errors: dict[str, str] = {}
    process = ask.house.choices.process(form.get("process", ""))
    matter = ask.house.choices.matter(form.get("matter", ""))
    if process is None:
        errors["process"] = say("Välj vilken process det gäller.")
    if matter is None:
        errors["matter"] = say("Välj vad det gäller.")
    if not form.get("customer", "").strip():
        errors["customer"] = say("Skriv vem som ringde.")
    if not form.get("callback", "").strip():
        errors["callback"] = say("Skriv hur vi når den som ringde.")
    typed = form.get("invoices", "")
    invoices = tuple(part.strip() for part in _SEPARATORS.split(typed[:_LONGEST_INVOICES]))
    invoices = tuple(part for part in invoices if part)
    if len(invoices) > _MOST_INVOICES or len(typed) > _LONGEST_INVOICES:
        errors["invoices"] = say("Högst {most} fakturor.", most=_MOST_INVOICES)
    if errors or process is None or matter is None:
        return errors
    try:
        return NewCall(
            process=process,
            matter=matter,
            customer=form["customer"],
            callback=form["callback"],
            note=form.get("note", ""),
            invoices=invoices,
        )
    except UsageError as error:
        return _placed(ask, error)


def _placed(ask: Ask, error: UsageError) -> Mapping[str, str]:
    name, most = str(error.values.get("name")), error.values.get("most")
    if name not in _TYPED:
        return {"invoices": ask.say("Skriv fakturanummer med siffror, och komma emellan.")}
    if most is None:
        return {name: ask.say("Får inte vara tomt.")}
    return {name: ask.say("Högst {most} tecken får plats.", most=most)}


PAGES = (
    Page(path="/phone", name="phone", answer=phone),
    Page(path="/phone/calls", name="phone_calls", answer=calls),
    Page(path="/phone/log", name="phone_log", answer=log_call, method="POST", once=True),
    Page(
        path="/phone/{number}/feedback",
        name="phone_feedback",
        answer=feedback,
        method="POST",
    ),
    Page(
        path="/phone/{number}/take-back",
        name="phone_take_back",
        answer=take_back,
        method="POST",
    ),
)
