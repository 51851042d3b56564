"""An Exchange Server in the city's own house, by EWS."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from bot.settings.section import Section


class ExchangeSettings(Section):
    """The Exchange Server of the mailboxes with the connector `exchange`.

    Attributes:
        url: Of EWS, such as ``https://mail.stad.example/EWS/Exchange.asmx``.
        user: The service account, such as ``STAD\\svc-sammadag``.
        access: `delegate` (Full Access and Send As on each mailbox) or `impersonation`.
        tenant, client_id, client_secret, client_secret_file, authority: For `oauth2`, which
            opens mailboxes by impersonation.
        ca_file: Certificates of the city's own authority, beside the system's.
    """

    url: str
    user: str = ""
    password: SecretStr | None = None
    password_file: Path | None = None
    auth: Literal["ntlm", "basic", "oauth2", "kerberos"] = "ntlm"
    access: Literal["delegate", "impersonation"] = "delegate"
    tenant: str = ""
    client_id: str = ""
    client_secret: SecretStr | None = None
    client_secret_file: Path | None = None
    authority: str = "https://login.microsoftonline.com"
    ca_file: Path | None = None
