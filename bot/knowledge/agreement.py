"""Whether the files of knowledge agree: keys that exist, names used once, nobody left out.

A check needs certain files and is silent when one of them could not be read, so that one slip
does not cause a list of errors that are none. Names and addresses of people are not repeated.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.errors import Saying
from bot.knowledge import dunning_faults, duty_faults
from bot.knowledge.comparing import Errors, placed, twice, unknown, values
from bot.knowledge.files import Files
from bot.knowledge.models import Organisation, Role
from bot.knowledge.yaml_file import Document
from bot.texts import mark


def disagreements(files: Files) -> Errors:
    """Yield everything in which the files do not agree."""
    for check in _CHECKS:
        yield from check(files)


def _processes(files: Files) -> Errors:
    document = files.processes
    if document is None:
        return
    entries = placed(("processes",), document.content.processes)
    yield from twice(document, mark("nyckeln"), values(entries, "key"))
    yield from twice(document, mark("koden"), values(entries, "code"))
    names = [((*where, "name", "sv"), entry.name.sv) for where, entry in entries]
    yield from twice(document, mark("namnet"), [*names, *values(entries, "also")])


def _mailboxes(files: Files) -> Errors:
    document = files.mailboxes
    if document is None:
        return
    entries = placed(("mailboxes",), document.content.mailboxes)
    yield from twice(document, mark("nyckeln"), values(entries, "key"))
    yield from twice(document, mark("adressen"), values(entries, "address", "aliases"))
    yield from unknown(
        document, mark("processen"), values(entries, "process"), _process_keys(files)
    )
    yield from unknown(document, mark("teamet"), values(entries, "team"), _team_keys(files))


def _matters(files: Files) -> Errors:
    document = files.matters
    if document is None:
        return
    entries = placed(("matters",), document.content.matters)
    yield from twice(document, mark("nyckeln"), values(entries, "key"))
    for entry in entries:
        yield from twice(document, mark("processen"), values([entry], "processes"))
    yield from unknown(
        document, mark("processen"), values(entries, "processes"), _process_keys(files)
    )


def _customers(files: Files) -> Errors:
    document = files.customers
    if document is None:
        return
    entries = placed(("customers",), document.content.customers)
    yield from twice(document, mark("nyckeln"), values(entries, "key"))
    forms = [
        (where, form)
        for where, entry in entries
        for form in {name.casefold() for name in (*entry.forms(), *entry.abbreviations)}
    ]
    yield from twice(document, mark("namnet"), forms)
    yield from twice(document, mark("domänen"), values(entries, "domains"))
    yield from unknown(document, mark("kunden"), values(entries, "into"), _customer_keys(files))


def _replies(files: Files) -> Errors:
    document = files.replies
    if document is None:
        return
    entries = placed(("rules",), document.content.rules)
    yield from unknown(
        document, mark("brevlådan"), values(entries, "mailboxes"), _mailbox_keys(files)
    )
    drafts = values(placed(("drafts",), document.content.drafts), "matters")
    yield from unknown(document, mark("ärendetypen"), drafts, _matter_keys(files))


def _units(files: Files) -> Errors:
    document = files.organisation
    if document is None:
        return
    entries = placed(("units",), document.content.units)
    yield from twice(document, mark("nyckeln"), values(entries, "key"))
    found = list(values(entries, "processes"))
    yield from twice(document, mark("processen"), found)
    yield from unknown(document, mark("processen"), found, _process_keys(files))
    left_out = (_process_keys(files) or set()) - {key for _, key in found}
    for key in sorted(left_out):
        yield document.error(Saying("ingen enhet har processen {key}", key=key), "units")


def _teams(files: Files) -> Errors:
    document = files.organisation
    if document is None:
        return
    entries = placed(("teams",), document.content.teams)
    yield from twice(document, mark("nyckeln"), values(entries, "key"))
    units = {unit.key for unit in document.content.units}
    yield from unknown(document, mark("enheten"), values(entries, "unit"), units)
    yield from _services(document, files)


def _services(document: Document[Organisation], files: Files) -> Errors:
    entries = [
        service
        for i, team in enumerate(document.content.teams)
        for service in placed(("teams", i, "serves"), team.serves)
    ]
    yield from unknown(
        document, mark("processen"), values(entries, "process"), _process_keys(files)
    )
    yield from unknown(
        document, mark("kunden"), values(entries, "customers"), _customer_keys(files)
    )
    served = [
        (where, f"{service.process} {customer or '*'}")
        for where, service in entries
        for customer in (service.customers or (None,))
    ]
    yield from twice(document, mark("processen med samma kund"), served)
    default = {service.process for _, service in entries if service.default}
    for key in sorted((_process_keys(files) or set()) - default):
        yield document.error(Saying("processen {key} har inget förvalt team", key=key), "teams")


def _people(files: Files) -> Errors:
    document, organisation = files.people, files.organisation
    if document is None:
        return
    entries = placed(("people",), document.content.people)
    yield from twice(document, mark("nyckeln"), values(entries, "key"))
    yield from twice(document, mark("e-postadressen"), values(entries, "email"))
    yield from twice(document, mark("Slack-användaren"), values(entries, "slack_id"))
    yield from unknown(document, mark("teamet"), values(entries, "team"), _team_keys(files))
    if organisation is not None:
        units = {unit.key for unit in organisation.content.units}
        yield from unknown(document, mark("enheten"), values(entries, "unit"), units)
    for where, person in entries:
        if Role.UNIT_HEAD in person.roles and person.unit is None:
            yield document.error(Saying("en unit_head har en enhet, inget team"), *where)


def _retention(files: Files) -> Errors:
    document = files.retention
    if document is None:
        return
    rules = placed(("rules",), document.content.rules)
    processes, matters = values(rules, "process"), values(rules, "matter")
    yield from unknown(document, mark("processen"), processes, _process_keys(files))
    yield from unknown(document, mark("ärendetypen"), matters, _matter_keys(files))


def _lead_times(files: Files) -> Errors:
    document = files.lead_times
    if document is None:
        return
    entries = placed(("lead_times",), document.content.lead_times)
    for what, field, known in (
        (mark("processen"), "process", _process_keys(files)),
        (mark("ärendetypen"), "matter", _matter_keys(files)),
        (mark("kunden"), "customer", _customer_keys(files)),
    ):
        yield from unknown(document, what, values(entries, field), known)


def _nobody_missing(files: Files) -> Errors:
    if files.people is None or files.organisation is None:
        return
    document, people = files.organisation, files.people.content.people
    staffed = {person.team for person in people}
    heads = [person.unit for person in people if Role.UNIT_HEAD in person.roles]
    for where, team in placed(("teams",), document.content.teams):
        if team.key not in staffed:
            yield document.error(Saying("teamet {key} har inga personer", key=team.key), *where)
    for where, unit in placed(("units",), document.content.units):
        count = heads.count(unit.key)
        if count == 0:
            yield document.error(Saying("enheten {key} saknar chef", key=unit.key), *where)
        elif count > 1:
            yield document.error(Saying("enheten {key} har flera chefer", key=unit.key), *where)


_CHECKS: tuple[Callable[[Files], Errors], ...] = (
    _processes,
    _mailboxes,
    _matters,
    _customers,
    _units,
    _teams,
    _people,
    _nobody_missing,
    _replies,
    _lead_times,
    _retention,
    dunning_faults.faults,
    duty_faults.faults,
)


def _process_keys(files: Files) -> set[str] | None:
    document = files.processes
    return None if document is None else {entry.key for entry in document.content.processes}


def _matter_keys(files: Files) -> set[str] | None:
    document = files.matters
    return None if document is None else {entry.key for entry in document.content.matters}


def _mailbox_keys(files: Files) -> set[str] | None:
    document = files.mailboxes
    return None if document is None else {entry.key for entry in document.content.mailboxes}


def _customer_keys(files: Files) -> set[str] | None:
    document = files.customers
    return None if document is None else {entry.key for entry in document.content.customers}


def _team_keys(files: Files) -> set[str] | None:
    document = files.organisation
    return None if document is None else {entry.key for entry in document.content.teams}
