"""Examining how people sign in to the web page, and whom it gives rights; without signing in."""

from __future__ import annotations

from collections.abc import Iterator

from bot.clock import Clock
from bot.errors import KnowledgeError, Saying, SettingsError
from bot.material import load_knowledge
from bot.operating.findings import Found, Matter, State
from bot.settings import OidcSettings, Settings, WebSettings
from bot.vocabulary import Right
from bot.web_serving import provider_of, require_address, require_one_way


def examine_web(settings: Settings, clock: Clock) -> Iterator[Found]:
    """Yield what is right and wrong with the web page; nothing where the settings name none."""
    given = settings.web
    if given is None:
        return
    try:
        require_address(given)
        require_one_way(given)
        if given.oidc is not None:
            yield _provider(given, given.oidc, clock)
        else:
            text = Saying("en omvänd proxy säger vem som loggar in; det prövas av en inloggning")
            yield Found(matter=Matter.WEB, state=State.RIGHT, text=text)
    except SettingsError as error:
        yield _wrong(Saying(error.source, **error.values))
    if settings.slack is not None:
        yield from _rights_in_slack(settings, given)


def _provider(given: WebSettings, oidc: OidcSettings, clock: Clock) -> Found:
    provider = provider_of(given, oidc, clock)
    from bot.web.signing_in.provider import AnotherIssuer, ProviderSilent

    try:
        provider.examine()
    except AnotherIssuer:
        return _wrong(
            Saying(
                "stadens inloggning kallar sig något annat än web.oidc.issuer, {issuer}; skriv "
                "adressen precis som den själv skriver den",
                issuer=oidc.issuer,
            )
        )
    except ProviderSilent:
        return _wrong(
            Saying(
                "stadens inloggning på {issuer} svarar inte som den ska; kontrollera adressen, "
                "brandväggen och web.oidc.ca_file",
                issuer=oidc.issuer,
            )
        )
    text = Saying(
        "stadens inloggning svarar och heter {issuer}; att den känner {client} visar sig när "
        "någon loggar in",
        issuer=oidc.issuer,
        client=oidc.client_id,
    )
    return Found(matter=Matter.WEB, state=State.RIGHT, text=text)


def _rights_in_slack(settings: Settings, given: WebSettings) -> Iterator[Found]:
    """Tell of groups that let people see protected cases here, and not in Slack."""
    try:
        people = load_knowledge(settings).person_by_email
    except KnowledgeError:
        return  # told already
    listed = given.rights.get(Right.PROTECTED, ())
    others = sum(name.strip().lower() not in people for name in listed)
    if others:
        text = Saying(
            "{n} namn i web.rights.protected är inga adresser i filen med personer; grupper gäller "
            "på webbsidan men inte i Slack, så lista adresserna för dem som ska se skyddade "
            "ärenden där",
            n=others,
        )
        yield Found(matter=Matter.RIGHTS, state=State.DOUBTFUL, text=text)


def _wrong(text: Saying) -> Found:
    return Found(matter=Matter.WEB, state=State.WRONG, text=text)
