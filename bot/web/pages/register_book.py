"""The pages that the three registers have in common: a list, a form for a new item, an item."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from bot.cases import Case
from bot.errors import NotFound, Saying
from bot.services.register_forms import WrongFields
from bot.services.register_pages import Register, RegisterFilters
from bot.texts import mark
from bot.vocabulary import CustomerKey
from bot.web.ask import Ask
from bot.web.form import Form, row_number
from bot.web.notices import Notice
from bot.web.page import Page
from bot.web.seeing import seen_case

LABELS: Final[Mapping[str, str]] = {
    "nature": mark("Slag"),
    "source": mark("Källa"),
    "unit": mark("Enhet"),
    "process": mark("Process"),
    "customer": mark("Kund"),
    "owner": mark("Ansvarig"),
    "proposer": mark("Förslagsställare"),
    "rung": mark("Steg på stödtrappan"),
    "due": mark("Senast"),
}
_FILTERS: Final = ("process", "customer", "from", "to", "open", "late", "mine")
_OFFERED: Final = frozenset({"owner", "rung", "due"})
"""What any entry may say; the rest is for corrections."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A register as pages show it.

    Attributes:
        name: Of its list; the other pages are called after it.
        path: Of its list.
        new, one, about, due: Sentences: to open an item, what one is called, what belongs
            here, and what its day means.
        suggests: Cases are suggested for it.
        climbs: Its items go up the support ladder.
    """

    register: Register
    name: str
    path: str
    new: str
    one: str
    about: str
    due: str
    suggests: bool = False
    climbs: bool = False


def pages_of(book: Book) -> tuple[Page, ...]:
    """Return the pages of a register."""
    name, path = book.name, book.path
    return (
        _page(book, path, name, listed),
        _page(book, f"{path}/new", f"{name}_new", new),
        _page(book, f"{path}/new", f"{name}_add", add, "POST"),
        _page(book, f"{path}/{{number:int}}", f"{name}_item", shown),
        _page(book, f"{path}/{{number:int}}", f"{name}_follow", follow, "POST"),
    )


def listed(book: Book, ask: Ask) -> Response:
    """Show the items that are asked for, newest first."""
    typed = {name: ask.query(name) for name in _FILTERS if ask.query(name)}
    errors: dict[str, str] = {
        name: ask.say("Skriv en dag som {example}.", example="2026-03-31")
        for name in ("from", "to")
        if name in typed and _day(typed[name]) is None
    }
    since, until = _day(typed.get("from", "")), _day(typed.get("to", ""))
    if since is not None and until is not None and until < since:
        errors["to"] = ask.say("Sista dagen ligger före den första.")
    below = row_number(ask.query("below"))
    page = ask.house.register_pages.page(book.register, _filters(ask, typed), below=below)
    older = "" if page.next is None else f"{book.path}?{urlencode({**typed, 'below': page.next})}"
    return _answer(
        ask,
        book,
        "registers/list.html",
        Form(typed=typed, errors=errors),
        page=page,
        first="" if below is None else f"{book.path}?{urlencode(typed)}",
        older=older,
    )


def new(book: Book, ask: Ask) -> Response:
    """Show the form for a new item; of a case, where the address names one."""
    return _new(ask, book, Form(typed={"case": ask.query("case")[:20]}))


def add(book: Book, ask: Ask) -> Response:
    """Open an item."""
    try:
        item = ask.house.register_forms.open(
            book.register, ask.form, by=ask.viewer.key, case=_case(ask)
        )
    except WrongFields as error:
        return _new(ask, book, _wrong(ask, error), status=422)
    text = ask.say("Inskrivet som nummer {number}.", number=item.number)
    return ask.see_other(f"{book.name}_item", Notice(text=text), number=item.number)


def shown(book: Book, ask: Ask) -> Response:
    """Show an item with all its entries, and the form for one more."""
    return _item(ask, book, Form())


def follow(book: Book, ask: Ask) -> Response:
    """Add an entry to an item."""
    number = int(ask.value("number"))
    try:
        item = ask.house.register_forms.follow(book.register, number, ask.form, by=ask.viewer.key)
    except WrongFields as error:
        return _item(ask, book, _wrong(ask, error), status=422)
    state = ask.say.code(f"item.{item.state}")
    text = ask.say("Inskrivet. Nummer {number}: {state}.", number=number, state=state)
    return ask.see_other(f"{book.name}_item", Notice(text=text), number=number)


def _new(ask: Ask, book: Book, form: Form, *, status: int = 200) -> Response:
    shown = ask.house.register_forms.fields(book.register, "opened")
    return _answer(ask, book, "registers/new.html", form, status=status, shown=shown)


def _item(ask: Ask, book: Book, form: Form, *, status: int = 200) -> Response:
    forms = ask.house.register_forms
    sheet = ask.house.registers.sheet(book.register, int(ask.value("number")))
    correctable = forms.fields(book.register, "corrected") - _OFFERED
    return _answer(
        ask,
        book,
        "registers/item.html",
        form,
        status=status,
        sheet=sheet,
        item=sheet.item,
        labels=LABELS,
        following=forms.following(sheet.item, ask.say),
        correctable=correctable,
        correcting=any(form.value(name) or form.error(name) for name in correctable),
    )


def _answer(
    ask: Ask, book: Book, template: str, form: Form, *, status: int = 200, **values: object
) -> Response:
    return ask.page(
        template,
        status=status,
        book=book,
        form=form,
        options=ask.house.register_forms.options(book.register, ask.say),
        name=ask.house.register_forms.name,
        today=ask.house.registers.today(),
        **values,
    )


def _wrong(ask: Ask, error: WrongFields) -> Form:
    errors = {name: ask.say.saying(what) for name, what in error.errors.items()}
    return Form(typed=ask.form, errors=errors)


def _case(ask: Ask) -> Case | None:
    """Return the case that a form names.

    Raises:
        WrongFields: There is none that the viewer may see.
    """
    text = ask.form.get("case", "").strip()
    if not text:
        return None
    try:
        return seen_case(ask, text)
    except NotFound as error:
        raise WrongFields({"case": Saying(error.source, **error.values)}) from error


def _filters(ask: Ask, typed: Mapping[str, str]) -> RegisterFilters:
    customer = typed.get("customer")
    return RegisterFilters(
        process=ask.house.choices.process(typed.get("process", "")),
        customer=None if customer is None else CustomerKey(customer),
        owner=ask.viewer.key if "mine" in typed else None,
        since=_day(typed.get("from", "")),
        until=_day(typed.get("to", "")),
        open_only="open" in typed,
        overdue="late" in typed,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _page(
    book: Book,
    path: str,
    name: str,
    answer: Callable[[Book, Ask], Response],
    method: str = "GET",
) -> Page:
    return Page(
        path=path, name=name, answer=partial(answer, book), method=method, once=method == "POST"
    )
