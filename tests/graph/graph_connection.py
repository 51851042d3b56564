"""Clients of a loopback Graph server, closed together."""

from __future__ import annotations

import ssl
from functools import cache
from types import TracebackType

from functionmail.connectors.graph import (
    Application,
    Certificate,
    GraphClient,
    Patience,
    Secret,
    Tokens,
    Wire,
    trust,
)
from tests.graph.graph_server import CLIENT_ID, SECRET, TENANT, GraphServer
from tests.graph.loopback_ca import authority, in_a_file


class GraphConnection:
    """Makes clients of one mailbox that share their tokens, as a running program has them.

    Attributes:
        slept: How long each pause was that a client asked for; none is taken.
    """

    def __init__(
        self,
        server: GraphServer,
        address: str,
        *,
        credential: Secret | Certificate | None = None,
        patience: Patience | None = None,
        tenant: str = TENANT,
        url: str = "",
    ) -> None:
        self.slept: list[float] = []
        self._address = address
        self._patience = patience or Patience(silence_s=10.0, deadline_s=20.0)
        self._clients: list[GraphClient] = []
        application = Application(
            tenant=tenant,
            client_id=CLIENT_ID,
            credential=credential or Secret(lambda: SECRET),
            authority=server.authority,
            url=server.url,
        )
        self._url = url or server.url
        self.tokens = Tokens(application, "info", self.wire())

    def wire(self) -> Wire:
        """Return a connection of its own that trusts the tests' authority."""
        return Wire("info", _trust(), patience=self._patience)

    def client(self) -> GraphClient:
        """Return a client of its own."""
        client = GraphClient(
            self._url,
            "info",
            self._address,
            self.tokens,
            self.wire(),
            sleep=self.slept.append,
        )
        self._clients.append(client)
        return client

    def __enter__(self) -> GraphConnection:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for client in self._clients:
            client.close()


@cache
def _trust() -> ssl.SSLContext:
    with in_a_file(authority().ca_pem) as file:
        return trust(file)
