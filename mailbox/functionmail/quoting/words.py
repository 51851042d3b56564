"""What mail clients and people write around quoted history and signatures, as tables.

All words are folded as `fold` does: lower case, without diacritics, so that mail
written without å ä ö is read the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

_FOLDS = tuple(
    (letter, plain)
    for letters, plain in (
        ("åäáàâãæ", "a"),
        ("öøóòôõ", "o"),
        ("éèêë", "e"),
        ("üúùû", "u"),
        ("íìîï", "i"),
        ("ß", "s"),
        ("ç", "c"),
        ("\xa0\t\u202f", " "),
        ("\u2013\u2014", "-"),
        ("\u2019", "'"),
        ("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\xad", ""),
    )
    for letter in letters
)


def fold(text: str) -> str:
    """Return text in lower case without diacritics and zero-width characters.

    Line feeds stay, so that a folded text has as many lines as the original.
    """
    # Looking for each of forty characters is several times as fast as str.translate.
    folded = text.lower()
    for letter, plain in _FOLDS:
        if letter in folded:
            folded = folded.replace(letter, plain)
    return folded


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


class Role(StrEnum):
    """What a line of a quoted mail's header tells."""

    FROM = "from"
    SENT = "sent"
    DATE = "date"
    TO = "to"
    SUBJECT = "subject"
    OTHER = "other"


ROLES: Mapping[str, Role] = {
    # Swedish
    "fran": Role.FROM,
    "avsandare": Role.FROM,
    "skickat": Role.SENT,
    "skickad": Role.SENT,
    "datum": Role.DATE,
    "till": Role.TO,
    "kopia": Role.OTHER,
    "kopia till": Role.OTHER,
    "hemlig kopia": Role.OTHER,
    "amne": Role.SUBJECT,
    "prioritet": Role.OTHER,
    "svara till": Role.OTHER,
    "svar till": Role.OTHER,
    "bifogade filer": Role.OTHER,
    "bilagor": Role.OTHER,
    # English
    "from": Role.FROM,
    "sent": Role.SENT,
    "date": Role.DATE,
    "to": Role.TO,
    "cc": Role.OTHER,
    "bcc": Role.OTHER,
    "subject": Role.SUBJECT,
    "importance": Role.OTHER,
    "priority": Role.OTHER,
    "reply-to": Role.OTHER,
    "reply to": Role.OTHER,
    "attachments": Role.OTHER,
    # Danish and Norwegian
    "fra": Role.FROM,
    "sendt": Role.SENT,
    "dato": Role.DATE,
    "til": Role.TO,
    "kopi": Role.OTHER,
    "emne": Role.SUBJECT,
    # German
    "von": Role.FROM,
    "gesendet": Role.SENT,
    "an": Role.TO,
    "betreff": Role.SUBJECT,
    # Finnish
    "lahettaja": Role.FROM,
    "lahetetty": Role.SENT,
    "paivamaara": Role.DATE,
    "paivays": Role.DATE,
    "vastaanottaja": Role.TO,
    "kopio": Role.OTHER,
    "aihe": Role.SUBJECT,
    # French, Spanish, Dutch, Polish
    "de": Role.FROM,
    "envoye": Role.SENT,
    "objet": Role.SUBJECT,
    "a": Role.TO,
    "enviado": Role.SENT,
    "para": Role.TO,
    "asunto": Role.SUBJECT,
    "van": Role.FROM,
    "verzonden": Role.SENT,
    "aan": Role.TO,
    "onderwerp": Role.SUBJECT,
    "od": Role.FROM,
    "do": Role.TO,
    "temat": Role.SUBJECT,
}

SEPARATORS = (
    "ursprungligt meddelande",
    "originalmeddelande",
    "ursprungligt brev",
    "vidarebefordrat meddelande",
    "vidarebefordrat brev",
    "vidarebefordrat mail",
    "original message",
    "original-nachricht",
    "forwarded message",
    "forwarded by",
    "reply message",
    "oprindelig meddelelse",
    "videresendt meddelelse",
    "opprinnelig melding",
    "original melding",
    "videresendt melding",
    "ursprungliche nachricht",
    "originalnachricht",
    "weitergeleitete nachricht",
    "alkuperainen viesti",
    "alkuperainen sahkopostiviesti",
    "valitetty viesti",
    "edelleenlahetetty viesti",
    "message d'origine",
    "message transfere",
    "mensaje original",
)
"""Between two rows of dashes, before a quoted mail."""

FORWARD_OPENINGS = (
    "vidarebefordrat brev",
    "vidarebefordrat meddelande",
    "start pa vidarebefordrat meddelande",
    "borjan pa vidarebefordrat meddelande",
    "begin forwarded message",
    "videresendt meddelelse",
    "start pa videresendt besked",
    "videresendt melding",
    "begynnelsen pa videresendt melding",
    "anfang der weitergeleiteten nachricht",
    "anfang der weitergeleiteten e-mail",
    "valitetty viesti alkaa",
    "debut du message reexpedie",
)
"""Apple Mail: alone on a line with a colon, without dashes."""

WROTE = (
    "skrev",
    "skriver",
    "wrote",
    "writes",
    "schrieb",
    "kirjoitti",
    "a ecrit",
    "escribio",
    "ha scritto",
    "geschreven",
    "schreef",
    "napisal",
)

ATTRIBUTION_STARTS = _words(
    "den on am at le el op em il dnia pa the "
    "man mandag mandagen mon monday mo montag ma maanantai maanantaina "
    "tis tisdag tisdagen tir tirs tirsdag tue tues tuesday di dienstag ti tiistai tiistaina "
    "ons onsdag onsdagen wed weds wednesday mi mittwoch ke keskiviikko keskiviikkona "
    "tor tors torsdag torsdagen thu thur thurs thursday do donnerstag to torstai torstaina "
    "fre fredag fredagen fri friday fr freitag pe perjantai perjantaina "
    "lor lordag lordagen sat saturday sa samstag la lauantai lauantaina "
    "son sondag sondagen sun sunday so sonntag su sunnuntai sunnuntaina"
)
"""First words of "Den tis 4 sep. 2018 kl 08:15 skrev ..." and its sisters; a digit serves too."""

PRONOUNS = _words(
    "jag du ni vi han hon man de dom dem er min mina "
    "i you we he she they it ich du sie er wir ihr jeg hun dere vi mina sina te he"
)
"""A person tells what somebody wrote: "Den 3 oktober skrev jag till er:"."""

DEVICES = (
    "iphone",
    "ipad",
    "ipod",
    "mac",
    "samsung",
    "galaxy",
    "huawei",
    "honor",
    "sony",
    "xperia",
    "htc",
    "lg",
    "nokia",
    "oneplus",
    "pixel",
    "xiaomi",
    "motorola",
    "android",
    "blackberry",
    "windows phone",
    "smartphone",
    "mobil",
    "telefon",
    "phone",
    "handy",
    "surfplatta",
    "lasplatta",
    "tablet",
    "enhet",
    "puhelin",
    "outlook",
    "yahoo",
    "proton",
    "gmail",
    "mail for",
    "mail til",
    "mail fur",
    "e-post for windows",
    "posten for windows",
    "sahkoposti",
    "webmail",
    "webbmail",
    "telia",
    "tele2",
)

MOBILE_OPENINGS = (
    "skickat fran",
    "skickad fran",
    "skickat med",
    "skickat via",
    "skickat ifran",
    "hamta outlook for",
    "skaffa outlook for",
    "sent from",
    "sent via",
    "sent with",
    "get outlook for",
    "sendt fra",
    "sendt via",
    "hent outlook til",
    "hent outlook for",
    "last ned outlook for",
    "von meinem",
    "gesendet von",
    "gesendet mit",
    "outlook fur",
    "holen sie sich outlook",
    "lahetetty",
    "hanki outlook",
    "envoye de mon",
    "enviado desde mi",
    "verstuurd vanaf",
    "verzonden vanaf",
)

FIRM_SIGN_OFFS = (
    # Swedish
    r"(?:med )?(?:(?:manga|de) )?(?:vanliga?|basta|varma?|hjartliga?|goda|soliga|allra basta|glada)"
    r"(?: och \w+)? halsning(?:ar|en|arna)?",
    r"(?:med |och )?halsning(?:ar|en)?",
    r"halsn\.?",
    r"(?:tack pa forhand och |tack och )(?:\w+ )?halsningar",
    r"m ?[.]? ?v ?[.]? ?h\b\.?",
    r"v ?\.? ?h\b\.?",
    r"halsar",
    r"(?:med )?(?:utmarkt )?hogaktning(?:sfullt)?",
    r"allt gott",
    # English
    r"(?:with )?(?:best|kind|kindest|warm|warmest|many)(?: and \w+)? (?:regards|wishes)",
    r"(?:with )?regards",
    r"(?:yours )?(?:sincerely|faithfully|truly)(?: yours)?",
    r"br\b,?",
    # Danish and Norwegian
    r"(?:med )?(?:de )?(?:venlige?|vennlige?|bedste|beste|kaerlig|gode|mange)(?: og \w+)? "
    r"hilsen(?:er)?",
    r"(?:med )?(?:vh|mvh|dbh)\b",
    r"hilsen",
    # German
    r"(?:mit )?(?:freundliche|beste|herzliche|liebe|schone|viele)[mnr]? gru?e?s+(?:e|en)?",
    r"mfg\b",
    r"hochachtungsvoll",
    # Finnish
    r"(?:ystavallisin|parhain|lampimin|hyvin) terveisin",
    r"terveisin|terv\.|ystavallisesti|kunnioittavasti",
    # French
    r"(?:bien )?cordialement",
)
"""Sign-offs that stand for nothing else; patterns on folded text."""

LOOSE_SIGN_OFFS = (
    r"vanligen",
    r"vanligt",
    r"tack pa forhand",
    r"tacksam pa forhand",
    r"(?:many )?thanks(?: in advance)?",
    r"thank you(?: in advance)?",
    r"cheers",
    r"best",
    r"pa forhand tack",
    r"takk pa forhand",
    r"tak pa forhand",
    r"vielen dank(?: im voraus)?",
    r"kiitos(?: etukateen)?",
)
"""Sign-offs that also begin sentences: only before a name, or alone on the line."""

LEGAL = (
    "endast avsedd for",
    "endast avsett for",
    "enbart avsedd for",
    "enbart avsett for",
    "avsett for adressaten",
    "avsedd for adressaten",
    "fatt det av misstag",
    "fatt detta av misstag",
    "fatt detta meddelande av misstag",
    "konfidentiell information",
    "tank pa miljon",
    "behandlar personuppgifter",
    "behandlar dina personuppgifter",
    "behandling av personuppgifter",
    "dataskyddsforordningen",
    "nar du skickar e-post till oss",
    "intended recipient",
    "intended solely for",
    "intended only for",
    "received this e-mail in error",
    "received this email in error",
    "received this message in error",
    "confidential information",
    "consider the environment",
    "process your personal data",
    "taenk pa miljoet",
    "tank pa miljoet",
    "vertrauliche informationen",
    "irrtumlich erhalten",
    "luottamuksellista tietoa",
)
"""What a footer under company mail says; never a customer's own matter."""
