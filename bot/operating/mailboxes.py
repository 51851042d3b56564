"""Examining mailboxes: settings, sign-in, rights, folders, clock.

A connector that can examine its mailbox is asked; of the others, what reading shows. Nothing
in a mailbox is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from bot.clock import Clock
from bot.connecting import Connection, connect
from bot.errors import Saying, SettingsError
from bot.operating.findings import Found, Matter, State
from bot.operating.house import compare_clocks
from bot.settings import MailboxSettings, Settings
from bot.texts import mark
from bot.texts.codes import CODES
from bot.vocabulary import MailboxKey, Mode
from functionmail.connectors.examining import Ability, Examinable, Finding
from functionmail.errors import ConnectorError, SignInRefused

NOBODYS_ID: Final = "nobody.has.this.id@missing.invalid"

_MATTERS: Final[Mapping[Ability, Matter]] = {
    Ability.READ: Matter.READ,
    Ability.MARK: Matter.MARK,
    Ability.DRAFTS: Matter.DRAFTS,
    Ability.SENT: Matter.SENT,
    Ability.SEND: Matter.SEND,
}

_CAN: Final[Mapping[Ability, str]] = {
    Ability.READ: mark("Inkorgen går att läsa"),
    Ability.MARK: mark("mejl går att märka"),
    Ability.DRAFTS: mark("utkast går att spara"),
    Ability.SENT: mark("Skickat går att läsa"),
    Ability.SEND: mark("brevlådans adress går att skicka från"),
}
_CANNOT: Final[Mapping[Ability, str]] = {
    Ability.READ: mark("Inkorgen går inte att läsa; ge kontot rätt att läsa brevlådan"),
    Ability.MARK: mark("mejl går inte att märka; ge kontot rätt att ändra i Inkorgen"),
    Ability.DRAFTS: mark("utkast går inte att spara; ge kontot rätt att skriva i Utkast"),
    Ability.SENT: mark("Skickat går inte att läsa; ge kontot rätt till mappen"),
    Ability.SEND: mark(
        "brevlådans adress går inte att skicka från; ge kontot rätten Skicka som (Send As)"
    ),
}
_MAY_BE: Final[Mapping[Ability, str]] = {
    Ability.READ: mark("servern talar inte om Inkorgen går att läsa"),
    Ability.MARK: mark("servern talar inte om mejl går att märka; se loggen efter första ärendet"),
    Ability.DRAFTS: mark("servern talar inte om utkast går att spara; pröva med --send-test"),
    Ability.SENT: mark("servern talar inte om Skickat går att läsa; pröva med --send-test"),
    Ability.SEND: mark("servern talar inte om adressen går att skicka från; pröva med --send-test"),
}


_NEEDED: Final[Mapping[Mode, frozenset[Ability]]] = {
    Mode.OFF: frozenset({Ability.READ}),
    Mode.SHADOW: frozenset({Ability.READ}),
    Mode.DRAFT: frozenset({Ability.READ, Ability.SENT, Ability.DRAFTS}),
    Mode.AUTO: frozenset({Ability.READ, Ability.SENT, Ability.DRAFTS, Ability.SEND}),
}
"""Without what a mailbox cannot work in its mode; the rest is only missed."""


def connect_one(
    settings: Settings, name: str, addresses: Mapping[MailboxKey, str]
) -> Connection | Found:
    """Connect one mailbox of the settings, or say why that cannot be done."""
    key = MailboxKey(name)
    if key not in addresses:
        known = ", ".join(sorted(addresses))
        text = Saying("brevlådan finns inte i kunskapen; där finns {known}", known=known)
        return Found(mailbox=name, matter=Matter.SETTINGS, state=State.WRONG, text=text)
    alone = settings.model_copy(update={"mailboxes": {name: settings.mailboxes[name]}})
    try:
        return connect(alone, addresses)[key]
    except SettingsError as error:
        return Found(
            mailbox=name,
            matter=Matter.SETTINGS,
            state=State.WRONG,
            text=Saying(error.source, **error.values),
        )


def settings_found(name: str, mailbox: MailboxSettings) -> Found:
    """Say how a mailbox is set up."""
    return Found(
        mailbox=name,
        matter=Matter.SETTINGS,
        state=State.RIGHT,
        text=Saying(
            "{connector}: {mode}",
            connector=mailbox.connector.value,
            mode=Saying(CODES[f"mode.{mailbox.mode}"]),
        ),
    )


class Examiner:
    """Examines one connected mailbox."""

    def __init__(self, name: str, mode: Mode, connection: Connection, clock: Clock) -> None:
        self._name = name
        self._needed = _NEEDED[mode]
        self._connection = connection
        self._clock = clock
        self._known: dict[Ability, Finding] = {}

    def examine(self) -> Iterator[Found]:
        """Yield what is right and wrong with the mailbox."""
        try:
            aside = self._ask()
            self._probe()
        except ConnectorError as error:
            yield self._found(
                Matter.SIGN_IN,
                State.WRONG,
                Saying(CODES[f"mail_error.{error.code}"]),
                detail=error.advice,
            )
            return
        yield self._found(Matter.SIGN_IN, State.RIGHT, Saying("inloggningen fungerar"))
        yield from (self._told(ability) for ability in Ability)
        yield from aside

    def _ask(self) -> list[Found]:
        """Ask those parts of the connection that can tell; return what shows beside abilities."""
        clocks: list[Found] = []
        too_wide: set[str] = set()
        for part in (self._connection.source, self._connection.sender):
            if not isinstance(part, Examinable):
                continue
            before = self._clock.now()
            found = part.examine()
            self._known |= {one.what: one for one in found.findings}
            too_wide.update(found.too_wide)
            if found.server_time is not None:
                clocks.append(
                    compare_clocks(found.server_time, before, self._clock.now(), mailbox=self._name)
                )
        return [*clocks[:1], *self._scope(too_wide)]

    def _scope(self, too_wide: set[str]) -> Iterator[Found]:
        if too_wide:
            text = Saying(
                "appen kommer åt alla brevlådor i organisationen; ta bort {rights} i Entra, så att "
                "bara rättigheterna från RBAC for Applications gäller (README, Microsoft 365)",
                rights=", ".join(sorted(too_wide)),
            )
            yield self._found(Matter.SCOPE, State.DOUBTFUL, text)

    def _probe(self) -> None:
        """Find out by reading what was not told."""
        source, sender, sent = (
            self._connection.source,
            self._connection.sender,
            self._connection.sent,
        )
        if Ability.READ not in self._known:
            source.fetch(source.latest(), limit=1)
            self._know(Ability.READ)
        if Ability.SENT not in self._known:
            self._try(Ability.SENT, lambda: (sent.latest(), sender.find_sent(NOBODYS_ID)))
        if Ability.DRAFTS not in self._known:
            self._try(Ability.DRAFTS, lambda: sender.find_draft(NOBODYS_ID))
            if self._known[Ability.DRAFTS].ok:
                del self._known[Ability.DRAFTS]  # to look there is not yet to write there

    def _try(self, ability: Ability, act: Callable[[], object]) -> None:
        try:
            act()
        except SignInRefused as error:
            self._know(ability, ok=False, detail=error.advice)
        else:
            self._know(ability)

    def _know(self, ability: Ability, *, ok: bool = True, detail: str = "") -> None:
        self._known[ability] = Finding(what=ability, ok=ok, detail=detail)

    def _told(self, ability: Ability) -> Found:
        matter, found = _MATTERS[ability], self._known.get(ability)
        if found is None:
            return self._found(matter, State.DOUBTFUL, Saying(_MAY_BE[ability]))
        if found.ok:
            return self._found(matter, State.RIGHT, Saying(_CAN[ability]), detail=found.detail)
        state = State.WRONG if ability in self._needed else State.DOUBTFUL
        return self._found(matter, state, Saying(_CANNOT[ability]), detail=found.detail)

    def _found(self, matter: Matter, state: State, text: Saying, *, detail: str = "") -> Found:
        return Found(mailbox=self._name, matter=matter, state=state, text=text, detail=detail)
