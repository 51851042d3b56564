"""What every `Notifier` promises."""

from __future__ import annotations

import inspect
from importlib import import_module
from pkgutil import walk_packages

import pytest

import bot
from bot.notifying import AlertCode, Notifier, NotifierUnavailable
from tests.contracts.notifiers import CHANNELS, NAMES, an_alert

HOW_MANY = {
    "amount_ore": 1250050,
    "by": "16:30",
    "cases": 12,
    "count": 3,
    "due": "2026-03-03 16:30",
    "file": "knowledge/tags.yaml",
    "invoice": "40012345",
    "mailbox": "info",
    "overdue": 2,
    "place": "info",
    "today": 4,
    "unanswered": 5,
    "until": "2026-03-03 16:30",
    "urgent": 6,
}
"""Every value that the sentence of some alert names."""


@pytest.fixture(params=list(CHANNELS))
def channel(request, tmp_path):
    """A channel that works and has carried nothing yet."""
    channel = CHANNELS[request.param](tmp_path)
    yield channel
    channel.close()


def test_an_alert_reaches_a_person_with_its_case_and_its_team(channel):
    alert = an_alert()
    channel.notifier.notify(alert)
    (told,) = channel.told()
    assert "2026-000123" in told
    assert NAMES.team(alert.team) in told


def test_alerts_with_different_keys_are_all_told(channel):
    numbers = [f"2026-00000{serial}" for serial in (7, 8, 9)]
    for number in numbers:
        channel.notifier.notify(an_alert(key=f"alert:urgent:{number}", case_number=number))
    assert len(channel.told()) == 3
    assert all(any(number in told for told in channel.told()) for number in numbers)


@pytest.mark.parametrize("code", AlertCode)
def test_every_alert_of_the_house_can_be_told(channel, code):
    channel.notifier.notify(an_alert(code=code, values=HOW_MANY))
    assert len(channel.told()) == 1


def test_an_alert_about_no_case_reaches_a_person_too(channel):
    alert = an_alert(code=AlertCode.BREAKER_OPEN, case_number=None, mailbox=None, team=None)
    channel.notifier.notify(alert)
    assert len(channel.told()) == 1


def test_a_repeat_is_told_again_or_not_but_never_lost(channel):
    for _ in range(3):
        channel.notifier.notify(an_alert())
    assert len(channel.told()) in (1, 3)


def test_a_channel_that_is_down_says_that_it_is_worth_trying_again(channel):
    channel.break_down()
    with pytest.raises(NotifierUnavailable) as caught:
        channel.notifier.notify(an_alert())
    assert caught.value.retryable


def test_what_a_channel_says_of_its_trouble_holds_nothing_of_the_alert(channel):
    channel.break_down()
    with pytest.raises(NotifierUnavailable) as caught:
        channel.notifier.notify(an_alert(customer="Tallmo förskola"))
    assert "2026-000123" not in str(caught.value)
    assert "Tallmo" not in str(caught.value)


def test_what_a_channel_could_not_carry_is_carried_when_it_is_tried_again(channel):
    channel.break_down()
    with pytest.raises(NotifierUnavailable):
        channel.notifier.notify(an_alert())
    channel.recover()
    assert channel.told() == []
    channel.notifier.notify(an_alert())
    assert len(channel.told()) == 1


def notifiers_of_the_house() -> set[str]:
    """Return the names of all classes that carry alerts."""
    modules = (
        import_module(found.name)
        for found in walk_packages(bot.__path__, "bot.")
        if ".migrations" not in found.name and found.name != "bot.__main__"
    )
    classes = {
        each for module in modules for _, each in inspect.getmembers(module, inspect.isclass)
    }
    return {each.__name__ for each in classes - {Notifier} if hasattr(each, "notify")}


def test_no_notifier_of_the_house_is_left_out(tmp_path):
    channels = [make(tmp_path) for make in CHANNELS.values()]
    for channel in channels:
        channel.close()
    assert notifiers_of_the_house() == {type(channel.notifier).__name__ for channel in channels}
