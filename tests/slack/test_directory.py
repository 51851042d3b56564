"""Who a Slack user is: one of the staff, or a stranger who hears nothing of cases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.services.colleagues import Colleagues
from bot.slack.client import Endpoint, SlackClient
from bot.slack.directory import Directory
from tests.city import shipped_material
from tests.slack.slack_server import BOT_TOKEN, Fault

HOUR = timedelta(hours=1)
PEOPLE = shipped_material().knowledge.people
PERSON = next(iter(PEOPLE.values()))


@pytest.fixture
def directory(slack, clock):
    client = SlackClient(Endpoint(url=slack.url).web_client(BOT_TOKEN))
    return Directory(client, Colleagues(shipped_material().knowledge), clock)


def join(slack, email=PERSON.email, **more):
    return slack.space.add_user("U0PERSON0", "anna", email, **more)


def test_a_colleague_is_known_by_the_e_mail_address(slack, directory):
    found = directory.colleague(join(slack))
    assert (found.key, found.team) == (PERSON.key, PERSON.team)
    assert found.roles == {role.value for role in PERSON.roles}


def test_capitals_in_an_address_do_not_matter(slack, directory):
    assert directory.colleague(join(slack, PERSON.email.upper())).key == PERSON.key


@pytest.mark.parametrize(
    "more",
    [
        {"deleted": True},
        {"is_bot": True},
        {"is_stranger": True},
        {"is_workflow_bot": True},
        {"is_email_confirmed": False},
        {"profile": {}},
    ],
    ids=str,
)
def test_who_only_claims_the_address_is_a_stranger(slack, directory, more):
    assert directory.colleague(join(slack, **more)) is None


def test_who_has_another_address_is_a_stranger(slack, directory):
    assert directory.colleague(join(slack, "anna@annan.example")) is None


def test_who_cannot_be_looked_up_is_a_stranger_for_now(slack, directory):
    user = join(slack)
    slack.outage = Fault(status=503)
    assert directory.colleague(user) is None
    slack.outage = None
    assert directory.colleague(user).key == PERSON.key


def test_slack_is_asked_once_an_hour_for_each_user(slack, directory, clock):
    user = join(slack)
    for _ in range(3):
        directory.colleague(user)
    assert len(slack.calls("users.info")) == 1
    clock.advance(HOUR)
    directory.colleague(user)
    assert len(slack.calls("users.info")) == 2


def test_a_user_who_changes_is_looked_up_anew(slack, directory):
    user = join(slack)
    directory.colleague(user)
    slack.space.users[user]["profile"]["email"] = "anna@annan.example"
    directory.forget(user)
    assert directory.colleague(user) is None


def test_the_slack_user_of_a_colleague_is_found_by_address(slack, directory):
    user = join(slack)
    assert directory.slack_id(PERSON.key) == user
    directory.slack_id(PERSON.key)
    assert len(slack.calls("users.lookupByEmail")) == 1


def test_a_colleague_who_is_not_in_slack_has_no_user(directory):
    assert directory.slack_id(PERSON.key) is None
