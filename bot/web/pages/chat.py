"""Chatt: the assistant, with the same answers as everywhere, and what it proposes to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from starlette.responses import Response

from bot.errors import SammaDagError
from bot.ratings import Face, Rating
from bot.services.choices import Choice
from bot.services.phone import Feedback
from bot.services.proposals import Done
from bot.texts import Say
from bot.vocabulary import NONE
from bot.web.answer_text import blocks
from bot.web.ask import Ask
from bot.web.chats import Change, Turn
from bot.web.form import Form
from bot.web.notices import Notice
from bot.web.page import Page

_LONGEST: Final = 1000
_EXAMPLES: Final = ("ask.route", "ask.queue", "ask.urgent", "ask.duty", "ask.template", "ask.stats")
_NO_FORM: Final = Form()


def chat(ask: Ask) -> Response:
    """Show the conversation, and ask for a question."""
    return _page(ask)


def ask_question(ask: Ask) -> Response:
    """Answer a question; the answer stands at the head of the conversation."""
    question = " ".join(ask.form.get("question", "").split())
    if not question or len(question) > _LONGEST:
        text = ask.say("Skriv en fråga, högst {most} tecken.", most=_LONGEST)
        form = Form(typed={"question": question}, errors={"question": text})
        return _page(ask, form=form, status=422)
    before = {turn.number for turn in _turns(ask) if turn.proposal is not None}
    turn = _answered(ask, question)
    if ask.is_fragment:
        after = [one for one in _turns(ask) if one.number in before and one.proposal is None]
        return _fragment(ask, "chat/_asked.html", turn, overtaken=after)
    return ask.go_on(f"{ask.url('chat')}#turn-{turn.number}")


def settle(ask: Ask) -> Response:
    """Do what was proposed, let it be, undo what was done, or answer what was meant instead."""
    turn = ask.house.chats.get(ask.viewer.key, int(ask.value("turn")), ask.house.clock.now())
    errors: dict[str, str] = {}
    try:
        change = _settled(ask, turn, errors)
    except SammaDagError as error:
        errors[""] = ask.say.error(error)
    if errors:
        form = Form(typed=ask.form, errors=errors)
        if ask.is_fragment:
            return _fragment(ask, "chat/_turn.html", turn, form, status=422)
        return _page(ask, settling=(turn.number, form), status=422)
    turn = ask.house.chats.change(ask.viewer.key, turn, change, ask.house.clock.now())
    if ask.is_fragment:
        return _fragment(ask, "chat/_turn.html", turn)
    return ask.go_on(f"{ask.url('chat')}#turn-{turn.number}")


def rate(ask: Ask) -> Response:
    """Keep whether an answer helped."""
    now = ask.house.clock.now()
    turn = ask.house.chats.get(ask.viewer.key, int(ask.value("turn")), now)
    turn = _rated(ask, turn, helped=ask.form.get("helped") == "yes")
    if ask.is_fragment:
        return _fragment(ask, "chat/_turn.html", turn, out_of_band=False)
    return ask.go_on(f"{ask.url('chat')}#turn-{turn.number}")


def begin_anew(ask: Ask) -> Response:
    """Forget the conversation."""
    ask.house.chats.begin_anew(ask.viewer.key, ask.house.clock.now())
    return ask.see_other("chat")


def wrong(ask: Ask) -> Response:
    """Ask what would have been the right answer."""
    turn = ask.house.chats.get(ask.viewer.key, int(ask.value("turn")), ask.house.clock.now())
    return _wrong(ask, turn, Form(typed={"process": turn.process or ""}))


def correct(ask: Ask) -> Response:
    """Put what would have been right into the process log."""
    turn = ask.house.chats.get(ask.viewer.key, int(ask.value("turn")), ask.house.clock.now())
    process = ask.house.choices.process(ask.form.get("process", ""))
    if process is None:
        errors = {"process": ask.say("Välj vilken process det gäller.")}
        return _wrong(ask, turn, Form(typed=ask.form, errors=errors), status=422)
    try:
        number = ask.house.answer_notes.note_wrong(
            process, ask.form.get("right", "")[:_LONGEST], turn.intent, by=ask.viewer.key
        )
    except SammaDagError as error:
        errors = {"right": ask.say.error(error)}
        return _wrong(ask, turn, Form(typed=ask.form, errors=errors), status=422)
    _rated(ask, turn, helped=False)
    text = ask.say("Tack! Det står som punkt {number} i processloggen.", number=number)
    return ask.see_other("chat", Notice(text=text))


def _rated(ask: Ask, turn: Turn, *, helped: bool) -> Turn:
    """Keep what the viewer thinks of an answer, and return the turn that shows it."""
    rating = Rating(
        answer=turn.answer_key,
        person=ask.viewer.key,
        face=Face.WEB,
        intent=turn.intent,
        process=ask.house.choices.process(turn.process or ""),
        helped=helped,
    )
    ask.house.answer_notes.rate(rating)
    now = ask.house.clock.now()
    return ask.house.chats.change(
        ask.viewer.key, turn, lambda one: replace(one, helped=helped), now
    )


def _answered(ask: Ask, question: str) -> Turn:
    turn = _answer(ask, question)
    return ask.house.chats.add(ask.viewer.key, turn, ask.house.clock.now())


def _answer(ask: Ask, question: str, *, reading: str | None = None) -> Turn:
    """Return a turn without a number."""
    now, person = ask.house.clock.now(), ask.viewer.key
    heard = ask.house.talks().ask(
        ask.house.chats.key(person, now),
        question,
        ask.say,
        person=person,
        sees_protected=ask.viewer.sees_protected,
        reading=reading,
    )
    answer = heard.answer
    if heard.number is not None:
        overtaken = ask.say("Ett nyare förslag har tagit det här förslagets plats.")
        ask.house.chats.overtake(person, overtaken, now)
    handled_by = None if answer.handled_by == NONE else answer.handled_by
    return Turn(
        number=0,
        question=question,
        answer=answer.text,
        intent=answer.intent,
        process=handled_by or answer.slots.get("process"),
        proposal=heard.number,
        missing=() if answer.proposal is None else answer.proposal.missing,
        readings=() if answer.second is None else (answer.intent, answer.second),
    )


def _settled(ask: Ask, turn: Turn, errors: dict[str, str]) -> Change:
    """Return what it changes in a turn; what is wrong with what was typed goes to `errors`."""
    talks, by, what = ask.house.talks(), ask.viewer.key, ask.form.get("what", "")
    if what == "undo" and turn.undo is not None:
        talks.undo(turn.undo, by=by)
        outcome = ask.say("Ångrat: det är som det var innan.")
        return lambda one: replace(one, undo=None, outcome=outcome)
    if what == "meant" and ask.form.get("reading") in turn.readings:
        again = _answer(ask, turn.question, reading=ask.form["reading"])
        return lambda one: replace(again, number=one.number)
    if what == "drop" and turn.proposal is not None:
        talks.drop(turn.proposal, by=by)
        outcome = ask.say("Då låter jag det vara.")
        return lambda one: replace(one, proposal=None, outcome=outcome)
    if what != "do" or turn.proposal is None:
        return _as_it_is
    for part in turn.missing:
        name = f"t{turn.number}-{part}"
        said = ask.form.get(name, "")
        if not said.strip():
            errors[name] = ask.say("Får inte vara tomt.")
            continue
        try:
            talks.tell(turn.proposal, part, said, by=by)
        except SammaDagError as error:
            errors[name] = ask.say.error(error)
    if errors:
        return _as_it_is
    done = talks.confirm(turn.proposal, by=by, sees_protected=ask.viewer.sees_protected)
    outcome = _done(done, ask.say)
    return lambda one: replace(one, proposal=None, missing=(), undo=turn.proposal, outcome=outcome)


def _as_it_is(turn: Turn) -> Turn:
    return turn


def _done(done: Done, say: Say) -> str:
    if done.case is None:
        return say("Klart: infört som nummer {number}.", number=done.item)
    status = say.code(f"status.{done.case.status}")
    return say("Klart: ärende {case}, {status}.", case=done.case.number, status=status)


def _turns(ask: Ask) -> tuple[Turn, ...]:
    """Return what was said, the newest first."""
    return ask.house.chats.turns(ask.viewer.key, ask.house.clock.now())


def _page(
    ask: Ask,
    *,
    form: Form = _NO_FORM,
    settling: tuple[int, Form] = (0, _NO_FORM),
    status: int = 200,
) -> Response:
    return ask.page(
        "chat/chat.html",
        status=status,
        turns=_turns(ask),
        form=form,
        out_of_band=False,
        examples=[ask.say.code(code) for code in _EXAMPLES],
        **_drawn(ask, dict([settling])),
    )


def _fragment(
    ask: Ask,
    template: str,
    turn: Turn,
    form: Form = _NO_FORM,
    *,
    status: int = 200,
    out_of_band: bool = True,
    overtaken: Sequence[Turn] = (),
) -> Response:
    drawn = _drawn(ask, {turn.number: form})
    return ask.page(
        template,
        status=status,
        turn=turn,
        form=_NO_FORM,
        out_of_band=out_of_band,
        overtaken=overtaken,
        **drawn,
    )


def _drawn(ask: Ask, forms: Mapping[int, Form]) -> Mapping[str, object]:
    """Return what it takes to draw turns."""
    choices, say = ask.house.choices, ask.say
    return {
        "blocks": blocks,
        "form_of": lambda turn: forms.get(turn.number, _NO_FORM),
        "processes": choices.processes(say.language),
        "matters": choices.matters(say.language),
        "states": [Choice(key=one.value, name=say.code(f"feedback.{one}")) for one in Feedback],
    }


def _wrong(ask: Ask, turn: Turn, form: Form, *, status: int = 200) -> Response:
    processes = ask.house.choices.processes(ask.say.language)
    return ask.page("chat/wrong.html", status=status, turn=turn, form=form, processes=processes)


PAGES = (
    Page(path="/chat", name="chat", answer=chat),
    Page(path="/chat", name="chat_ask", answer=ask_question, method="POST", once=True),
    Page(path="/chat/anew", name="chat_anew", answer=begin_anew, method="POST"),
    Page(path="/chat/turns/{turn:int}", name="chat_settle", answer=settle, method="POST"),
    Page(path="/chat/turns/{turn:int}/rating", name="chat_rate", answer=rate, method="POST"),
    Page(path="/chat/turns/{turn:int}/wrong", name="chat_wrong", answer=wrong),
    Page(
        path="/chat/turns/{turn:int}/wrong",
        name="chat_correct",
        answer=correct,
        method="POST",
        once=True,
    ),
)
