"""Subject codes, their aliases and the names of matters: those that clash or are never read.

Two are the same where only capitals, accents, spaces or signs differ, since `Tags` reads them
alike. What is never read is found by writing a subject with it and reading that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from rapidfuzz.distance import OSA

from bot.errors import KnowledgeError, Saying
from bot.knowledge.lexicon_files import LexiconFiles, MatterFile, TagEntry, TagsFile, lines_of
from bot.knowledge.triage_rules import matter_rule, tag_rule
from bot.knowledge.yaml_file import Document, Location
from bot.language.folding import fold
from bot.triage.tags import Tags

_Errors = Iterator[KnowledgeError]
_SHORT = 5
"""Letters of a word up to which it may be a slip of a code; a longer one is of an alias."""
_CODE_FROM = 3
"""Letters of a code from which any one slip is forgiven; of a shorter one only an exchange."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spelling:
    """A code or alias and how it is read.

    Attributes:
        means: Key of its process, or of its matter.
    """

    document: Document[Any]
    line: int
    shown: str
    read: str
    means: str
    is_code: bool = False

    def error(self, what: Saying) -> KnowledgeError:
        return KnowledgeError(self.document.file, self.line, what)


def faults(files: LexiconFiles) -> _Errors:
    """Yield codes, aliases and names that clash, and those that are never read."""
    document = files.tags
    if document is None:
        return
    tags = Tags(
        [tag_rule(tag) for tag in document.content.tags],
        [matter_rule(matter) for matter in files.matters],
    )
    spellings, clashes = _apart(_spellings(document))
    yield from clashes
    yield from _slips(spellings)
    yield from _never_read(tags, spellings)
    names, clashes = _apart(name for matter in files.matters for name in _names(matter))
    yield from clashes
    yield from _never_named(tags, names, [tag.code for tag in document.content.tags])


def _spellings(document: Document[TagsFile]) -> Iterator[_Spelling]:
    for i, tag in enumerate(document.content.tags):
        yield _spelling(document, tag, tag.code, ("tags", i, "code"), is_code=True)
        for n, alias in enumerate(tag.also):
            yield _spelling(document, tag, alias, ("tags", i, "also", n), is_code=False)


def _spelling(
    document: Document[TagsFile], tag: TagEntry, shown: str, where: Location, *, is_code: bool
) -> _Spelling:
    return _Spelling(
        document=document,
        line=document.line(*where),
        shown=shown,
        read=_squeezed(shown),
        means=tag.process,
        is_code=is_code,
    )


def _names(document: Document[MatterFile]) -> Iterator[_Spelling]:
    for line, name in lines_of(document, document.content.names, "names"):
        yield _Spelling(
            document=document,
            line=line,
            shown=name,
            read=_squeezed(name),
            means=document.content.matter,
        )


def _squeezed(shown: str) -> str:
    return "".join(letter for letter in fold(shown) if "a" <= letter <= "z")


def _apart(spellings: Iterable[_Spelling]) -> tuple[list[_Spelling], list[KnowledgeError]]:
    """Part those that are read like no other from errors for those that are, but the first."""
    first: dict[str, _Spelling] = {}
    listed: list[_Spelling] = []
    shared: set[str] = set()
    errors: list[KnowledgeError] = []
    for one in spellings:
        listed.append(one)
        other = first.setdefault(one.read, one) if one.read else one
        if other.means != one.means:
            shared.add(one.read)
            errors.append(one.error(_same(one, other)))
    return [one for one in listed if one.read not in shared], errors


def _same(one: _Spelling, other: _Spelling) -> Saying:
    return Saying(
        "{shown} läses som {other} för {means} på rad {first} i {file};"
        " den kan bara betyda ett, ta bort den ena",
        shown=one.shown,
        other=other.shown,
        means=other.means,
        first=other.line,
        file=other.document.file,
    )


def _slips(spellings: Sequence[_Spelling]) -> _Errors:
    """Yield pairs of different processes of which one is a forgiven slip of the other."""
    for one, other in combinations(spellings, 2):
        if one.means != other.means and (_is_slip(one, other) or _is_slip(other, one)):
            what = Saying(
                "{shown} är ett skrivfel från {other} för {means} på rad {first},"
                " och skrivfel förlåts; välj en som skiljer sig mer",
                shown=other.shown,
                other=one.shown,
                means=one.means,
                first=one.line,
            )
            yield other.error(what)


def _is_slip(written: _Spelling, meant: _Spelling) -> bool:
    """Tell whether `Tags` would take one for a mistyped other, did it not know it."""
    if OSA.distance(written.read, meant.read, score_cutoff=1) != 1:
        return False
    if len(written.read) > _SHORT:
        return not meant.is_code
    exchanged = sorted(written.read) == sorted(meant.read)
    return meant.is_code and (len(meant.read) >= _CODE_FROM or exchanged)


def _never_read(tags: Tags, spellings: Sequence[_Spelling]) -> _Errors:
    for one in _idle(spellings, lambda text, key: _reads_process(tags, text, key)):
        what = Saying(
            "{shown} kan aldrig läsas som märkning;"
            " skriv den med två till 22 bokstäver, eller ta bort den",
            shown=one.shown,
        )
        yield one.error(what)


def _reads_process(tags: Tags, text: str, process: str) -> bool:
    subjects = (f"[{text}] qq", f"{text}: qq", f"{text} - qq")
    read = (tags.read(subject) for subject in subjects)
    return any(tag is not None and tag.process == process for tag in read)


def _never_named(tags: Tags, names: Sequence[_Spelling], codes: Sequence[str]) -> _Errors:
    for one in _idle(names, lambda text, key: _reads_matter(tags, text, key, codes)):
        what = Saying(
            "{shown} kan aldrig läsas som namn i ämnesraden;"
            " skriv det med ett eller två ord, eller ta bort det",
            shown=one.shown,
        )
        yield one.error(what)


def _reads_matter(tags: Tags, text: str, matter: str, codes: Sequence[str]) -> bool:
    read = (tags.read(f"[{code}] {text}") for code in codes)
    return any(tag is not None and tag.matter == matter for tag in read)


def _idle(spellings: Sequence[_Spelling], reads: Callable[[str, str], bool]) -> Iterator[_Spelling]:
    """Yield spellings that are read neither as they stand nor run together.

    One that is only read run together helps with slips, unless another is read the same.
    """
    counts = Counter(one.read for one in spellings)
    for one in spellings:
        helps = counts[one.read] == 1 and reads(one.read, one.means)
        if not helps and not reads(one.shown, one.means):
            yield one
