"""What programs of the city ask: does it run, and numbers for their curves.

``/healthz`` needs no login and says yes or no. ``/metrics`` needs the token of the settings, and
is not there without one: a reverse proxy on this machine makes everybody's address ours, so that
an address proves nothing.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.errors import DatabaseUnavailable
from bot.services.operations import HouseStanding, Operations
from bot.vocabulary import ActionState


class Monitoring:
    """Answers monitoring programs.

    Args:
        token: Of ``/metrics``; empty: nobody gets numbers.
    """

    def __init__(self, operations: Callable[[], Operations], *, token: str) -> None:
        self._operations = operations
        self._token = token
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    @property
    def routes(self) -> list[Route]:
        """Return both addresses."""
        return [
            Route("/healthz", self._healthz, name="healthz"),
            Route("/metrics", self._metrics, name="metrics"),
        ]

    def collect(self) -> Iterator[Metric]:
        """Yield the numbers, as prometheus-client asks for them."""
        standing = self._operations().standing()
        yield from _of_mailboxes(standing)
        yield from _of_outbox(standing)
        yield from _of_house(standing)

    async def _healthz(self, request: Request) -> Response:
        healthy = await run_in_threadpool(lambda: self._operations().is_healthy())
        return PlainTextResponse("ok" if healthy else "no", status_code=200 if healthy else 503)

    async def _metrics(self, request: Request) -> Response:
        given = request.headers.get("authorization", "").encode()
        wanted = f"Bearer {self._token}".encode()
        if not self._token or not hmac.compare_digest(given, wanted):
            return PlainTextResponse("no", status_code=404)
        try:
            text = await run_in_threadpool(generate_latest, self._registry)
        except DatabaseUnavailable:
            return PlainTextResponse("no", status_code=503)
        return Response(text, media_type=CONTENT_TYPE_LATEST)


def _of_mailboxes(standing: HouseStanding) -> Iterator[Metric]:
    answers = GaugeMetricFamily(
        "sammadag_mailbox_answers", "1: the mailbox answers, 0: it does not", labels=["mailbox"]
    )
    rounds = GaugeMetricFamily(
        "sammadag_mailbox_read_seconds", "When it was last read, since 1970", labels=["mailbox"]
    )
    for box in standing.mailboxes:
        answers.add_metric([box.key], 0 if box.fails else 1)
        if box.round_at is not None:
            rounds.add_metric([box.key], box.round_at.timestamp())
    yield answers
    yield rounds


def _of_outbox(standing: HouseStanding) -> Iterator[Metric]:
    actions = GaugeMetricFamily(
        "sammadag_outbox", "Mails and alerts that are not done", labels=["state"]
    )
    for state in (
        ActionState.PLANNED,
        ActionState.HELD,
        ActionState.FAILED,
        ActionState.UNCERTAIN,
    ):
        actions.add_metric([state.value], standing.outbox.counts.get(state, 0))
    yield actions
    yield _single("sammadag_outbox_late", "Those that should have been done", standing.outbox.late)


def _of_house(standing: HouseStanding) -> Iterator[Metric]:
    connected = sum(link.connected for link in standing.links)
    yield _single("sammadag_quarantined", "Mails that our own code failed on", standing.quarantined)
    yield _single("sammadag_slack_connections", "Connections to Slack that stand", connected)
    yield _single("sammadag_knowledge_version", "Version in force", standing.version)
    yield _single("sammadag_database_bytes", "Room that the database takes", standing.room.used)
    if standing.room.free is not None:
        yield _single("sammadag_disk_free_bytes", "Room beside the file", standing.room.free)


def _single(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=value)
