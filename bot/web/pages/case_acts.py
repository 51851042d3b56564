"""What people do with a case from its page. Each act answers with the page of the case again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.responses import Response

from bot.cases import Case
from bot.errors import SammaDagError
from bot.services.correcting import Correction
from bot.services.phone import Feedback
from bot.services.undoing import mark_of
from bot.texts import mark
from bot.vocabulary import Status, StopReason, Urgency, Verdict
from bot.web.ask import Ask
from bot.web.form import Form
from bot.web.notices import Notice
from bot.web.page import Page
from bot.web.pages.case import basis, show
from bot.web.seeing import seen_case

SEEN: Final = "seen"
"""The field for what a form was made from; one that says nothing undoes nothing."""
_LONGEST: Final = 60


class _Wrong(Exception):
    """Something in the form is wrong; the page is shown again with it."""

    def __init__(self, **errors: str) -> None:
        super().__init__("wrong form")
        self.errors = errors


class _Newer(Exception):
    """A colleague did the same since the page was opened; it is shown as it is now."""

    def __init__(self, text: str) -> None:
        super().__init__("newer act")
        self.text = text


Do = Callable[[Ask, Case], str]
"""Does something with a case and says what was done."""


def act(do: Do, *, undo: bool = True) -> Callable[[Ask], Response]:
    """Return the page that does something with a case.

    Args:
        undo: Undoing it is offered at once.
    """

    def answer(ask: Ask) -> Response:
        case = seen_case(ask, ask.value("number"))
        number = str(case.number)
        try:
            said = do(ask, case)
        except _Wrong as wrong:
            form = Form(typed=ask.form, errors=wrong.errors)
            return show(ask, case, status=422, form=form)
        except _Newer as newer:
            return show(ask, case, status=409, error=newer.text, form=Form(typed=ask.form))
        except SammaDagError as error:
            form = Form(typed=ask.form)
            return show(ask, case, status=409, error=ask.say.error(error), form=form)
        back = _way_back(ask, case) if undo else ""
        return ask.see_other("case", Notice(text=said, undo=back), number=number)

    return answer


def _way_back(ask: Ask, case: Case) -> str:
    """Return the address that takes back what the viewer has just done; empty where none does."""
    last = ask.house.undoing.offered(case)
    if last is None or last.actor != ask.viewer.key:
        return ""
    return f"{ask.url('case_undo', number=str(case.number))}?{SEEN}={mark_of(last)}"


def _take(ask: Ask, case: Case) -> str:
    if ask.form.get("over"):
        ask.house.casework.take(case, by=ask.viewer.key)
        return ask.say("Du har tagit över ärendet.")
    ask.house.casework.claim(case, by=ask.viewer.key)
    return ask.say("Du har tagit ärendet.")


def _hand_over(ask: Ask, case: Case) -> str:
    kind, _, key = ask.form.get("to", "").partition(":")
    choices, names = ask.house.choices, ask.house.names(ask.say.language)
    if _is_old(ask, case, "give"):
        has_it = names.team(case.team) if case.owner is None else names.person(case.owner)
        raise _Newer(
            ask.say(
                "Ärendet har lämnats över sedan du öppnade sidan. {name} har det nu.", name=has_it
            )
        )
    person = choices.person(key) if kind == "person" else None
    team = choices.team(key) if kind == "team" else None
    if person is not None:
        ask.house.casework.hand_over(case, by=ask.viewer.key, to=person)
        return ask.say("Ärendet är överlämnat till {name}.", name=names.person(person))
    if team is not None:
        ask.house.casework.hand_over(case, by=ask.viewer.key, team=team)
        return ask.say("Ärendet är överlämnat till {name}.", name=names.team(team))
    raise _Wrong(to=ask.say("Välj en kollega eller ett team."))


def _move(ask: Ask, case: Case) -> str:
    process = ask.house.choices.process(ask.form.get("new_process", ""))
    if process is None:
        raise _Wrong(new_process=ask.say("Välj den process som ärendet hör till."))
    names = ask.house.names(ask.say.language)
    if _is_old(ask, case, "move"):
        at = names.process(case.process) if case.process else ask.say("okänd")
        raise _Newer(
            ask.say("Ärendet har bytt process sedan du öppnade sidan. Nu: {process}.", process=at)
        )
    matter = ask.house.choices.matter(ask.form.get("new_matter", ""))
    ask.house.moving.move(case, process, by=ask.viewer.key, matter=matter)
    return ask.say("Ärendet är flyttat till {name}.", name=names.process(process))


def _correct(ask: Ask, case: Case) -> str:
    form, choices = ask.form, ask.house.choices
    if _is_old(ask, case, "correct"):
        raise _Newer(_standing(ask, case))
    try:
        urgent = Urgency(form.get("urgent", ""))
    except ValueError:
        raise _Wrong(urgent=ask.say("Välj hur brådskande det är.")) from None
    right = Correction(
        process=choices.process(form.get("process", "")),
        matter=choices.matter(form.get("matter", "")),
        urgent=urgent,
        customer=choices.customer(form.get("customer", "")),
        possible=bool(form.get("possible")),
    )
    ask.house.correcting.correct(case, right, by=ask.viewer.key)
    return ask.say("Bedömningen är rättad.")


def _is_old(ask: Ask, case: Case, act: str) -> bool:
    """Tell whether a colleague has changed what the form of an act was made from."""
    now = basis(case)[act]
    return ask.form.get(SEEN, now) != now


def _standing(ask: Ask, case: Case) -> str:
    """Say how a case was assessed since the page was opened."""
    say, names = ask.say, ask.house.names(ask.say.language)
    unknown = say("okänd")
    return say(
        "Bedömningen har rättats sedan du öppnade sidan. Nu gäller process: {process}, ärendetyp: "
        "{matter}, kund: {customer}, brådska: {urgency}. Det du valde står kvar i formuläret; "
        "tryck på Rätta igen om det ska gälla i stället.",
        process=names.process(case.process) if case.process else unknown,
        matter=names.matter(case.matter) if case.matter else unknown,
        customer=ask.house.choices.customer_name(case.customer) or unknown,
        urgency=say.code(f"urgent.{case.urgent}"),
    )


def _merge(ask: Ask, case: Case) -> str:
    number = ask.form.get("into", "").strip()[:_LONGEST]
    if not number:
        raise _Wrong(into=ask.say("Skriv numret på ärendet som ska vara kvar."))
    into = seen_case(ask, number)
    ask.house.correcting.merge(case, into, by=ask.viewer.key)
    return ask.say(
        "Ärendet går nu vidare i ärende {case}, dit också nya mejl kommer.", case=into.number
    )


def _undo(ask: Ask, case: Case) -> str:
    seen = ask.form.get(SEEN) or ask.query(SEEN)
    ask.house.undoing.undo(case, by=ask.viewer.key, mark=seen)
    return ask.say("Ångrat. Ärendet är som förut.")


def _feedback(ask: Ask, case: Case) -> str:
    try:
        said = Feedback(ask.form.get("said", ""))
    except ValueError:
        raise _Wrong(said=ask.say("Välj vad kunden har fått veta.")) from None
    after = ask.house.telling.told(case, said, by=ask.viewer.key)
    if after.status is Status.CLOSED:
        return ask.say("Återkopplingen är noterad och ärendet avslutat.")
    return ask.say("Återkopplingen är noterad.")


_WAITING: Final = {
    Status.WAITING_CUSTOMER: mark("Ärendet väntar nu på kunden."),
    Status.WAITING_OTHER: mark("Ärendet väntar nu på någon annan."),
}


def _wait(ask: Ask, case: Case) -> str:
    status = next((one for one in _WAITING if one == ask.form.get("waits_for")), None)
    if status is None:
        raise _Wrong(waits_for=ask.say("Välj vem ärendet väntar på."))
    ask.house.casework.wait(case, status, by=ask.viewer.key)
    return ask.say(_WAITING[status])


def _resume(ask: Ask, case: Case) -> str:
    ask.house.casework.resume(case, by=ask.viewer.key)
    return ask.say("Ärendet är igång igen.")


def _close(ask: Ask, case: Case) -> str:
    if case.urgent is not Urgency.NO and not case.stop_confirmed:
        reason = next((one for one in StopReason if one == ask.form.get("reason")), None)
        errors = {}
        if not ask.form.get("confirmed"):
            errors["confirmed"] = ask.say("Kryssa i att du har kontrollerat stoppet.")
        if reason is None:
            errors["reason"] = ask.say("Välj vad som är gjort.")
        if errors or reason is None:
            raise _Wrong(**errors)
        case = ask.house.casework.confirm_stop(case, reason, by=ask.viewer.key)
        if ask.form.get("only_stop"):
            return ask.say("Stoppet är bekräftat.")
    ask.house.casework.close(case, by=ask.viewer.key)
    return ask.say("Ärendet är avslutat.")


def _reopen(ask: Ask, case: Case) -> str:
    ask.house.casework.reopen(case, by=ask.viewer.key)
    return ask.say("Ärendet är öppnat igen.")


def _acknowledge(ask: Ask, case: Case) -> str:
    ask.house.casework.acknowledge(case, by=ask.viewer.key)
    return ask.say("Larmet är kvitterat. Ärendet är inte löst förrän stoppet är bekräftat.")


def _escalate(ask: Ask, case: Case) -> str:
    rung = ask.house.escalating.escalate(case, by=ask.viewer.key)
    whom = ask.say.code(f"rung.{rung}")
    return ask.say("Larmet om ärende {case} går nu {whom}.", case=case.number, whom=whom)


def _settle(ask: Ask, case: Case) -> str:
    verdict = Verdict.AGAIN if ask.form.get("verdict") == Verdict.AGAIN else Verdict.SENT
    ask.house.casework.settle_sending(case, verdict, by=ask.viewer.key)
    if verdict is Verdict.AGAIN:
        return ask.say("Svaret skickas igen.")
    return ask.say("Svaret räknas som skickat.")


_ACTS: Final[tuple[tuple[str, Do, bool], ...]] = (
    ("take", _take, True),
    ("give", _hand_over, True),
    ("move", _move, True),
    ("correct", _correct, True),
    ("merge", _merge, True),
    ("undo", _undo, False),
    ("feedback", _feedback, True),
    ("wait", _wait, True),
    ("resume", _resume, True),
    ("close", _close, True),
    ("reopen", _reopen, True),
    ("acknowledge", _acknowledge, False),
    ("escalate", _escalate, False),
    ("settle", _settle, False),
)

PAGES = tuple(
    Page(
        path=f"/cases/{{number}}/{name}",
        name=f"case_{name}",
        answer=act(do, undo=undo),
        method="POST",
    )
    for name, do, undo in _ACTS
)
