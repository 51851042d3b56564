"""Whether ``duty.yaml`` agrees with itself and with the mailboxes and people there are.

A key of a person is a name, so an error tells where it stands and does not repeat it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.duty import are_enough
from bot.errors import Saying
from bot.knowledge.comparing import Errors, placed, twice, unknown, values
from bot.knowledge.duty_file import DutyFile, DutyPost, Shift
from bot.knowledge.files import Files
from bot.knowledge.models import Role
from bot.knowledge.yaml_file import Document, Location
from bot.texts import mark
from bot.vocabulary import PersonKey, UnitKey


def faults(files: Files) -> Errors:
    """Yield everything that is wrong; nothing that needs a file which could not be read."""
    document = files.duty
    if document is None:
        return
    yield from _lines(document, files)
    yield from _places(document, files)
    for where, post in placed(("posts",), document.content.posts):
        yield from _days_and_weeks(document, where, post)
    yield from _heads(document, files)
    yield from _people(document, files)


def _lines(document: Document[DutyFile], files: Files) -> Errors:
    entries = placed(("lines",), document.content.lines)
    yield from twice(document, mark("nyckeln"), values(entries, "key"))
    if files.organisation is not None:
        units = {unit.key for unit in files.organisation.content.units}
        yield from unknown(document, mark("enheten"), values(entries, "unit"), units)
    mailboxes = _mailbox_keys(files) or set()
    for where, key in values(entries, "key"):
        if key in mailboxes:
            yield document.error(Saying("{key} är redan en brevlåda", key=key), *where)


def _places(document: Document[DutyFile], files: Files) -> Errors:
    posts = placed(("posts",), document.content.posts)
    mailboxes, lines = values(posts, "mailbox"), values(posts, "line")
    known_lines = {line.key for line in document.content.lines}
    yield from twice(document, mark("brevlådan"), mailboxes)
    yield from twice(document, mark("telefonlinjen"), lines)
    yield from unknown(document, mark("brevlådan"), mailboxes, _mailbox_keys(files))
    yield from unknown(document, mark("telefonlinjen"), lines, set(known_lines))
    for key in sorted((_mailbox_keys(files) or set()) - {key for _, key in mailboxes}):
        yield document.error(Saying("ingen svarar i brevlådan {key}", key=key), "posts")
    for key in sorted(known_lines - {key for _, key in lines}):
        yield document.error(Saying("ingen svarar på telefonlinjen {key}", key=key), "posts")


def _days_and_weeks(document: Document[DutyFile], post_at: Location, post: DutyPost) -> Errors:
    days = [((*post_at, "days", i), shift.day.isoformat()) for i, shift in enumerate(post.days)]
    yield from twice(document, mark("dagen"), days)
    for i, shift in enumerate(post.weeks):
        for j, earlier in enumerate(post.weeks[:i]):
            if shift.first <= earlier.until and earlier.first <= shift.until:
                overlap = Saying(
                    "vecka {week} står redan på rad {first}",
                    week=max(shift.first, earlier.first),
                    first=document.line(*post_at, "weeks", j),
                )
                yield document.error(overlap, *post_at, "weeks", i)
                break


def _heads(document: Document[DutyFile], files: Files) -> Errors:
    entries = placed(("heads",), document.content.heads)
    yield from twice(document, mark("enheten"), values(entries, "unit"))
    if files.organisation is not None:
        units = {unit.key for unit in files.organisation.content.units}
        yield from unknown(document, mark("enheten"), values(entries, "unit"), units)
    people = () if files.people is None else files.people.content.people
    heads = {person.key: person.unit for person in people if Role.UNIT_HEAD in person.roles}
    for where, entry in entries:
        yield from twice(document, mark("ersättaren"), values([(where, entry)], "substitutes"))
        for i, person in enumerate(entry.substitutes):
            if heads.get(person) == entry.unit:
                own = Saying("chefen kan inte vara sin egen ersättare")
                yield document.error(own, *where, "substitutes", i)


def _people(document: Document[DutyFile], files: Files) -> Errors:
    if files.people is None:
        return
    known = {person.key for person in files.people.content.people}
    for where, shift, _ in _shifts(document):
        for place, person in values([(where, shift)], "answers", "substitutes"):
            if person not in known:
                yield document.error(_nobody(place), *place)
    others = [
        *values(placed(("heads",), document.content.heads), "substitutes"),
        *values(placed(("absences",), document.content.absences), "person"),
    ]
    for where, person in others:
        if person not in known:
            yield document.error(_nobody(where), *where)
    yield from _phone(document, files)


def _nobody(place: Location) -> Saying:
    last = place[-1]
    if isinstance(last, int):
        return Saying("ersättare {n} finns inte bland personerna", n=last + 1)
    if last == "answers":
        return Saying("den som svarar finns inte bland personerna")
    return Saying("den som är borta finns inte bland personerna")


def _phone(document: Document[DutyFile], files: Files) -> Errors:
    units = _units_of_people(files)
    for where, shift, post in _shifts(document):
        if units is None or post.line is None:
            continue
        known = set(shift.substitutes) <= units.keys()
        if len(shift.substitutes) < 2 or (known and not are_enough(shift.substitutes, units)):
            few = Saying("en telefonlinje behöver två ersättare från olika enheter")
            yield document.error(few, *where)


def _shifts(document: Document[DutyFile]) -> Iterator[tuple[Location, Shift, DutyPost]]:
    for where, post in placed(("posts",), document.content.posts):
        for part in ("rota", "weeks", "days"):
            for i, shift in enumerate(getattr(post, part)):
                yield (*where, part, i), shift, post


def _units_of_people(files: Files) -> Mapping[PersonKey, UnitKey] | None:
    """Return the unit of each person whose place is right; None without the organisation."""
    if files.people is None or files.organisation is None:
        return None
    teams = {team.key: team.unit for team in files.organisation.content.teams}
    found = {
        person.key: person.unit if person.team is None else teams.get(person.team)
        for person in files.people.content.people
    }
    return {key: unit for key, unit in found.items() if unit is not None}


def _mailbox_keys(files: Files) -> set[str] | None:
    document = files.mailboxes
    return None if document is None else {entry.key for entry in document.content.mailboxes}
