"""Who gives a command with ``--as``, what they may do, and which cases are there for them.

Such a command obeys the person's rights, as the web does: it needs the right of the page that does
the same. Where there is no web page, which is all that tells who is a manager, an editor or an
operator, everybody of the staff is each of these. One that does not ask who gives it is
given by whoever runs the program and could read its database as well; it sees all cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.app import App
    from bot.cases import Case
    from bot.knowledge import Knowledge
    from bot.settings import Settings
    from bot.store.unit_of_work import Database
    from bot.vocabulary import DraftId, PersonKey, Right


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody of the staff who gives a command.

    Attributes:
        rights: What they may do.
    """

    person: PersonKey
    rights: frozenset[Right]

    @property
    def sees_protected(self) -> bool:
        """Tell whether cases with protected data are there for them."""
        from bot.vocabulary import Right

        return Right.PROTECTED in self.rights

    def case(self, text: str, database: Database) -> Case:
        """Return the case that is named; see `bot.services.naming.case_named`.

        Raises:
            NotFound: There is none that they may see.
        """
        from bot.services.naming import case_named

        return case_named(text, database, sees_protected=self.sees_protected)

    def draft(self, draft_id: DraftId, built: App) -> DraftId:
        """Return the number of a draft again, where its case is there for them.

        Raises:
            NotFound: There is none that they may see.
        """
        from bot.errors import NotFound

        with built.database.reading() as work:
            case = work.cases.get(work.reply_drafts.get(draft_id).case_id)
        if case.protected and not self.sees_protected:
            raise NotFound("utkast {draft} finns inte; kontrollera numret", draft=draft_id)
        return draft_id


def actor(
    email: str, knowledge: Knowledge, settings: Settings, *, right: Right | None = None
) -> Actor:
    """Return who has an e-mail address, with their rights.

    Args:
        right: What the command needs; None for what all of the staff may do.

    Raises:
        UsageError: Nobody of the staff has it; names the nearest.
        DataError: They lack the right.
    """
    from bot.errors import DataError
    from bot.services.access import Rights
    from bot.services.colleagues import Colleagues
    from bot.services.naming import person_with
    from bot.vocabulary import Right

    person = person_with(email, knowledge)
    listed = {} if settings.web is None else settings.web.rights
    viewer = Rights(Colleagues(knowledge), listed).by_key(person)
    rights = frozenset[Right]() if viewer is None else viewer.rights
    if settings.web is None:
        rights |= {Right.MANAGER, Right.EDITOR, Right.OPERATOR}
    if right is not None and right not in rights:
        raise DataError(
            "--as: kommandot kräver behörigheten {right}, som ges under [web.rights] i "
            "inställningarna",
            right=right,
        )
    return Actor(person=person, rights=rights)
