"""What is said in Slack: a sentence that stands alone, and blocks that show it better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Block = Mapping[str, Any]
"""One block of Slack's Block Kit, as JSON has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackMessage:
    """A message as it is posted.

    Attributes:
        text: Read out by notifications and screen readers; escaped for Slack already.
        blocks: Empty where the text is all.
    """

    text: str
    blocks: tuple[Block, ...] = ()
