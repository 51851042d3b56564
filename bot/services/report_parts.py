"""What a report shows beside its figures, and what the keys in it are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from bot.knowledge import Knowledge
from bot.registers import Nature
from bot.reports.figures import TemplateAnswers
from bot.reports.lead_times import fitting
from bot.reports.scope import By
from bot.reports.sums import Counted, Kept
from bot.reports.tables import Beside, NameOf
from bot.services.counted import counted
from bot.store.case_facts import Remarked
from bot.store.fact_conditions import Wanted
from bot.store.unit_of_work import Work
from bot.templates import Templates
from bot.texts import Say
from bot.vocabulary import Language, MailboxKey, MatterKey, ProcessKey, TeamKey, UnitKey


def beside_of(
    work: Work,
    wanted: Wanted,
    remarks: Iterable[Remarked],
    knowledge: Knowledge,
    say: Say,
    *,
    templates: Templates | None,
) -> Beside:
    """Read answers by template, arrivals by hour, and remarks by unit.

    Args:
        templates: Say what templates are called; None: they are called by their keys.
    """
    answers = list(_answers(counted(work, Kept.TEMPLATES, wanted)))
    said = wanted.scope.said()
    agreed = fitting(
        wanted.lead_times,
        process=said.get("process"),
        matter=said.get("matter"),
        customer=said.get("customer"),
    )
    return Beside(
        answers=answers,
        titles={} if templates is None else _titles(answers, templates, say),
        arrivals=[row.cells for row in counted(work, Kept.HOURS, wanted)],
        units=_units(remarks, knowledge, say),
        target=None if agreed is None else agreed.answer_s,
    )


def _titles(answers: Iterable[TemplateAnswers], templates: Templates, say: Say) -> dict[str, str]:
    known = set(templates.names())
    used = [one.template for one in answers if one.template in known]
    return {name: templates.get(name).title_in(say.language) for name in used}


def _answers(rows: Iterable[Counted]) -> Iterator[TemplateAnswers]:
    """Put the answers of several days together by template."""
    numbers: Counter[tuple[str, bool]] = Counter()
    seconds: dict[str, list[Sequence[int]]] = {}
    for row in rows:
        template, answers, again = row.cells
        numbers[template, False] += answers
        numbers[template, True] += again
        seconds.setdefault(template, []).append(row.lists[0])
    for template, runs in seconds.items():
        yield TemplateAnswers(
            template=template,
            answers=numbers[template, False],
            asked_again=numbers[template, True],
            seconds=runs,
        )


def _units(
    remarks: Iterable[Remarked], knowledge: Knowledge, say: Say
) -> tuple[tuple[str, int, int, int], ...]:
    names = {
        key: unit.name.in_language(Language(say.language)) for key, unit in knowledge.units.items()
    }
    natures: dict[str, list[str | None]] = {}
    for remark in remarks:
        natures.setdefault(remark.unit or "", []).append(remark.nature)
    return tuple(
        (
            names.get(UnitKey(unit), unit) or say("Okänd"),
            len(found),
            found.count(Nature.COMPLAINT),
            found.count(Nature.PRAISE),
        )
        for unit, found in natures.items()
    )


def names_of(knowledge: Knowledge, say: Say) -> NameOf:
    """Return what says what the keys that tell figures apart are called."""
    book = knowledge.names_in(say.language)
    ways: Mapping[By, Callable[[str], str]] = {
        By.PROCESS: lambda key: book.process(ProcessKey(key)),
        By.MAILBOX: lambda key: book.mailbox(MailboxKey(key)),
        By.MATTER: lambda key: book.matter(MatterKey(key)),
        By.CUSTOMER: lambda key: knowledge.customer_name(key) or key,
        By.TEAM: lambda key: book.team(TeamKey(key)),
        By.CHANNEL: lambda key: say.code(f"channel.{key}"),
    }
    return lambda by, key: ways[by](key)
