"""What the assistant understands questions by: the centre's words, and what was learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.knowledge import Knowledge
from bot.knowledge.assistant_file import load_assistant
from bot.knowledge.learned_questions import load_learned
from bot.knowledge.models import Belongs
from bot.triage import TriageRules
from bot.triage.asking import matters_heard
from bot.understanding import LearnedQuestions, Understander, Vocabulary
from bot.vocabulary import ProcessKey


def make_understander(folder: Path, knowledge: Knowledge, rules: TriageRules) -> Understander:
    """Compile what understands questions.

    Args:
        folder: The knowledge folder that `knowledge` and `rules` were read from.

    Raises:
        KnowledgeError: ``assistant.yaml`` or what was learned cannot be read.
    """
    return understander_with(folder, knowledge, rules, load_learned(folder))


def understander_with(
    folder: Path, knowledge: Knowledge, rules: TriageRules, learned: LearnedQuestions | None
) -> Understander:
    """Compile what understands questions, with other weights or none; for learning them."""
    assistant = load_assistant(folder)
    return Understander(
        vocabulary_of(knowledge, assistant.spoken),
        assistant.words,
        lambda text: matters_heard(text, rules),
        learned,
    )


def vocabulary_of(knowledge: Knowledge, spoken: Mapping[ProcessKey, Sequence[str]]) -> Vocabulary:
    """Return what things are called, as plain values.

    Args:
        spoken: What staff call the processes for short.
    """
    return Vocabulary(
        processes={
            one.key: (
                one.code, one.key, one.name.sv, one.name.en, *one.also, *spoken.get(one.key, ())
            )
            for one in knowledge.processes.values()
        },
        matters={
            one.key: one.processes
            for one in knowledge.matters.values()
            if one.belongs is not Belongs.ANY
        },
        customers=[
            form for one in knowledge.customers.values() for form in (one.name, *one.forms())
        ],
        people=[person.name for person in knowledge.people.values()],
    )  # fmt: skip
