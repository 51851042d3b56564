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
            "processes.yaml rad 7: koden står två gånger; först på rad 3",
            id="code-twice",
        ),
        pytest.param(
            "processes.yaml",
            "[kundfakturor]",
            "[redovisning]",
            "processes.yaml rad 5: namnet står två gånger; först på rad 8",
            id="process-name-twice",
        ),
        pytest.param(
            "mailboxes.yaml",
            "[ekonomi@",
            "[kundreskontra@",
            "mailboxes.yaml rad 9: adressen står två gånger; först på rad 5",
            id="address-twice",
        ),
        pytest.param(
            "mailboxes.yaml",
            "    process: kundreskontra",
            "    process: kundreskontr",
            "mailboxes.yaml rad 10: processen kundreskontr finns inte; menade du kundreskontra?",
            id="mailbox-process",
        ),
        pytest.param(
            "mailboxes.yaml",
            "team: red",
            "team: xyz",
            "mailboxes.yaml rad 6: teamet xyz finns inte",
            id="mailbox-team",
        ),
        pytest.param(
            "mailboxes.yaml",
            "    team: red\n",
            "",
            "mailboxes.yaml rad 2: mailboxes.0: en brevlåda utan process behöver ett team",
            id="mailbox-of-nobody",
        ),
        pytest.param(
            "matters.yaml",
            "[kundreskontra]",
            "[kundreskontra, kundreskontra]",
            "matters.yaml rad 4: processen står två gånger; först på rad 4",
            id="matter-process-twice",
        ),
        pytest.param(
            "matters.yaml",
            "[kundreskontra]",
            "[hyra]",
            "matters.yaml rad 4: processen hyra finns inte",
            id="matter-process",
        ),
        pytest.param(
            "matters.yaml",
            "    belongs: any\n",
            "",
            "matters.yaml rad 7: matters.1: en ärendetyp har antingen en lista "
            "med processer, eller belongs: any eller nowhere",
            id="matter-without-process",
        ),
        pytest.param(
            "customers.yaml",
            "[Trafikkontoret]",
            "[Björkängens SDF]",
            "customers.yaml rad 7: namnet står två gånger; först på rad 2",
            id="customer-name-twice",
        ),
        pytest.param(
            "customers.yaml",
            "domains: [trafik.",
            "domains: [sdf-bjorkangen.",
            "customers.yaml rad 11: domänen står två gånger; först på rad 6",
            id="domain-twice",
        ),
        pytest.param(
            "customers.yaml",
            "since: 2020-01-01",
            "into: bjorkangn",
            "customers.yaml rad 12: kunden bjorkangn finns inte; menade du bjorkangen?",
            id="customer-into",
        ),
        pytest.param(
            "customers.yaml",
            "since: 2020-01-01",
            "since: 2020-01-01\n    until: 2019-12-31",
            "customers.yaml rad 7: customers.1: slutar innan det börjar",
            id="customer-time",
        ),
        pytest.param(
            "organisation.yaml",
            "[kundreskontra, redovisning]",
            "[kundreskontra]",
            "organisation.yaml rad 1: ingen enhet har processen redovisning",
            id="process-without-unit",
        ),
        pytest.param(
            "organisation.yaml",
            "{process: kundreskontra, default: true}",
            "{process: kundreskontra, customers: [bjorkangen]}",
            "organisation.yaml rad 5: processen kundreskontra har inget förvalt team",
            id="process-without-default-team",
        ),
        pytest.param(
            "organisation.yaml",
            "- {process: redovisning, default: true}",
            "- {process: redovisning, default: true}\n"
            "      - {process: kundreskontra, default: true}",
            "organisation.yaml rad 22: processen med samma kund står två gånger; först på rad 10",
            id="two-default-teams",
        ),
        pytest.param(
            "organisation.yaml",
            "[trafik]",
            "[trafk]",
            "organisation.yaml rad 16: kunden trafk finns inte; menade du trafik?",
            id="team-customer",
        ),
        pytest.param(
            "organisation.yaml",
            "email: cia@",
            "email: bo@",
            "organisation.yaml rad 25: e-postadressen står två gånger; först på rad 24",
            id="e-mail-twice",
        ),
        pytest.param(
            "organisation.yaml",
            "team: kr-trafik}",
            "team: kr}",
            "organisation.yaml rad 11: teamet kr-trafik har inga personer",
            id="team-without-people",
        ),
        pytest.param(
            "organisation.yaml",
            "roles: [unit_head]",
            "roles: []",
            "organisation.yaml rad 2: enheten ekonomi saknar chef",
            id="unit-without-head",
        ),
        pytest.param(
            "organisation.yaml",
            "team: kr, slack_id",
            "unit: ekonomi, roles: [unit_head], slack_id",
            "organisation.yaml rad 2: enheten ekonomi har flera chefer",
            id="two-heads",
        ),
        pytest.param(
            "organisation.yaml",
            "team: kr, slack_id",
            "team: kr, roles: [unit_head], slack_id",
            "organisation.yaml rad 24: en unit_head har en enhet, inget team",
            id="head-in-a-team",
        ),
        pytest.param(
            "organisation.yaml",
            "to: 2026-12-11",
            "to: 2026-12-01",
            "organisation.yaml rad 30: people.3.absences.0: slutar innan det börjar",
            id="absence",
        ),
        pytest.param(
            "organisation.yaml",
            "to: 2026-12-11",
            "to: 2026-12-11, reason: semester",
            "organisation.yaml rad 30: okänd nyckel people.3.absences.0.reason; "
            "de som finns är from, to",
            id="absence-with-a-reason",
        ),
        pytest.param(
            "hours.yaml",
            "13:00-16:00",
            "11:00-16:00",
            "hours.yaml rad 3: week.monday: tiderna går in i varandra eller står i fel ordning: "
            "12:00, 11:00",
            id="hours-overlap",
        ),
        pytest.param(
            "hours.yaml",
            "08:00-15:00",
            "8-15",
            "hours.yaml rad 4: week.friday.0: tider skrivs som 08:00-16:30",
            id="hours-form",
        ),
        pytest.param(
            "hours.yaml",
            "friday",
            "fredag",
            "hours.yaml rad 4: week.fredag: ska vara något av: monday, tuesday, "
            "wednesday, thursday, friday, saturday, sunday",
            id="weekday",
        ),
        pytest.param(
            "hours.yaml",
            '  friday: ["08:00-15:00"]\n',
            '  friday: ["08:00-15:00"]\nclosed: [2026-05-02]\n'
            'open: [{date: 2026-05-02, hours: ["08:00-09:00"]}]\n',
            "hours.yaml rad 1: 2026-05-02 är både öppen och stängd",
            id="open-and-closed",
        ),
        pytest.param(
            "hours.yaml",
            "Europe/Stockholm",
            "Europe/Exempelstad",
            "hours.yaml rad 1: zone: är ingen känd tidszon",
            id="zone",
        ),
        pytest.param(
            "links.yaml",
            "web: https://",
            "web: http://",
            "links.yaml rad 5: web: ska vara en adress med https://",
            id="link-not-safe",
        ),
        pytest.param(
            "retention.yaml",
            "conversation_days: 90\n",
            "conversation_days: 90\nrules:\n  - {process: kundreskontr, days: 9}\n",
            "retention.yaml rad 6: processen kundreskontr finns inte; menade du kundreskontra?",
            id="retention-process",
        ),
        pytest.param(
            "retention.yaml",
            "conversation_days: 90\n",
            "conversation_days: 90\nrules:\n  - {matter: anstnd, days: 9}\n",
            "retention.yaml rad 6: ärendetypen anstnd finns inte",
            id="retention-matter",
        ),
        pytest.param(
            "lead_times.yaml",
            "{answer_hours: 17}",
            "{process: kundreskontr, answer_hours: 17}",
            "lead_times.yaml rad 1: processen kundreskontr finns inte; menade du kundreskontra?",
            id="lead-time-process",
        ),
        pytest.param(
            "lead_times.yaml",
            "{answer_hours: 17}",
            "{process: kundreskontra}",
            "lead_times.yaml rad 1: lead_times.0: answer_hours eller close_hours saknas",
            id="lead-time-of-nothing",
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
    with pytest.raises(KnowledgeError, match=r"matters\.yaml rad 4"):
        load(folder)
    assert len(errors_of(folder)) == 2


def test_a_file_that_cannot_be_read_causes_no_errors_elsewhere(folder):
    (folder / "processes.yaml").unlink()
    assert errors_of(folder) == ["processes.yaml: filen saknas"]


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
    (people.parent / "duty.yaml").write_text(
        "posts:\n"
        "  - {mailbox: info, first_week: 2026-W01, rota: [{answers: fia}]}\n"
        "  - {mailbox: kundreskontra, first_week: 2026-W01, rota: [{answers: gun}]}\n",
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
    assert "staff.yaml rad 2: teamet krr finns inte; menade du kr?" in errors
    assert "organisation.yaml rad 2: enheten ekonomi saknar chef" in errors
