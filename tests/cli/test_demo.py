"""The demonstration as a person meets it: a terminal, a folder, a mail."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.clock import SystemClock
from tests.city import mail

pytestmark = pytest.mark.slow


@pytest.fixture
def demo():
    """Start `sammadag demo` and stop it afterwards, whatever happens."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo"],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        yield process
        process.kill()


def lines_until(process, end):
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip())
        if end in line:
            return lines
    raise AssertionError(f"{end!r} was never said: {process.stderr.read()}")


def test_a_mail_that_is_dropped_in_a_folder_is_seen_to_become_a_case(demo):
    shown = lines_until(demo, "Ctrl-C")
    assert "Böckerna går ihop: varje mejl har exakt ett utfall." in shown
    (folder,) = (
        Path(line.split()[1]) for line in shown if line.split()[:1] == ["info@exempelstad.example"]
    )
    text = "Hej! Vi behöver anstånd med fakturan, annars går den till inkasso."
    (folder / "dropped").write_bytes(mail(text, subject="KR anstånd", date=SystemClock().now()))
    *_, line = lines_until(demo, "Nytt ärende")
    assert line.endswith(" · Kundreskontra · Anstånd · Bråttom: kan gå vidare till inkasso")
    demo.send_signal(signal.SIGINT)
    lines_until(demo, "Demon är avslutad.")
    assert demo.wait() == 0
    assert demo.stderr.read() == ""
    assert not folder.exists()
