"""Files of triage small enough to be broken in one place at a time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bot.triage.cues import Feature

_FEATURES: Final = "\n".join(f"  {name}: |\n    ord {name.replace('_', ' ')}" for name in Feature)
FILES: Final[Mapping[str, str]] = {
    "tags.yaml": """\
tags:
  - code: KRE
    process: kundreskontra
    also: [kundfakturor, kund-reskontra]
  - code: RED
    process: redovisning
    also: [redovisning]
""",
    "lexicon/lists.yaml": """\
never_fuzzy: |
  avstånd
lists:
  faktura: |
    faktura~
    räkning~
  betala: |
    betala~
""",
    "lexicon/references.yaml": """\
invoice: |
  faktura fakturan
other: |
  ocr
never: |
  csn
other_beginnings: |
  kundnu
plain_lengths: [8]
""",
    "lexicon/combinations.yaml": """\
combinations:
  - {matter: anstand, says: clear, when: [due, reason], unless: [praise]}
last_resort:
  - {matter: bokforing, says: hint, when: [due]}
""",
    "lexicon/features/all.yaml": f"features:\n{_FEATURES}\n",
    "lexicon/matters/anstand.yaml": """\
matter: anstand
process: kundreskontra
urgent: collections
names: |
  anstånd
named: |
  anstånd*
clear: |
  (kan|kunna) inte .. {betala} [hela] {faktura}
hint: |
  vänta <tal> dagar
against: |
  ! på långt avstånd
""",
    "lexicon/matters/bokforing.yaml": """\
matter: bokforing
process: redovisning
names: |
  bokföring
named: |
  bokföring*
""",
}


def write(folder: Path) -> Path:
    """Write the small files of triage below a folder and return it."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
