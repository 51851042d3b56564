"""Who acts, and how they are answered: what every listener needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.cases import Case
from bot.errors import NotFound, SammaDagError
from bot.services.colleagues import Colleague
from bot.services.slack_outbox import Card
from bot.slack.blocks.home import home, stranger_home
from bot.slack.house import SlackHouse
from bot.slack.message import SlackMessage
from bot.slack.text import escaped
from bot.slack.views import Teller
from bot.texts import Say, speaker
from bot.vocabulary import PersonKey

log = structlog.get_logger()

Body = Mapping[str, Any]
"""What Slack tells us, as JSON has it."""
SLACK_FAILED: Final = (SlackApiError, SlackClientError, OSError)
_LONGEST_ERROR: Final = 500
_NAME: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """One of the staff who does something in Slack, and the language they are spoken to in.

    Attributes:
        sees_protected: May open cases with protected data.
    """

    user: str
    colleague: Colleague
    say: Say
    teller: Teller
    sees_protected: bool = False

    @property
    def key(self) -> PersonKey:
        """Their key in the knowledge."""
        return self.colleague.key


def actor_of(house: SlackHouse, user: str) -> Actor | None:
    """Return which of the staff a Slack user is; None for a stranger."""
    colleague = house.directory.colleague(user)
    if colleague is None:
        return None
    say = speaker(colleague.language)
    teller = house.teller(say.language)
    viewer = house.rights.by_key(colleague.key)
    return Actor(
        user=user,
        colleague=colleague,
        say=say,
        teller=teller,
        sees_protected=viewer is not None and viewer.sees_protected,
    )


def seen_case(house: SlackHouse, actor: Actor, text: str) -> Case:
    """Return the case whose button was used.

    Raises:
        NotFound: There is none, or it has protected data and the actor may not see those.
    """
    case = house.find_case(text)
    if case.protected and not actor.sees_protected:
        raise NotFound(
            "ärende {case} har skyddade uppgifter, och öppnas av den som har rätt att se dem",
            case=case.number,
        )
    return case


def number_of(text: str, most_digits: int = 12) -> int:
    """Return the number that a button or a modal holds; 0, which nothing has, for anything else."""
    is_number = text.isascii() and text.isdigit() and len(text) <= most_digits
    return int(text) if is_number else 0


def tell(client: WebClient, body: Body, message: SlackMessage) -> None:
    """Show something to the one who acted: where they are, for them only, else directly."""
    user, channel = body["user"]["id"], (body.get("channel") or {}).get("id")
    blocks = [dict(block) for block in message.blocks]
    if channel is None:
        quietly(
            lambda: client.chat_postMessage(
                channel=user,
                text=message.text,
                blocks=blocks,
                unfurl_links=False,
                unfurl_media=False,
            )
        )
        return
    quietly(
        lambda: client.chat_postEphemeral(
            channel=channel, user=user, text=message.text, blocks=blocks
        )
    )


def act(
    house: SlackHouse, client: WebClient, body: Body, do: Callable[[Actor], SlackMessage | None]
) -> None:
    """Let one of the staff do something; tell them what came of it, or what was wrong."""
    actor = actor_of(house, body["user"]["id"])
    if actor is None:
        tell(client, body, SlackMessage(text=not_known(house.say)))
        return
    try:
        told = do(actor)
    except SammaDagError as error:
        told = SlackMessage(text=wrong(error, actor.say))
    except SLACK_FAILED as error:
        # A modal opens within three seconds of the click, or not at all.
        log.warning("slack_answer_lost", reason=_reason(error))
        told = SlackMessage(text=actor.say("Det gick inte just nu. Försök igen."))
    house.poster.nudge()
    if told is not None:
        tell(client, body, told)
    if is_home(body):
        publish_home(house, client, actor.user)


def note(
    house: SlackHouse,
    case: Case,
    what: str,
    sentence: str,
    actor: Actor,
    *,
    clicked: Card | None = None,
) -> None:
    """Leave a trace of who did what in the thread beneath the card of a case.

    Args:
        what: Tells this trace from others of the same version of the case.
        sentence: Swedish and marked, with ``{person}``; said in the language of the channel.
        clicked: The card whose button was used. It stands in Slack a moment before we have
            noted where.
    """
    card = house.poster.card_of(case.id) or clicked
    if card is None:
        return
    name = escaped(actor.colleague.name, _NAME)
    message = SlackMessage(text=house.say(sentence, person=name))
    key = f"note:{case.number}:{case.version}:{what}"
    house.poster.post(key, card.channel, message, thread=card.ts)


def wrong(error: SammaDagError, say: Say) -> str:
    """Say what was wrong, escaped."""
    return escaped(say.error(error), _LONGEST_ERROR)


def not_known(say: Say) -> str:
    """Say that only staff may do this."""
    return say(
        "Jag känner inte igen dig, så jag kan inte visa eller ändra ärenden. Fråga mig gärna vem "
        "som hanterar vad."
    )


def publish_home(house: SlackHouse, client: WebClient, user: str) -> None:
    """Draw somebody's App Home anew."""
    actor = actor_of(house, user)
    if actor is None:
        view = stranger_home(house.say)
    else:
        day = house.overview.day(actor.key, sees_protected=actor.sees_protected)
        view = home(actor.teller.day(day), actor.say)
    quietly(lambda: client.views_publish(user_id=user, view=view))


def is_home(body: Body) -> bool:
    """Tell whether somebody acted in their App Home."""
    return (body.get("view") or {}).get("type") == "home"


def quietly(call: Callable[[], object]) -> None:
    """Call Slack for something that people can do without; what fails is logged."""
    try:
        call()
    except SLACK_FAILED as error:
        log.warning("slack_answer_lost", reason=_reason(error))


def _reason(error: Exception) -> str:
    reason = error.response.get("error") if isinstance(error, SlackApiError) else None
    return str(reason or type(error).__name__)
