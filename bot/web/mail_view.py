"""The HTML of a mail made safe: nothing is fetched, nothing runs, links show where they lead.

What remains are words with simple marks, lists, tables and links. Reading HTML takes longer the
deeper it is nested, up to minutes; one that is nested too much, or too long, is not read at all.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final
from urllib.parse import urlsplit

import nh3
from markupsafe import Markup, escape

_LONGEST: Final = 400_000
_MOST_WORK: Final = 1_000_000
"""The sum over all tags of how many were open: what reading it costs."""
_LOOK_BACK: Final = 100

_FORMATTING: Final = frozenset(
    (
        "a",
        "b",
        "big",
        "code",
        "em",
        "font",
        "i",
        "nobr",
        "s",
        "small",
        "strike",
        "strong",
        "tt",
        "u",
    )
)
_SCOPES: Final = frozenset(
    ("applet", "button", "caption", "html", "marquee", "math", "object", "svg", "table", "td",
     "template", "th")
)  # fmt: skip
_BLOCKS: Final = frozenset(
    ("address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dir", "div",
     "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
     "h6", "header", "li", "listing", "main", "menu", "nav", "ol", "p", "pre", "section", "summary",
     "tbody", "tfoot", "thead", "tr", "ul")
)  # fmt: skip
_TAGS: Final = frozenset(
    ("a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "div", "dl", "dt", "em",
     "hr", "i", "ins", "li", "ol", "p", "pre", "q", "s", "small", "span", "strong", "sub", "sup",
     "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul")
)  # fmt: skip
_WITH_CONTENT: Final = frozenset(
    ("head", "iframe", "math", "noembed", "noframes", "noscript", "object", "script", "select",
     "style", "svg", "template", "textarea", "title", "xmp")
)  # fmt: skip
_ALONE: Final = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "wbr")
)
_CELL: Final = frozenset(("colspan", "rowspan"))
_ATTRIBUTES: Final = {"*": frozenset[str](), "a": frozenset(("href",)), "td": _CELL, "th": _CELL}
_SCHEMES: Final = frozenset(("http", "https", "mailto", "tel"))
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
_LINK: Final = re.compile(r'<a((?: [a-z]+="[^"]*")*)>|</a>')
_HREF: Final = re.compile(r'href="([^"]*)"')
_LONGEST_TARGET: Final = 80


def safe_html(html: str | None) -> Markup | None:
    """Return the HTML of a mail as it may be shown; None where there is none that may be."""
    if html is None or len(html) > _LONGEST or not _is_quick(html):
        return None
    cleaned = nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags=set(_WITH_CONTENT),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes=set(_SCHEMES),
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        strip_comments=True,
    )
    shown = _with_targets(cleaned)
    return Markup(shown) if _has_words(cleaned) else None


def target_of(href: str) -> str:
    """Return where a link leads, short: a host, an address or a number."""
    try:
        parts = urlsplit(href)
        host = parts.hostname or ""
    except ValueError:
        return ""
    return (host or parts.path)[:_LONGEST_TARGET]


def _is_quick(html: str) -> bool:
    """Tell whether reading HTML costs little.

    Counts as open what a browser may have open: a closing tag closes one element at most, and
    only where a browser would.
    """
    work, still_open = 0, list[str]()
    for closing, name in _TAG.findall(html):
        name = name.lower()
        work += len(still_open) + 1
        if work > _MOST_WORK:
            return False
        if closing:
            _close(still_open, name)
        elif name not in _ALONE:
            still_open.append(name)
    return True


def _close(still_open: list[str], name: str) -> None:
    is_strict = name in _FORMATTING or name in _BLOCKS
    stops = _SCOPES if is_strict else _SCOPES | _BLOCKS
    for back in range(1, min(len(still_open), _LOOK_BACK) + 1):
        seen = still_open[-back]
        if seen == name:
            del still_open[-back]
            return
        if seen in stops:
            return


def _with_targets(cleaned: str) -> str:
    """Return HTML with the target of each link behind it; its links do not lie in each other."""
    target = ""

    def shown(found: re.Match[str]) -> str:
        nonlocal target
        if found.group(0) != "</a>":
            href = _HREF.search(found.group(1))
            target = "" if href is None else target_of(unescape(href.group(1)))
            return found.group(0)
        return f'</a> <span class="target">({escape(target)})</span>' if target else "</a>"

    return _LINK.sub(shown, cleaned)


def _has_words(cleaned: str) -> bool:
    return bool(re.sub(r"<[^>]*>|&nbsp;", "", cleaned).strip())
