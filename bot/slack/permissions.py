"""What our Slack app may do and hears of; ``manifest.json`` says the same to Slack."""

from __future__ import annotations

from typing import Final

SCOPES: Final = frozenset(
    {
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "users:read",
        "users:read.email",
    }
)
"""Of the bot's token."""
