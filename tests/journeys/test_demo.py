"""`sammadag demo`: the whole product with an invented city."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from bot import knowledge
from functionmail.connectors.maildir import deliver
from tests.city import mail
from tests.commands import call
from tests.letters import ORDINARY
from tests.waiting import until

KEYS = [
    "mails",
    "cases",
    "follow_ups",
    "ignored",
    "quarantined",
    "duplicates",
    "urgent",
    "receipts",
    "balanced",
]


@pytest.fixture(scope="module")
def once():
    started = time.monotonic()
    called = call("demo", "--once", "--json")
    return called, time.monotonic() - started


def test_it_ends_by_itself_within_half_a_minute(once):
    called, seconds = once
    assert called.code == 0
    assert seconds < 30


def test_json_stands_alone_on_stdout_with_exactly_the_keys_that_others_rely_on(once):
    row = once[0].row()
    assert list(row) == KEYS
    assert row["balanced"] is True
    for urgent in row["urgent"]:
        assert sorted(urgent) == ["case", "matter", "reason"]
        assert re.fullmatch(r"\d{4}-\d{6}", urgent["case"])
        assert urgent["reason"]


def test_at_least_sixty_mails_become_something_each_and_the_sums_add_up(once):
    row = once[0].row()
    assert row["mails"] >= 60
    assert row["mails"] == sum(
        row[key] for key in ("cases", "follow_ups", "ignored", "quarantined", "duplicates")
    )


def test_it_shows_everything_that_can_become_of_a_mail_and_fails_on_none(once):
    row = once[0].row()
    assert min(row[key] for key in ("cases", "follow_ups", "ignored", "duplicates")) >= 1
    assert row["quarantined"] == 0
    assert 0 < row["receipts"] <= row["cases"]
    assert 0 < len(row["urgent"]) < row["cases"]


@pytest.mark.slow
def test_it_shows_people_every_process_by_its_name_in_their_language():
    called = call("--lang", "en", "demo", "--once")
    city = knowledge.load(knowledge.bundled_folder())
    names = [process.name.en for process in city.processes.values()]
    assert called.code == 0
    assert [name for name in names if name not in called.out] == []
    assert "The books balance" in called.out


@pytest.mark.slow
def test_a_mail_that_nobody_took_in_unbalances_the_books_and_the_exit_code_says_so(
    monkeypatch, tmp_path
):
    """The mail arrives after the last look at its mailbox, while receipts go out."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def deliver_late():
        until(lambda: list(tmp_path.glob("*/mail/*/.Sent/cur/*")), seconds=60)
        (box,) = tmp_path.glob("*/mail/info")
        deliver(box, "late", mail(**ORDINARY), datetime(2026, 3, 3, tzinfo=UTC))

    postman = threading.Thread(target=deliver_late)
    postman.start()
    called = call("demo", "--once", "--json")
    postman.join()
    assert called.code == 1
    assert called.row()["balanced"] is False


@contextmanager
def running_demo(tmp_path):
    """Run the demonstration until the end of the block; yields it and the lines it has written."""
    demo = subprocess.Popen(
        [sys.executable, "-u", "-m", "bot", "demo", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={"TMPDIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(demo.stdout), daemon=True)
    try:
        reader.start()
        until(lambda: links(lines), seconds=60)
        yield demo, lines
        reader.join(10)
    finally:
        demo.kill()
        demo.wait(10)
        demo.stdout.close()


def links(lines):
    """Return the links of the web page that were shown, in order."""
    return re.findall(r"http://127\.0\.0\.1:\d+/sign-in\?code=\S+", "".join(lines))


@pytest.mark.slow
def test_a_mail_that_is_dropped_into_a_folder_is_a_case_at_once_and_ctrl_c_cleans_up(tmp_path):
    with running_demo(tmp_path) as (demo, lines):
        (box,) = [Path(line.split()[-1]).parent for line in lines if line.startswith("  info@")]
        shown = len(lines)
        deliver(box, "dropped", mail(**ORDINARY, date=datetime.now(UTC)), datetime.now(UTC))  # noqa: TID251
        until(lambda: any("Nytt ärende" in line for line in lines[shown:]), seconds=10)
        demo.send_signal(signal.SIGINT)
        assert demo.wait(10) == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_link_that_is_shown_opens_the_web_page_once_and_a_new_link_is_shown_then(tmp_path):
    with running_demo(tmp_path) as (_, lines):
        (link,) = links(lines)
        with httpx2.Client() as first, httpx2.Client() as second:
            page = first.get(link, follow_redirects=True)
            assert (page.status_code, page.url.path) == (200, "/")
            assert "Agneta Brandt" in page.text
            assert second.get(link, follow_redirects=True).status_code == 403
        until(lambda: len(links(lines)) == 2)
        assert links(lines)[1] != link


def test_a_port_that_is_taken_is_one_line_before_anything_is_done():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        called = call("demo", "--port", port)
    assert called.code == 2
    assert called.out == ""
    assert [f"127.0.0.1:{port}" in line for line in called.err.splitlines()] == [True]
