"""Phrases of the lexicon that cannot be read, can never be found, or never count.

Each phrase is tried on the texts that it stands for (`bot.knowledge.phrase_texts`), by the
same way from text to sentence as a mail takes; so what this module calls impossible is what
the reader really does not find.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from bot.errors import KnowledgeError, Saying
from bot.knowledge.lexicon_files import LexiconFiles, Line, cue_lines, list_lines, words_of
from bot.knowledge.phrase_texts import PhraseTexts, choices_in, list_in, normal
from bot.knowledge.yaml_file import Document, M
from bot.language.folding import fold, readable
from bot.language.phrase_notation import BadPhrase, PhraseCompiler
from bot.language.phrases import PhraseBook
from bot.language.tokens import Sentence, sentences, words
from bot.triage.cues import WEIGHTS, Says

_Errors = Iterator[KnowledgeError]
_Lists = Mapping[str, Sequence[str]]
_SHOWN = 60
_POSITIVE = (Says.NAMED, Says.CLEAR, Says.LIKELY, Says.HINT)
"""Of these, only the strongest counts where several share words."""


def unreadable(files: LexiconFiles) -> _Errors:
    """Yield every phrase that breaks the notation. Lists are read before what uses them."""
    yield from _Readable(files).errors


def faults(files: LexiconFiles) -> _Errors:
    """Yield every phrase that cannot be read, can never be found, or never counts."""
    if files.lists is None:
        return
    lines = _Readable(files)
    yield from lines.errors
    finder = Finder(lines.lists, [line.phrase for line in lines.cues])
    impossible: set[Line] = set()
    for line in (*lines.entries, *lines.cues):
        for what in finder.impossible(line.phrase):
            impossible.add(line)
            yield line.error(what)
    yield from _never_words(files)
    yield from _empty_lists(files, lines)
    yield from _written_twice(lines)
    yield from _blocked(finder, [line for line in lines.cues if line not in impossible])


class _Readable:
    """The lines that the notation allows, and errors for the others."""

    def __init__(self, files: LexiconFiles) -> None:
        self.errors: list[KnowledgeError] = []
        self.entries: list[Line] = []
        self.lists: dict[str, list[str]] = {}
        self._notation = PhraseCompiler({})
        if files.lists is not None:
            self._take_lists(files.lists.content.lists, list(list_lines(files.lists)))
        self.cues = self._kept(cue_lines(files))

    def _take_lists(self, names: Iterable[str], entries: Sequence[Line]) -> None:
        for name in names:
            own = self._kept([line for line in entries if line.speaks_of == name])
            self.entries += own
            self.lists[name] = [line.phrase for line in own]
            self._notation.define(name, self.lists[name])

    def _kept(self, lines: Iterable[Line]) -> list[Line]:
        return [line for line in lines if self._can_be_read(line)]

    def _can_be_read(self, line: Line) -> bool:
        try:
            self._notation.phrases(line.phrase)
        except BadPhrase as error:
            self.errors.append(line.error(Saying(error.source, **error.values)))
            return False
        return True


class Finder:
    """Tells whether phrases can be found at all, by looking for them."""

    def __init__(self, lists: _Lists, phrases: Iterable[str]) -> None:
        """Compile phrases, their choices and the entries of lists, as `PhraseBook` does.

        Raises:
            BadPhrase: One of them cannot be read.
        """
        tried = [*phrases, *(entry for entries in lists.values() for entry in entries)]
        parts = [choice for phrase in tried for choice in choices_in(phrase)]
        self._labels = {phrase: n for n, phrase in enumerate(dict.fromkeys((*tried, *parts)))}
        self._book = PhraseBook(((n, phrase) for phrase, n in self._labels.items()), lists=lists)
        self._lists = {fold(name): entries for name, entries in lists.items()}
        self._possible: dict[str, bool] = {}
        self.texts = PhraseTexts(self._lists, self.is_possible)

    def is_possible(self, phrase: str) -> bool:
        """Tell whether a phrase, a choice in one or an entry of a list is ever found."""
        known = self._possible.get(phrase)
        if known is None:
            known = self._possible[phrase] = any(
                phrase in self.found(text) for text in self.texts.plain(phrase)
            )
        return known

    def found(self, text: str) -> frozenset[str]:
        """Return the phrases that stand in a text as it would be read in a mail."""
        return frozenset(
            self._by_label[match.label]
            for sentence in read_sentences(text)
            for match in self._book.find(sentence)
        )

    @cached_property
    def _by_label(self) -> Mapping[int, str]:
        return {label: phrase for phrase, label in self._labels.items()}

    def impossible(self, phrase: str) -> list[Saying]:
        """Say what of a phrase can never be found; nothing where all of it can."""
        bad = [choice for choice in choices_in(phrase) if not self.is_possible(choice)]
        if bad:
            return [self._why(choice) for choice in bad]
        return [] if self.is_possible(phrase) else [self._why(phrase)]

    def _why(self, phrase: str) -> Saying:
        name = list_in(phrase)
        if name is not None:
            return Saying("{phrase} kan aldrig hittas: listan är tom", phrase=_shown(phrase))
        return _why(phrase, next(iter(self.texts.plain(phrase)), phrase))


def read_sentences(text: str) -> list[Sentence]:
    """Return the sentences of a text, read as the text of a mail is."""
    shown = readable(text)
    return sentences(fold(shown), shown)


def _why(phrase: str, text: str) -> Saying:
    """Say why a phrase is not found in the text that is just the phrase."""
    shown = _shown(phrase)
    if words(fold(readable(text))) != words(fold(text)):
        return Saying(
            "{phrase} kan aldrig hittas: den har tecken som läsaren tar bort eller byter;"
            " skriv den på nytt med vanliga bokstäver",
            phrase=shown,
        )
    if len(read_sentences(text)) > 1:
        return Saying(
            "{phrase} kan aldrig hittas: den är för lång eller har ett tecken som slutar en"
            " mening; korta den eller ta bort tecknet",
            phrase=shown,
        )
    if any(character.isdigit() for character in phrase) and phrase[-1] == "*":
        return Saying(
            "{phrase} kan aldrig hittas: ett tal känns bara igen helt; skriv det utan *",
            phrase=shown,
        )
    return Saying(
        "{phrase} kan aldrig hittas, inte ens i en text som bara är den; skriv om den",
        phrase=shown,
    )


def _never_words(files: LexiconFiles) -> _Errors:
    """Yield listed single words that the reader never sees as one word."""
    if files.lists is not None:
        yield from _not_words(files.lists, "never_fuzzy")
    if files.references is not None:
        for block in ("invoice", "other", "never", "other_beginnings"):
            yield from _not_words(files.references, block)


def _not_words(document: Document[M], block: str) -> _Errors:
    for number, word in words_of(document, getattr(document.content, block), block):
        folded = fold(word)
        if words(fold(readable(word))) != [folded] or folded.isdigit():
            what = Saying(
                "{word} läses aldrig som ett ord; skriv det med bara bokstäver",
                word=_shown(word),
            )
            yield KnowledgeError(document.file, number, what)


def _empty_lists(files: LexiconFiles, lines: _Readable) -> _Errors:
    if files.lists is None:
        return
    for name, entries in lines.lists.items():
        if not entries:
            what = Saying("listan {name} är tom; skriv ord i den eller ta bort den", name=name)
            yield files.lists.error(what, "lists", name)


def _written_twice(lines: _Readable) -> _Errors:
    """Yield phrases that stand a second time where only one of them can count."""
    first: dict[tuple[str, object, bool, str], Line] = {}
    for line in (*lines.entries, *lines.cues):
        sort = "list" if line.file == "lists.yaml" else "cue"
        same = (line.speaks_of, (sort, _counts_as(line)), line.blocks, normal(line.phrase))
        other = first.setdefault(same, line)
        if other is line:
            continue
        if line.says is None or other.says is None or line.says is other.says:
            what = Saying(
                "frasen {phrase} står redan på rad {first}; ta bort den ena",
                phrase=_shown(line.phrase),
                first=other.number,
            )
            yield line.error(what)
        elif WEIGHTS[line.says] > WEIGHTS[other.says]:
            yield other.error(_weaker(other, line, line.says))
        else:
            yield line.error(_weaker(line, other, other.says))


def _counts_as(line: Line) -> object:
    return "positive" if line.says in _POSITIVE else line.says


def _weaker(line: Line, other: Line, says: Says) -> Saying:
    return Saying(
        "frasen {phrase} står starkare under {block} på rad {first} och räknas aldrig här;"
        " ta bort den ena",
        phrase=_shown(line.phrase),
        block=says.value,
        first=other.number,
    )


def _blocked(finder: Finder, cues: Sequence[Line]) -> _Errors:
    """Yield phrases that stand only where a ``!`` phrase of their own takes them back."""
    decoys: dict[str, dict[str, Line]] = {}
    for line in cues:
        if line.blocks:
            decoys.setdefault(line.speaks_of, {}).setdefault(line.phrase, line)
    for line in cues:
        own = decoys.get(line.speaks_of)
        if line.blocks or own is None:
            continue
        blocker = _always_there(finder, line.phrase, own.keys())
        if blocker is not None:
            what = Saying(
                "frasen {phrase} räknas aldrig: ! {blocker} på rad {first} i {file} tar alltid"
                " tillbaka den; ta bort den ena",
                phrase=_shown(line.phrase),
                blocker=_shown(blocker),
                first=own[blocker].number,
                file=own[blocker].file,
            )
            yield line.error(what)


def _always_there(finder: Finder, phrase: str, decoys: Iterable[str]) -> str | None:
    """Return a decoy that stands in every text in which a phrase is found, or None."""
    kept = set(decoys)
    for text in finder.texts.varied(phrase):
        found = finder.found(text)
        if phrase in found:
            kept &= found
            if not kept:
                return None
    return min(kept, default=None)


def _shown(phrase: str) -> str:
    kept = " ".join(phrase.split())
    return kept if len(kept) <= _SHOWN else f"{kept[: _SHOWN - 1]}…"
