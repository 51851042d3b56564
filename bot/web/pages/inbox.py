"""Inkorg: what is open, what must be handled first on top; filters, and taking several at once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from bot.errors import DataError, NotFound
from bot.services.casework import CaseTaken
from bot.services.inbox import InboxCounts, InboxFilters, InboxPage, InboxRow
from bot.texts import mark
from bot.vocabulary import PersonKey, Right
from bot.web.ask import Ask
from bot.web.moments import near
from bot.web.notices import Notice, Tone
from bot.web.page import Page
from bot.web.seeing import seen_case, sight_of

_PER_PAGE: Final = 50
_MOST_AT_ONCE: Final = 50
_MARKS: Final = {
    "mine": mark("Mina"),
    "team": mark("Mitt team"),
    "urgent": mark("Brådskande"),
    "possible": mark("Kan vara bråttom"),
    "no_feedback": mark("Återkoppling i dag"),
    "waiting": mark("Väntar"),
    "protected": mark("Skyddade uppgifter"),
}
"""The filters that are on or off, in the order in which they are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to see, as it stands in the address."""

    on: frozenset[str]
    process: str
    mailbox: str
    after: str = ""

    def address(self, *, after: str = "", toggled: str = "") -> str:
        """Return what stands behind the question mark, with one filter turned on or off."""
        on = self.on ^ {toggled} if toggled else self.on
        pairs = [(name, "1") for name in _MARKS if name in on]
        pairs += [("process", self.process)] if self.process else []
        pairs += [("mailbox", self.mailbox)] if self.mailbox else []
        pairs += [("after", after)] if after else []
        return urlencode(pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A filter that is on or off."""

    label: str
    count: str
    query: str
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A row of the inbox.

    Attributes:
        handle_by, promise: In words; empty where there is none.
        others: Names of those who have it open.
    """

    row: InboxRow
    customer: str
    handle_by: str
    late: bool
    promise: str
    promise_late: bool
    last: str
    others: tuple[str, ...]


def inbox(ask: Ask) -> Response:
    """Show what is open."""
    asked = _asked(ask)
    page = _page(ask, asked)
    rows = _rows(ask, page)
    return ask.page(
        "inbox/inbox.html",
        asked=asked,
        rows=rows,
        filters=_filters(ask, asked, page.counts),
        every=_count(ask, page.counts.every),
        hidden=page.counts.hidden,
        next_page="" if page.next is None else asked.address(after=page.next),
        first_page=asked.address() if asked.after else None,
        news=_news_address(ask, asked, rows),
        processes=ask.house.choices.processes(ask.say.language),
        mailboxes=ask.house.choices.mailboxes(ask.say.language),
        here_query=asked.address(after=asked.after),
    )


def news(ask: Ask) -> Response:
    """Say whether the inbox has changed since it was shown; fetched again and again."""
    asked = _asked(ask)
    rows = _rows(ask, _page(ask, asked))
    return ask.page(
        "inbox/_news.html",
        news=_news_address(ask, asked, rows, seen=ask.query("seen")),
        changed=ask.query("seen") != _fingerprint(rows),
        here_query=asked.address(after=asked.after),
    )


def take(ask: Ask) -> Response:
    """Take several cases; those that somebody else has already stay theirs."""
    names = ask.house.names(ask.say.language)
    taken, others = [], []
    for number in ask.many.get("case", ())[:_MOST_AT_ONCE]:
        try:
            case = seen_case(ask, number)
            ask.house.casework.claim(case, by=ask.viewer.key)
            taken.append(str(case.number))
        except CaseTaken as error:
            who = names.person(error.owner)
            others.append(ask.say("{name} har redan ärende {case}", name=who, case=number))
        except (NotFound, DataError) as error:
            others.append(ask.say.error(error))
    text = _told(ask, taken, others)
    tone = Tone.WARNING if others or not taken else Tone.DONE
    query = ask.form.get("back", "")
    path = ask.url("inbox") + (f"?{_safe_query(query)}" if query else "")
    return ask.go_on(path, Notice(text=text, tone=tone))


def _told(ask: Ask, taken: list[str], others: list[str]) -> str:
    if not taken and not others:
        return ask.say("Kryssa för de ärenden som du vill ta.")
    parts = []
    if taken:
        listed = ask.say.listing(taken)
        parts.append(ask.say("Du har tagit ärende {cases}.", cases=listed))
    parts += [f"{one[:1].upper()}{one[1:]}." for one in others[:5]]
    if len(others) > 5:
        parts.append(ask.say("{n} till kunde inte tas.", n=len(others) - 5))
    return " ".join(parts)


def _asked(ask: Ask) -> Asked:
    choices = ask.house.choices
    return Asked(
        on=frozenset(name for name in _MARKS if ask.query(name)),
        process=choices.process(ask.query("process")) or "",
        mailbox=choices.mailbox(ask.query("mailbox")) or "",
        after=ask.query("after")[:200],
    )


def _safe_query(query: str) -> str:
    """Return a query of the inbox that came back from a form, without line breaks."""
    return "".join(sign for sign in query[:500] if sign.isprintable() and sign not in "#\\ ")


def _page(ask: Ask, asked: Asked) -> InboxPage:
    choices, on = ask.house.choices, asked.on
    filters = InboxFilters(
        process=choices.process(asked.process),
        mailbox=choices.mailbox(asked.mailbox),
        team=ask.viewer.colleague.team if "team" in on else None,
        **{one.name: one.name in on for one in fields(InboxFilters) if one.type == "bool"},
    )
    return ask.house.inbox.page(sight_of(ask), filters, after=asked.after or None, limit=_PER_PAGE)


def _rows(ask: Ask, page: InboxPage) -> list[Shown]:
    names = ask.house.names(ask.say.language)
    looking = ask.house.case_pages.looking_at(
        [row.case.id for row in page.rows], but=ask.viewer.key
    )
    now, zone = ask.house.clock.now(), ask.house.zone
    shown = []
    for row in page.rows:
        case = row.case
        due = case.handle_by
        shown.append(
            Shown(
                row=row,
                customer=ask.house.choices.customer_name(case.customer) or "",
                handle_by="" if due is None else near(ask.say, due, now, zone),
                late=due is not None and due < now and not case.stop_confirmed,
                promise=""
                if row.promise_due is None
                else near(ask.say, row.promise_due, now, zone),
                promise_late=row.promise_due is not None and row.promise_due < now,
                last=""
                if row.last is None
                else ask.say(
                    "{event} {when}",
                    event=ask.say.code(f"event.{row.last.kind}"),
                    when=near(ask.say, row.last.at, now, zone),
                ),
                others=tuple(names.person(PersonKey(one)) for one in looking.get(case.id, ())),
            )
        )
    return shown


def _filters(ask: Ask, asked: Asked, counts: InboxCounts) -> list[Filter]:
    found = []
    for name, label in _MARKS.items():
        if name == "protected" and not ask.viewer.may(Right.PROTECTED):
            continue
        if name == "team" and ask.viewer.colleague.team is None:
            continue
        found.append(
            Filter(
                label=ask.say(label),
                count=_count(ask, getattr(counts, name)),
                query=asked.address(toggled=name),
                on=name in asked.on,
            )
        )
    return found


def _count(ask: Ask, number: int) -> str:
    said = ask.say.number(number)
    return f"{said}+" if number >= InboxCounts.MOST else said


def _news_address(ask: Ask, asked: Asked, rows: list[Shown], *, seen: str = "") -> str:
    query = asked.address(after=asked.after)
    mark_of = urlencode({"seen": seen or _fingerprint(rows)})
    return f"{ask.url('inbox_news')}?{query}{'&' if query else ''}{mark_of}"


def _fingerprint(rows: list[Shown]) -> str:
    """Return what changes when a row changes; who looks at it counts too."""
    sums = sha256()
    for one in rows:
        last = None if one.row.last is None else one.row.last.at
        sums.update(f"{one.row.case.id} {one.row.case.version} {last} {one.others}\n".encode())
    return sums.hexdigest()[:16]


PAGES = (
    Page(path="/inbox", name="inbox", answer=inbox),
    Page(path="/inbox/news", name="inbox_news", answer=news),
    Page(path="/inbox/take", name="inbox_take", answer=take, method="POST"),
)
