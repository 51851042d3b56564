"""Notifications of EWS: one connection that tells what happens while it lasts."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from lxml import etree

from tests.ews.operations import Call
from tests.ews.soap import M, T, add, answer, element, envelope, failure, q, success

_BEAT_S = 0.2


def subscribe(call: Call) -> etree._Element:
    request = call.body[0]
    named = request.find(q(T, "FolderIds"))
    folders = {call.folder(one).id for one in named}
    kinds = {one.text or "" for one in request.iter(q(T, "EventType"))}
    subscription = call.world.new_id("S")
    call.world.subscriptions[subscription] = folders, kinds, len(call.world.events)
    message = success("Subscribe")
    add(message, M, "SubscriptionId", subscription)
    return answer("Subscribe", [message])


def unsubscribe(call: Call) -> etree._Element:
    subscription = call.body.findtext(q(M, "SubscriptionId"))
    known = call.world.subscriptions.pop(subscription or "", None)
    if known is None:
        return answer("Unsubscribe", [failure("Unsubscribe", "ErrorSubscriptionNotFound")])
    return answer("Unsubscribe", [success("Unsubscribe")])


def stream(
    call: Call, write: Callable[[bytes], None], *, minute_s: float, stopped: Callable[[], bool]
) -> None:
    """Write what happens, and a sign of life now and then, until the time is over."""
    operation = "GetStreamingEvents"
    (subscription,) = [one.text or "" for one in call.body.iter(q(T, "SubscriptionId"))]
    minutes = int(call.body.findtext(q(M, "ConnectionTimeout")) or 1)

    def status(text: str) -> None:
        message = success(operation)
        add(message, M, "ConnectionStatus", text)
        write(envelope(answer(operation, [message])))

    if subscription not in call.world.subscriptions:
        write(envelope(answer(operation, [failure(operation, "ErrorSubscriptionNotFound")])))
        return
    status("OK")
    end = monotonic() + minutes * minute_s
    while monotonic() < end and not stopped():
        with call.world.lock:
            found = _pending(call, subscription)
            if not found:
                call.world.changed.wait(min(_BEAT_S, max(0.0, end - monotonic())))
                found = _pending(call, subscription)
        if found:
            message = success(operation)
            add(message, M, "Notifications").append(_notification(subscription, found))
            write(envelope(answer(operation, [message])))
        else:
            status("OK")
    status("Closed")


def _pending(call: Call, subscription: str) -> list[tuple[str, str, str]]:
    folders, kinds, seen = call.world.subscriptions[subscription]
    events = call.world.events
    call.world.subscriptions[subscription] = folders, kinds, len(events)
    return [
        (kind, item_id, folder.id)
        for folder, kind, item_id in events[seen:]
        if folder.id in folders and kind in kinds
    ]


def _notification(subscription: str, found: list[tuple[str, str, str]]) -> etree._Element:
    made = element(M, "Notification")
    add(made, T, "SubscriptionId", subscription)
    add(made, T, "MoreEvents", "false")
    for kind, item_id, folder_id in found:
        event = add(made, T, kind)
        add(event, T, "TimeStamp", "2026-03-03T08:00:00Z")
        add(event, T, "ItemId", Id=item_id, ChangeKey="C")
        add(event, T, "ParentFolderId", Id=folder_id, ChangeKey="F")
    return made
