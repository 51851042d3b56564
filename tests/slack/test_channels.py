"""Teams and processes with a Slack channel of their own."""

from __future__ import annotations

import pytest

from bot.errors import SettingsError
from bot.services.slack_channels import Channels
from tests.letters import ORDINARY, URGENT_INVOICE
from tests.slack.office import Office
from tests.slack.workspace import ALERTS, BOT_USER, CASES, Channel

OF_TEAM, OF_PROCESS = "C0TEAM0001", "C0PROC0001"
CENTRE = "kundreskontra-centrum"
BY = "agneta-brandt"


@pytest.fixture
def build(tmp_path, sqlite_url, slack, clock):
    """Make offices whose teams and processes have channels."""
    made = []
    for channel in (OF_TEAM, OF_PROCESS):
        slack.space.channels[channel] = Channel(channel, "egen", {BOT_USER})

    def build(**given):
        office = Office(tmp_path / "mail", sqlite_url, slack, clock, modules=(), **given)
        made.append(office)
        office.begin()
        return office

    yield build
    for office in made:
        office.close()


def said(office, channel):
    return [one["text"] for one in office.slack.space.said(channel)]


def test_a_team_s_own_channel_comes_before_that_of_its_process():
    channels = Channels(
        cards=CASES,
        alerts=ALERTS,
        teams={CENTRE: OF_TEAM},
        processes={"kundreskontra": OF_PROCESS},
    )
    assert channels.of_card(CENTRE, "kundreskontra") == OF_TEAM
    assert channels.of_card("kundreskontra-stadsdelar", "kundreskontra") == OF_PROCESS
    assert channels.of_card("redovisning", None) == CASES
    assert channels.of_alert(None, "kundreskontra") == OF_PROCESS
    assert channels.of_alert("redovisning", "redovisning") == ALERTS
    assert channels.every == (CASES, ALERTS, OF_TEAM, OF_PROCESS)


def test_the_cards_and_the_alerts_of_a_process_stand_in_its_channel(build):
    office = build(process_channels={"kundreskontra": OF_PROCESS})
    office.receive(**URGENT_INVOICE)
    office.tell()
    (case,) = office.cases()
    assert case.process == "kundreskontra"
    assert sum(str(case.number) in text for text in said(office, OF_PROCESS)) >= 2
    assert office.cards() == []
    assert not any(str(case.number) in text for text in said(office, ALERTS))


def test_the_card_of_a_moved_case_goes_to_the_channel_of_its_new_team(build):
    office = build(process_channels={"redovisning": OF_PROCESS})
    office.receive(**ORDINARY)
    office.tell()
    (case,) = office.cases()
    (card,) = office.cards()
    office.app.moving.move(case, "redovisning", by=BY)
    office.tell()
    (new,) = [one for one in said(office, OF_PROCESS) if str(case.number) in one]
    assert "Redovisning" in new
    assert "i en annan kanal" in card["text"]
    assert "case_take" not in str(card["blocks"])
    assert len(office.cards()) == 1


def test_a_card_that_has_moved_is_updated_where_it_stands_now(build):
    office = build(process_channels={"redovisning": OF_PROCESS})
    office.receive(**ORDINARY)
    office.tell()
    moved = office.app.moving.move(office.cases()[0], "redovisning", by=BY)
    office.tell()
    office.app.casework.take(moved, by=BY)
    office.tell()
    (new,) = [one for one in said(office, OF_PROCESS) if str(moved.number) in one]
    assert "Agneta Brandt" in new


def test_a_card_comes_back_to_where_it_stood_as_one_card(build):
    office = build(process_channels={"redovisning": OF_PROCESS})
    office.receive(**ORDINARY)
    office.tell()
    (case,) = office.cases()
    for process in ("redovisning", case.process):
        case = office.app.moving.move(case, process, by=BY)
        office.tell()
    live = [one for one in office.cards() if "case_take" in str(one["blocks"])]
    assert len(live) == 1
    assert "i en annan kanal" in said(office, OF_PROCESS)[0]


def test_an_alert_is_told_to_all_when_its_own_channel_was_closed_meanwhile(build, slack):
    office = build(process_channels={"kundreskontra": OF_PROCESS})
    slack.space.channels[OF_PROCESS].archived = True
    office.receive(**URGENT_INVOICE)
    office.tell(seconds=60)
    (case,) = office.cases()
    assert any(str(case.number) in text for text in said(office, ALERTS))


def test_each_channel_must_be_usable_before_we_begin(build, slack):
    office = build(team_channels={CENTRE: "C0NOWHERE1"})
    with pytest.raises(SettingsError, match="C0NOWHERE1"):
        office.face.start()


@pytest.mark.parametrize(
    ("setting", "key"), [("team_channels", "nobody"), ("process_channels", "nothing")]
)
def test_a_channel_of_a_team_or_process_that_there_is_none_of_is_refused(build, setting, key):
    with pytest.raises(SettingsError, match=rf"slack\.{setting}.*{key}"):
        build(**{setting: {key: OF_TEAM}})
