"""Microsoft 365, by Graph."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr

from bot.settings.section import Section


class GraphSettings(Section):
    """The tenant of the mailboxes with the connector `graph`.

    Attributes:
        tenant, client_id: Of the app registration.
        certificate_file: PEM with private key and certificate; rather than a secret.
        poll_seconds: How often each mailbox is asked for news.
        url, authority: Of national clouds.
        ca_file: Certificates of the city's own authority, beside the system's; where a proxy
            of the city's looks into the traffic.
    """

    tenant: str
    client_id: str
    certificate_file: Path | None = None
    client_secret: SecretStr | None = None
    client_secret_file: Path | None = None
    poll_seconds: float = Field(default=20.0, gt=0, le=600)
    url: str = "https://graph.microsoft.com/v1.0"
    authority: str = "https://login.microsoftonline.com"
    ca_file: Path | None = None
