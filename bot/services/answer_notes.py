"""What staff think of the assistant's answers: a wrong one becomes a point in the process log."""

from __future__ import annotations

from bot.registers import EntryKind, Facts, Nature, Register, Step
from bot.services.registers import Registers
from bot.vocabulary import PersonKey, ProcessKey


class AnswerNotes:
    """Notes what should have been answered, for the people who edit the knowledge."""

    def __init__(self, registers: Registers) -> None:
        self._registers = registers

    def note_wrong(self, process: ProcessKey, right: str, *, by: PersonKey) -> int:
        """Propose a better answer, and return the number of the point in the process log.

        Raises:
            DataError: The text is not fit for a register.
        """
        facts = Facts(nature=Nature.PROPOSAL, process=process)
        step = Step(kind=EntryKind.OPENED, text=right, facts=facts)
        return self._registers.open(Register.PROCESS_LOG, step, by=by).number
