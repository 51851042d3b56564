"""HTML that is broken, hidden, enormous, or meant to run."""

from __future__ import annotations

from collections.abc import Iterator

from functionmail.message import Fault
from tests.hostile_families.base import SAYS, SUBJECT, Family, HostileMail, b64, mail

_P = f"<p>{SAYS}</p>"
_CASES: tuple[tuple[str, str, Fault | None], ...] = (
    ("html-never-closed", f"<html><body><p>{SAYS}", None),
    ("html-fragment", SAYS + "<br>", None),
    ("html-with-script", f"<script>var a = '<p>kod</p>';</script>{_P}", None),
    ("html-with-style", f"<style>p {{ color: red }} /* faktura */</style>{_P}", None),
    ("html-script-in-capitals", f"<SCRIPT>kod</ScRiPt >{_P}", None),
    ("html-script-never-closed", f"{_P}<script>kod", Fault.BAD_HTML),
    ("html-comment-never-closed", f"{_P}<!-- kommentar", Fault.BAD_HTML),
    ("html-tag-never-closed", f"{_P}<a href='x", Fault.BAD_HTML),
    ("html-quotation-never-closed", f'<a href="x>länk</a>{_P}', None),
    ("html-angle-in-an-attribute", f'<a title="a > b">länk</a>{_P}', None),
    ("html-conditional-comments", f"<!--[if mso]><p>Outlook</p><![endif]-->{_P}", None),
    ("html-processing-instruction", f'<?xml version="1.0" encoding="utf-16"?>{_P}', None),
    ("html-xml-entities", f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>{_P}', None),
    ("html-entity-bomb", f'<!DOCTYPE x [<!ENTITY a "{"b" * 100}">]>{_P}' + "&a;" * 1000, None),
    ("html-huge-references", f"&#{'9' * 20_000};&#x{'f' * 20_000};{_P}", None),
    ("html-odd-references", f"&#0;&#xD800;&#x110000;&#150;&bogus;&{_P}", None),
    ("html-surrogates-as-references", f"&#55296;&#56320;{_P}", None),
    ("html-letters-as-references", SAYS.replace("å", "&aring;").replace("ö", "&#246;"), None),
    ("html-hidden-text", f'<div style="display:none">gömt</div>{_P}', None),
    ("html-hidden-never-closed", f"<div style='display: none'>{_P}", None),
    ("html-spans-in-words", _P.replace("faktura", "<span>fak</span><b>tur</b>a"), None),
    ("html-outlook-paragraphs", f'<p class="MsoNormal">{SAYS}<o:p></o:p></p>', None),
    ("html-deep-divs", "<div>" * 20_000 + SAYS, None),
    ("html-deep-tables", "<table><tr><td>" * 5000 + SAYS, None),
    (
        "html-wide-table",
        f"{_P}<table>" + "<tr><td>x</td></tr>" * 3000 + f"<td>{'y' * 50_000}</table>",
        None,
    ),
    ("html-many-attributes", f"{_P}<p " + " ".join(f"a{n}=1" for n in range(30_000)) + ">", None),
    ("html-margins", f'<p style="margin-top:9999999em;padding-left:9999999em">{SAYS}</p>', None),
    ("html-odd-list-numbers", f"<ol start=²><li value={'9' * 6000}>{SAYS}</ol>", None),
    ("html-only-angles", f"{_P}" + "<" * 50_000, None),
    ("html-unclosed-quotations", f"{_P}" + "<a '" * 20_000, Fault.BAD_HTML),
    ("html-frames", f"<iframe src='javascript:alert(1)'></iframe><svg onload=alert(1)>{_P}", None),
    ("html-from-a-template", f"{{{{ 7*7 }}}}<% exec() %>{_P}", None),
    ("html-with-nul", f"<p>\x00{SAYS}</p>", Fault.NUL_BYTES),
    ("html-as-utf-16-meta", f"<meta charset=utf-16>{_P}", None),
    (
        "html-data-address",
        f"{_P}<img src='data:image/png;base64,{b64(b'x' * 30_000).decode()}'>",
        None,
    ),
)


def mails() -> Iterator[HostileMail]:
    """Yield mail that has an HTML part alone."""
    for name, html, fault in _CASES:
        yield HostileMail(
            name=name,
            family=Family.HTML,
            content=mail("Content-Type: text/html; charset=utf-8", body=html),
            subject=SUBJECT,
            says=SAYS,
            fault=fault,
        )
    yield HostileMail(
        name="html-without-text",
        family=Family.HTML,
        content=mail("Content-Type: text/html", body="<html><img src=x></html>"),
        subject=SUBJECT,
        fault=Fault.NO_TEXT,
    )
    yield HostileMail(
        name="html-too-long",
        family=Family.HTML,
        content=mail("Content-Type: text/html; charset=utf-8", body=_P + "<b>x</b>" * 100_000),
        subject=SUBJECT,
        says=SAYS,
        fault=Fault.TEXT_TRUNCATED,
    )
