"""``registers.yaml``: how soon a remark is answered."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.knowledge.models import File


class RegistersFile(File):
    """``registers.yaml``.

    Attributes:
        answer_days: Working days after the one on which a remark was registered.
    """

    answer_days: Annotated[int, Field(ge=0, le=250)]
