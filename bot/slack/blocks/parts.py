"""The pieces of Block Kit, each clipped to what Slack takes.

Source of the limits: docs.slack.dev, Block Kit reference. Text that comes from people or from
the knowledge goes through `escaped` before it stands in mrkdwn, or stands in plain text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from bot.slack.text import clip, one_line, size, tidy

Part = dict[str, Any]
"""A piece of Block Kit as JSON has it."""

MOST_TEXT: Final = 3000
MOST_FIELD: Final = 2000
MOST_FIELDS: Final = 10
MOST_OPTIONS: Final = 100
MOST_OVERFLOW: Final = 5
MOST_VALUE: Final = 2000
_HEADER: Final = 150
_BUTTON: Final = 75
_OPTION: Final = 75
_LABEL: Final = 2000
_PLACEHOLDER: Final = 150
_MODAL_TITLE: Final = 24
_METADATA: Final = 3000
_NOTHING: Final = "–"


def plain(text: str, most: int) -> Part:
    """Return text in which nothing is read as formatting, on one line."""
    shown = clip(one_line(text), most) or _NOTHING
    return {"type": "plain_text", "text": shown, "emoji": False}


def lines(text: str, most: int = MOST_TEXT) -> Part:
    """Return text in which nothing is read as formatting, with its line breaks."""
    shown = clip(tidy(text), most) or _NOTHING
    return {"type": "plain_text", "text": shown, "emoji": False}


def mrkdwn(text: str, most: int = MOST_TEXT) -> Part:
    """Return formatted text; what other people wrote in it is escaped already.

    `verbatim` keeps Slack from making links and mentions of it.

    Raises:
        ValueError: It is too long, which whoever put it together should have seen to.
    """
    if size(text) > most:
        raise ValueError(f"mrkdwn of {size(text)} signs, at most {most} fit")
    return {"type": "mrkdwn", "text": text or _NOTHING, "verbatim": True}


def section(text: Part, *, accessory: Part | None = None) -> Part:
    """Return a paragraph, with an element at its right if one is given."""
    return {"type": "section", "text": text} | (
        {} if accessory is None else {"accessory": accessory}
    )


def facts(pairs: Iterable[Part]) -> Part:
    """Return short texts in two columns."""
    return {"type": "section", "fields": list(pairs)[:MOST_FIELDS]}


def header(text: str) -> Part:
    """Return a heading."""
    return {"type": "header", "text": plain(text, _HEADER)}


def context(*texts: Part) -> Part:
    """Return small print."""
    return {"type": "context", "elements": list(texts)[:10]}


def divider() -> Part:
    """Return a line across."""
    return {"type": "divider"}


def actions(elements: Sequence[Part], *, block_id: str | None = None) -> Part:
    """Return a row of buttons."""
    return {"type": "actions", "elements": list(elements)[:25]} | _named(block_id)


def button(
    text: str,
    action: str,
    value: str,
    *,
    style: str | None = None,
    confirm: Part | None = None,
    label: str | None = None,
) -> Part:
    """Return a button.

    Args:
        style: ``primary`` or ``danger``; the words say the same.
        label: What a screen reader says where the text alone does not tell.
    """
    made: Part = {
        "type": "button",
        "text": plain(text, _BUTTON),
        "action_id": action,
        "value": value[:MOST_VALUE],
    }
    if style is not None:
        made["style"] = style
    if confirm is not None:
        made["confirm"] = confirm
    if label is not None:
        made["accessibility_label"] = clip(one_line(label), _BUTTON)
    return made


def link_button(text: str, action: str, url: str) -> Part:
    """Return a button that opens a page."""
    return {"type": "button", "text": plain(text, _BUTTON), "action_id": action, "url": url}


def confirm(title: str, text: str, yes: str, no: str) -> Part:
    """Return the question that is asked before a button acts."""
    return {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
    }


def option(text: str, value: str, *, url: str | None = None) -> Part:
    """Return a choice of a menu; with `url` choosing it opens a page."""
    made: Part = {"text": plain(text, _OPTION), "value": value}
    return made if url is None else made | {"url": url}


def overflow(action: str, options: Sequence[Part]) -> Part:
    """Return the menu behind three dots."""
    return {"type": "overflow", "action_id": action, "options": list(options)[:MOST_OVERFLOW]}


def select(
    action: str, options: Sequence[Part], *, placeholder: str, chosen: str | None = None
) -> Part:
    """Return a menu of which one is chosen; what is beyond a hundred is left out.

    Args:
        chosen: The value that stands there from the beginning.
    """
    shown = list(options)[:MOST_OPTIONS]
    made: Part = {
        "type": "static_select",
        "action_id": action,
        "placeholder": plain(placeholder, _PLACEHOLDER),
        "options": shown,
    }
    return made | _initial(shown, chosen)


def radio(action: str, options: Sequence[Part], *, chosen: str | None = None) -> Part:
    """Return a short list of which one is chosen."""
    shown = list(options)[:10]
    made: Part = {"type": "radio_buttons", "action_id": action, "options": shown}
    return made | _initial(shown, chosen)


def tick(action: str, text: str, value: str) -> Part:
    """Return one box to tick."""
    return {"type": "checkboxes", "action_id": action, "options": [option(text, value)]}


def text_input(
    action: str, *, multiline: bool = False, most: int = MOST_TEXT, given: str = ""
) -> Part:
    """Return a box to type in."""
    made: Part = {
        "type": "plain_text_input",
        "action_id": action,
        "multiline": multiline,
        "max_length": min(most, MOST_TEXT),
    }
    shown = clip(tidy(given), made["max_length"])
    return made | ({"initial_value": shown} if shown else {})


def field(
    block_id: str,
    label: str,
    element: Part,
    *,
    hint: str | None = None,
    optional: bool = False,
    dispatches: bool = False,
) -> Part:
    """Return a question of a modal; `block_id` is where an error is shown.

    Args:
        dispatches: A choice is told at once, not only when the modal is sent.
    """
    made: Part = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, _LABEL),
        "element": element,
        "optional": optional,
    }
    if hint is not None:
        made["hint"] = plain(hint, _LABEL)
    return made | ({"dispatch_action": True} if dispatches else {})


def modal(
    callback: str,
    title: str,
    blocks: Sequence[Part],
    *,
    close: str,
    submit: str | None = None,
    metadata: str = "",
) -> Part:
    """Return a modal; without `submit` there is nothing to send.

    Args:
        metadata: Keys and numbers that come back with what was typed; never text of people.
    """
    if len(metadata) > _METADATA:
        raise ValueError("too much metadata for a modal")
    made: Part = {
        "type": "modal",
        "callback_id": callback,
        "title": plain(title, _MODAL_TITLE),
        "close": plain(close, _MODAL_TITLE),
        "blocks": list(blocks)[:100],
        "private_metadata": metadata,
    }
    return made if submit is None else made | {"submit": plain(submit, _MODAL_TITLE)}


def _initial(options: Sequence[Part], chosen: str | None) -> Part:
    found = next((one for one in options if one["value"] == chosen), None)
    return {} if found is None else {"initial_option": found}


def _named(block_id: str | None) -> Part:
    return {} if block_id is None else {"block_id": block_id}
