"""Answers of the assistant: what it says, what it would do, and whether it was right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.services.choices import Choice
from bot.services.phone import Feedback
from bot.services.proposing import Part as ProposalPart
from bot.slack.blocks.card import NOTHING
from bot.slack.blocks.modals import Field, Modal, options
from bot.slack.blocks.parts import (
    MOST_TEXT,
    Part,
    actions,
    button,
    field,
    lines,
    modal,
    mrkdwn,
    option,
    plain,
    radio,
    section,
    select,
    text_input,
)
from bot.slack.message import SlackMessage
from bot.slack.text import escaped, size, tidy
from bot.texts import Say

_MOST_SECTIONS: Final = 8
_MOST_TEXT: Final = 3500
_WORDS: Final = 1000
_LINE: Final = 200


class AnswerAction(StrEnum):
    """What stands under an answer."""

    DO = "answer_do"
    DROP = "answer_drop"
    FILL = "answer_fill"
    UNDO = "answer_undo"
    RATED = "answer_rated"
    FIRST = "answer_first"
    SECOND = "answer_second"


class Rating(StrEnum):
    """What somebody thinks of an answer."""

    RIGHT = "right"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """Two ways to read a question, of which the one who asked may choose.

    Attributes:
        user: The Slack user who asked.
        question: Its number in the conversation; what was asked is not sent back to Slack.
        intents: Codes, the likelier first.
    """

    user: str
    question: int
    intents: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """What the assistant says; not escaped.

    Attributes:
        intent: As it was understood, a code.
        process: Which process it was about, a key; None where none was.
        proposal: Number of what would be done after a confirmation; None where nothing would.
        missing: What must be said before that.
        readings: None where the assistant was sure.
    """

    text: str
    intent: str
    process: str | None = None
    proposal: int | None = None
    missing: tuple[ProposalPart, ...] = ()
    readings: Readings | None = None


def answer_message(answer: AnswerView, say: Say, *, rated: bool = True) -> SlackMessage:
    """Return an answer.

    Args:
        rated: Ask whether it was right, which Slack can show in messages that stay.
    """
    blocks = [section(lines(part)) for part in _parts(answer.text)]
    if answer.readings is not None:
        blocks.append(actions(_reading_buttons(answer.readings, say)))
    if answer.proposal is not None:
        blocks.append(actions(_proposal_buttons(answer.proposal, answer.missing, say)))
    if rated:
        blocks.append(_rating(answer, say))
    return SlackMessage(text=escaped(answer.text, _MOST_TEXT) or NOTHING, blocks=tuple(blocks))


def settled_message(text: str, say: Say, *, undo: int | None = None) -> SlackMessage:
    """Return what became of a proposal; not escaped.

    Args:
        undo: Number of the proposal, where what was done can be taken back.
    """
    blocks = [section(lines(part)) for part in _parts(text)]
    if undo is not None:
        blocks.append(actions([button(say("Ångra"), AnswerAction.UNDO, str(undo))]))
    return SlackMessage(text=escaped(text, _MOST_TEXT) or NOTHING, blocks=tuple(blocks))


def help_message(command: str, say: Say) -> SlackMessage:
    """Return what one can do here."""
    examples = (
        say("Vem hanterar anstånd?"),
        say("Vilken mall passar för anstånd?"),
        say("Hur går det med ärende 123?"),
        say("Visa mina öppna ärenden"),
        say("Vem har jour i dag?"),
        say("Hur många ärenden kom in förra veckan?"),
    )
    first = say(
        "Fråga mig i en kanal med @, i ett direktmeddelande, eller med {command}:", command=command
    )
    text = "\n".join([first, *(f"• {example}" for example in examples)])
    more = say(
        "{command} logga: logga ett telefonärende. {command} mina: dina ärenden. "
        "{command} hjälp: det här. Under fliken Hem ser du din kö.",
        command=command,
    )
    return SlackMessage(text=text, blocks=(section(mrkdwn(text)), section(mrkdwn(more))))


def wrong_answer_modal(
    processes: Sequence[Choice], say: Say, *, process: str | None, intent: str
) -> Part:
    """Ask for a note on an answer that did not help; it becomes a point in the process log.

    Args:
        process: Which the answer was about.
        intent: As the question was understood, a code.
    """
    menu = select(
        Field.PROCESS, options(processes), placeholder=say("Välj process"), chosen=process
    )
    box = text_input(Field.NOTE, multiline=True, most=_WORDS)
    blocks = [
        field(Field.PROCESS, say("Vilken process gäller det?"), menu, optional=True),
        field(
            Field.NOTE,
            say("Vad hade varit rätt svar?"),
            box,
            optional=True,
            hint=say("Skriv inga uppgifter om kunder. Det läggs i processloggen."),
        ),
    ]
    return modal(
        Modal.RATING,
        say("Inte till hjälp"),
        blocks,
        close=say("Avbryt"),
        submit=say("Skicka"),
        metadata=intent,
    )


def missing_modal(
    missing: Sequence[ProposalPart],
    processes: Sequence[Choice],
    matters: Sequence[Choice],
    say: Say,
    *,
    metadata: str,
) -> Part:
    """Ask for what a proposal lacks.

    Args:
        missing: At least one.
        metadata: Which proposal it is, and where it stands.
    """
    blocks = [
        field(part_name(part), _asked(part, say), _box(part, processes, matters, say))
        for part in missing
    ]
    return modal(
        Modal.MISSING,
        say("Det som saknas"),
        blocks,
        close=say("Avbryt"),
        submit=say("Gör så"),
        metadata=metadata,
    )


def part_name(part: ProposalPart) -> str:
    """Return what the question for a part of a proposal is called."""
    return f"part:{part}"


def _asked(part: ProposalPart, say: Say) -> str:
    return sentence_case(say.code(f"part.{part}"))


def _box(
    part: ProposalPart, processes: Sequence[Choice], matters: Sequence[Choice], say: Say
) -> Part:
    name = part_name(part)
    if part is ProposalPart.PROCESS:
        return select(name, options(processes), placeholder=say("Välj process"))
    if part is ProposalPart.MATTER:
        return select(name, options(matters), placeholder=say("Välj ärendetyp"))
    if part is ProposalPart.STATE:
        return radio(name, [option(say.code(f"feedback.{one}"), one.value) for one in Feedback])
    is_text = part is ProposalPart.TEXT
    return text_input(name, multiline=is_text, most=_WORDS if is_text else _LINE)


def _parts(text: str) -> list[str]:
    """Return a text in pieces that fit a section each, broken between lines."""
    found: list[str] = []
    piece = ""
    for line in tidy(text).split("\n"):
        if piece and size(piece) + size(line) + 1 > MOST_TEXT:
            found.append(piece)
            piece = line
        else:
            piece = f"{piece}\n{line}" if piece else line
    return [*found, piece][:_MOST_SECTIONS]


def _proposal_buttons(number: int, missing: Sequence[ProposalPart], say: Say) -> list[Part]:
    value = str(number)
    first = button(say("Gör så"), AnswerAction.DO, value, style="primary")
    if missing:
        asked = f"{value}:{','.join(missing)}"
        first = button(say("Fyll i det som saknas"), AnswerAction.FILL, asked, style="primary")
    return [first, button(say("Avbryt"), AnswerAction.DROP, value)]


def _reading_buttons(readings: Readings, say: Say) -> list[Part]:
    ids = (AnswerAction.FIRST, AnswerAction.SECOND)
    return [
        button(
            sentence_case(say.code(f"intent.{intent}")),
            action,
            f"{intent}:{readings.user}:{readings.question}",
        )
        for action, intent in zip(ids, readings.intents, strict=True)
    ]


def sentence_case(text: str) -> str:
    """Return a text with a capital at its head."""
    return text[:1].upper() + text[1:]


def _rating(answer: AnswerView, say: Say) -> Part:
    about = f"{answer.intent}:{answer.process or ''}"
    right, wrong = say("Till hjälp"), say("Inte till hjälp")
    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": AnswerAction.RATED,
                "positive_button": {
                    "text": plain(right, 75),
                    "value": f"{Rating.RIGHT}:{about}",
                    "accessibility_label": right,
                },
                "negative_button": {
                    "text": plain(wrong, 75),
                    "value": f"{Rating.WRONG}:{about}",
                    "accessibility_label": wrong,
                },
            }
        ],
    }
