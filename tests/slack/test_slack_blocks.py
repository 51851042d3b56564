"""The checker itself: what it must refuse, each from one valid message or view."""

from __future__ import annotations

import pytest

from tests.slack_blocks import HOME, MESSAGE, MODAL, faults_in, mentions_in

PLAIN = {"type": "plain_text", "text": "Hej"}
BUTTON = {"type": "button", "text": PLAIN, "action_id": "a", "value": "1"}
OPTION = {"text": PLAIN, "value": "1"}
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hej"}}


def modal(*blocks: object, **changes: object) -> dict[str, object]:
    return {"type": "modal", "title": PLAIN, "blocks": list(blocks)} | changes


def row(*elements: object) -> dict[str, object]:
    return {"type": "actions", "elements": list(elements)}


def menu(kind: str, count: int) -> dict[str, object]:
    options = [OPTION | {"value": str(at)} for at in range(count)]
    return {"type": kind, "action_id": "m", "options": options}


def asked(element: object) -> dict[str, object]:
    return {"type": "input", "label": PLAIN, "element": element}


REFUSED = {
    "an unknown block": {"type": "sektion"},
    "a long text": {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}},
    "an empty text": {"type": "section", "text": {"type": "mrkdwn", "text": ""}},
    "a text that is long in UTF-16": {
        "type": "section",
        "text": {"type": "plain_text", "text": "👩" * 1501},
    },
    "half a sign": {"type": "section", "text": {"type": "plain_text", "text": "\ud83d"}},
    "an unknown field": SECTION | {"colour": "red"},
    "eleven fields": {"type": "section", "fields": [PLAIN] * 11},
    "mrkdwn in a heading": {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
    "a long heading": {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}},
    "a long button": row(BUTTON | {"text": {"type": "plain_text", "text": "x" * 76}}),
    "a style that is none": row(BUTTON | {"style": "green"}),
    "two buttons of one name": row(BUTTON, BUTTON),
    "no button at all": row(),
    "twenty-six buttons": row(*(BUTTON | {"action_id": str(at)} for at in range(26))),
    "a menu of one behind dots": row(menu("overflow", 1)),
    "a menu of six behind dots": row(menu("overflow", 6)),
    "a menu of 101": row(menu("static_select", 101)),
    "a choice that is none of them": row(
        menu("static_select", 2) | {"initial_option": OPTION | {"value": "9"}}
    ),
    "an image without words": {"type": "image", "image_url": "https://a.example/x.png"},
    "a live mention of a channel": {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "<!channel> hej"},
    },
    "an open bracket": {"type": "section", "text": {"type": "mrkdwn", "text": "a < b"}},
    "uneven rows": {
        "type": "table",
        "rows": [[{"type": "raw_text", "text": "a"}] * 2, [{"type": "raw_text", "text": "a"}]],
    },
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_message_is_refused_that_has(what: str) -> None:
    assert faults_in(MESSAGE, {"text": "hej", "blocks": [REFUSED[what]]})


@pytest.mark.parametrize("what", ["a plain one", "with buttons", "with a menu"])
def test_a_message_is_valid(what: str) -> None:
    blocks = {
        "a plain one": SECTION,
        "with buttons": row(BUTTON),
        "with a menu": row(menu("overflow", 5), menu("static_select", 100) | {"action_id": "n"}),
    }
    assert faults_in(MESSAGE, {"text": "hej", "blocks": [blocks[what]]}) == []


def test_blocks_alone_leave_nothing_to_read_out() -> None:
    assert faults_in(MESSAGE, {"blocks": [SECTION]})


def test_a_message_has_fifty_blocks_and_a_view_a_hundred() -> None:
    assert faults_in(MESSAGE, {"text": "hej", "blocks": [SECTION] * 51})
    assert faults_in(HOME, {"type": "home", "blocks": [SECTION] * 100}) == []
    assert faults_in(HOME, {"type": "home", "blocks": [SECTION] * 101})


def test_a_question_needs_a_button_that_sends() -> None:
    box = asked({"type": "plain_text_input", "action_id": "t"})
    assert faults_in(MODAL, modal(box))
    assert faults_in(MODAL, modal(box, submit=PLAIN)) == []


def test_a_box_holds_what_stands_in_it_from_the_beginning() -> None:
    box = {"type": "plain_text_input", "action_id": "t", "max_length": 2, "initial_value": "abc"}
    assert faults_in(MODAL, modal(asked(box), submit=PLAIN))


def test_the_title_of_a_modal_is_short() -> None:
    assert faults_in(MODAL, modal(SECTION, title={"type": "plain_text", "text": "x" * 25}))


def test_two_blocks_of_one_name_are_refused() -> None:
    named = SECTION | {"block_id": "b"}
    assert faults_in(MODAL, modal(named, named))


def test_a_table_does_not_stand_in_a_modal() -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}
    assert faults_in(MODAL, modal(table))


def test_mentions_are_found_in_formatted_text_only() -> None:
    formatted = {"type": "mrkdwn", "text": "<@U1> se"}
    assert mentions_in({"blocks": [{"text": formatted}, {"text": PLAIN | {"text": "<@U2>"}}]}) == [
        "<@U1>"
    ]
