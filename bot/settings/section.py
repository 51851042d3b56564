"""What all sections of the settings have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A table of sammadag.toml: unknown keys are refused, values stay as they are."""

    model_config = ConfigDict(extra="forbid", frozen=True)
