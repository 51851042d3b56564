"""Where the HTML of a mail says that text is quoted, carried over to the lines of its body.

Mail clients mark quotes in HTML far more reliably than in text. The body stays the
authority: HTML only decides which of its lines are quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree  # type: ignore[import-untyped]

from functionmail.quoting.words import ROLES, Role, fold

_LONGEST = 200_000
_MOST_ELEMENTS = 6_000
_MOST_BORDERS = 20
_MOST_MISSES = 40
_LINE = 80
_NEAR, _FAR = 200, 20_000
_SHORT = 12

_MARKS = (
    "divrplyfwdmsg",
    "appendonsend",
    "stopspelling",
    "olk_src_body_section",
    "mail-editor-reference-message-container",
    "gmail_quote",
    "yahoo_quoted",
    "protonmail_quote",
    "moz-cite-prefix",
    "moz-forward-container",
    "cite",
    "border-top",
)
"""Without any of these the HTML is not parsed."""

_CUT_IDS = frozenset(
    {
        "divrplyfwdmsg",
        "appendonsend",
        "stopspelling",
        "olk_src_body_section",
        "mail-editor-reference-message-container",
    }
)
"""From here everything is history (Outlook)."""

_REGION_CLASSES = frozenset(
    {
        "gmail_quote",
        "gmail_quote_container",
        "yahoo_quoted",
        "protonmail_quote",
        "moz-cite-prefix",
        "moz-forward-container",
    }
)
"""Such an element is history, what follows it is not."""

_NOT_TEXT = frozenset({"style", "script", "head", "title", "template"})
_BORDER = re.compile(r"border-top: ?solid")
_NO_LETTER = re.compile(r"[\W_]+")


@dataclass(slots=True)
class _Region:
    element: etree._Element
    container: bool
    open: bool = True


@dataclass(slots=True)
class _Stream:
    """The letters and digits of a mail, each quoted or not."""

    letters: list[str] = field(default_factory=list)
    flags: bytearray = field(default_factory=bytearray)

    def add(self, text: str | None, quoted: bool) -> None:
        if text and (letters := _letters(fold(text))):
            self.letters.append(letters)
            self.flags.extend((b"\1" if quoted else b"\0") * len(letters))


def quoted_lines(html: str, keys: Sequence[str]) -> list[bool]:
    """Tell for each folded line of a body whether the HTML shows it as quoted.

    Never raises; HTML that cannot be read, or that does not belong to the body, marks nothing.
    """
    nothing = [False] * len(keys)
    lowered = html[:_LONGEST].lower()
    if not any(mark in lowered for mark in _MARKS):
        return nothing
    stream = _read(html[:_LONGEST])
    if 1 not in stream.flags:
        return nothing
    return _fill_gaps(list(_align(stream, keys)), ends_quoted=stream.flags[-1] == 1)


def _letters(folded: str) -> str:
    return _NO_LETTER.sub("", folded)


def _read(html: str) -> _Stream:
    stream = _Stream()
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(html.replace("\0", "").encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        return stream
    if root is not None:
        _Walk(stream).run(root)
    return stream


class _Walk:
    """One walk through a document, remembering in which quotes it stands."""

    def __init__(self, stream: _Stream) -> None:
        self.stream = stream
        self.regions: list[_Region] = []
        self.cut = False
        self.borders = 0

    def run(self, root: etree._Element) -> None:
        skipping: etree._Element | None = None
        events = etree.iterwalk(root, events=("start", "end"))
        for count, (event, element) in enumerate(events):
            if count > 2 * _MOST_ELEMENTS:
                return
            if event == "start":
                if skipping is None and element.tag in _NOT_TEXT:
                    skipping = element
                if skipping is None:
                    self._enter(element)
                    self.stream.add(element.text, self._quoted())
                continue
            if skipping is element:
                skipping = None
            if skipping is None:
                self._leave(element)
                self.stream.add(element.tail, self._quoted())

    def _quoted(self) -> bool:
        return self.cut or any(region.open for region in self.regions)

    def _enter(self, element: etree._Element) -> None:
        if self.cut or not isinstance(element.tag, str):
            return
        ids = (element.get("id") or "").lower()
        # Clients put their own prefix before ids and classes that they pass on ("x_divRplyFwdMsg").
        if ids.removeprefix("x_") in _CUT_IDS or self._is_outlook_border(element):
            self.cut = True
            return
        classes = {name.removeprefix("x_") for name in (element.get("class") or "").lower().split()}
        cited = element.tag == "blockquote" and (element.get("type") or "").lower() == "cite"
        if cited or classes & _REGION_CLASSES or ids.startswith("yahoo_quoted"):
            container = element.tag != "blockquote"
            self.regions.append(_Region(element=element, container=container))

    def _leave(self, element: etree._Element) -> None:
        if not self.regions or self.regions[-1].element is not element:
            return
        ended = self.regions.pop()
        # Inside Gmail's quote an answer stands between two blockquotes.
        if not ended.container and self.regions and self.regions[-1].container:
            self.regions[-1].open = False

    def _is_outlook_border(self, element: etree._Element) -> bool:
        if element.tag != "div" or self.borders >= _MOST_BORDERS:
            return False
        if not _BORDER.search((element.get("style") or "")[:400].lower()):
            return False
        self.borders += 1
        label = fold(_first_text(element)).partition(":")[0].strip("*_ ")
        return ROLES.get(label) is Role.FROM


def _first_text(element: etree._Element) -> str:
    text = ""
    for piece in element.itertext():
        text += str(piece)
        if len(text) > 60 or ":" in text:
            break
    return text.strip()


def _align(stream: _Stream, keys: Sequence[str]) -> Iterator[bool | None]:
    """Yield for each line whether it is quoted; None where it was not found."""
    letters = "".join(stream.letters)
    at = misses = 0
    for key in keys:
        wanted = _letters(key)
        if not wanted:
            yield None
            continue
        window = _NEAR if len(wanted) < _SHORT or misses > _MOST_MISSES else _FAR
        found = letters.find(wanted[:_LINE], at, at + window + _LINE)
        if found < 0:
            misses += 1
            yield None
            continue
        last = min(found + len(wanted), len(letters)) - 1
        at = last + 1
        yield stream.flags[found] == 1 and stream.flags[last] == 1


def _fill_gaps(known: list[bool | None], *, ends_quoted: bool) -> list[bool]:
    """Decide lines that were not found: quoted only between quoted neighbours."""
    following: list[bool] = []
    after = ends_quoted
    for flag in reversed(known):
        after = after if flag is None else flag
        following.append(after)
    following.reverse()
    filled: list[bool] = []
    before = False
    for flag, after in zip(known, following, strict=True):
        filled.append(before and after if flag is None else flag)
        before = before if flag is None else flag
    return filled
