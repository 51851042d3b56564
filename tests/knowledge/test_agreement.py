from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import KnowledgeError
from bot.knowledge import load
from bot.knowledge.yaml_file import KnowledgeErrors
from tests.knowledge import small


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small.write(tmp_path)


def errors_of(folder: Path, people_file: Path | None = None) -> list[str]:
    with pytest.raises(KnowledgeErrors) as caught:
        load(folder, people_file=people_file)
    return [str(error) for error in caught.value.errors]


@pytest.mark.parametrize(
    ("file", "right", "wrong", "error"),
    [
        pytest.param(
            "processes.yaml",
            "code: RED",
            "code: KR",
            "processes.yaml line 7: the code stands twice; first on line 3",
            id="code-twice",
        ),
        pytest.param(
            "processes.yaml",
            "[kundfakturor]",
            "[redovisning]",
            "processes.yaml line 5: the name stands twice; first on line 8",
            id="process-name-twice",
        ),
        pytest.param(
            "mailboxes.yaml",
            "[ekonomi@",
            "[kundreskontra@",
            "mailboxes.yaml line 9: the address stands twice; first on line 5",
            id="address-twice",
        ),
        pytest.param(
            "mailboxes.yaml",
            "    process: kundreskontra",
            "    process: kundreskontr",
            "mailboxes.yaml line 10: unknown process kundreskontr; did you mean kundreskontra?",
            id="mailbox-process",
        ),
        pytest.param(
            "mailboxes.yaml",
            "team: red",
            "team: xyz",
            "mailboxes.yaml line 6: unknown team xyz",
            id="mailbox-team",
        ),
        pytest.param(
            "mailboxes.yaml",
            "    team: red\n",
            "",
            "mailboxes.yaml line 2: mailboxes.0: a mailbox without a process needs a team",
            id="mailbox-of-nobody",
        ),
        pytest.param(
            "matters.yaml",
            "[kundreskontra]",
            "[kundreskontra, kundreskontra]",
            "matters.yaml line 4: the process stands twice; first on line 4",
            id="matter-process-twice",
        ),
        pytest.param(
            "matters.yaml",
            "[kundreskontra]",
            "[hyra]",
            "matters.yaml line 4: unknown process hyra",
            id="matter-process",
        ),
        pytest.param(
            "matters.yaml",
            "    belongs: any\n",
            "",
            "matters.yaml line 7: matters.1: a matter has either a list of processes, "
            "or belongs: any or nowhere",
            id="matter-without-process",
        ),
        pytest.param(
            "customers.yaml",
            "[Trafikkontoret]",
            "[Björkängens SDF]",
            "customers.yaml line 7: the name stands twice; first on line 2",
            id="customer-name-twice",
        ),
        pytest.param(
            "customers.yaml",
            "domains: [trafik.",
            "domains: [sdf-bjorkangen.",
            "customers.yaml line 11: the domain stands twice; first on line 6",
            id="domain-twice",
        ),
        pytest.param(
            "customers.yaml",
            "since: 2020-01-01",
            "into: bjorkangn",
            "customers.yaml line 12: unknown customer bjorkangn; did you mean bjorkangen?",
            id="customer-into",
        ),
        pytest.param(
            "customers.yaml",
            "since: 2020-01-01",
            "since: 2020-01-01\n    until: 2019-12-31",
            "customers.yaml line 7: customers.1: ends before it begins",
            id="customer-time",
        ),
        pytest.param(
            "organisation.yaml",
            "[kundreskontra, redovisning]",
            "[kundreskontra]",
            "organisation.yaml line 1: no unit has the process redovisning",
            id="process-without-unit",
        ),
        pytest.param(
            "organisation.yaml",
            "{process: kundreskontra, default: true}",
            "{process: kundreskontra, customers: [bjorkangen]}",
            "organisation.yaml line 5: the process kundreskontra has no default team",
            id="process-without-default-team",
        ),
        pytest.param(
            "organisation.yaml",
            "- {process: redovisning, default: true}",
            "- {process: redovisning, default: true}\n"
            "      - {process: kundreskontra, default: true}",
            "organisation.yaml line 22: the service stands twice; first on line 10",
            id="two-default-teams",
        ),
        pytest.param(
            "organisation.yaml",
            "[trafik]",
            "[trafk]",
            "organisation.yaml line 16: unknown customer trafk; did you mean trafik?",
            id="team-customer",
        ),
        pytest.param(
            "organisation.yaml",
            "email: cia@",
            "email: bo@",
            "organisation.yaml line 25: the e-mail address stands twice; first on line 24",
            id="e-mail-twice",
        ),
        pytest.param(
            "organisation.yaml",
            "team: kr-trafik}",
            "team: kr}",
            "organisation.yaml line 11: the team kr-trafik has no people",
            id="team-without-people",
        ),
        pytest.param(
            "organisation.yaml",
            "roles: [unit_head]",
            "roles: []",
            "organisation.yaml line 2: the unit ekonomi has no head",
            id="unit-without-head",
        ),
        pytest.param(
            "organisation.yaml",
            "team: kr, slack_id",
            "unit: ekonomi, roles: [unit_head], slack_id",
            "organisation.yaml line 2: the unit ekonomi has more than one head",
            id="two-heads",
        ),
        pytest.param(
            "organisation.yaml",
            "team: kr, slack_id",
            "team: kr, roles: [unit_head], slack_id",
            "organisation.yaml line 24: a unit_head has a unit, not a team",
            id="head-in-a-team",
        ),
        pytest.param(
            "organisation.yaml",
            "to: 2026-12-11",
            "to: 2026-12-01",
            "organisation.yaml line 30: people.3.absences.0: ends before it begins",
            id="absence",
        ),
        pytest.param(
            "organisation.yaml",
            "to: 2026-12-11",
            "to: 2026-12-11, reason: semester",
            "organisation.yaml line 30: unknown key people.3.absences.0.reason; known are from, to",
            id="absence-with-a-reason",
        ),
        pytest.param(
            "hours.yaml",
            "13:00-16:00",
            "11:00-16:00",
            "hours.yaml line 3: week.monday: opening hours overlap or stand out of order: ",
            id="hours-overlap",
        ),
        pytest.param(
            "hours.yaml",
            "08:00-15:00",
            "8-15",
            'hours.yaml line 4: week.friday.0: hours are written as "08:00-16:30"',
            id="hours-form",
        ),
        pytest.param(
            "hours.yaml",
            "friday",
            "fredag",
            "hours.yaml line 4: week.fredag: should be 'monday', 'tuesday', 'wednesday', "
            "'thursday', 'friday', 'saturday' or 'sunday'",
            id="weekday",
        ),
        pytest.param(
            "hours.yaml",
            '  friday: ["08:00-15:00"]\n',
            '  friday: ["08:00-15:00"]\nclosed: [2026-05-02]\n'
            'open: [{date: 2026-05-02, hours: ["08:00-09:00"]}]\n',
            "hours.yaml line 1: 2026-05-02 is both open and closed",
            id="open-and-closed",
        ),
        pytest.param(
            "hours.yaml",
            "Europe/Stockholm",
            "Europe/Exempelstad",
            "hours.yaml line 1: zone: invalid timezone: Europe/Exempelstad",
            id="zone",
        ),
        pytest.param(
            "links.yaml",
            "web: https://",
            "web: http://",
            "links.yaml line 5: web: ",
            id="link-not-safe",
        ),
    ],
)
def test_a_mistake_is_named_with_file_and_line(folder, file, right, wrong, error):
    small.spoil(folder, file, right, wrong)
    assert any(found.startswith(error) for found in errors_of(folder)), errors_of(folder)


def test_a_right_folder_has_no_errors(folder):
    assert load(folder).samples == ("links.yaml",)


def test_the_first_error_is_raised_and_all_are_listed(folder):
    small.spoil(folder, "organisation.yaml", "[trafik]", "[trafk]")
    small.spoil(folder, "matters.yaml", "[kundreskontra]", "[hyra]")
    with pytest.raises(KnowledgeError, match=r"matters\.yaml line 4"):
        load(folder)
    assert len(errors_of(folder)) == 2


def test_a_file_that_cannot_be_read_causes_no_errors_elsewhere(folder):
    (folder / "processes.yaml").unlink()
    assert errors_of(folder) == ["processes.yaml: the file is missing"]


def test_a_name_of_a_person_is_not_repeated_in_an_error(folder):
    small.spoil(folder, "organisation.yaml", "email: cia@", "email: bo@")
    assert not any("bo@" in error or "Bo" in error for error in errors_of(folder))


def test_people_may_stand_in_a_file_of_their_own(folder, tmp_path_factory):
    people = tmp_path_factory.mktemp("elsewhere") / "staff.yaml"
    people.write_text(
        "people:\n"
        "  - {key: eva, name: Eva Y, email: eva@e.example, unit: ekonomi, roles: [unit_head]}\n"
        "  - {key: fia, name: Fia Y, email: fia@e.example, team: kr}\n"
        "  - {key: gun, name: Gun Y, email: gun@e.example, team: kr-trafik}\n"
        "  - {key: hans, name: Hans Y, email: hans@e.example, team: red}\n",
        encoding="utf-8",
    )
    assert list(load(folder, people_file=people).people) == ["eva", "fia", "gun", "hans"]


def test_a_mistake_in_the_file_of_people_names_that_file(folder, tmp_path_factory):
    people = tmp_path_factory.mktemp("elsewhere") / "staff.yaml"
    people.write_text(
        "people:\n  - {key: eva, name: Eva Y, email: eva@e.example, team: krr}\n",
        encoding="utf-8",
    )
    errors = errors_of(folder, people)
    assert "staff.yaml line 2: unknown team krr; did you mean kr?" in errors
    assert "organisation.yaml line 2: the unit ekonomi has no head" in errors
