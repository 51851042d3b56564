"""An Exchange server with function mailboxes, and our connector before it."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchangelib.protocol import close_connections

from functionmail.connectors.exchange import (
    Access,
    Auth,
    Endpoint,
    ExchangeMailbox,
    ExchangeSender,
    ExchangeSource,
    News,
    Server,
    sent,
)
from tests.ews.server import EwsServer
from tests.ews.world import Folder, Item, Mailbox, User

ACCOUNT = "STAD\\svc-sammadag"
OWN = "svc-sammadag@exempelstad.example"
PASSWORD = "ett-långt-lösenord"
DEADLINE_S = 5.0
LIMITS = ("streams", "silence_s", "connections")


class Ticking:
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class House:
    """One server, one service account, and as many mailboxes as a test asks for."""

    ews: EwsServer
    clock: Ticking = field(default_factory=Ticking)
    password: str = PASSWORD
    made: list[ExchangeSource | ExchangeSender] = field(default_factory=list)
    endpoints: list[Endpoint] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ews.world.add_mailbox(OWN)
        self.user = User(PASSWORD, OWN)
        self.ews.world.users[ACCOUNT] = self.user

    def add(self, name: str) -> Mailbox:
        address = f"{name}@exempelstad.example"
        self.user.full_access.add(address)
        self.user.send_as.add(address)
        return self.ews.world.add_mailbox(address)

    def endpoint(
        self, *, auth: Auth = Auth.BASIC, access: Access = Access.DELEGATE, **more: object
    ) -> Endpoint:
        limits = {
            name: more.pop(name) for name in ("streams", "silence_s", "connections") if name in more
        }
        server = Server(url=self.ews.url, auth=auth, access=access, user=ACCOUNT, **more)
        made = Endpoint(server, lambda: self.password, monotonic=self.clock, **limits)
        self.endpoints.append(made)
        return made

    def box(
        self,
        name: str = "info",
        endpoint: Endpoint | None = None,
        *,
        deadline_s: float = DEADLINE_S,
    ) -> ExchangeMailbox:
        address = f"{name}@exempelstad.example"
        return ExchangeMailbox(endpoint or self.endpoint(), name, address, deadline_s=deadline_s)

    def source(self, box: ExchangeMailbox | None = None, **more: object) -> ExchangeSource:
        opened = box or self.box()
        news = more.pop("news", None) or News(opened, monotonic=self.clock)
        made = ExchangeSource(opened, news, monotonic=self.clock, **more)
        self.made.append(made)
        return made

    def sent_source(self, box: ExchangeMailbox | None = None) -> ExchangeSource:
        return self.source(box, name="info/sent", folder=sent)

    def sender(self, box: ExchangeMailbox | None = None) -> ExchangeSender:
        made = ExchangeSender(box or self.box())
        self.made.append(made)
        return made

    def deliver(self, content: bytes, name: str = "info", **more: object) -> Item:
        box = self.ews.world.mailboxes[f"{name}@exempelstad.example"]
        return self.ews.world.deliver(box, content, **more)

    def folder(self, known_as: str, name: str = "info") -> Folder:
        return self.ews.world.mailboxes[f"{name}@exempelstad.example"].known(known_as)

    def lying_in(self, known_as: str, name: str = "info") -> list[Item]:
        box = self.ews.world.mailboxes[f"{name}@exempelstad.example"]
        return box.lying_in(box.known(known_as))

    def close(self) -> None:
        for made in self.made:
            made.close()
        for endpoint in self.endpoints:
            endpoint.close_idle()
        self.ews.close()
        close_connections()
