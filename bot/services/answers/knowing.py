"""Templates, articles, what the assistant can do, and what it cannot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.services.answers.caselists import case_line, find_case
from bot.services.answers.ground import Ground
from bot.services.articles import Articles, FoundArticle
from bot.services.letter_preview import found_by
from bot.templates import Form, Template, Templates
from bot.understanding import Intent, Slot
from bot.vocabulary import Language, MatterKey

MOST_TEMPLATES: Final = 5
_COVERED: Final = 0.55
_COVERED_ON_MATTER: Final = 0.3
"""How much of a question an article must hold to answer it: less where it is about the matter
that the question names."""


def template(ground: Ground, templates: Templates) -> Iterator[str]:
    """Yield the templates that are asked for, and how to write one for a case."""
    say = ground.say
    case = find_case(ground, ground.slots[Slot.CASE]) if Slot.CASE in ground.slots else None
    matter = ground.matter or (None if case is None else case.matter)
    found = _found(ground, templates, matter)
    if case is not None:
        yield case_line(case, ground)
    elif Slot.CASE in ground.slots:
        yield say("Ärende {case} finns inte; kontrollera numret.", case=ground.slots[Slot.CASE])
    if not found:
        yield say("Jag hittar ingen sådan mall. Alla mallar: sammadag template list")
        return
    for one in found[:MOST_TEMPLATES]:
        code = "" if one.code is None else f"{one.code} "
        yield f"{code}{one.title_in(say.language)} ({one.name}): {one.purpose_in(say.language)}"
    best = found[0].name
    if case is None:
        yield say("Se hur den ser ut: sammadag template preview {name}", name=best)
    else:
        yield say(
            "Skriv den för ärendet: sammadag reply draft {case} {name}", case=case.number, name=best
        )


def _found(ground: Ground, templates: Templates, matter: MatterKey | None) -> list[Template]:
    letters = [one for one in found_by(templates) if one.form is Form.LETTER]
    if matter is not None:
        own = [one for one in letters if matter in one.matters]
        return own or [one for one in letters if not one.matters and one.sending != "auto"]
    about = ground.slots.get(Slot.TEMPLATE_ABOUT, "")
    words = [word for word in about.lower().split() if len(word) > 3]
    scored = [(sum(word[:5] in one.described for word in words), one) for one in letters]
    best = max((score for score, _ in scored), default=0)
    return [one for score, one in scored if score == best] if best else []


def knowledge(ground: Ground, articles: Articles | None) -> Iterator[str]:
    """Yield the passage of the article that answers, with its title; never anything else."""
    say = ground.say
    found = () if articles is None else articles.find(ground.text, Language(say.language))
    best = _answering(found, ground.matter)
    if best is not None:
        yield f"{best.title}:"
        yield best.text
        yield say("Hela artikeln: sammadag article show {key}", key=best.article.key)
        return
    yield say("Det har jag ingen artikel om, så jag säger hellre inget.")
    if found:
        yield say(
            "Närmast är artikeln {title}: sammadag article show {key}",
            title=found[0].title,
            key=found[0].article.key,
        )
    if ground.process is not None or ground.matter is not None:
        yield say("Fråga: vem tar det här? Då säger jag vem som vet.")


def _answering(found: Sequence[FoundArticle], matter: MatterKey | None) -> FoundArticle | None:
    """Return the article that answers; None where none holds enough of the question."""
    for one in found:
        if matter in one.article.head.matters and one.covered >= _COVERED_ON_MATTER:
            return one
    return found[0] if found and found[0].covered >= _COVERED else None


def help_lines(ground: Ground) -> Iterator[str]:
    """Yield what can be asked, with an example each."""
    say = ground.say
    yield say("Fråga mig, på svenska eller engelska, till exempel:")
    for intent in Intent:
        if intent not in (Intent.HELP, Intent.UNKNOWN):
            yield "– " + say.code(f"ask.{intent}")
    yield say("Det som ändrar något gör jag först när du har bekräftat, och det går att ångra.")


def unknown(ground: Ground) -> Iterator[str]:
    """Yield that this is nothing for the assistant."""
    yield ground.say(
        "Det kan jag inte hjälpa till med. Jag svarar på frågor om våra ärenden, brådskande"
        " fakturor, mallar, statistik, bemanning och rutiner. Skriv ”hjälp” för exempel."
    )
