"""``klarsprak.yaml``: what the centre holds for plain language, in each language."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, Field, model_validator

from bot.errors import BadValue
from bot.klarsprak import Limits, Rules
from bot.knowledge.models import File
from bot.knowledge.yaml_file import KnowledgeModel, read
from bot.vocabulary import Language

FILE: Final = "klarsprak.yaml"
Count = Annotated[int, Field(ge=1, le=1000)]
Text = Annotated[str, Field(min_length=1, max_length=100)]


def _is_a_word(avoided: str) -> str:
    """Refuse what would stand for every word, or for words that begin in the middle."""
    parts = avoided.split()
    if not parts or any("*" in part[:-1] or part == "*" for part in parts):
        raise BadValue("en stjärna får bara stå sist i ett ord")
    return avoided


Avoided = Annotated[Text, AfterValidator(_is_a_word)]


class LimitsEntry(KnowledgeModel):
    """See `bot.klarsprak.Limits`."""

    lix: Annotated[int, Field(ge=10, le=100)]
    fewest_words: Annotated[int, Field(ge=0, le=1000)]
    most_words: Count
    sentence_words: Count
    paragraph_words: Count
    passive_percent: Annotated[int, Field(ge=0, le=100)]

    @model_validator(mode="after")
    def _leaves_room(self) -> LimitsEntry:
        if self.most_words < self.fewest_words:
            raise BadValue("most_words är mindre än fewest_words")
        return self


class PlainEntry(KnowledgeModel):
    """What holds in one language; see `bot.klarsprak.Rules`."""

    limits: LimitsEntry
    say_instead: dict[Avoided, Text]


class PlainFile(File):
    """``klarsprak.yaml``."""

    sv: PlainEntry
    en: PlainEntry


def load_plain(folder: Path) -> Mapping[Language, Rules]:
    """Read the rules of plain language of a knowledge folder.

    Raises:
        KnowledgeErrors: The file is missing or wrong; names file and line.
    """
    file = read(folder / FILE, PlainFile)
    return {
        language: Rules(
            language=language,
            limits=Limits(**entry.limits.model_dump()),
            say_instead=entry.say_instead,
        )
        for language, entry in ((Language.SWEDISH, file.sv), (Language.ENGLISH, file.en))
    }
