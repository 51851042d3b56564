from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from bot.dunning import DunningGroup, DunningStep, PaymentRun, WeeklyRun
from bot.knowledge import Knowledge, bundled_folder, load
from bot.knowledge.check import problems
from bot.knowledge.yaml_file import KnowledgeErrors
from bot.vocabulary import ProcessKey, Urgency
from tests.knowledge import small

SIX = time(6)
EVENING = time(18)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small.write(tmp_path)


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory) -> Knowledge:
    return load(small.write(tmp_path_factory.mktemp("knowledge")))


@pytest.fixture(scope="module")
def city() -> Knowledge:
    return load(bundled_folder())


def weekly(weekday: int, at: time, *, moves: bool = False) -> WeeklyRun:
    return WeeklyRun(weekdays=frozenset({weekday}), at=at, moves_before_days_off=moves)


def test_the_default_group_has_the_steps_of_the_file(knowledge):
    assert knowledge.dunning.default == DunningGroup(
        reminder=DunningStep(after_days=5, run=weekly(1, SIX)),
        collection=DunningStep(after_days=14, run=weekly(3, EVENING)),
    )


def test_a_step_that_is_left_out_is_never_taken(knowledge):
    assert knowledge.dunning.group("internal") == DunningGroup(
        reminder=DunningStep(after_days=10, run=weekly(0, SIX)), collection=None
    )
    assert knowledge.dunning.group("private") == DunningGroup(
        reminder=None,
        collection=DunningStep(after_days=20, run=weekly(3, EVENING, moves=True)),
    )


def test_payment_runs_keep_the_order_of_the_file(knowledge):
    assert knowledge.payment_runs == (
        PaymentRun(
            process=ProcessKey("redovisning"),
            run=WeeklyRun(weekdays=frozenset({1, 4}), at=time(14), moves_before_days_off=True),
        ),
        PaymentRun(process=ProcessKey("kundreskontra"), run=weekly(0, time(10, 30))),
    )


@pytest.mark.parametrize(
    ("payer", "customer_no", "group"),
    [
        ("bjorkangen", None, "internal"),
        ("Trafikkontoret", "1234", "internal"),
        ("Okänd kund AB", "1234", "private"),
        (None, "7712", "private"),
        (None, "7", "default"),
        (None, "2001", "default"),
        (None, None, "default"),
    ],
)
def test_an_invoice_belongs_to_the_group_of_its_payer_else_of_its_number(
    knowledge, payer, customer_no, group
):
    assert knowledge.dunning_group(payer, customer_no=customer_no) == group


def test_a_unit_of_a_kind_without_a_group_has_the_default(folder):
    small.spoil(folder, "dunning.yaml", "[district, department]", "[district]")
    assert load(folder).dunning_group("trafik", customer_no="1234") == "default"


def test_the_longest_beginning_of_a_number_decides(folder):
    small.spoil(folder, "dunning.yaml", "kinds: [district, department]", 'numbers: ["12"]')
    found = load(folder)
    assert found.dunning_group(None, customer_no="1200") == "internal"
    assert found.dunning_group(None, customer_no="1100") == "private"


@pytest.mark.parametrize(
    ("right", "wrong", "error"),
    [
        pytest.param(
            '[thursday], at: "18:00"}\ngroups:',
            '[torsdag], at: "18:00"}\ngroups:',
            "dunning.yaml rad 3: default.collection.weekdays.0: ska vara något av: monday, ",
            id="weekday",
        ),
        pytest.param(
            "after_days: 5, weekdays: [tuesday]",
            "after_days: 5, weekdays: []",
            "dunning.yaml rad 2: default.reminder.weekdays: har för få delar",
            id="no-weekday",
        ),
        pytest.param(
            '[tuesday], at: "06:00"}',
            '[tuesday], at: "25:00"}',
            "dunning.yaml rad 2: default.reminder.at: ska vara ett klockslag",
            id="time",
        ),
        pytest.param(
            '[tuesday], at: "06:00"}',
            '[tuesday], at: "06:00Z"}',
            "dunning.yaml rad 2: default.reminder: en körnings tid är ett klockslag utan tidszon",
            id="zone",
        ),
        pytest.param(
            "after_days: 5,",
            "after_days: -5,",
            "dunning.yaml rad 2: default.reminder.after_days: ska vara minst 0",
            id="negative-days",
        ),
        pytest.param(
            "after_days: 14,",
            "after_days: 3,",
            "dunning.yaml rad 2: default: inkasso kan inte komma före påminnelsen",
            id="order",
        ),
        pytest.param(
            "after_days: 10\n",
            "after_dags: 10\n",
            "dunning.yaml rad 9: okänd nyckel groups.0.reminder.after_dags; menade du after_days?",
            id="unknown-key",
        ),
        pytest.param(
            "key: private",
            "key: internal",
            "dunning.yaml rad 12: nyckeln står två gånger; först på rad 5",
            id="key-twice",
        ),
        pytest.param(
            "key: private",
            "key: default",
            "dunning.yaml rad 12: groups.1: nyckeln default är upptagen",
            id="key-taken",
        ),
        pytest.param(
            'numbers: ["1", "77"]',
            "kinds: [district]",
            "dunning.yaml rad 14: kundsorten står två gånger; först på rad 7",
            id="kind-twice",
        ),
        pytest.param(
            '["1", "77"]',
            '["1", "1"]',
            "dunning.yaml rad 14: början av kundnumret står två gånger; först på rad 14",
            id="number-twice",
        ),
        pytest.param(
            '["1", "77"]',
            '["1", ""]',
            "dunning.yaml rad 14: groups.1.numbers.1: ska vara början av ett kundnummer",
            id="empty-number",
        ),
        pytest.param(
            "default:\n",
            "standard:\n",
            "dunning.yaml rad 1: default saknas",
            id="no-default",
        ),
    ],
)
def test_a_fault_in_the_dunning_calendar_is_named_with_its_line(folder, right, wrong, error):
    small.spoil(folder, "dunning.yaml", right, wrong)
    found = [str(problem) for problem in problems(folder) if problem.file == "dunning.yaml"]
    assert any(line.startswith(error) for line in found), found
    with pytest.raises(KnowledgeErrors, match=r"dunning\.yaml rad"):
        load(folder)


@pytest.mark.parametrize(
    ("right", "wrong", "error"),
    [
        pytest.param(
            "process: redovisning",
            "process: redovising",
            "payment_runs.yaml rad 2: processen redovising finns inte; menade du redovisning?",
            id="process",
        ),
        pytest.param(
            'cut_off: "14:00"',
            "cut_off: 14",
            "payment_runs.yaml rad 4: runs.0.cut_off: ska vara ett klockslag",
            id="time",
        ),
        pytest.param(
            "weekdays: [monday]",
            "weekdays: []",
            "payment_runs.yaml rad 7: runs.1.weekdays: har för få delar",
            id="no-weekday",
        ),
        pytest.param(
            'cut_off: "10:30"',
            'at: "10:30"',
            "payment_runs.yaml rad 6: runs.1.cut_off saknas",
            id="missing",
        ),
    ],
)
def test_a_fault_in_the_payment_runs_is_named_with_its_line(folder, right, wrong, error):
    small.spoil(folder, "payment_runs.yaml", right, wrong)
    found = [str(problem) for problem in problems(folder) if problem.file == "payment_runs.yaml"]
    assert any(line.startswith(error) for line in found), found
    with pytest.raises(KnowledgeErrors, match=r"payment_runs\.yaml rad"):
        load(folder)


@pytest.mark.parametrize("file", ["dunning.yaml", "payment_runs.yaml"])
def test_a_missing_file_about_runs_is_named(folder, file):
    (folder / file).unlink()
    with pytest.raises(KnowledgeErrors, match=file):
        load(folder)


def test_a_centre_that_has_no_payment_runs_says_so_with_an_empty_list(folder):
    (folder / "payment_runs.yaml").write_text("runs: []\n", encoding="utf-8")
    assert load(folder).payment_runs == ()


def test_the_sample_city_groups_its_own_units_its_companies_and_private_persons(city):
    groups = {city.dunning_group(key) for key in city.customers}
    assert groups == {"internal", "company", "default"}
    assert city.dunning_group(None, customer_no="10045") == "private"
    assert city.dunning_group(None, customer_no="20045") == "company"


def test_the_sample_city_knows_when_every_process_with_urgent_payments_pays(city):
    paying = {run.process for run in city.payment_runs}
    urgent = [matter for matter in city.matters.values() if matter.urgent is Urgency.PAYOUT]
    assert urgent
    assert {process for matter in urgent for process in matter.processes} <= paying


def test_no_invoice_of_the_sample_city_is_dunned_sooner_than_its_default(city):
    rules = city.dunning
    assert rules.default.reminder is not None
    first = rules.default.reminder.after_days
    steps = [group.reminder for group in rules.groups.values() if group.reminder is not None]
    assert all(step.after_days >= first for step in steps)
