"""Asking the second person: letters that two people must stand behind, told of in their threads.

One message for each letter, changed in its place as the letter changes, however and wherever that
happened. What was told is compared with what is, so that nothing is told twice or forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.cases import Case
from bot.services.colleagues import Colleagues
from bot.services.replies import Replies
from bot.services.second_person import SecondPerson, Stage, TwoPersonLetter
from bot.services.slack_outbox import NewPost, Outbox
from bot.slack.blocks.letters import ApprovalView, approval_message
from bot.slack.poster import packed
from bot.slack.views import Teller
from bot.texts import Say, speaker
from bot.vocabulary import PersonKey

_MOST_VERSIONS: Final = 200


class Approvals:
    """Tells of such letters; may be called from any thread, and as often as one likes."""

    def __init__(
        self,
        letters: SecondPerson,
        replies: Replies,
        outbox: Outbox,
        colleagues: Colleagues,
        *,
        say: Say,
        teller: Callable[[str], Teller],
        channel_of: Callable[[Case], str],
        slack_id: Callable[[PersonKey], str | None],
    ) -> None:
        """Make one.

        Args:
            say: The language of channels.
            teller: Language -> what makes views.
            channel_of: Where a case is told of that has no card.
            slack_id: The Slack user of one of the staff; None where none is known.
        """
        self._letters = letters
        self._replies = replies
        self._outbox = outbox
        self._colleagues = colleagues
        self._say = say
        self._teller = teller
        self._channel_of = channel_of
        self._slack_id = slack_id

    def tell(self) -> int:
        """Hand what is to be told to the outbox; return how many letters that was about."""
        letters = self._letters.letters()
        if not letters:
            return 0
        told = self._outbox.told([_key(letter, letter.version) for letter in letters])
        return sum(
            self._tell(letter) for letter in letters if _key(letter, letter.version) not in told
        )

    def _tell(self, letter: TwoPersonLetter) -> bool:
        earliest = max(1, letter.version - _MOST_VERSIONS)
        keys = [_key(letter, version) for version in range(earliest, letter.version + 1)]
        told = self._outbox.told(keys)
        now = keys[-1]
        shown = next((place for place in told.values() if place.ts is not None), None)
        if shown is not None:
            self._plan(letter, now, shown.channel, replaces=shown.ts)
        elif told or letter.stage is not Stage.WAITING or self._has_hole(letter):
            return False
        else:
            card = self._outbox.card_of(letter.case.id)
            if card is None and self._outbox.card_is_to_come(letter.case.id):
                return False
            channel = self._channel_of(letter.case) if card is None else card.channel
            self._plan(letter, now, channel, thread=None if card is None else card.ts)
        if letter.stage is Stage.APPROVED:
            self._tell_writers(letter)
        return True

    def _plan(
        self,
        letter: TwoPersonLetter,
        key: str,
        channel: str,
        *,
        thread: str | None = None,
        replaces: str | None = None,
    ) -> None:
        message = approval_message(self._view(letter, self._say), self._say)
        post = NewPost(
            key=key, channel=channel, body=packed(message), thread=thread, replaces=replaces
        )
        self._outbox.plan(post)

    def _tell_writers(self, letter: TwoPersonLetter) -> None:
        """Tell who wrote an approved letter that it can be sent, each once."""
        for person in letter.writers:
            colleague = self._colleagues.get(person)
            user = self._slack_id(person)
            if colleague is None or user is None:
                continue
            say = speaker(colleague.language)
            message = approval_message(self._view(letter, say), say)
            key = f"approved:{letter.draft}:{letter.version}:{person}"
            self._outbox.plan(NewPost(key=key, channel=user, body=packed(message)))

    def _has_hole(self, letter: TwoPersonLetter) -> bool:
        return bool(self._replies.show(letter.draft).holes)

    def _view(self, letter: TwoPersonLetter, say: Say) -> ApprovalView:
        teller = self._teller(say.language)
        names, approver = teller.names, letter.approver
        return ApprovalView(
            case=str(letter.case.number),
            draft=letter.draft,
            version=letter.version,
            stage=letter.stage,
            writers=tuple(names.person(person) for person in letter.writers),
            approver=None if approver is None else names.person(approver),
            url=teller.draft_url(letter.case, letter.draft),
        )


def _key(letter: TwoPersonLetter, version: int) -> str:
    return f"approval:{letter.draft}:{version}"
