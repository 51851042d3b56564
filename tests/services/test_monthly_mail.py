"""The monthly mail: off unless somebody is named; once a month; numbers only."""

from __future__ import annotations

import pytest

from bot.errors import SettingsError
from tests.city import City
from tests.letters import ORDINARY

MANAGER, HANDLER = "anette.forsbro@exempelstad.example", "agneta.brandt@exempelstad.example"
WEB = {"base_url": "https://samma-dag.exempelstad.example"}


def make_city(tmp_path, sqlite_url, **settings):
    return City(tmp_path / "mail", sqlite_url, ("kundreskontra",), **settings)


@pytest.fixture
def city(tmp_path, sqlite_url):
    made = make_city(tmp_path, sqlite_url, monthly_mail=(MANAGER,), web=WEB)
    yield made
    made.close()


def a_month_goes_by(city):
    """Let a case come in, and so much time pass that its month is frozen."""
    city.post(**ORDINARY)
    city.work_off()
    city.later(days=42)
    while city.app.reporting.freeze_due():
        pass


def mails_to_staff(city):
    return [mail for mail in city.receipts() if mail["Auto-Submitted"] == "auto-generated"]


def send_all(city):
    planned = city.app.monthly.run_due()
    city.app.dispatch.run_due()
    return planned


def test_managers_are_mailed_the_figures_of_a_month_once_they_are_frozen(city):
    a_month_goes_by(city)
    send_all(city)
    (mail,) = mails_to_staff(city)
    assert mail["To"].addresses[0].addr_spec == MANAGER
    assert mail["Subject"] == "Samma dag: siffror för mars 2026"
    assert "Inkomna: 1" in mail.get_content().splitlines()


def test_the_mail_says_where_to_read_on(city):
    a_month_goes_by(city)
    send_all(city)
    (mail,) = mails_to_staff(city)
    assert f"{WEB['base_url']}/figures?period=2026-03" in mail.get_content()


def test_the_mail_names_neither_cases_nor_customers(city):
    a_month_goes_by(city)
    send_all(city)
    (mail,) = mails_to_staff(city)
    assert str(city.cases()[0].number) not in mail.get_content()
    assert "kund.example" not in mail.get_content()


def test_a_month_is_mailed_once_also_after_a_restart(city, tmp_path, sqlite_url):
    a_month_goes_by(city)
    assert send_all(city) == 1
    assert send_all(city) == 0
    again = make_city(tmp_path, sqlite_url, monthly_mail=(MANAGER,), web=WEB, clock=city.clock)
    send_all(again)
    again.close()
    assert len(mails_to_staff(city)) == 1


def test_nothing_is_mailed_before_the_month_is_frozen(city):
    city.post(**ORDINARY)
    city.work_off()
    city.later(days=29)
    assert send_all(city) == 0


def test_nobody_is_mailed_unless_the_settings_name_somebody(tmp_path, sqlite_url):
    city = make_city(tmp_path, sqlite_url)
    a_month_goes_by(city)
    send_all(city)
    assert mails_to_staff(city) == []
    city.close()


def test_a_mail_that_goes_out_late_says_what_was_frozen(city):
    a_month_goes_by(city)
    city.app.monthly.run_due()
    case = city.cases()[0]
    city.app.casework.take(case, by=city.app.knowledge.person_by_email[HANDLER])
    city.later(days=2)
    city.app.dispatch.run_due()
    (mail,) = mails_to_staff(city)
    assert "Besvarade: 0" in mail.get_content().splitlines()


def test_somebody_who_is_not_of_the_staff_is_refused_at_the_start(tmp_path, sqlite_url):
    with pytest.raises(SettingsError):
        make_city(tmp_path, sqlite_url, monthly_mail=("okand@annan.example",))
