"""Mailboxes in Exchange Online, by Microsoft Graph: what a caller needs of the connector.

Graph pushes news only to a public address, so a source asks at its own pace.
"""

from __future__ import annotations

from functionmail.connectors.graph_client import GraphClient
from functionmail.connectors.graph_folders import INBOX, SENT
from functionmail.connectors.graph_sender import GraphSender
from functionmail.connectors.graph_source import GraphSource
from functionmail.connectors.graph_tokens import Application, Certificate, Secret, Tokens
from functionmail.connectors.graph_wire import Patience, Wire, trust

__all__ = [
    "INBOX",
    "SENT",
    "Application",
    "Certificate",
    "GraphClient",
    "GraphSender",
    "GraphSource",
    "Patience",
    "Secret",
    "Tokens",
    "Wire",
    "trust",
]
