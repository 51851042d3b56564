"""Everything that an operator can set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Literal

from pydantic import Field, PositiveInt, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.settings.exchange import ExchangeSettings
from bot.settings.graph import GraphSettings
from bot.settings.imap import ImapSettings, SmtpSettings
from bot.settings.mailboxes import MailboxSettings
from bot.settings.section import Section
from bot.settings.slack import SlackSettings
from bot.settings.web import WebSettings
from bot.vocabulary import InvoiceStage, Language

PREFIX = "SAMMADAG_"


class BrakeSettings(Section):
    """Limits for automatic mail; `mail.md` section 6, row 13."""

    unknown_sender_per_hour: PositiveInt = 3
    unknown_sender_per_day: PositiveInt = 10
    customer_per_hour: PositiveInt = 30
    customer_per_day: PositiveInt = 150
    unanswered_per_case: PositiveInt = 3
    mailbox_per_hour: PositiveInt = 60
    everything_per_hour: PositiveInt = 300


class LadderSettings(Section):
    """When the ladder of an urgent case goes on, in working minutes."""

    to_substitute: PositiveInt = 30
    to_head: PositiveInt = 60
    again: PositiveInt = 60


class SameDaySettings(Section):
    """When the owner of a phone case is reminded of the feedback that was promised today."""

    reminder: time = time(14, 30)
    last_reminder: int = Field(default=30, ge=5, le=240, description="Minutes before closing")


class LedgerColumns(Section):
    """What the file of customer invoices calls its columns; empty: it has no such column."""

    number: str = Field(default="fakturanr", min_length=1)
    ocr: str = "ocr"
    customer_no: str = "kundnr"
    customer: str = "kund"
    due: str = Field(default="förfallodatum", min_length=1)
    amount: str = Field(default="belopp", min_length=1)
    stage: str = Field(default="status", min_length=1)
    paid_on: str = "betaldatum"


class LedgerSettings(Section):
    """How the finance system writes its file of customer invoices."""

    separator: str = Field(default=";", min_length=1, max_length=1)
    decimal_mark: Literal[",", "."] = ","
    columns: LedgerColumns = LedgerColumns()
    stages: Mapping[str, InvoiceStage] = Field(
        default_factory=dict, description="The file's word -> stage, beside the Swedish words"
    )


class LogSettings(Section):
    """How the program tells operators what it does."""

    format: Literal["auto", "columns", "json"] = "auto"
    level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(BaseSettings):
    """Everything that an operator can set; each field stands in the README."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    database_url: str = ""
    secret_key: SecretStr | None = None
    secret_key_file: Path | None = None
    old_secret_keys: tuple[SecretStr, ...] = ()
    old_secret_key_files: tuple[Path, ...] = ()
    language: Language = Language.SWEDISH
    mail_domain: str = "exempelstad.example"
    knowledge: Path | None = None
    templates: Path | None = None
    people: Path | None = None
    poll_seconds: float = Field(default=1.0, gt=0, le=3600)
    mailbox_alarm_minutes: PositiveInt = 10
    twin_wait: int = Field(default=20, ge=0, le=3600)
    mailboxes: Mapping[str, MailboxSettings] = Field(default_factory=dict)
    imap: ImapSettings | None = None
    smtp: SmtpSettings | None = None
    exchange: ExchangeSettings | None = None
    graph: GraphSettings | None = None
    slack: SlackSettings | None = None
    web: WebSettings | None = None
    monthly_mail: tuple[str, ...] = ()
    brakes: BrakeSettings = BrakeSettings()
    ladder: LadderSettings = LadderSettings()
    same_day: SameDaySettings = SameDaySettings()
    ledger: LedgerSettings = LedgerSettings()
    log: LogSettings = LogSettings()
