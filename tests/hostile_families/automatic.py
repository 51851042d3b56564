"""Answers by machines that are no bounces: holiday notices, receipts, read receipts, lists."""

from __future__ import annotations

from collections.abc import Iterator

from tests.hostile_families.base import Family, HostileMail, mail, multipart, part

_NOTICES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    (
        "swedish",
        "Autosvar: Anstånd",
        "Jag är på semester och åter den 5 augusti.",
        ("Auto-Submitted: auto-replied",),
    ),
    (
        "swedish-outlook",
        "Automatiskt svar: Anstånd",
        "Jag är frånvarande till måndag.",
        ("X-MS-Exchange-Inbox-Rules-Loop: eva",),
    ),
    ("swedish-absence", "Frånvaro: Anstånd", "Jag är föräldraledig.", ("Precedence: bulk",)),
    (
        "english",
        "Automatic reply: Anstånd",
        "I am out of the office.",
        ("Auto-Submitted: AUTO-REPLIED",),
    ),
    ("english-old", "Out of Office: Anstånd", "I’ll be back on Monday.", ("X-Autoreply: yes",)),
    (
        "german",
        "Automatische Antwort: Anstånd",
        "Ich bin bis Montag nicht im Büro.",
        ("Auto-Submitted: auto-replied",),
    ),
    (
        "german-absence",
        "Abwesenheitsnotiz: Anstånd",
        "Ich bin im Urlaub, Grüße.",
        ("X-Auto-Response-Suppress: All",),
    ),
    (
        "finnish",
        "Automaattinen vastaus: Anstånd",
        "Olen lomalla, palaan töihin maanantaina.",
        ("Auto-Submitted: auto-replied",),
    ),
    (
        "finnish-absence",
        "Poissaolo: Anstånd",
        "Olen poissa työpaikalta.",
        ("Precedence: auto_reply",),
    ),
    (
        "danish",
        "Automatisk svar: Anstånd",
        "Jeg er på ferie og læser ikke mail.",
        ("Auto-Submitted: auto-replied",),
    ),
    (
        "norwegian",
        "Automatisk svar: Anstånd (2)",
        "Jeg er på ferie og leser ikke e-post før mandag.",
        ("Auto-Submitted: auto-replied",),
    ),
    (
        "norwegian-absence",
        "Fraværsmelding: Anstånd",
        "Jeg er bortreist til mandag.",
        ("X-Autorespond: ja",),
    ),
    ("apple", "Auto reply: Anstånd", "Jag är på resa.", ("X-Apple-Action: VACATION",)),
    (
        "receipt",
        "Vi har tagit emot ditt ärende",
        "Ditt ärende har nummer 4711. Svara inte på brevet.",
        ("X-Auto-Response-Suppress: OOF, AutoReply",),
    ),
    ("list", "[ekonomi] Anstånd", "Hälsningar från listan.", ("List-Id: <ekonomi.stad.example>",)),
    ("capital-headers", "Autosvar", "Jag är på semester.", ("AUTO-SUBMITTED: Auto-Replied; x=y",)),
    (
        "folded-header",
        "Autosvar",
        "Jag är på semester.",
        ("Auto-Submitted:\r\n auto-replied\r\n (semester)",),
    ),
    ("says-no", "Anstånd", "Jag är en människa.", ("Auto-Submitted: no",)),
)


def mails() -> Iterator[HostileMail]:
    """Yield what machines answer; subject and text must be read as in any mail."""
    for name, subject, text, headers in _NOTICES:
        yield HostileMail(
            name=f"automatic-{name}",
            family=Family.AUTOMATIC,
            content=mail(f"Subject: {subject}", "Return-Path: <>", *headers, body=text),
            subject=subject,
            says=text,
        )
    for name, how in (("displayed", "MDN-sent-manually"), ("deleted", "MDN-sent-automatically")):
        said = part("Content-Type: text/plain; charset=utf-8", body="Ditt brev har öppnats.")
        notice = part(
            "Content-Type: message/disposition-notification",
            body="Original-Message-ID: <4711@stad.example>\n"
            f"Disposition: automatic-action/{how}; {name}\n",
        )
        header, body = multipart(said, notice, kind="report")
        yield HostileMail(
            name=f"read-receipt-{name}",
            family=Family.AUTOMATIC,
            content=mail(f"{header}; report-type=disposition-notification", body=body),
            says="Ditt brev har öppnats.",
        )
