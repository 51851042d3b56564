"""What staff think of the assistant's answers: a note on one becomes a point in the process log.

The registers are kept in Swedish, and their retention is that of such notes too.
"""

from __future__ import annotations

from typing import Final

from bot.registers import EntryKind, Facts, Nature, Register, Step, clean_text
from bot.services.registers import Registers
from bot.texts.codes import CODES
from bot.vocabulary import PersonKey, ProcessKey

_ABOUT: Final = "Assistentens svar var inte till hjälp. Frågan förstods så: {intent}."


class AnswerNotes:
    """Notes what should have been answered, for the people who edit the knowledge."""

    def __init__(self, registers: Registers) -> None:
        self._registers = registers

    def note_wrong(self, process: ProcessKey, note: str, intent: str, *, by: PersonKey) -> int:
        """Keep a note on an answer that did not help; return its number in the process log.

        Args:
            note: What would have been right, in the person's own words.
            intent: As the question was understood; what is no intent is left out.

        Raises:
            DataError: The note is not fit for a register.
        """
        facts = Facts(nature=Nature.PROPOSAL, process=process)
        text = clean_text(note)
        code = f"intent.{intent}"
        if code in CODES:
            text = f"{_ABOUT.format(intent=CODES[code])}\n{text}"
        step = Step(kind=EntryKind.OPENED, text=text, facts=facts)
        return self._registers.open(Register.PROCESS_LOG, step, by=by).number
