"""Whether the files of knowledge agree: keys that exist, names used once, nobody left out.

A check needs certain files and is silent when one of them could not be read, so that one slip
does not cause a list of errors that are none. Names and addresses of people are not repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar

from rapidfuzz import fuzz, process

from bot.errors import KnowledgeError, Saying
from bot.knowledge import dunning_faults
from bot.knowledge.files import Files
from bot.knowledge.models import Organisation, Role
from bot.knowledge.yaml_file import Document, KnowledgeModel, Location
from bot.texts import mark

_Errors = Iterator[KnowledgeError]
_Found = Sequence[tuple[Location, str]]
"""Values of one kind, and where each stands."""
_E = TypeVar("_E", bound=KnowledgeModel)
_NEAR = 60


def disagreements(files: Files) -> _Errors:
    """Yield everything in which the files do not agree."""
    for check in _CHECKS:
        yield from check(files)


def _processes(files: Files) -> _Errors:
    document = files.processes
    if document is None:
        return
    entries = _placed(("processes",), document.content.processes)
    yield from _twice(document, mark("nyckeln"), _values(entries, "key"))
    yield from _twice(document, mark("koden"), _values(entries, "code"))
    names = [((*where, "name", "sv"), entry.name.sv) for where, entry in entries]
    yield from _twice(document, mark("namnet"), [*names, *_values(entries, "also")])


def _mailboxes(files: Files) -> _Errors:
    document = files.mailboxes
    if document is None:
        return
    entries = _placed(("mailboxes",), document.content.mailboxes)
    yield from _twice(document, mark("nyckeln"), _values(entries, "key"))
    yield from _twice(document, mark("adressen"), _values(entries, "address", "aliases"))
    yield from _unknown(
        document, mark("processen"), _values(entries, "process"), _process_keys(files)
    )
    yield from _unknown(document, mark("teamet"), _values(entries, "team"), _team_keys(files))


def _matters(files: Files) -> _Errors:
    document = files.matters
    if document is None:
        return
    entries = _placed(("matters",), document.content.matters)
    yield from _twice(document, mark("nyckeln"), _values(entries, "key"))
    for entry in entries:
        yield from _twice(document, mark("processen"), _values([entry], "processes"))
    yield from _unknown(
        document, mark("processen"), _values(entries, "processes"), _process_keys(files)
    )


def _customers(files: Files) -> _Errors:
    document = files.customers
    if document is None:
        return
    entries = _placed(("customers",), document.content.customers)
    yield from _twice(document, mark("nyckeln"), _values(entries, "key"))
    forms = [
        (where, form)
        for where, entry in entries
        for form in {name.casefold() for name in (*entry.forms(), *entry.abbreviations)}
    ]
    yield from _twice(document, mark("namnet"), forms)
    yield from _twice(document, mark("domänen"), _values(entries, "domains"))
    yield from _unknown(document, mark("kunden"), _values(entries, "into"), _customer_keys(files))


def _units(files: Files) -> _Errors:
    document = files.organisation
    if document is None:
        return
    entries = _placed(("units",), document.content.units)
    yield from _twice(document, mark("nyckeln"), _values(entries, "key"))
    found = list(_values(entries, "processes"))
    yield from _twice(document, mark("processen"), found)
    yield from _unknown(document, mark("processen"), found, _process_keys(files))
    left_out = (_process_keys(files) or set()) - {key for _, key in found}
    for key in sorted(left_out):
        yield document.error(Saying("ingen enhet har processen {key}", key=key), "units")


def _teams(files: Files) -> _Errors:
    document = files.organisation
    if document is None:
        return
    entries = _placed(("teams",), document.content.teams)
    yield from _twice(document, mark("nyckeln"), _values(entries, "key"))
    units = {unit.key for unit in document.content.units}
    yield from _unknown(document, mark("enheten"), _values(entries, "unit"), units)
    yield from _services(document, files)


def _services(document: Document[Organisation], files: Files) -> _Errors:
    entries = [
        placed
        for i, team in enumerate(document.content.teams)
        for placed in _placed(("teams", i, "serves"), team.serves)
    ]
    yield from _unknown(
        document, mark("processen"), _values(entries, "process"), _process_keys(files)
    )
    yield from _unknown(
        document, mark("kunden"), _values(entries, "customers"), _customer_keys(files)
    )
    served = [
        (where, f"{service.process} {customer or '*'}")
        for where, service in entries
        for customer in (service.customers or (None,))
    ]
    yield from _twice(document, mark("processen med samma kund"), served)
    default = {service.process for _, service in entries if service.default}
    for key in sorted((_process_keys(files) or set()) - default):
        yield document.error(Saying("processen {key} har inget förvalt team", key=key), "teams")


def _people(files: Files) -> _Errors:
    document, organisation = files.people, files.organisation
    if document is None:
        return
    entries = _placed(("people",), document.content.people)
    yield from _twice(document, mark("nyckeln"), _values(entries, "key"))
    yield from _twice(document, mark("e-postadressen"), _values(entries, "email"))
    yield from _twice(document, mark("Slack-användaren"), _values(entries, "slack_id"))
    yield from _unknown(document, mark("teamet"), _values(entries, "team"), _team_keys(files))
    if organisation is not None:
        units = {unit.key for unit in organisation.content.units}
        yield from _unknown(document, mark("enheten"), _values(entries, "unit"), units)
    for where, person in entries:
        if Role.UNIT_HEAD in person.roles and person.unit is None:
            yield document.error(Saying("en unit_head har en enhet, inget team"), *where)


def _nobody_missing(files: Files) -> _Errors:
    if files.people is None or files.organisation is None:
        return
    document, people = files.organisation, files.people.content.people
    staffed = {person.team for person in people}
    heads = [person.unit for person in people if Role.UNIT_HEAD in person.roles]
    for where, team in _placed(("teams",), document.content.teams):
        if team.key not in staffed:
            yield document.error(Saying("teamet {key} har inga personer", key=team.key), *where)
    for where, unit in _placed(("units",), document.content.units):
        count = heads.count(unit.key)
        if count == 0:
            yield document.error(Saying("enheten {key} saknar chef", key=unit.key), *where)
        elif count > 1:
            yield document.error(Saying("enheten {key} har flera chefer", key=unit.key), *where)


_CHECKS: tuple[Callable[[Files], _Errors], ...] = (
    _processes,
    _mailboxes,
    _matters,
    _customers,
    _units,
    _teams,
    _people,
    _nobody_missing,
    dunning_faults.faults,
)


def _process_keys(files: Files) -> set[str] | None:
    document = files.processes
    return None if document is None else {entry.key for entry in document.content.processes}


def _customer_keys(files: Files) -> set[str] | None:
    document = files.customers
    return None if document is None else {entry.key for entry in document.content.customers}


def _team_keys(files: Files) -> set[str] | None:
    document = files.organisation
    return None if document is None else {entry.key for entry in document.content.teams}


def _placed(above: Location, entries: Iterable[_E]) -> list[tuple[Location, _E]]:
    return [((*above, i), entry) for i, entry in enumerate(entries)]


def _values(entries: Iterable[tuple[Location, KnowledgeModel]], *fields: str) -> _Found:
    """Return what stands in some fields of entries; each item of a list, and nothing for None."""
    found: list[tuple[Location, str]] = []
    for where, entry in entries:
        for field in fields:
            value = getattr(entry, field)
            if isinstance(value, tuple):
                found += [((*where, field, n), item) for n, item in enumerate(value)]
            elif value is not None:
                found.append(((*where, field), value))
    return found


def _twice(document: Document[Any], what: str, found: _Found) -> _Errors:
    """Yield an error where a value stands a second time, capitals aside.

    Args:
        what: A marked word in the definite form.
    """
    first: dict[str, int] = {}
    for where, value in found:
        word = value.casefold()
        if word in first:
            twice = Saying(
                "{what} står två gånger; först på rad {first}", what=Saying(what), first=first[word]
            )
            yield document.error(twice, *where)
        else:
            first[word] = document.line(*where)


def _unknown(
    document: Document[Any], what: str, found: _Found, known: AbstractSet[str] | None
) -> _Errors:
    """Yield an error where a key does not exist, with the nearest one that does.

    Args:
        what: A marked word in the definite form.
    """
    if known is None:
        return
    for where, key in found:
        if key not in known:
            near = process.extractOne(key, sorted(known), scorer=fuzz.ratio, score_cutoff=_NEAR)
            yield document.error(_no_such(what, key, None if near is None else near[0]), *where)


def _no_such(what: str, key: str, near: str | None) -> Saying:
    if near is None:
        return Saying("{what} {key} finns inte", what=Saying(what), key=key)
    return Saying(
        "{what} {key} finns inte; menade du {near}?", what=Saying(what), key=key, near=near
    )
