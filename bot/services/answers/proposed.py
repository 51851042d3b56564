"""A proposal in words: what will be done, with which values, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from bot.promises import Feedback
from bot.services.answers.caselists import case_line, find_case
from bot.services.answers.ground import Ground
from bot.services.proposing import Act, Part, Proposal
from bot.texts import mark
from bot.vocabulary import MatterKey, PersonKey, ProcessKey

_SENTENCES: Final[Mapping[Act, str]] = {
    Act.TAKE: mark("Förslag: du tar ärende {case}."),
    Act.GIVE: mark("Förslag: ärende {case} lämnas över till {to}."),
    Act.CLOSE: mark("Förslag: ärende {case} avslutas."),
    Act.FEEDBACK: mark("Förslag: kunden i ärende {case} har {state}."),
    Act.LOG_PHONE: mark("Förslag: ett telefonärende läggs upp, {process}, {matter}."),
    Act.REMARK: mark("Förslag: en synpunkt registreras, {process}."),
    Act.IDEA: mark("Förslag: en idé skrivs in i processloggen, {process}."),
}
_UNSAID: Final[Mapping[Act, tuple[tuple[frozenset[Part], str], ...]]] = {
    Act.TAKE: ((frozenset({Part.CASE}), mark("Förslag: du tar ett ärende.")),),
    Act.GIVE: (
        (frozenset({Part.CASE, Part.TO}), mark("Förslag: ett ärende lämnas över.")),
        (frozenset({Part.CASE}), mark("Förslag: ett ärende lämnas över till {to}.")),
        (frozenset({Part.TO}), mark("Förslag: ärende {case} lämnas över.")),
    ),
    Act.CLOSE: ((frozenset({Part.CASE}), mark("Förslag: ett ärende avslutas.")),),
    Act.FEEDBACK: (
        (frozenset({Part.CASE, Part.STATE}), mark("Förslag: en kund har fått återkoppling.")),
        (frozenset({Part.CASE}), mark("Förslag: kunden i ett ärende har {state}.")),
        (frozenset({Part.STATE}), mark("Förslag: kunden i ärende {case} har fått återkoppling.")),
    ),
    Act.LOG_PHONE: (
        (frozenset({Part.PROCESS, Part.MATTER}), mark("Förslag: ett telefonärende läggs upp.")),
        (frozenset({Part.PROCESS}), mark("Förslag: ett telefonärende läggs upp, {matter}.")),
        (frozenset({Part.MATTER}), mark("Förslag: ett telefonärende läggs upp, {process}.")),
    ),
    Act.REMARK: ((frozenset({Part.PROCESS}), mark("Förslag: en synpunkt registreras.")),),
    Act.IDEA: ((frozenset({Part.PROCESS}), mark("Förslag: en idé skrivs in i processloggen.")),),
}
"""Which values are unknown -> what is said then; the first that fits."""
_MOVES: Final = mark("Förslag: ärende {case} flyttas till {to}.")
_MOVES_UNSAID: Final = mark("Förslag: ett ärende flyttas till {to}.")


def proposed(proposal: Proposal, ground: Ground) -> Iterator[str]:
    """Yield what would be done, and what must be said first."""
    say = ground.say
    moves = proposal.act is Act.GIVE and proposal.values.get(Part.TO) in ground.knowledge.processes
    yield say(_sentence(proposal, moves), **_values(proposal, ground))
    if moves:
        yield say("Team, ansvarig och tid följer med. Kunden behöver inte skicka sitt mejl igen.")
    customer = proposal.values.get(Part.CUSTOMER)
    if customer:
        yield say("Kund: {customer}.", customer=customer)
    number = proposal.values.get(Part.CASE)
    if number:
        case = find_case(ground, number)
        if case is None:
            yield say("Ärende {case} finns inte; kontrollera numret.", case=number)
        else:
            yield case_line(case, ground)
    if proposal.missing:
        lacking = say.listing(say.code(f"part.{part}") for part in proposal.missing)
        yield say("Saknas: {missing}.", missing=lacking)
    yield say("Inget är ändrat än.")


def _sentence(proposal: Proposal, moves: bool) -> str:
    """Return the sentence that needs no value which nobody has said."""
    if moves:
        return _MOVES if proposal.values.get(Part.CASE) else _MOVES_UNSAID
    for parts, sentence in _UNSAID[proposal.act]:
        if not any(proposal.values.get(part) for part in parts):
            return sentence
    return _SENTENCES[proposal.act]


def _values(proposal: Proposal, ground: Ground) -> dict[str, str]:
    names, values, say = ground.names, proposal.values, ground.say
    to, state = values.get(Part.TO, ""), values.get(Part.STATE)
    known = to in ground.knowledge.people
    whom = names.person(PersonKey(to)) if known else names.process(ProcessKey(to)) if to else ""
    said = "" if state is None else say.code(f"feedback.{Feedback(state)}")
    matter = values.get(Part.MATTER)
    process = values.get(Part.PROCESS)
    return {
        "case": values.get(Part.CASE, ""),
        "to": whom,
        "state": said[:1].lower() + said[1:],
        "process": names.process(ProcessKey(process)) if process else "",
        "matter": names.matter(MatterKey(matter)) if matter else "",
    }
