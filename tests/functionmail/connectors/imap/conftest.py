"""A mailbox on a real Dovecot whose connection can be broken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.imap_server import ImapServer
from tests.dovecot_server import Dovecot


@pytest.fixture
def imap(tmp_path: Path, dovecot: Dovecot) -> Iterator[ImapServer]:
    """One account of its own."""
    server = ImapServer(tmp_path, dovecot)
    yield server
    server.close()
