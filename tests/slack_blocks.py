"""Checks Block Kit payloads as Slack would: structure and every documented limit.

`faults_in(surface, payload)` names what Slack would refuse; nothing means that it is valid.
Texts are counted in UTF-16 units. Source: docs.slack.dev, reference of blocks, elements and
composition objects, and of views.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

Part = Mapping[str, Any]
Faults = Iterator[str]

MESSAGE, MODAL, HOME = "message", "modal", "home"


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_MOST_BLOCKS: Final = {MESSAGE: 50, MODAL: 100, HOME: 100}
_EVERYWHERE: Final = _set("actions context divider header image input rich_text section video")
_BLOCKS: Final = {
    MESSAGE: _EVERYWHERE | _set("context_actions data_visualization file markdown table"),
    MODAL: _EVERYWHERE | _set("alert"),
    HOME: _EVERYWHERE | _set("data_visualization table"),
}
_PLAIN: Final = _set("plain_text")
_TEXT: Final = _set("plain_text mrkdwn")
_IN_ACTIONS: Final = _set(
    "button overflow static_select external_select users_select conversations_select "
    "channels_select multi_static_select multi_users_select datepicker timepicker "
    "datetimepicker radio_buttons checkboxes workflow_button"
)
_IN_INPUT: Final = (_IN_ACTIONS - {"button", "overflow", "workflow_button"}) | _set(
    "plain_text_input number_input email_text_input url_text_input rich_text_input file_input"
)
_IN_SECTION: Final = _IN_ACTIONS | {"image"}
_MOST_OPTIONS: Final = {"overflow": 5, "radio_buttons": 10, "checkboxes": 10}
_MENTION: Final = re.compile(r"<[@#!][^>]{0,60}>?")
_SPECIAL: Final = re.compile(r"<!(?:channel|here|everyone|subteam)")
_MODAL_KEYS: Final = _set(
    "type title blocks close submit private_metadata callback_id clear_on_close "
    "notify_on_close external_id submit_disabled"
)
_HOME_KEYS: Final = _set("type blocks private_metadata callback_id external_id")


def faults_in(surface: str, payload: Part) -> list[str]:
    """Return what Slack would refuse, each with its place.

    Args:
        surface: `MESSAGE`, `MODAL` or `HOME`.
        payload: A message with ``blocks`` and ``text``, or a view.
    """
    return list(_of_surface(surface, payload))


def mentions_in(payload: object) -> list[str]:
    """Return every mention that stands live in a payload: ``<@U1>``, ``<!channel>``."""
    return [found for text in texts_in(payload) for found in _MENTION.findall(text)]


def texts_in(payload: object) -> Iterator[str]:
    """Yield every string of a payload that Slack reads as mrkdwn."""
    if isinstance(payload, Mapping):
        is_plain = payload.get("type") == "plain_text"
        for key, value in payload.items():
            if key == "text" and isinstance(value, str):
                if not is_plain:
                    yield value
            else:
                yield from texts_in(value)
    elif isinstance(payload, list | tuple):
        for value in payload:
            yield from texts_in(value)


def size(text: str) -> int:
    """Return the length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _of_surface(surface: str, payload: Part) -> Faults:
    blocks = payload.get("blocks") or []
    if surface == MESSAGE:
        yield from _of_message(payload, blocks)
    else:
        yield from _of_view(surface, payload, blocks)
    if len(blocks) > _MOST_BLOCKS[surface]:
        yield f"blocks: {len(blocks)}, at most {_MOST_BLOCKS[surface]}"
    yield from _twice((block.get("block_id") for block in blocks), "block_id")
    for at, block in enumerate(blocks):
        kind = block.get("type")
        where = f"blocks[{at}]({kind})"
        if kind not in _BLOCKS[surface]:
            yield f"{where}: not allowed in a {surface}"
            continue
        if "block_id" in block:
            yield from _length(block["block_id"], f"{where}.block_id", 255)
        yield from _OF_BLOCK.get(kind, _nothing)(block, where)


def _of_message(message: Part, blocks: Sequence[Part]) -> Faults:
    if not message.get("text"):
        yield "text: nothing to read for notifications and screen readers"
    yield from _length(message.get("text") or "-", "text", 40_000)
    if sum(size(b.get("text", "")) for b in blocks if b.get("type") == "markdown") > 12_000:
        yield "blocks: more than 12 000 signs of markdown"
    for kind, most in (("data_visualization", 2), ("table", 1)):
        if sum(block.get("type") == kind for block in blocks) > most:
            yield f"blocks: more than {most} of {kind}"


def _of_view(surface: str, view: Part, blocks: Sequence[Part]) -> Faults:
    if not blocks:
        yield "blocks: none"
    if view.get("type") != surface:
        yield f"type: {view.get('type')!r}, expected {surface}"
    yield from _unknown(view, _MODAL_KEYS if surface == MODAL else _HOME_KEYS, "view")
    yield from _length(view.get("private_metadata") or "-", "private_metadata", 3000)
    yield from _length(view.get("callback_id") or "-", "callback_id", 255)
    if surface == MODAL:
        yield from _text(view.get("title"), "title", 24, _PLAIN)
        for key in ("submit", "close"):
            if key in view:
                yield from _text(view[key], key, 24, _PLAIN)
        if any(block.get("type") == "input" for block in blocks) and "submit" not in view:
            yield "submit: required where there are inputs"


def _text(value: Any, where: str, most: int, kinds: frozenset[str] = _TEXT) -> Faults:
    if not isinstance(value, Mapping) or value.get("type") not in kinds:
        yield f"{where}: must be one of {sorted(kinds)}"
        return
    known = {"type", "text", "verbatim" if value["type"] == "mrkdwn" else "emoji"}
    yield from _unknown(value, known, where)
    yield from _length(value.get("text"), where, most)
    if value["type"] == "mrkdwn" and isinstance(value.get("text"), str):
        yield from _markup(value["text"], where)


def _markup(text: str, where: str) -> Faults:
    if _SPECIAL.search(text):
        yield f"{where}: calls a whole channel"
    if "<" in re.sub(r"<(?:@[UW][A-Z0-9]{1,20}|https://[^<>|\s]{1,2900}(?:\|[^<>|]*)?)>", "", text):
        yield f"{where}: a sign < that is not escaped"


def _length(text: Any, where: str, most: int) -> Faults:
    if not isinstance(text, str):
        yield f"{where}: no text"
    elif not text.strip():
        yield f"{where}: empty"
    elif size(text) > most:
        yield f"{where}: {size(text)} signs, at most {most}"
    elif any("\ud800" <= sign <= "\udfff" for sign in text):
        yield f"{where}: half of a sign"


def _unknown(part: Part, known: Iterable[str], where: str) -> Faults:
    extra = set(part) - set(known)
    if extra:
        yield f"{where}: unknown fields {sorted(extra)}"


def _twice(values: Iterable[str | None], where: str) -> Faults:
    seen = set()
    for value in values:
        if value is not None and value in seen:
            yield f"{where}: {value!r} stands twice"
        seen.add(value)


def _nothing(_part: Part, _where: str) -> Faults:
    yield from ()


def _section(block: Part, where: str) -> Faults:
    yield from _unknown(block, _set("type block_id text fields accessory expand"), where)
    if "text" in block:
        yield from _text(block["text"], f"{where}.text", 3000)
    fields = block.get("fields", [])
    if "text" not in block and not fields:
        yield f"{where}: neither text nor fields"
    if len(fields) > 10:
        yield f"{where}.fields: {len(fields)}, at most 10"
    for at, field in enumerate(fields):
        yield from _text(field, f"{where}.fields[{at}]", 2000)
    if "accessory" in block:
        yield from _element(block["accessory"], f"{where}.accessory", _IN_SECTION)


def _header(block: Part, where: str) -> Faults:
    yield from _unknown(block, _set("type block_id text level"), where)
    yield from _text(block.get("text"), f"{where}.text", 150, _PLAIN)


def _alert(block: Part, where: str) -> Faults:
    yield from _text(block.get("text"), f"{where}.text", 200)


def _elements(block: Part, where: str, most: int, allowed: Iterable[str]) -> Faults:
    elements = block.get("elements", [])
    if not 1 <= len(elements) <= most:
        yield f"{where}: {len(elements)} elements, 1 to {most}"
    yield from _twice((element.get("action_id") for element in elements), f"{where}.action_id")
    for at, element in enumerate(elements):
        yield from _element(element, f"{where}.elements[{at}]", allowed)


def _actions(block: Part, where: str) -> Faults:
    yield from _unknown(block, _set("type block_id elements"), where)
    yield from _elements(block, where, 25, _IN_ACTIONS)


def _context(block: Part, where: str) -> Faults:
    yield from _unknown(block, _set("type block_id elements"), where)
    yield from _elements(block, where, 10, _TEXT | {"image"})


def _context_actions(block: Part, where: str) -> Faults:
    yield from _elements(block, where, 5, {"feedback_buttons", "icon_button"})


def _input(block: Part, where: str) -> Faults:
    known = {"type", "block_id", "label", "element", "hint", "optional", "dispatch_action"}
    yield from _unknown(block, known, where)
    yield from _text(block.get("label"), f"{where}.label", 2000, _PLAIN)
    if "hint" in block:
        yield from _text(block["hint"], f"{where}.hint", 2000, _PLAIN)
    yield from _element(block.get("element") or {}, f"{where}.element", _IN_INPUT)


def _image(part: Part, where: str) -> Faults:
    yield from _length(part.get("alt_text"), f"{where}.alt_text", 2000)
    if ("image_url" in part) == ("slack_file" in part):
        yield f"{where}: either image_url or slack_file"
    yield from _length(part.get("image_url", "-"), f"{where}.image_url", 3000)
    if "title" in part:
        yield from _text(part["title"], f"{where}.title", 2000, _PLAIN)


def _markdown(block: Part, where: str) -> Faults:
    yield from _length(block.get("text"), f"{where}.text", 12_000)


def _table(block: Part, where: str) -> Faults:
    rows = block.get("rows", [])
    if not 1 <= len(rows) <= 100:
        yield f"{where}: {len(rows)} rows, 1 to 100"
    if any(not 1 <= len(row) <= 20 for row in rows):
        yield f"{where}: 1 to 20 columns"
    if len({len(row) for row in rows}) > 1:
        yield f"{where}: rows of different length"
    cells = [cell for row in rows for cell in row]
    if any(cell.get("type") not in ("raw_text", "raw_number", "rich_text") for cell in cells):
        yield f"{where}: a cell is raw_text or rich_text"
    for at, cell in enumerate(cells):
        if cell.get("type") == "raw_text":
            yield from _length(cell.get("text"), f"{where}.cells[{at}]", 10_000)


def _element(element: Part, where: str, allowed: Iterable[str]) -> Faults:
    kind = element.get("type")
    if kind not in set(allowed):
        yield f"{where}: {kind} not allowed here"
        return
    if kind in _TEXT:
        yield from _text(element, where, 2000)
        return
    if kind != "image":
        yield from _length(element.get("action_id", "-"), f"{where}.action_id", 255)
    yield from _OF_ELEMENT.get(str(kind), _nothing)(element, where)
    if "placeholder" in element:
        yield from _text(element["placeholder"], f"{where}.placeholder", 150, _PLAIN)
    if "confirm" in element:
        yield from _confirm(element["confirm"], f"{where}.confirm")


def _button(element: Part, where: str) -> Faults:
    known = _set("type text action_id url value style confirm accessibility_label")
    yield from _unknown(element, known, where)
    yield from _text(element.get("text"), f"{where}.text", 75, _PLAIN)
    if element.get("style", "primary") not in ("primary", "danger"):
        yield f"{where}: style {element['style']!r}"
    for key, most in (("value", 2000), ("url", 3000), ("accessibility_label", 75)):
        yield from _length(element.get(key, "-"), f"{where}.{key}", most)


def _confirm(part: Part, where: str) -> Faults:
    yield from _unknown(part, _set("title text confirm deny style"), where)
    for key, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        yield from _text(part.get(key), f"{where}.{key}", most, _PLAIN)


def _choices(element: Part, where: str) -> Faults:
    kind = element["type"]
    most = _MOST_OPTIONS.get(kind, 100)
    groups = element.get("option_groups", [])
    options = element.get("options") or [one for group in groups for one in group["options"]]
    fewest = 2 if kind == "overflow" else 1
    if not fewest <= len(options) <= most:
        yield f"{where}: {len(options)} options, {fewest} to {most}"
    kinds = _TEXT if kind in ("radio_buttons", "checkboxes") else _PLAIN
    for at, option in enumerate(options):
        place = f"{where}.options[{at}]"
        yield from _unknown(option, _set("text value description url"), place)
        yield from _text(option.get("text"), f"{place}.text", 75, kinds)
        yield from _length(option.get("value"), f"{place}.value", 150)
        yield from _length(option.get("url", "-"), f"{place}.url", 3000)
        if "description" in option:
            yield from _text(option["description"], f"{place}.description", 75, kinds)
        if "url" in option and kind != "overflow":
            yield f"{place}: a url only in an overflow menu"
    yield from _twice((option.get("value") for option in options), f"{where}.value")
    initial = element.get("initial_option")
    if initial is not None and initial not in options:
        yield f"{where}: initial_option is none of the options"


def _typed(element: Part, where: str) -> Faults:
    most = element.get("max_length", 3000)
    if not 1 <= most <= 3000:
        yield f"{where}: max_length {most}, 1 to 3000"
    if size(element.get("initial_value", "")) > most:
        yield f"{where}: initial_value longer than max_length"


def _feedback_buttons(element: Part, where: str) -> Faults:
    for key in ("positive_button", "negative_button"):
        part = element.get(key, {})
        yield from _unknown(part, _set("text value accessibility_label"), f"{where}.{key}")
        yield from _text(part.get("text"), f"{where}.{key}.text", 75, _PLAIN)
        yield from _length(part.get("value"), f"{where}.{key}.value", 2000)


_Check = Callable[[Part, str], Faults]
_OF_BLOCK: Final[Mapping[str, _Check]] = {
    "actions": _actions,
    "alert": _alert,
    "context": _context,
    "context_actions": _context_actions,
    "header": _header,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "section": _section,
    "table": _table,
}
_OF_ELEMENT: Final[Mapping[str, _Check]] = {
    "button": _button,
    "checkboxes": _choices,
    "feedback_buttons": _feedback_buttons,
    "image": _image,
    "multi_static_select": _choices,
    "overflow": _choices,
    "plain_text_input": _typed,
    "radio_buttons": _choices,
    "static_select": _choices,
}
