import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functionmail.message import Fault
from functionmail.parse import html_text
from tests.swedish_text import swedish_lines, swedish_texts


def text_of(markup):
    return html_text.to_text(markup)[0]


@given(swedish_texts)
def test_escaped_text_in_a_pre_element_comes_back(text):
    lines = "\n".join(line.rstrip() for line in text.split("\n")).strip()
    assert text_of(f"<pre>{html.escape(lines)}</pre>") == lines


@given(st.lists(swedish_lines.filter(bool), max_size=8))
def test_blocks_become_lines_and_paragraphs_are_set_apart(lines):
    escaped = [html.escape(line) for line in lines]
    assert text_of("".join(f"<div>{line}</div>" for line in escaped)) == "\n".join(lines)
    assert text_of("".join(f"<p>{line}</p>" for line in escaped)) == "\n\n".join(lines)


@given(st.text("<>/!-= '\"&#;xpbr\n", max_size=200))
def test_any_ruin_of_html_gives_text_that_can_be_stored(markup):
    text = text_of(markup)
    assert "\0" not in text
    assert text.encode().decode() == text


@given(st.text(st.characters(), max_size=200))
def test_any_text_is_taken(markup):
    assert text_of(markup).encode() is not None


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Hej  på\n\tdig</p>", "Hej på dig"),
        ("fak<b>tur</b>a <i>1</i>2", "faktura 12"),
        ("rad 1<br>rad 2<BR/>rad 3", "rad 1\nrad 2\nrad 3"),
        ("<div>a<br></div><div>b</div>", "a\nb"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("<div>a</div><div>&nbsp;</div><div>b</div>", "a\n\nb"),
        ("a<br><br>b", "a\n\nb"),
        ('<p class="MsoNormal">a<o:p></o:p></p><p class="MsoNormal">b</p>', "a\nb"),
        ("<table><tr><td>Belopp</td><td>500</td></tr><tr><td>c<td>d</table>", "Belopp\t500\nc\td"),
        ("<ul><li>ett<li>två</ul>", "* ett\n* två"),
        ("&aring;&auml;&#246; 1&lt;2 &amp; 40&nbsp;kr", "åäö 1<2 & 40 kr"),
        ("<style>p{}</style><SCRIPT>x='</p>'</Script ><title>t</title>a", "a"),
        ("<!--[if mso]><p>x</p><![endif]-->a<!-- > -->b", "ab"),
        ('<a title="1 > 0">länk</a>', "länk"),
        ("1 < 2 och 3 <4 kr", "1 < 2 och 3 <4 kr"),
        ("<p style='display:none'>gömt <p>x</p></p>synligt", "synligt"),
        ("<span style='DISPLAY : none'><span>x</span>y</span>synligt", "synligt"),
        ("<div style='display:none'>aldrig stängd", "aldrig stängd"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("", ""),
    ],
)
def test_what_a_reader_sees_is_kept(markup, text):
    assert text_of(markup) == text


@pytest.mark.parametrize("markup", ["a<!-- b", "a<script>b", "a<p title='b"])
def test_what_has_no_end_is_told(markup):
    assert html_text.to_text(markup) == ("a", (Fault.BAD_HTML,))


def test_html_beyond_the_limit_is_not_read():
    text, faults = html_text.to_text("x" * (html_text.MAX_HTML + 1))
    assert len(text) == html_text.MAX_HTML
    assert faults == (Fault.TEXT_TRUNCATED,)


def test_text_does_not_grow_out_of_markup():
    wide = "<table>" + "<tr><td>x" * 3000 + f"<tr><td>{'y' * 50_000}</table>"
    assert len(text_of(wide)) < len(wide)
    assert text_of('<p style="margin-top:9999999em">x') == "x"


UNITS = (
    *("<", "<a", "<a '", '<a "', "<a ''", "<!--", "<style>", "<style></style>", "<![CDATA["),
    *("<pre> \n", " \n", "<p>", "</p>", "<br>", "<td>", "<p style=display:none>", "&", "&#9"),
)


@pytest.mark.parametrize("unit", UNITS)
def test_no_repetition_takes_more_than_linear_time(unit, seconds_for):
    small, large = (unit * (length // len(unit)) for length in (20_000, 200_000))
    assert seconds_for(html_text.to_text, large) < 40 * seconds_for(html_text.to_text, small) + 0.05
