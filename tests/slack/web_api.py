"""What Slack's Web API answers, method by method; refusals as Slack's documentation names them."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

from tests.slack.workspace import APP, BOT_ID, BOT_USER, TEAM, TRIGGER_S, Workspace
from tests.slack_blocks import faults_in

Args = dict[str, Any]
Answer = dict[str, Any]
Method = Callable[[Workspace, Args], Answer]

_POSTED = ("text", "blocks", "thread_ts", "metadata", "reply_broadcast")


class Refused(Exception):
    """Slack says no, in a word."""

    def __init__(self, error: str, *messages: str) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages


def auth_test(space: Workspace, args: Args) -> Answer:
    return {
        "url": "https://exempelstad.slack.com/",
        "team": "Exempelstad",
        "team_id": TEAM,
        "user": "sammadag",
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
    }


def post_message(space: Workspace, args: Args) -> Answer:
    channel = _channel(space, args)
    _check_said(args)
    message = {
        "type": "message",
        "ts": space.ts(),
        "channel": channel,
        "user": BOT_USER,
        "bot_id": BOT_ID,
        "app_id": APP,
        **{name: args[name] for name in _POSTED if args.get(name)},
    }
    space.messages.append(message)
    return {"channel": channel, "ts": message["ts"], "message": message}


def update(space: Workspace, args: Args) -> Answer:
    _check_said(args)
    message = _own_message(space, args)
    message.update({name: args[name] for name in ("text", "blocks") if name in args})
    message["edited"] = message.get("edited", 0) + 1
    return {"channel": message["channel"], "ts": message["ts"], "message": message}


def delete(space: Workspace, args: Args) -> Answer:
    space.messages.remove(_own_message(space, args))
    return {}


def post_ephemeral(space: Workspace, args: Args) -> Answer:
    _channel(space, args)
    _check_said(args)
    if args.get("user") not in space.users:
        raise Refused("user_not_in_channel")
    space.ephemerals.append(dict(args))
    return {"message_ts": space.ts()}


def permalink(space: Workspace, args: Args) -> Answer:
    name = str(args["message_ts"]).replace(".", "")
    return {"permalink": f"https://exempelstad.slack.com/archives/{args['channel']}/p{name}"}


def open_conversation(space: Workspace, args: Args) -> Answer:
    if args.get("users") not in space.users:
        raise Refused("user_not_found")
    return {"channel": {"id": space.direct(args["users"]).id}}


def conversation_info(space: Workspace, args: Args) -> Answer:
    channel = space.channels.get(args.get("channel", ""))
    if channel is None:
        raise Refused("channel_not_found")
    return {
        "channel": {
            "id": channel.id,
            "name": channel.name,
            "is_member": BOT_USER in channel.members,
            "is_archived": channel.archived,
        }
    }


def history(space: Workspace, args: Args) -> Answer:
    channel = _channel(space, args)
    return _page(space.said(channel), args, newest_first=True)


def replies(space: Workspace, args: Args) -> Answer:
    channel, ts = _channel(space, args), args.get("ts")
    root = [message for message in space.said(channel) if message["ts"] == ts]
    if not root:
        raise Refused("thread_not_found")
    return _page([*root, *space.said(channel, thread=ts)], args, newest_first=False)


def user_info(space: Workspace, args: Args) -> Answer:
    user = space.users.get(args.get("user", ""))
    if user is None:
        raise Refused("user_not_found")
    hidden = set() if args.get("include_locale") in ("1", "true") else {"locale"}
    return {"user": {name: value for name, value in user.items() if name not in hidden}}


def user_by_email(space: Workspace, args: Args) -> Answer:
    wanted = str(args.get("email", "")).lower()
    for user in space.users.values():
        if wanted and user["profile"]["email"].lower() == wanted and not user["deleted"]:
            return {"user": user}
    raise Refused("users_not_found")


def open_view(space: Workspace, args: Args) -> Answer:
    given = space.triggers.pop(args.get("trigger_id", ""), None)
    if given is None:
        raise Refused("exchanged_trigger_id")
    if time.monotonic() - given > TRIGGER_S:
        raise Refused("expired_trigger_id")
    _check_view("modal", args.get("view") or {})
    view_id = f"V{space.number():08}"
    space.views[view_id] = {**args["view"], "id": view_id, "hash": uuid.uuid4().hex}
    return {"view": space.views[view_id]}


def update_view(space: Workspace, args: Args) -> Answer:
    view = space.views.get(args.get("view_id", ""))
    if view is None:
        raise Refused("not_found")
    if args.get("hash") and args["hash"] != view["hash"]:
        raise Refused("hash_conflict")
    _check_view("modal", args.get("view") or {})
    view.update(args["view"], hash=uuid.uuid4().hex)
    return {"view": view}


def publish_view(space: Workspace, args: Args) -> Answer:
    if args.get("user_id") not in space.users:
        raise Refused("user_not_found")
    _check_view("home", args.get("view") or {})
    space.homes[args["user_id"]] = args["view"]
    return {"view": args["view"]}


def upload_url(space: Workspace, args: Args) -> Answer:
    if not args.get("filename") or not str(args.get("length", "")).isdigit():
        raise Refused("invalid_arguments")
    file_id = f"F{space.number():08}"
    space.files[file_id] = {
        "id": file_id,
        "name": args["filename"],
        "length": int(args["length"]),
        "alt_txt": args.get("alt_txt"),
    }
    return {"upload_url": f"{args['base']}/upload/{file_id}", "file_id": file_id}


def complete_upload(space: Workspace, args: Args) -> Answer:
    done = []
    for asked in args.get("files") or ():
        file = space.files.get(asked["id"])
        if file is None or "data" not in file:
            raise Refused("file_not_found")
        file["title"] = asked.get("title")
        done.append({name: value for name, value in file.items() if name != "data"})
    if args.get("channel_id"):
        channel = _channel(space, {"channel": args["channel_id"]})
        shared = {
            "type": "message",
            "subtype": "file_share",
            "ts": space.ts(),
            "channel": channel,
            "user": BOT_USER,
            "bot_id": BOT_ID,
            "text": args.get("initial_comment") or "",
            "files": done,
        }
        thread = args.get("thread_ts")
        space.messages.append(shared | ({"thread_ts": thread} if thread else {}))
    return {"files": done}


def suggest_prompts(space: Workspace, args: Args) -> Answer:
    if not 1 <= len(args.get("prompts") or ()) <= 4:
        raise Refused("invalid_arguments")
    space.prompts.append(dict(args))
    return {}


def nothing(space: Workspace, args: Args) -> Answer:
    return {}


_HISTORY = ("channels:history", "groups:history", "im:history")
METHODS: dict[str, tuple[Method, tuple[str, ...]]] = {
    "auth.test": (auth_test, ()),
    "chat.postMessage": (post_message, ("chat:write",)),
    "chat.update": (update, ("chat:write",)),
    "chat.delete": (delete, ("chat:write",)),
    "chat.postEphemeral": (post_ephemeral, ("chat:write",)),
    "chat.getPermalink": (permalink, ()),
    "conversations.open": (open_conversation, ("im:write",)),
    "conversations.info": (conversation_info, ("channels:read", "groups:read", "im:read")),
    "conversations.history": (history, _HISTORY),
    "conversations.replies": (replies, _HISTORY),
    "users.info": (user_info, ("users:read",)),
    "users.lookupByEmail": (user_by_email, ("users:read.email",)),
    "views.open": (open_view, ()),
    "views.push": (open_view, ()),
    "views.update": (update_view, ()),
    "views.publish": (publish_view, ()),
    "files.getUploadURLExternal": (upload_url, ("files:write",)),
    "files.completeUploadExternal": (complete_upload, ("files:write",)),
    "assistant.threads.setStatus": (nothing, ("assistant:write",)),
    "assistant.threads.setTitle": (nothing, ("assistant:write",)),
    "assistant.threads.setSuggestedPrompts": (suggest_prompts, ("assistant:write",)),
}
"""What each method does and the scopes that it needs: all of them, since we ask for all."""

ONLY_READ = frozenset(
    {
        "conversations.info",
        "conversations.history",
        "conversations.replies",
        "users.info",
        "users.lookupByEmail",
    }
)
"""These do not understand JSON: what is sent so is not seen."""


def answer(space: Workspace, method: str, args: Args) -> Answer:
    """Do what a call asks for; raises Refused as Slack would."""
    if method not in METHODS:
        raise Refused("unknown_method")
    do, scopes = METHODS[method]
    if not set(scopes) <= space.scopes:
        raise Refused("missing_scope")
    return do(space, args)


def _channel(space: Workspace, args: Args) -> str:
    name = str(args.get("channel", ""))
    if name in space.users:
        return space.direct(name).id
    channel = space.channels.get(name)
    if channel is None:
        raise Refused("channel_not_found")
    if channel.archived:
        raise Refused("is_archived")
    if BOT_USER not in channel.members:
        raise Refused("not_in_channel")
    return channel.id


def _own_message(space: Workspace, args: Args) -> dict[str, Any]:
    channel = _channel(space, args)
    for message in space.messages:
        if (message["channel"], message["ts"]) == (channel, args.get("ts")):
            if message.get("bot_id") != BOT_ID:
                raise Refused("cant_update_message")
            return message
    raise Refused("message_not_found")


def _check_said(args: Args) -> None:
    if not (args.get("text") or args.get("blocks")):
        raise Refused("no_text")
    if len(args.get("text") or "") > 40_000:
        raise Refused("msg_too_long")
    faults = faults_in("message", args)
    if faults:
        raise Refused("invalid_blocks", *faults)


def _check_view(surface: str, view: dict[str, Any]) -> None:
    faults = faults_in(surface, view)
    if faults:
        raise Refused("invalid_arguments", *faults)


def _page(messages: list[dict[str, Any]], args: Args, *, newest_first: bool) -> Answer:
    oldest = float(args.get("oldest") or 0)
    found = [message for message in messages if float(message["ts"]) > oldest]
    if newest_first:
        found.reverse()
    start, limit = int(args.get("cursor") or 0), int(args.get("limit") or 100)
    shown = found[start : start + limit]
    if args.get("include_all_metadata") not in ("1", "true"):
        shown = [{k: v for k, v in one.items() if k != "metadata"} for one in shown]
    end = start + len(shown)
    more = end < len(found)
    cursor = str(end) if more else ""
    return {"messages": shown, "has_more": more, "response_metadata": {"next_cursor": cursor}}
