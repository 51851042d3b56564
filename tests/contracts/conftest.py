"""One fixture for every connector; its ids are the connectors' names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.mail_servers import FIXTURES, SERVERS, MailServer


@pytest.fixture(params=list(SERVERS))
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MailServer]:
    """A mail server with one empty mailbox."""
    needed = (request.getfixturevalue(name) for name in FIXTURES.get(request.param, ()))
    server = SERVERS[request.param](tmp_path, *needed)
    yield server
    server.close()
