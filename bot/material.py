"""What process owners edit, where the settings say that it lies: loaded, checked, compiled.

Opens no database and connects to no mailbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from bot import knowledge as knowledge_package
from bot import templates as templates_package
from bot.errors import KnowledgeError, SettingsError
from bot.klarsprak import Rules
from bot.knowledge import Knowledge, triage_rules
from bot.knowledge.articles import load_articles
from bot.knowledge.check import problems
from bot.knowledge.lexicon_words import lexicon_words
from bot.knowledge.plain_file import load_plain
from bot.services.articles import Articles, ArticleWarning, warnings
from bot.services.backtest import Trial
from bot.services.editing.ground import Ground
from bot.services.letter_preview import Advice, advice
from bot.services.question_words import make_understander
from bot.services.reading import Reader
from bot.settings import Settings, resolve_database_url, secret_keys
from bot.templates import Known, Templates
from bot.triage import TriageRules
from bot.triage.cues import CustomerRule
from bot.understanding import Understander
from bot.vocabulary import Language
from functionmail.identity import Identity

_NOBODYS_KEY = b"triage of files knows no mail of ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What process owners edit, loaded, checked and compiled."""

    knowledge: Knowledge
    rules: TriageRules
    templates: Templates


_State = frozenset[tuple[str, int, int]]
"""Name, time and size of files: what was read from them holds until one of these changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The files of the knowledge as they are at an instant: what is made of them holds for these.

    Attributes:
        state: Of all files below the folder.
        people_state: Of the file of people and the roster beside it, where they lie elsewhere.
    """

    folder: Path
    state: _State
    people: Path | None
    people_state: _State


def see_knowledge(settings: Settings) -> Seen:
    """Look at every file of the knowledge that holds; once for all that is made of it at a time."""
    folder, people = knowledge_folder(settings), settings.people
    return Seen(
        folder=folder,
        state=_state(folder),
        people=people,
        people_state=frozenset()
        if people is None
        else _state(people, people.with_name("duty.yaml")),
    )


def load_material(
    settings: Settings,
    *,
    lazy: bool = True,
    templates: Templates | None = None,
    seen: Seen | None = None,
) -> Material:
    """Load knowledge, triage rules and templates; opens no database.

    Args:
        lazy: Compile a template when it is used for the first time; see `Templates`.
        templates: Compiled already, from files that are the same.
        seen: The files, looked at already.

    Raises:
        KnowledgeError: A file is missing or wrong; names file and line.
    """
    seen = seen or see_knowledge(settings)
    knowledge = _read_knowledge(seen)
    return Material(
        knowledge=knowledge,
        rules=_compiled_rules(seen.folder, seen.state, _customer_rules(knowledge)),
        templates=templates or _templates(templates_folder(settings), lazy=lazy),
    )


def make_reader(settings: Settings, material: Material) -> Reader:
    """Return a reader of mail that needs no database and takes no mail for our own."""
    identity = Identity(keys=(_NOBODYS_KEY,), domain=settings.mail_domain)
    return Reader(material.knowledge, material.rules, identity)


def make_trial(settings: Settings, folder: Path | None) -> Trial:
    """Return what `backtest` tries: changed knowledge, in a folder of its own or in place.

    Its reader knows our own mail, as intake does.

    Raises:
        KnowledgeError: A file is missing or wrong; names file and line.
        SettingsError: A mailbox of the settings is not in the changed knowledge.
    """
    tried = settings if folder is None else settings.model_copy(update={"knowledge": folder})
    identity = Identity(
        keys=secret_keys(settings, resolve_database_url(settings)), domain=settings.mail_domain
    )

    def reader(material: Material) -> Reader:
        return Reader(material.knowledge, material.rules, identity)

    material = load_material(tried)
    refuse_unknown_mailboxes(settings, material.knowledge)
    folders = {knowledge_folder(each).resolve() for each in (settings, tried)}
    return Trial(
        knowledge=material.knowledge,
        reader=reader(material),
        words=lexicon_words(sorted({*folders, knowledge_package.bundled_folder()})),
        today=(lambda: reader(load_material(settings))) if len(folders) > 1 else None,
    )


@lru_cache(maxsize=2)
def _compiled_rules(
    folder: Path, _state: _State, customers: tuple[CustomerRule, ...]
) -> TriageRules:
    return triage_rules.build(folder, customers=customers)


def _templates(folder: Path, *, lazy: bool) -> Templates:
    return _read_templates(folder, _state(folder), lazy)


@lru_cache(maxsize=2)
def _read_templates(folder: Path, _state: _State, lazy: bool) -> Templates:
    return Templates(folder, lazy=lazy)


@lru_cache(maxsize=2)
def _read_knowledge(seen: Seen) -> Knowledge:
    return knowledge_package.load(seen.folder, people_file=seen.people)


def _state(*places: Path) -> _State:
    """Return the state of every file that is one of some places, or below one."""
    return frozenset(
        (str(path), status.st_mtime_ns, status.st_size)
        for place in places
        for path in (place, *place.rglob("*"))
        if path.is_file() and (status := path.stat())
    )


def _customer_rules(knowledge: Knowledge) -> tuple[CustomerRule, ...]:
    return tuple(
        CustomerRule(name=forms[0], also=tuple(forms[1:]))
        for forms in (customer.forms() for customer in knowledge.customers.values())
    )


def check_everything(settings: Settings) -> list[KnowledgeError]:
    """Return everything that is wrong with the knowledge and the templates that hold."""
    folder = templates_folder(settings)
    templates = templates_package.languages_in(folder)
    # A rule may be about a letter that the centre has left out, but not about a misspelt one.
    shipped = templates_package.languages_in(templates_package.bundled_folder())
    found = problems(
        knowledge_folder(settings),
        people_file=settings.people,
        templates=templates,
        letters={*templates, *shipped},
    )
    return [*found, *templates_package.faults(folder, None if found else _known(settings))]


def _known(settings: Settings) -> Known:
    knowledge = load_knowledge(settings)
    return Known(
        processes=knowledge.processes.keys(),
        matters=knowledge.matters.keys(),
        links=[page.key for page in knowledge.links.more],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """What writing a letter to look at takes: no triage rules and no database."""

    knowledge: Knowledge
    templates: Templates
    plain: Mapping[Language, Rules]


def load_letters(settings: Settings) -> Letters:
    """Load the templates, and what they and the advice about them take from the knowledge.

    Raises:
        KnowledgeError: A file is missing or wrong; names file and line.
    """
    return Letters(
        knowledge=load_knowledge(settings),
        templates=_templates(templates_folder(settings), lazy=True),
        plain=load_plain(knowledge_folder(settings)),
    )


def advice_on_letters(settings: Settings) -> list[Advice]:
    """Return what may be better in the templates that hold; only where nothing is wrong."""
    letters = load_letters(settings)
    return list(advice(letters.templates, links=letters.knowledge.links, rules=letters.plain))


def articles_of(settings: Settings, *, seen: Seen | None = None) -> Articles:
    """Load the articles that hold; from files that were looked at already, if they are given.

    Raises:
        KnowledgeError: A file is missing or wrong; names file and line.
    """
    seen = seen or see_knowledge(settings)
    return _read_articles(seen.folder, seen.state)


@lru_cache(maxsize=2)
def _read_articles(folder: Path, _state: _State) -> Articles:
    return Articles(load_articles(folder))


def understander_of(settings: Settings, *, seen: Seen | None = None) -> Understander:
    """Compile what understands the questions of staff; `seen` as in `articles_of`.

    Raises:
        KnowledgeError: A file is missing or wrong; names file and line.
    """
    return _compiled_understander(seen or see_knowledge(settings))


@lru_cache(maxsize=2)
def _compiled_understander(seen: Seen) -> Understander:
    knowledge = _read_knowledge(seen)
    rules = _compiled_rules(seen.folder, seen.state, _customer_rules(knowledge))
    return make_understander(seen.folder, knowledge, rules)


def warnings_about_articles(settings: Settings, now: datetime) -> list[ArticleWarning]:
    """Return what owners of articles should see to now; only where nothing is wrong."""
    knowledge = load_knowledge(settings)
    today = knowledge.calendar.local_date(now)
    return list(warnings(articles_of(settings).about(), knowledge.matters, today))


def templates_folder(settings: Settings) -> Path:
    """Return the folder of the reply templates that hold."""
    return settings.templates or templates_package.bundled_folder()


def knowledge_folder(settings: Settings) -> Path:
    """Return the folder of the knowledge that holds."""
    return settings.knowledge or knowledge_package.bundled_folder()


def ground_of(settings: Settings) -> Ground:
    """Return the folders that the settings name."""
    return Ground(
        knowledge=knowledge_folder(settings),
        templates=templates_folder(settings),
        people=settings.people,
    )


def settings_on(settings: Settings, ground: Ground) -> Settings:
    """Return the same settings for other folders."""
    return settings.model_copy(
        update={
            "knowledge": ground.knowledge,
            "templates": ground.templates,
            "people": ground.people,
        }
    )


def load_knowledge(settings: Settings) -> Knowledge:
    """Load and check the knowledge that holds."""
    return _read_knowledge(see_knowledge(settings))


def refuse_unknown_mailboxes(settings: Settings, knowledge: Knowledge) -> None:
    """Raise SettingsError for the first mailbox of the settings that the knowledge has not."""
    for name in settings.mailboxes:
        if name not in knowledge.mailboxes:
            known = ", ".join(sorted(knowledge.mailboxes))
            raise SettingsError(
                "mailboxes.{name}: brevlådan finns inte i kunskapen; där finns {known}",
                name=name,
                known=known,
            )
