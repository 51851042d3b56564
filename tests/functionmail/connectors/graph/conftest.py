"""A tenant with one function mailbox, and what is connected to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from functionmail.connectors.graph import SENT, GraphSender, GraphSource
from tests.graph.graph_connection import GraphConnection
from tests.graph.graph_server import GraphServer

ADDRESS = "info@exempelstad.example"


class Tenant:
    """The server, its one mailbox, and fresh objects over it."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.server = GraphServer(ADDRESS)
        stack.callback(self.server.close)
        self.box = self.server.boxes[ADDRESS]
        self.connection = self.connect()
        self.now = 0.0

    def connect(self, **options) -> GraphConnection:
        """Return another connection, as another program would have it."""
        return self._stack.enter_context(GraphConnection(self.server, ADDRESS, **options))

    def source(self, **options) -> GraphSource:
        """Return a source over the Inbox whose time stands still."""
        return GraphSource(
            self.connection.client(), monotonic=lambda: self.now, sleep=self.pass_time, **options
        )

    def sent(self) -> GraphSource:
        """Return a source over Sent."""
        return GraphSource(self.connection.client(), folder=SENT)

    def sender(self, **options) -> GraphSender:
        """Return a sender whose time passes when it waits."""
        return GraphSender(
            self.connection.client(), monotonic=lambda: self.now, sleep=self.pass_time, **options
        )

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    """A tenant of this test's own."""
    with ExitStack() as stack:
        yield Tenant(stack)
