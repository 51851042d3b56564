"""The mailboxes of the sample city Exempelstad: invented mails, as they would arrive.

The mails stand in the ``.toml`` files beside this one, in the words of their senders. Every
person, company, address and number in them is invented: domains end in ``.example``, phone
numbers come from the ranges that are kept free for fiction, and the personal identity
numbers have the birth numbers 238 and 239 of the tax agency's test persons.

To add a mail: add a ``[[mail]]`` with the keys of `Draft`. Days are written from the day of
delivery (see `wording`), so that the sample city is always in the present. `expect` says
how a person would label it; keys that are left out are not judged.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources

from bot.samples.draft import Draft
from bot.samples.mime import Delivery, to_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleMail:
    """One mail of the sample city.

    Attributes:
        mailbox: Key of the mailbox it is delivered to.
        name: Unique among the samples; fit to be a file name.
        content: The raw mail, with CRLF line ends.
        delivered_at: Aware UTC, never after the `now` of `sample_mails`.
        also_in: Other mailboxes that get the very same mail.
        expect: How a person would label it, under the names of the triage labels.
    """

    mailbox: str
    name: str
    content: bytes
    delivered_at: datetime
    also_in: tuple[str, ...]
    expect: Mapping[str, str | bool]


def sample_mails(now: datetime) -> list[SampleMail]:
    """Return the sample mails as they stand at an instant, in the order of their delivery.

    The same instant gives the same bytes.

    Args:
        now: Aware; most mails were delivered in the six hours before it.

    Raises:
        ValueError: `now` has no time zone, or a mail answers one that is not older.
    """
    if now.utcoffset() is None:
        raise ValueError(f"the samples need an aware instant, got {now!r}")
    drafts = sorted(_drafts(), key=lambda draft: (-draft.age, draft.name))
    delivered: dict[str, Delivery] = {}
    mails = []
    for draft in drafts:
        at = now.astimezone(UTC).replace(microsecond=0) - timedelta(minutes=draft.age)
        delivery = Delivery.of(draft, at, delivered)
        delivered[draft.name] = delivery
        mails.append(
            SampleMail(
                mailbox=draft.mailbox,
                name=draft.name,
                content=to_bytes(draft, delivery),
                delivered_at=at,
                also_in=draft.also_in,
                expect=draft.expect,
            )
        )
    return mails


def _drafts() -> Iterator[Draft]:
    for file in sorted(resources.files(__name__).iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            for entry in tomllib.loads(file.read_text("utf-8"))["mail"]:
                yield Draft.read(entry)
