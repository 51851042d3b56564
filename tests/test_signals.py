from __future__ import annotations

import os
import signal
import threading

import pytest

from bot.signals import stop_on_signals


@pytest.fixture(autouse=True)
def old_handlers():
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_asks_for_an_orderly_end(number):
    stopped = threading.Event()
    stop_on_signals(stopped.set)
    os.kill(os.getpid(), number)
    assert stopped.wait(5)


@pytest.mark.timeout(20)
def test_a_stop_that_needs_a_lock_of_the_main_thread_does_not_hang():
    lock, stopped = threading.Lock(), threading.Event()

    def stop():
        with lock:
            stopped.set()

    stop_on_signals(stop)
    with lock:
        os.kill(os.getpid(), signal.SIGTERM)
    assert stopped.wait(5)


def test_a_second_interrupt_ends_at_once():
    stop_on_signals(lambda: None)
    os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
