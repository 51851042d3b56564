"""``duty.yaml``: what stands in it is what holds, and a slip is named with its line."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.duty import Because, Week, are_enough, unstaffed, who_on
from bot.knowledge import Knowledge, bundled_folder, load
from bot.knowledge.check import problems
from tests.knowledge import small

LINE = """\
lines:
  - key: support
    name: {sv: Kundsupporten, en: Customer support}
    unit: ekonomi
"""
PHONE = """\
  - line: support
    first_week: 2026-W01
    rota:
      - {answers: bo, substitutes: [cia, dan]}
"""
SECOND_UNIT = """\
  - key: annan
    name: {sv: Annan, en: Other}
    processes: [redovisning]
teams:
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small.write(tmp_path)


@pytest.fixture
def folder_with_a_line(folder: Path) -> Path:
    """Two units, and a phone line with a substitute of each."""
    small.spoil(folder, "organisation.yaml", "[kundreskontra, redovisning]", "[kundreskontra]")
    small.spoil(folder, "organisation.yaml", "teams:\n", SECOND_UNIT)
    red = "name: {sv: Team RED, en: Team RED}\n    unit: "
    small.spoil(folder, "organisation.yaml", f"{red}ekonomi", f"{red}annan")
    head = "  - {key: eva, name: Eva Y, email: eva@e.example, unit: annan, roles: [unit_head]}\n"
    small.spoil(folder, "organisation.yaml", "people:\n", f"people:\n{head}")
    file = folder / "duty.yaml"
    file.write_text(LINE + file.read_text("utf-8") + PHONE, encoding="utf-8")
    return folder


def found(folder: Path) -> list[str]:
    return [str(problem) for problem in problems(folder) if problem.file == "duty.yaml"]


def test_a_right_file_has_no_faults(folder_with_a_line):
    assert found(folder_with_a_line) == []


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        pytest.param(
            "mailbox: info",
            "mailbox: infoo",
            "rad 2: brevlådan infoo finns inte; menade du info?",
            id="mailbox",
        ),
        pytest.param(
            "mailbox: info",
            "mailbox: kundreskontra",
            "rad 7: brevlådan står två gånger; först på rad 2",
            id="mailbox-twice",
        ),
        pytest.param(
            "mailbox: info", "line: info", "rad 2: telefonlinjen info finns inte", id="line"
        ),
        pytest.param(
            "mailbox: info",
            "mailbox: info\n    line: info",
            "rad 2: posts.0: är antingen en brevlåda (mailbox) eller en telefonlinje (line)",
            id="both",
        ),
        pytest.param(
            "answers: dan, substitutes: [bo]",
            "answers: dann, substitutes: [bo]",
            "rad 5: den som svarar finns inte bland personerna",
            id="person-who-answers",
        ),
        pytest.param(
            "[cia, dan]",
            "[cia, dam]",
            "rad 6: ersättare 2 finns inte bland personerna",
            id="person-who-substitutes",
        ),
        pytest.param(
            "answers: cia",
            "answers: ciaa",
            "rad 12: den som svarar finns inte bland personerna",
            id="person-of-a-week",
        ),
        pytest.param(
            "2026-12-23, answers: dan",
            "2026-12-23, answers: dann",
            "rad 14: den som svarar finns inte bland personerna",
            id="person-of-a-day",
        ),
        pytest.param(
            "[cia, dan]",
            "[cia, bo]",
            "rad 6: posts.0.rota.1: samma person står två gånger",
            id="own-substitute",
        ),
        pytest.param(
            "[cia, dan]",
            "[cia, cia]",
            "rad 6: posts.0.rota.1: samma person står två gånger",
            id="substitute-twice",
        ),
        pytest.param(
            "to: 2026-W53",
            "to: 2026-W51",
            "rad 12: posts.1.weeks.0: slutar innan det börjar",
            id="end-before-start",
        ),
        pytest.param(
            "to: 2026-W53",
            "to: 2027-W53",
            "rad 12: posts.1.weeks.0.to: år 2027 har ingen vecka 53",
            id="week-that-is-none",
        ),
        pytest.param(
            "from: 2026-W52",
            "from: 2026-W00",
            "rad 12: posts.1.weeks.0.from: år 2026 har ingen vecka 0",
            id="week-zero",
        ),
        pytest.param(
            "from: 2026-W52",
            "from: v52",
            "rad 12: posts.1.weeks.0.from: veckor skrivs som 2026-W07",
            id="week-form",
        ),
        pytest.param(
            "from: 2026-W52",
            "from: 202652",
            "rad 12: posts.1.weeks.0.from: veckor skrivs som 2026-W07",
            id="week-number",
        ),
        pytest.param(
            "    days:\n",
            "      - {from: 2026-W53, to: 2027-W02, answers: dan}\n    days:\n",
            "rad 13: vecka 2026-W53 står redan på rad 12",
            id="weeks-overlap",
        ),
        pytest.param(
            "answers: dan}\n",
            "answers: dan}\n      - {day: 2026-12-23, answers: bo}\n",
            "rad 15: dagen står två gånger; först på rad 14",
            id="day-twice",
        ),
        pytest.param(
            "day: 2026-12-23",
            "day: 2026-02-30",
            "rad 14: posts.1.days.0.day: ",
            id="day-that-is-none",
        ),
        pytest.param(
            "      - {answers: bo}\n", "      []\n", "rad 10: posts.1.rota: ", id="empty-rota"
        ),
        pytest.param(
            "posts:\n",
            "absences: [{person: dan, from: 2026-12-24, to: 2026-12-23}]\nposts:\n",
            "rad 1: absences.0: slutar innan det börjar",
            id="absence-ends-before",
        ),
        pytest.param(
            "posts:\n",
            "absences: [{person: dann, from: 2026-12-23, to: 2026-12-24}]\nposts:\n",
            "rad 1: den som är borta finns inte bland personerna",
            id="absence-of-nobody",
        ),
        pytest.param(
            "posts:\n",
            "absences: [{person: dan, from: 2026-12-23, to: 2026-12-24, reason: x}]\nposts:\n",
            "rad 1: okänd nyckel absences.0.reason",
            id="absence-with-a-reason",
        ),
        pytest.param(
            "posts:\n",
            "heads: [{unit: ekonom, substitutes: [bo]}]\nposts:\n",
            "rad 1: enheten ekonom finns inte; menade du ekonomi?",
            id="unit-of-a-head",
        ),
        pytest.param(
            "posts:\n",
            "heads: [{unit: ekonomi, substitutes: [anna]}]\nposts:\n",
            "rad 1: chefen kan inte vara sin egen ersättare",
            id="head-own-substitute",
        ),
        pytest.param(
            "posts:\n",
            "heads: [{unit: ekonomi, substitutes: [bo, bo]}]\nposts:\n",
            "rad 1: ersättaren står två gånger; först på rad 1",
            id="head-substitute-twice",
        ),
        pytest.param(
            "posts:\n",
            "heads: [{unit: ekonomi, substitutes: [boo]}]\nposts:\n",
            "rad 1: ersättare 1 finns inte bland personerna",
            id="head-substitute-nobody",
        ),
    ],
)
def test_a_mistake_in_the_roster_is_named_with_its_line(folder, right, wrong, fault):
    small.spoil(folder, "duty.yaml", right, wrong)
    assert any(line.startswith(f"duty.yaml {fault}") for line in found(folder)), found(folder)


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        pytest.param(
            "line: support",
            "line: suport",
            "rad 19: telefonlinjen suport finns inte; menade du support?",
            id="line",
        ),
        pytest.param(
            "line: support",
            "line: suport",
            "rad 5: ingen svarar på telefonlinjen support",
            id="line-of-nobody",
        ),
        pytest.param(
            "key: support", "key: info", "rad 2: info är redan en brevlåda", id="line-as-mailbox"
        ),
        pytest.param(
            "unit: ekonomi",
            "unit: ekonom",
            "rad 4: enheten ekonom finns inte; menade du ekonomi?",
            id="unit-of-a-line",
        ),
    ],
)
def test_a_mistake_about_a_phone_line_is_named_with_its_line(
    folder_with_a_line, right, wrong, fault
):
    small.spoil(folder_with_a_line, "duty.yaml", right, wrong)
    assert f"duty.yaml {fault}" in found(folder_with_a_line)


PHONE_ROW = "- {answers: bo, substitutes: [cia, dan]}"
FEW = "duty.yaml rad 22: en telefonlinje behöver två ersättare från olika enheter"


@pytest.mark.parametrize(
    "substitutes",
    [
        pytest.param("[]", id="none"),
        pytest.param("[dan]", id="one"),
        pytest.param("[cia, anna]", id="same-unit"),
    ],
)
def test_a_phone_line_needs_two_substitutes_of_different_units(folder_with_a_line, substitutes):
    own = f"    rota:\n      - {{answers: bo, substitutes: {substitutes}}}\n"
    file = folder_with_a_line / "duty.yaml"
    text = file.read_text("utf-8").removesuffix(f"    rota:\n      {PHONE_ROW}\n")
    file.write_text(text + own, encoding="utf-8")
    assert found(folder_with_a_line) == [FEW]


def test_an_exception_of_a_phone_line_needs_two_substitutes_too(folder_with_a_line):
    with (folder_with_a_line / "duty.yaml").open("a", encoding="utf-8") as file:
        file.write("    days:\n      - {day: 2026-12-23, answers: bo, substitutes: [cia]}\n")
    assert found(folder_with_a_line) == [FEW.replace("22", "24")]


@pytest.mark.parametrize("other", ["{from: 2026-W51,", "{from: 2027-W01, to: 2027-W02,"])
def test_weeks_that_only_follow_each_other_do_not_overlap(folder, other):
    small.spoil(folder, "duty.yaml", "    days:\n", f"      - {other} answers: dan}}\n    days:\n")
    assert found(folder) == []


def test_a_mailbox_without_anybody_is_named(folder):
    text = (folder / "duty.yaml").read_text("utf-8")
    (folder / "duty.yaml").write_text(text.split("  - mailbox: kundreskontra")[0], "utf-8")
    assert found(folder) == ["duty.yaml rad 1: ingen svarar i brevlådan kundreskontra"]


def test_the_key_of_a_person_is_not_repeated_in_a_fault(folder):
    small.spoil(folder, "duty.yaml", "answers: cia", "answers: cilla-exempelsson")
    assert found(folder)
    assert not any("cilla" in fault for fault in found(folder))


def test_a_file_that_cannot_be_read_causes_no_faults_in_the_roster(folder):
    (folder / "mailboxes.yaml").unlink()
    (folder / "organisation.yaml").unlink()
    assert found(folder) == []


def test_a_folder_without_a_roster_says_so(folder):
    (folder / "duty.yaml").unlink()
    assert found(folder) == ["duty.yaml: filen saknas"]


def test_what_stands_in_the_file_holds(folder):
    duty = load(folder).duty
    at_work = {
        date(2026, 12, 20): ("bo", Because.ROTA),
        date(2026, 12, 21): ("cia", Because.WEEK),
        date(2026, 12, 23): ("dan", Because.DAY),
        date(2027, 1, 3): ("cia", Because.WEEK),
        date(2027, 1, 4): ("bo", Because.ROTA),
    }
    staffings = {day: who_on(duty, "kundreskontra", day) for day in at_work}
    assert at_work == {
        day: (found.on_duty, found.reasons[0].code) for day, found in staffings.items()
    }


def test_one_week_needs_no_end(folder):
    small.spoil(folder, "duty.yaml", "from: 2026-W52, to: 2026-W53", "from: 2026-W52")
    duty = load(folder).duty
    days = (date(2026, 12, 27), date(2026, 12, 28))
    assert [who_on(duty, "kundreskontra", day).on_duty for day in days] == ["cia", "bo"]


def test_an_absence_counts_from_the_roster_and_from_the_list_of_people(folder):
    small.spoil(
        folder,
        "duty.yaml",
        "posts:\n",
        "absences: [{person: bo, from: 2026-12-08, to: 2026-12-08}]\nposts:\n",
    )
    duty = load(folder).duty
    assert not duty.is_present("dan", date(2026, 12, 7))  # in organisation.yaml
    assert not duty.is_present("bo", date(2026, 12, 8))
    found = {day: who_on(duty, "info", date(2026, 12, day)) for day in (7, 8)}
    assert (found[7].on_duty, found[7].substitutes) == ("bo", ("cia",))
    assert (found[8].on_duty, found[8].substitutes) == ("cia", ())


def test_a_mailbox_belongs_to_the_unit_of_its_process_else_of_its_team(folder_with_a_line):
    knowledge = load(folder_with_a_line)
    day = date(2026, 11, 26)
    heads = {place: who_on(knowledge.duty, place, day).head for place in knowledge.duty.posts}
    assert heads == {"info": "eva", "kundreskontra": "anna", "support": "anna"}


def test_mailboxes_come_before_lines(folder_with_a_line):
    assert list(load(folder_with_a_line).duty.posts) == ["info", "kundreskontra", "support"]


def test_mailboxes_and_lines_have_names_in_both_languages(folder_with_a_line):
    knowledge = load(folder_with_a_line)
    assert knowledge.names_in("sv").place("support") == "Kundsupporten"
    assert knowledge.names_in("en").place("kundreskontra") == "Customer invoices"
    assert knowledge.names_in("sv").place("gone") == "gone"


@pytest.fixture(scope="module")
def city() -> Knowledge:
    return load(bundled_folder())


def test_the_sample_roster_has_all_eleven_mailboxes_and_the_lines(city):
    lines = [line.key for line in city.roster.lines]
    assert list(city.duty.posts) == [*city.mailboxes, *lines]
    assert len(city.mailboxes) == 11
    assert lines


def test_the_sample_roster_names_people_who_exist(city):
    named = {
        person
        for post in city.duty.posts.values()
        for turn in post.rota.turns
        for person in turn.people
    }
    assert named <= set(city.people)


def test_the_sample_city_is_staffed_on_every_day_for_five_years(city):
    day, gaps = date(2026, 1, 1), []
    while day < date(2031, 1, 1):
        gaps += unstaffed(city.duty, day, city.duty.posts)
        day += timedelta(days=1)
    assert gaps == []


def test_nobody_in_the_sample_roster_answers_at_two_places_in_one_week(city):
    for monday in (date(2026, 1, 5) + timedelta(weeks=n) for n in range(180)):
        shifts = [post.rota.shift(monday) for post in city.duty.posts.values()]
        answering = [shift.answers for shift in shifts]
        assert len(set(answering)) == len(answering), Week.of(monday)


def test_every_shift_of_a_sample_line_has_substitutes_of_different_units(city):
    lines = [post for post in city.duty.posts.values() if post.is_line]
    assert all(
        are_enough(turn.substitutes, city.duty.units) for post in lines for turn in post.rota.turns
    )
