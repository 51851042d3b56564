"""News from the server: it wakes who waits, and losing it does no harm."""

from __future__ import annotations

import time

import pytest

from functionmail.connectors.exchange import News
from functionmail.connectors.exchange_news import ASK_ANYWAY_S, POLL_S
from tests.ews.house import House
from tests.ews.server import EwsServer

MAIL = b"Message-ID: <1@kund.example>\r\nSubject: Hej\r\n\r\nHej\r\n"
AT_MOST_S = 10.0


def news_of(house, box) -> News:
    return News(box, monotonic=house.clock, first_pause_s=0.01)


@pytest.fixture
def box(house):
    return house.box()


@pytest.fixture
def source(house, box):
    made = house.source(box, news=news_of(house, box))
    made.fetch(None)
    return made


def settle(source) -> None:
    """Wait until the stream is open and what it brought at its beginning is heard."""
    assert source.wait(AT_MOST_S)
    source.fetch(None)
    deadline = time.monotonic() + AT_MOST_S
    while not source._news._streaming:
        assert time.monotonic() < deadline
        source.wait(0.01)
    source.fetch(None)


def test_mail_wakes_who_waits(house, source):
    settle(source)
    house.deliver(MAIL)
    assert source.wait(AT_MOST_S)
    assert len(source.fetch(None).messages) == 1


def test_waiting_ends_in_time_when_nothing_comes(source):
    settle(source)
    assert source.wait(0.01) is False


def test_mail_that_came_before_the_stream_was_open_is_news(house, source):
    house.deliver(MAIL)
    assert source.wait(AT_MOST_S)


def test_what_people_send_wakes_who_watches_sent_mail(house, box):
    news = news_of(house, box)
    source, sent = house.source(box, news=news), house.sent_source(box)
    sent._news = news
    sent.fetch(None)
    source.fetch(None)
    settle(sent)
    house.deliver(MAIL, folder=house.folder("sentitems"))
    assert sent.wait(AT_MOST_S)


def test_news_is_news_until_the_next_fetch(house, source):
    settle(source)
    house.deliver(MAIL)
    assert source.wait(AT_MOST_S)
    assert source.wait(AT_MOST_S)
    source.fetch(None)
    assert source.wait(0.01) is False


def test_a_stream_that_breaks_is_opened_anew_and_counts_as_news(house, source):
    settle(source)
    house.ews.drop_connections()
    assert source.wait(AT_MOST_S)


def test_half_a_notification_breaks_the_stream_and_nothing_else(house, box):
    source = house.source(box, news=news_of(house, box))
    house.ews.fail("GetStreamingEvents", half=True)
    source.fetch(None)
    assert source.wait(AT_MOST_S)
    source.fetch(None)
    assert source.wait(AT_MOST_S)
    assert house.ews.calls.count("Subscribe") == 2


@pytest.mark.parametrize("code", ["ErrorSubscriptionNotFound", "ErrorExpiredSubscription"])
def test_a_subscription_that_the_server_forgot_is_made_anew(house, box, code):
    source = house.source(box, news=news_of(house, box))
    house.ews.fail("GetStreamingEvents", code=code)
    source.fetch(None)
    assert source.wait(AT_MOST_S)
    source.fetch(None)
    assert source.wait(AT_MOST_S)


def test_the_server_may_end_the_stream_as_often_as_it_likes():
    house = House(EwsServer(minute_s=0.01))
    house.add("info")
    box = house.box()
    source = house.source(box, news=news_of(house, box))
    for _ in range(3):
        source.fetch(None)
        assert source.wait(AT_MOST_S)
    house.close()


def test_even_with_a_stream_the_server_is_asked_now_and_then(house, source):
    settle(source)
    house.clock.now += ASK_ANYWAY_S
    assert source.wait(0.01)


def test_a_server_without_notifications_is_asked_at_our_own_pace(house, box):
    house.ews.fail("Subscribe", code="ErrorInvalidOperation", times=0)
    source = house.source(box, news=news_of(house, box))
    source.fetch(None)
    assert source.wait(0.01) is False
    house.clock.now += POLL_S
    assert source.wait(0.01)


def test_mailboxes_beyond_the_streams_are_asked_at_our_own_pace(house):
    house.add("kundreskontra")
    endpoint = house.endpoint(streams=1)
    first, second = (house.box(name, endpoint) for name in ("info", "kundreskontra"))
    streamed = house.source(first, news=news_of(house, first))
    polled = house.source(second, news=news_of(house, second))
    for source in (streamed, polled):
        source.fetch(None)
    settle(streamed)
    assert polled.wait(0.05) is False
    assert house.ews.calls.count("Subscribe") == 1
    house.clock.now += POLL_S
    assert polled.wait(0.01)


def test_mail_is_read_while_the_stream_is_open(house, source):
    settle(source)
    for _ in range(3):
        house.deliver(MAIL)
    assert len(source.fetch(None).messages) == 3


def test_a_closed_stream_gives_its_place_to_another_mailbox(house):
    house.add("kundreskontra")
    endpoint = house.endpoint(streams=1)
    first, second = (house.box(name, endpoint) for name in ("info", "kundreskontra"))
    source = house.source(first, news=news_of(house, first))
    source.fetch(None)
    settle(source)
    source.close()
    assert endpoint.streams.acquire(timeout=AT_MOST_S)
    endpoint.streams.release()
    other = house.source(second, news=news_of(house, second))
    other.fetch(None)
    assert other.wait(AT_MOST_S)
