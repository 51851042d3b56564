"""Drift: how the house stands, and what operators do about it. Numbers and codes only."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from bot.errors import DataError, NotFound
from bot.texts import Say
from bot.vocabulary import Outcome, Right, Verdict, is_sent_folder, mailbox_of_sent
from bot.web.ask import Ask
from bot.web.form import row_number
from bot.web.notices import Notice, Tone
from bot.web.page import Page

_UNITS = ("B", "kB", "MB", "GB", "TB")


def operations(ask: Ask) -> Response:
    """Show how everything stands."""
    standing = ask.house.operations.standing()
    return ask.page(
        "operations/operations.html",
        standing=standing,
        knowledge=ask.house.operations.knowledge(),
        failing=[box for box in standing.mailboxes if box.fails],
        room=lambda count: room(count, ask.say),
    )


def books(ask: Ask) -> Response:
    """Count the books now."""
    found = ask.house.operations.books()
    counted = [
        (
            key,
            {outcome: counts.get(outcome, 0) for outcome in Outcome},
            found.taken_away.get(key, 0),
        )
        for key, counts in sorted(found.outcomes.items())
    ]
    return ask.page(
        "operations/books.html",
        found=found,
        inboxes=[row for row in counted if not is_sent_folder(row[0])],
        sent=[(mailbox_of_sent(row[0]), *row[1:]) for row in counted if is_sent_folder(row[0])],
        outcomes=tuple(Outcome),
    )


def ignored(ask: Ask) -> Response:
    """Show mail that became no case."""
    glance = ask.query("glance") == "1"
    page = ask.house.operations.ignored(glance_only=glance, below=row_number(ask.query("below")))

    def address(below: int | None) -> str:
        asked = {"below": below, "glance": 1 if glance else None}
        query = urlencode({name: value for name, value in asked.items() if value is not None})
        return f"{ask.url('operations_ignored')}{query and '?'}{query}"

    return ask.page(
        "operations/ignored.html",
        mails=page.mails,
        glance=glance,
        newer=None if page.is_first else address(page.previous),
        older=None if page.next is None else address(page.next),
    )


def make_case(ask: Ask) -> Response:
    """Make a case of a mail that became none."""
    number = ask.form.get("mail", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 16):
        raise NotFound("mejlet finns inte bland de undanlagda")
    try:
        case = ask.house.operations.make_case(int(number), by=ask.viewer.key)
    except NotFound:
        raise
    except DataError as error:
        notice = Notice(text=ask.say.error(error), tone=Tone.WARNING)
        return ask.see_other("operations_ignored", notice)
    text = ask.say("Mejlet är nu ärende {case}. Inget kvitto skickas.", case=case.number)
    return ask.see_other("operations_ignored", Notice(text=text))


def quarantine(ask: Ask) -> Response:
    """Show mail that our own code failed on."""
    return ask.page("operations/quarantine.html", mails=ask.house.operations.quarantined())


def retry(ask: Ask) -> Response:
    """Try all of it again."""
    left = ask.house.operations.retry()
    text = ask.say.plural("{n} mejl lämnade karantänen.", "{n} mejl lämnade karantänen.", left)
    tone = Tone.DONE if left else Tone.WARNING
    return ask.see_other("operations_quarantine", Notice(text=text, tone=tone))


def settle(ask: Ask) -> Response:
    """Say of a mail that may have been sent: it lies in Sent, or is to be sent again."""
    case = ask.house.find_case(ask.form.get("case", ""))
    verdict = Verdict.AGAIN if ask.form.get("verdict") == Verdict.AGAIN else Verdict.SENT
    try:
        ask.house.casework.settle_sending(case, verdict, by=ask.viewer.key)
    except DataError as error:
        notice = Notice(text=ask.say.error(error), tone=Tone.WARNING)
        return ask.see_other("operations", notice)
    again = verdict is Verdict.AGAIN
    text = ask.say("Svaret skickas igen.") if again else ask.say("Svaret räknas som skickat.")
    return ask.see_other("operations", Notice(text=text))


def room(count: int, say: Say) -> str:
    """Say so many bytes, ``1,5 GB``."""
    size, unit = float(count), 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    number = f"{size:.0f}" if unit == 0 or size >= 100 else f"{size:.1f}"
    return f"{number.replace('.', ',') if say.language == 'sv' else number} {_UNITS[unit]}"


def _page(path: str, name: str, answer: object, method: str = "GET") -> Page:
    assert callable(answer)
    return Page(path=path, name=name, answer=answer, right=Right.OPERATOR, method=method)


PAGES = (
    _page("/operations", "operations", operations),
    _page("/operations/books", "operations_books", books),
    _page("/operations/ignored", "operations_ignored", ignored),
    _page("/operations/ignored/case", "operations_make_case", make_case, "POST"),
    _page("/operations/quarantine", "operations_quarantine", quarantine),
    _page("/operations/quarantine/retry", "operations_retry", retry, "POST"),
    _page("/operations/outbox/settle", "operations_settle", settle, "POST"),
)
