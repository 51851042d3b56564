"""App Home, and the prompts that stand in the direct messages."""

from __future__ import annotations

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.slack.blocks.home import HomeAction
from bot.slack.house import SlackHouse
from bot.slack.listeners.acting import Body, actor_of, publish_home, quietly
from bot.texts import Say


def register(app: App, house: SlackHouse) -> None:
    """Hook App Home into the app."""
    homes = _Homes(house)
    app.event("app_home_opened")(homes.opened)
    app.event("user_change")(homes.changed)
    app.action(HomeAction.REFRESH)(homes.refresh)


def prompts(say: Say) -> list[dict[str, str]]:
    """Return what can be asked with one click; at most four."""
    return [
        {"title": say("Vem hanterar det här?"), "message": say("Vem hanterar anstånd?")},
        {"title": say("Svarsmall"), "message": say("Vilken mall passar för anstånd?")},
        {"title": say("Mina ärenden"), "message": say("Visa mina öppna ärenden")},
        {"title": say("Vem svarar i dag?"), "message": say("Vem har jour i dag?")},
    ]


class _Homes:
    def __init__(self, house: SlackHouse) -> None:
        self._house = house

    def opened(self, event: Body, client: WebClient) -> None:
        """Draw App Home for whoever opened it; in the direct messages, suggest what to ask."""
        user = event["user"]
        if event.get("tab") == "messages":
            actor = actor_of(self._house, user)
            say = self._house.say if actor is None else actor.say
            quietly(
                lambda: client.assistant_threads_setSuggestedPrompts(
                    channel_id=event["channel"], prompts=prompts(say)
                )
            )
        else:
            publish_home(self._house, client, user)

    def changed(self, event: Body) -> None:
        """Forget what we knew of somebody whose profile has changed."""
        self._house.directory.forget(event["user"]["id"])

    def refresh(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Draw App Home anew."""
        ack()
        publish_home(self._house, client, body["user"]["id"])
