"""Operators see whether Slack is set up, and whether a worker is connected to it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.errors import DataError
from bot.operating.findings import State
from bot.operating.slack import LONGEST_SILENCE, examine_slack, require_slack
from bot.services.slack_events import Link
from tests.city import city_settings
from tests.slack.office import Office
from tests.slack.slack_server import Fault


def note(machine, *, connected=True, heard=None, worker="w"):
    machine.face.events.report(
        Link(
            worker=worker,
            transport="socket",
            connected=connected,
            last_frame_at=heard,
            seen_at=machine.clock.now(),
        )
    )


def stands(machine):
    return str(require_slack(machine.app.settings, machine.clock))


def test_without_slack_there_is_nothing_to_say(tmp_path, sqlite_url, clock):
    settings = city_settings(tmp_path, sqlite_url, ["info"])
    assert require_slack(settings, clock) is None
    assert list(examine_slack(settings)) == []


def test_a_connected_worker_is_well_and_says_when_it_last_heard_slack(machine):
    note(machine, heard=machine.clock.now() - timedelta(minutes=7))
    assert "för 7 minuter sedan" in stands(machine)


def test_no_worker_a_silent_one_and_one_that_is_not_connected_are_not_well(machine):
    with pytest.raises(DataError):
        stands(machine)
    note(machine, connected=False)
    with pytest.raises(DataError):
        stands(machine)
    note(machine)
    machine.clock.advance(LONGEST_SILENCE + timedelta(seconds=1))
    with pytest.raises(DataError):
        stands(machine)


def test_one_connected_worker_of_several_is_enough(machine):
    note(machine, connected=False, worker="a")
    note(machine, worker="b")
    assert "ansluten" in stands(machine)


def test_a_running_house_notes_how_it_is_connected_until_it_stops(machine):
    with machine.connected():
        machine.slack.space.wait(lambda: _noted(machine), "the note")
    with pytest.raises(DataError):
        stands(machine)


def _noted(machine):
    with machine.app.database.reading() as work:
        links = work.slack_links.seen_since(machine.clock.now() - LONGEST_SILENCE)
    return [link for link in links if link.transport == "socket"]


def test_the_doctor_finds_a_slack_that_is_set_up(machine):
    (found,) = examine_slack(machine.app.settings)
    assert found.state is State.RIGHT


def test_the_doctor_says_what_is_wrong(tmp_path, sqlite_url, slack, clock):
    token = SecretStr("xoxb-another")
    office = Office(tmp_path / "mail", sqlite_url, slack, clock, modules=(), bot_token=token)
    (found,) = examine_slack(office.app.settings)
    office.close()
    assert found.state is State.WRONG
    assert "slack.bot_token" in str(found.text)


def test_the_doctor_finds_a_slack_that_does_not_answer(machine, slack):
    slack.outage = Fault(drop=True)
    (found,) = examine_slack(machine.app.settings)
    assert found.state is State.WRONG
    assert "443" in str(found.text)


@pytest.mark.parametrize("setting", ["team_channels", "process_channels"])
def test_a_channel_for_a_team_or_process_that_there_is_none_of_is_found(machine, setting):
    slack = machine.app.settings.slack.model_copy(update={setting: {"nobody": "C1"}})
    settings = machine.app.settings.model_copy(update={"slack": slack})
    (found,) = examine_slack(settings)
    assert found.state is State.WRONG
    assert "nobody" in str(found.text)
