"""Kunskap: who does what, how people and customers are reached, and what the articles say."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from bot.errors import NotFound, UsageError
from bot.vocabulary import Language, ProcessKey
from bot.web.article_text import paragraphs
from bot.web.ask import Ask
from bot.web.form import Form
from bot.web.page import Page

_LONGEST_QUESTION: Final = 300


def knowledge(ask: Ask) -> Response:
    """Show the processes with their mailboxes and teams, and the links."""
    who = ask.house.who_does_what
    return ask.page(
        "knowing/knowledge.html",
        processes=who.processes(ask.say),
        shared=who.shared_mailboxes(),
        links=who.links,
        pages=who.pages(),
        language=Language(ask.say.language),
    )


def process(ask: Ask) -> Response:
    """Show all that belongs to one process."""
    card = ask.house.who_does_what.process(ask.value("key"), ask.say)
    key = ProcessKey(card.key)
    return ask.page(
        "knowing/process.html",
        card=card,
        articles=ask.house.articles().about(process=key),
        templates=ask.house.letters.listed(process=key),
        asked_for={
            matter: ask.say.listing(ask.say.code(f"missing.{item}") for item in items)
            for matter, items in card.matters.items()
        },
        language=Language(ask.say.language),
    )


def people(ask: Ask) -> Response:
    """Show the staff."""
    return ask.page("knowing/people.html", people=ask.house.who_does_what.people(ask.say))


def customers(ask: Ask) -> Response:
    """Show the customers, who serves them, and who keeps in touch with them."""
    who = ask.house.who_does_what
    return ask.page(
        "knowing/customers.html", customers=who.customers(), contacts=who.contacts(ask.say)
    )


def articles(ask: Ask) -> Response:
    """Show all articles, and ask for a question."""
    return _articles(ask, Form())


def find(ask: Ask) -> Response:
    """Show which articles answer a question; it stands in no address."""
    question = " ".join(ask.form.get("question", "").split())
    if not question or len(question) > _LONGEST_QUESTION:
        text = ask.say("Skriv en fråga, högst {most} tecken.", most=_LONGEST_QUESTION)
        form = Form(typed={"question": question}, errors={"question": text})
        return _articles(ask, form, status=422)
    return _articles(ask, Form(typed={"question": question}), question=question)


def article(ask: Ask) -> Response:
    """Show an article with its sources, and who answers for it."""
    try:
        found = ask.house.articles().named(ask.value("key"))
    except UsageError as error:
        raise NotFound("artikeln finns inte; se listan över artiklar") from error
    return ask.page(
        "knowing/article.html",
        article=found,
        language=Language(ask.say.language),
        paragraphs=paragraphs,
        is_overdue=found.is_overdue(ask.house.duty_book.today()),
    )


def _articles(ask: Ask, form: Form, *, question: str = "", status: int = 200) -> Response:
    language, known = Language(ask.say.language), ask.house.articles()
    return ask.page(
        "knowing/articles.html",
        status=status,
        form=form,
        question=question,
        found=known.find(question, language) if question else (),
        articles=sorted(known.about(), key=lambda one: one.head.title.in_language(language)),
        language=language,
        paragraphs=paragraphs,
        today=ask.house.duty_book.today(),
    )


PAGES = (
    Page(path="/knowledge", name="knowledge", answer=knowledge),
    Page(path="/knowledge/people", name="knowledge_people", answer=people),
    Page(path="/knowledge/customers", name="knowledge_customers", answer=customers),
    Page(path="/knowledge/articles", name="articles", answer=articles),
    Page(path="/knowledge/articles", name="articles_find", answer=find, method="POST"),
    Page(path="/knowledge/articles/{key}", name="article", answer=article),
    Page(path="/knowledge/processes/{key}", name="process", answer=process),
)
