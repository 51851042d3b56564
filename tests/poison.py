"""A fault of ours for one mailbox, as a value of the rules: no mail can cause it."""

from __future__ import annotations

from dataclasses import replace

from bot.material import Material
from tests.city import shipped_material


class PoisonedMailboxes(dict):
    """The mailboxes of the rules; looking `info` up fails until it is cured."""

    cured = False

    def get(self, key, default=None):
        if key == "info" and not self.cured:
            raise ZeroDivisionError("a fault of ours, in words of the mail: anstånd")
        return super().get(key, default)


def poisoned_material() -> tuple[Material, PoisonedMailboxes]:
    """Return the sample city's material with the poison in it, and the poison."""
    shipped = shipped_material()
    poison = PoisonedMailboxes(shipped.rules.mailboxes)
    return replace(shipped, rules=replace(shipped.rules, mailboxes=poison)), poison
