"""Somebody who tries everything: each button, each choice, each modal, to the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import partial
from typing import Any

from tests.slack.office import Office
from tests.slack.people import Member, _elements

TYPED = "Ring tillbaka efter lunch."
_DEEPEST = 3


class Tour:
    """Walks through what Slack shows, from messages to modals and back.

    Attributes:
        acts: How much was done.
        unanswered: Acts that the app did not acknowledge.
    """

    def __init__(self, office: Office, member: Member) -> None:
        self._slack = office.slack
        self._member = member
        self.acts = 0
        self.unanswered: list[str] = []
        self._at_work: list[Future[Any]] = []
        executor = office.face.app.listener_runner.listener_executor
        submit = executor.submit

        def noted(do: Callable[[], Any]) -> Future[Any]:
            work = submit(do)
            self._at_work.append(work)
            return work

        executor.submit = noted  # type: ignore[method-assign, assignment]

    def message(self, message: dict[str, Any], *, depth: int = 0) -> None:
        """Use every button and every choice of a message, and go on with what they show."""
        for action_id, choice in list(_choices(message)):
            act = partial(self._member.click, {"ts": "0.000001", **message}, action_id)
            self._do(partial(act, choice=choice), action_id, depth)

    def view(self, view: dict[str, Any], *, depth: int = 0) -> None:
        """Use every element of a modal, and send it: with blanks, then filled in."""
        for action_id, choice in list(_choices(view)):
            act = partial(self._member.click_in_view, view, action_id)
            self._do(partial(act, choice=choice), action_id, depth)
        if "submit" in view:
            for filled in (_filled(view, " "), _filled(view, TYPED)):
                act = partial(self._member.submit, view, filled)
                self._do(act, view["callback_id"], depth)

    def question(self, text: str) -> None:
        """Ask something by mention, by direct message and by command, and use the answers."""
        for ask in (self._member.mention, self._member.write_directly, self._member.command):
            self._do(partial(ask, text), ask.__name__, _DEEPEST - 1)

    def home(self) -> None:
        """Look at the App Home and use what stands there, but for the cases themselves."""
        self._do(self._member.open_home, "home", 0)
        self.view(self._slack.space.homes.get(self._member.user, {}), depth=_DEEPEST - 1)

    def _do(self, act: Any, name: str, depth: int) -> None:
        space = self._slack.space
        views, whispers = set(space.views), len(space.ephemerals)
        said = len(space.messages)
        self.acts += 1
        if not act().acknowledged:
            self.unanswered.append(name)
        if depth >= _DEEPEST:
            return
        self._settle()
        for view_id in set(space.views) - views:
            self.view(space.views[view_id], depth=depth + 1)
        shown = [*space.ephemerals[whispers:], *space.messages[said:]]
        for message in shown:
            if message.get("blocks"):
                self.message({"channel": message["channel"], **message}, depth=depth + 1)

    def _settle(self) -> None:
        """Wait until no listener is at work any more."""
        while self._at_work:
            self._at_work.pop().result(timeout=30)


def _choices(surface: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    for block, element in _elements(surface):
        kind = element.get("type")
        if block["type"] == "input" and not block.get("dispatch_action"):
            continue
        if kind == "button":
            yield element["action_id"], None
        elif kind == "feedback_buttons":
            yield element["action_id"], element["negative_button"]["value"]
        elif "options" in element:
            for option in element["options"][:4]:
                yield element["action_id"], option["value"]


def _filled(view: dict[str, Any], typed: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for block, element in _elements(view):
        if block["type"] != "input":
            continue
        kind = element["type"]
        if kind == "plain_text_input":
            found[block["block_id"]] = typed
        elif kind == "checkboxes":
            found[block["block_id"]] = [option["value"] for option in element["options"]]
        elif element.get("options"):
            found[block["block_id"]] = element["options"][0]["value"]
    return found
