"""A mail from a mailbox to itself, to see that sending works and is seen in Sent.

It bears a Message-ID of ours, of no case, so that the intake knows it for our own and puts
it aside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from bot.clock import Clock
from bot.errors import Saying
from bot.operating.findings import Found, Matter, State
from bot.texts import Say
from bot.texts.codes import CODES
from functionmail.compose import compose
from functionmail.connectors.base import MailSender
from functionmail.errors import FunctionMailError, Refusal, SendRefused, SendUncertain
from functionmail.identity import Identity
from functionmail.message import Address, Outgoing

LONGEST_S = 60.0
_BETWEEN_S = 1.0
_OF_NO_CASE = "0001-000002"
_NUMBERS = 1_000_000_000
_REFUSED = {Refusal.OTHER: "mail_error.send_refused"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTest:
    """What sending a test mail takes.

    Attributes:
        sleep: Waits so many seconds.
    """

    identity: Identity
    say: Say
    clock: Clock
    sleep: Callable[[float], None]

    def run(self, mailbox: str, sender: MailSender, address: str) -> Found:
        """Send one mail from a mailbox to itself and wait until it is seen in Sent."""
        message_id = self._message_id(mailbox)
        try:
            sender.send(sender.save_draft(message_id, self._mail(message_id, address)))
            return self._waited(mailbox, sender, message_id)
        except SendRefused as error:
            text = Saying(CODES[_REFUSED.get(error.refusal, f"withheld.{error.refusal}")])
            return _found(mailbox, State.WRONG, text, detail=error.advice)
        except SendUncertain as error:
            text = Saying("provmejlet kan vara skickat eller inte; se efter i Skickat och Utkast")
            return _found(mailbox, State.DOUBTFUL, text, detail=error.advice)
        except FunctionMailError as error:
            text = Saying(CODES[f"mail_error.{error.code}"])
            return _found(mailbox, State.WRONG, text, detail=getattr(error, "advice", ""))

    def _waited(self, mailbox: str, sender: MailSender, message_id: str) -> Found:
        started = self.clock.monotonic()
        while not sender.find_sent(message_id):
            if self.clock.monotonic() - started >= LONGEST_S:
                text = Saying(
                    "provmejlet skickades men syns inte i Skickat; se efter vilken mapp som "
                    "servern lägger kopian i"
                )
                return _found(mailbox, State.WRONG, text)
            self.sleep(_BETWEEN_S)
        seconds = round(self.clock.monotonic() - started)
        text = Saying("provmejlet är skickat och syntes i Skickat inom {n} s", n=seconds + 1)
        return _found(mailbox, State.RIGHT, text)

    def _message_id(self, mailbox: str) -> str:
        """Return a new id each time: a repeated test must not find the mail of the last one."""
        unique = f"{mailbox} {self.clock.now().isoformat()}"
        number = int(sha256(unique.encode()).hexdigest(), 16) % _NUMBERS
        return self.identity.own_message_id(_OF_NO_CASE, number)

    def _mail(self, message_id: str, address: str) -> bytes:
        itself = Address(address=address)
        return compose(
            Outgoing(
                message_id=message_id,
                sender=itself,
                recipient=itself,
                subject=self.say("Samma dag: provmejl"),
                text=self.say(
                    "Det här mejlet provar att Samma dag kan skicka från brevlådan. Det blir "
                    "inget ärende och kan raderas."
                ),
                auto_submitted="auto-generated",
                language=self.say.language,
                sent_at=self.clock.now(),
            )
        )


def _found(mailbox: str, state: State, text: Saying, *, detail: str = "") -> Found:
    return Found(mailbox=mailbox, matter=Matter.SEND_TEST, state=state, text=text, detail=detail)
