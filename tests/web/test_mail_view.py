import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.services.case_page import OpenedFile
from bot.web.files import clean_name, download
from bot.web.mail_view import safe_html, target_of

TAGS = ["a", "b", "p", "div", "img", "script", "style", "form", "svg", "math", "table", "td"]
ATTRIBUTES = ["href", "src", "onclick", "style", "id", "class", "xlink:href", "srcset", "action"]
VALUES = ["javascript:alert(1)", "https://a.example/", "//x/y", "data:text/html,x", '"', "&quot;"]
pieces = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["<!--", "-->", "<![CDATA[", "]]>", "</", "<", ">", "&lt;", "<plaintext>"]),
    st.builds(
        '<{} {}="{}">'.format,
        st.sampled_from(TAGS),
        st.sampled_from(ATTRIBUTES),
        st.sampled_from(VALUES),
    ),
    st.builds("</{}>".format, st.sampled_from(TAGS)),
)


class Seen(HTMLParser):
    """What a browser would see."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@given(st.lists(pieces, max_size=30).map("".join))
@example('<svg><p><style><a id="</style><img src=1 onerror=alert(1)>">x')
@example("<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>x")
def test_nothing_of_any_mail_runs_or_is_fetched(html):
    shown = safe_html(html)
    seen = Seen()
    seen.feed(str(shown or ""))
    for tag, attributes in seen.found:
        assert tag not in {"img", "script", "style", "form", "svg", "math", "iframe", "link"}
        allowed = {"href", "rel", "target", "colspan", "rowspan"}
        assert set(attributes) <= (allowed | {"class"} if tag == "span" else allowed)
        href = attributes.get("href") or "https:"
        assert re.match(r"(https?|mailto|tel):|[^:]*$", href)


def test_a_link_says_where_it_leads_and_tells_nobody_where_it_was():
    shown = safe_html('<a href="https://evil.example/login?x=1">www.bank.example</a>')
    assert "(evil.example)" in shown
    assert 'rel="noopener noreferrer nofollow"' in shown
    assert 'target="_blank"' in shown


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("https://user@evil.example:8443/x", "evil.example"),
        ("mailto:karin@kund.example", "karin@kund.example"),
        ("tel:+4684000", "+4684000"),
        ("https://[", ""),
    ],
)
def test_the_target_of_a_link_is_its_host_or_address(href, target):
    assert target_of(href) == target


def test_simple_marks_lists_and_tables_stay():
    html = "<p>Hej <strong>du</strong></p><ul><li>ett</li></ul><table><tr><td colspan='2'>x</table>"
    shown = str(safe_html(html))
    assert "<strong>du</strong>" in shown
    assert "<li>ett</li>" in shown
    assert '<td colspan="2">x</td>' in shown


def test_a_mail_without_words_has_no_html_to_show():
    assert safe_html('<img src="https://track.example/1.gif"><p>&nbsp;</p>') is None
    assert safe_html(None) is None


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000,
        "<div></i>" * 40_000,
        ("<b>" * 99 + "<table><tr><td>" + "</b>" * 99) * 400,
        ("<x>" * 49 + "<div>" + "</x>" * 49) * 800,
        "".join(f"<b a={n}>" for n in range(1000)) + "<p>x" * 2000,
        "<a><p></a>x" * 10_000,
        "<" * 400_000,
        "<!--" * 100_000,
        "<a " + "x=1 " * 90_000 + ">",
        "&amp;" * 80_000,
    ],
)
def test_no_html_takes_long_to_read(html):
    begun = time.process_time()
    safe_html(html)
    assert time.process_time() - begun < 2


@given(st.text(max_size=300))
@example("a/b\\c")
@example("\u202e\0\r\n.")
def test_a_clean_name_is_short_and_has_no_path_and_nothing_that_steers(name):
    cleaned = clean_name(name)
    assert len(cleaned) <= 120
    assert not set(cleaned) & set('/\\":*?<>|%;\r\n\0\u202e')
    assert cleaned == cleaned.strip(". ")


@given(st.text(max_size=200))
def test_whatever_a_file_is_called_its_header_is_one_line_of_ascii(name):
    answer = download(OpenedFile(name=name, content=b"x"), otherwise="bilaga")
    said = answer.headers["content-disposition"]
    assert said.isascii()
    assert said.isprintable()
    assert said.startswith('attachment; filename="')


def test_a_long_name_keeps_its_ending():
    assert clean_name("x" * 300 + ".pdf").endswith("x.pdf")


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.exe", "a", "a.pdf.js", "a.xml"])
def test_what_a_browser_might_run_is_only_bytes(name):
    answer = download(OpenedFile(name=name, content=b"x"), otherwise="bilaga")
    assert answer.media_type == "application/octet-stream"
