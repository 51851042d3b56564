"""Who handles what: process, team, mailbox, tag, and who answers there now."""

from __future__ import annotations

from collections.abc import Iterator

from bot.duty import Staffing, who_on
from bot.knowledge.models import Mailbox
from bot.services.answers.ground import Ground
from bot.understanding import Slot
from bot.vocabulary import NONE, ProcessKey


def route(ground: Ground, handled_by: str | None) -> Iterator[str]:
    """Yield where something belongs."""
    say, names = ground.say, ground.names
    if handled_by is None:
        yield say("Jag ser inte vad frågan gäller. Skriv till exempel: vem tar frågor om anstånd?")
        return
    if handled_by == NONE or handled_by not in ground.knowledge.processes:
        yield say(
            "Det hör inte till servicecentret. Be avsändaren vända sig till rätt ställe, eller"
            " lämna mejlet vidare om du vet vart."
        )
        return
    process = ProcessKey(handled_by)
    if ground.matter is not None:
        yield say(
            "{matter} hör till {process}.",
            matter=names.matter(ground.matter),
            process=names.process(process),
        )
    else:
        yield say("Det hör till {process}.", process=names.process(process))
    box = mailbox_of(ground, process)
    team = ground.knowledge.team_for(process, ground.slots.get(Slot.CUSTOMER), box.key)
    yield say("Brevlåda: {address}. Team: {team}.", address=box.address, team=names.team(team))
    yield say("Märk ämnesraden så här: {tag}", tag=_tag(ground, process))
    yield from staffing_lines(ground, who_on(ground.knowledge.duty, box.key, ground.today))


def duty(ground: Ground) -> Iterator[str]:
    """Yield who answers in a mailbox on a day, and who substitutes."""
    process = ground.process
    day = ground.day(Slot.ON) or ground.today
    boxes = (
        list(ground.knowledge.mailboxes.values())
        if process is None
        else [mailbox_of(ground, process)]
    )
    yield f"{ground.say.date(day).capitalize()}:"
    for box in boxes:
        yield from staffing_lines(ground, who_on(ground.knowledge.duty, box.key, day), named=True)


def staffing_lines(ground: Ground, staffing: Staffing, *, named: bool = False) -> Iterator[str]:
    """Yield who answers in one place, who substitutes, and whom to turn to if nobody does.

    Args:
        named: The name of the place stands before it.
    """
    say, names = ground.say, ground.names
    place = f"{names.place(staffing.place)}: " if named else ""
    if staffing.on_duty is None:
        head = say("ingen") if staffing.head is None else names.person(staffing.head)
        yield place + say("Ingen svarar där just nu. Chef: {head}.", head=head)
        return
    if not staffing.substitutes:
        yield place + say("{person} svarar.", person=names.person(staffing.on_duty))
        return
    yield place + say(
        "{person} svarar. Ersättare: {substitutes}.",
        person=names.person(staffing.on_duty),
        substitutes=say.listing(map(names.person, staffing.substitutes)),
    )


def mailbox_of(ground: Ground, process: ProcessKey) -> Mailbox:
    """Return the mailbox of a process, else one that is common to several."""
    boxes = ground.knowledge.mailboxes.values()
    own = [box for box in boxes if box.process == process]
    common = [box for box in boxes if box.process is None]
    return next(iter(own or common or list(boxes)))


def _tag(ground: Ground, process: ProcessKey) -> str:
    code = ground.knowledge.processes[process].code
    matter = ground.matter
    about = ground.say("ärendet i korthet") if matter is None else ground.names.matter(matter)
    return f"[{code}] {about}"
