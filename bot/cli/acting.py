"""Who gives a command with ``--as``, and which cases are there for them.

Such a command obeys the person's rights, as the web does. One that does not ask who gives it is
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
    from bot.vocabulary import DraftId, PersonKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody of the staff who gives a command.

    Attributes:
        sees_protected: Cases with protected data are there for them.
    """

    person: PersonKey
    sees_protected: bool

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


def actor(email: str, knowledge: Knowledge, settings: Settings) -> Actor:
    """Return who has an e-mail address, with their rights.

    Raises:
        UsageError: Nobody of the staff has it; names the nearest.
    """
    from bot.services.access import Rights
    from bot.services.colleagues import Colleagues
    from bot.services.naming import person_with

    person = person_with(email, knowledge)
    listed = {} if settings.web is None else settings.web.rights
    viewer = Rights(Colleagues(knowledge), listed).by_key(person)
    return Actor(person=person, sees_protected=viewer is not None and viewer.sees_protected)
