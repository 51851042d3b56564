"""Combinations of features that can never hold, or that name what does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import fuzz, process

from bot.errors import KnowledgeError, Saying
from bot.knowledge.lexicon_files import LexiconFiles, cue_lines
from bot.triage.cues import Feature

_Errors = Iterator[KnowledgeError]
_NEAR = 60
_BY_NUMBER = "invoice"
"""A feature that a number in the mail raises too, without any phrase."""


def unknown_features(files: LexiconFiles) -> _Errors:
    """Yield features that triage asks for and no file has, and those that no file knows."""
    known = _features(files)
    absent = sorted(set(Feature) - known)
    if absent:
        what = Saying("ingen fil har {absent}", absent=", ".join(absent))
        yield KnowledgeError("lexicon/features", None, what)
    document = files.combinations
    if document is None:
        return
    for where, row in document.content.placed():
        for name in (*row.when, *row.unless):
            if name not in known:
                near = process.extractOne(
                    name, sorted(known), scorer=fuzz.ratio, score_cutoff=_NEAR
                )
                yield document.error(_no_such(name, None if near is None else near[0]), *where)


def _no_such(name: str, near: str | None) -> Saying:
    if near is None:
        return Saying("kännetecknet {name} finns inte", name=name)
    return Saying("kännetecknet {name} finns inte; menade du {near}?", name=name, near=near)


def futile(files: LexiconFiles) -> _Errors:
    """Yield combinations of an unknown matter, and those that never hold."""
    document = files.combinations
    if document is None:
        return
    known, produced = _features(files), _produced(files)
    matters = {file.content.matter for file in files.matters}
    for where, row in document.content.placed():
        if row.matter not in matters:
            what = Saying("ärendetypen {key} har ingen fil i lexicon/matters", key=row.matter)
            yield document.error(what, *where)
        for name in sorted(set(row.when) & set(row.unless)):
            both = Saying(
                "{name} står både i when och i unless, så raden gäller aldrig; stryk det ena",
                name=name,
            )
            yield document.error(both, *where)
        for name in dict.fromkeys((*row.when, *row.unless)):
            if name in known and name not in produced:
                what = Saying(
                    "kännetecknet {name} har inga fraser och märks aldrig;"
                    " skriv fraser för det, eller stryk det här",
                    name=name,
                )
                yield document.error(what, *where)


def _features(files: LexiconFiles) -> set[str]:
    return {name for document in files.features for name in document.content.features}


def _produced(files: LexiconFiles) -> set[str]:
    lines = cue_lines(files)
    spoken = {line.speaks_of for line in lines if line.says is None and not line.blocks}
    return spoken | {_BY_NUMBER}
