"""A Slack on this machine, and a house that speaks to it."""

from __future__ import annotations

import os

import pytest

from bot.clock import FixedClock
from tests.city import TUESDAY
from tests.slack.office import Office
from tests.slack.slack_server import SlackServer
from tests.slack.workspace import Workspace


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    """Let nothing of the environment stand between the client and this machine."""
    for name in list(os.environ):
        if name.lower() in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
            monkeypatch.delenv(name)
        if name.startswith("SLACK_"):
            monkeypatch.delenv(name)


@pytest.fixture
def clock():
    """The house's and Slack's clock; it moves when somebody waits for a turn."""
    return FixedClock(TUESDAY)


@pytest.fixture
def slack(clock):
    """A workspace whose clock is the house's."""
    server = SlackServer(Workspace(lambda: clock.now().timestamp()))
    yield server
    server.close()


@pytest.fixture
def office(tmp_path, sqlite_url, slack, clock):
    """A house with Slack, connected to nothing yet; see `Office`."""
    office = Office(tmp_path / "mail", sqlite_url, slack, clock)
    yield office
    office.close()


@pytest.fixture
def machine(tmp_path, sqlite_url, slack, clock):
    """As `office`, without anybody who listens to people."""
    office = Office(tmp_path / "mail", sqlite_url, slack, clock, modules=())
    yield office
    office.close()
