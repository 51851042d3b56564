"""Knowledge that a process owner has edited: the sample city's without one word."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.knowledge import bundled_folder
from bot.material import Material, load_material
from bot.settings import Settings
from tests.city import shipped_material

TERM = "betalningsrespit"
HANGS_ON_THE_TERM = {
    "subject": "Faktura 40012345",
    "text": "Hej!\n\nbetalningsrespit för faktura 40012345.\n\nMvh Karin Lundqvist",
}
"""A letter so short that the rules alone read it, and urgent by one word only."""


def copy_without_the_term(folder: Path) -> Path:
    """Copy the sample city's knowledge and strike the term; return the copy."""
    shutil.copytree(bundled_folder(), folder)
    strike_the_term(folder)
    return folder


def strike_the_term(folder: Path) -> None:
    """Strike the term from the file of its matter."""
    file = folder / "lexicon" / "matters" / "anstand.yaml"
    lines = file.read_text("utf-8").splitlines()
    kept = [line for line in lines if line.strip() not in (TERM, f"{TERM}*")]
    assert len(kept) < len(lines)
    file.write_text("\n".join(kept) + "\n", "utf-8")


@cache
def material_without_the_term() -> Material:
    """Return the knowledge without the term, loaded once for all tests."""
    with TemporaryDirectory() as name:
        folder = copy_without_the_term(Path(name) / "knowledge")
        edited = load_material(Settings(knowledge=folder))
    assert edited.rules is not shipped_material().rules
    return edited
