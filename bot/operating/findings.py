"""What an examination of the house finds: what is right, doubtful or wrong, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.errors import Saying
from bot.texts import Say


class State(StrEnum):
    """How one thing stands."""

    RIGHT = "right"
    DOUBTFUL = "doubtful"
    WRONG = "wrong"


class Matter(StrEnum):
    """What is examined."""

    SETTINGS = "settings"
    KNOWLEDGE = "knowledge"
    DATABASE = "database"
    KEY = "key"
    SPACE = "space"
    CLOCK = "clock"
    SLACK = "slack"
    WEB = "web"
    RIGHTS = "rights"
    SIGN_IN = "sign_in"
    READ = "read"
    MARK = "mark"
    DRAFTS = "drafts"
    SENT = "sent"
    SEND = "send"
    SCOPE = "scope"
    SEND_TEST = "send_test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that was examined.

    Attributes:
        mailbox: None for what concerns the whole house.
        text: What is right, or what to do.
        detail: What a server or library said of it, in English.
    """

    mailbox: str | None = None
    matter: Matter
    state: State
    text: Saying
    detail: str = ""

    def as_json(self, say: Say) -> Mapping[str, object]:
        """Return the finding as the command line prints it."""
        return {
            "mailbox": self.mailbox,
            "what": self.matter.value,
            "state": self.state.value,
            "text": say.saying(self.text),
            "detail": self.detail,
        }


def all_right(found: Iterable[Found]) -> bool:
    """Tell whether nothing is wrong; what is doubtful does not count."""
    return all(one.state is not State.WRONG for one in found)
