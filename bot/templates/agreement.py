"""Whether templates name only what there is, and whether each has a number of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bot.errors import KnowledgeError, Saying
from bot.templates.definition import DEFINITION, Template
from bot.texts import mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the knowledge has: keys of processes and matters, and of pages in ``links.yaml``."""

    processes: Collection[str]
    matters: Collection[str]
    links: Collection[str]


def disagreements(
    templates: Collection[Template], known: Known, folder: Path
) -> Iterator[KnowledgeError]:
    """Yield keys that are not known, and numbers of the list that two templates have."""
    met: dict[str, Template] = {}
    for template in templates:
        file = str(folder / template.name / DEFINITION)
        links = [field.link for field in template.fields.values() if field.link is not None]
        for what, keys, there in (
            (mark("processen"), template.processes, known.processes),
            (mark("ärendetypen"), template.matters, known.matters),
            (mark("länken"), links, known.links),
        ):
            for key in keys:
                if key not in there:
                    yield KnowledgeError(file, None, _unknown(what, key, there))
        if template.code is None:
            continue
        if template.code in met:
            other = met[template.code].name
            said = Saying("numret {code} har redan mallen {other}", code=template.code, other=other)
            yield KnowledgeError(file, None, said)
        met[template.code] = template


def _unknown(what: str, key: str, there: Collection[str]) -> Saying:
    near = get_close_matches(key, sorted(there), n=1)
    if near:
        return Saying(
            "{what} {key} finns inte; menade du {near}?", what=Saying(what), key=key, near=near[0]
        )
    return Saying("{what} {key} finns inte", what=Saying(what), key=key)
