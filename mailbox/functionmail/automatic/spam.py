"""Bulk advertising and phishing, by weighing signs against each other.

A customer's matter taken for spam costs more than an advertisement that a person has to
close, so several signs must come together, and signs of a real matter count against.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from functionmail.automatic import headers
from functionmail.automatic.reading import Reading
from functionmail.automatic.signs import Signs, sign, starts_of
from functionmail.automatic.verdicts import Author, Authorship
from functionmail.message import Message

_ENOUGH = 4
_MOST_LINKS = 20

_ADVERTISING = Signs(
    sign(
        3,
        "opt_out",
        r"avregistrera (?:dig|dej|er)",
        r"avsluta (?:din |er )?prenumeration",
        r"avprenumerera",
        r"du (?:prenumererar|far detta (?:utskick|mejl|mail|nyhetsbrev))",
        r"vill du inte (?:ha|fa|langre)[^.?!]{0,40}(?:erbjudande|utskick|nyhetsbrev|mejl|mail)",
        r"svara stopp?\b",
        r"finns i vart register",
        r"unsubscribe",
        r"opt[- ]out",
        r"you (?:are receiving|received|receive) this (?:e-?mail|newsletter|message) because",
        r"meld deg av",
        r"afmeld",
        r"abbestellen",
        r"peruuta tilaus",
    ),
    sign(
        1,
        "offer",
        r"erbjudande[tn]?",
        r"erbjuder (?:dig|er)",
        r"specialpris",
        r"early[- ]bird",
        r"special offer",
        r"limited offer",
        r"best price",
    ),
    sign(
        1,
        "discount",
        r"\d{1,2} ?(?:%|procent) (?:rabatt|off|discount|pa )",
        r"rabatt(?:kod|en|er)?\b",
        r"just nu \d",
        r"rabatterat",
        r"halva priset",
        r"kop \d{1,3} betala for",
        r"discount",
        r"du sparar",
        r"ni sparar",
    ),
    sign(
        1,
        "urge",
        r"bestall (?:senast|nu|idag|har)",
        r"boka (?:fore|nu|senast|din plats|en demo|plats)",
        r"missa inte",
        r"anmal dig (?:nu|har|senast|idag)",
        r"klicka har",
        r"click here",
        r"order now",
        r"book now",
        r"buy now",
        r"sign up",
        r"galler (?:t\.?o\.?m\.?|till och med|endast|bara)[^.?!]{0,20}\d",
        r"begransat antal",
        r"las mer och anmal",
    ),
    sign(
        2,
        "pitch",
        r"visste du att",
        r"har (?:du|ni) \d{1,2} minuter",
        r"sa bokar jag",
        r"boka (?:ett mote|en demo|in en)",
        r"en demo\b",
        r"(?:kostnadsfri|gratis) (?:demo|konsultation|genomgang|provperiod|analys)",
        r"utan kostnad om",
        r"vi pa [^.?!]{1,40} hjalper",
        r"(?:frigor|salj) (?:er|era|ert|likviditet|din|dina)",
        r"ranta fran \d",
        r"increase your (?:sales|revenue|traffic)",
        r"seo services",
        r"our services",
        r"i am reaching out",
        r"free (?:demo|trial|consultation)",
    ),
    sign(1, "newsletter", r"nyhetsbrev", r"newsletter", r"webbinari", r"webinar", r"seminari"),
    sign(
        1, "greeting", r"hej (?:inkopsansvarig|inkopare|foretagare|chef)", r"kara (?:kund|foretag)"
    ),
)
_PHISHING = Signs(
    sign(
        3,
        "verify_account",
        r"(?:verifiera|bekrafta|validera|uppdatera|aterstall|aktivera) (?:om |igen )?"
        r"(?:ditt|dina|ert|era|din) (?:\w+ )?"
        r"(?:konto\b|kontouppgifter|brevlada|postlada|inloggning|losenord|bankid|kortuppgifter|"
        r"identitet)",
        r"(?:verify|confirm|validate|update|restore|reactivate) (?:your|the) (?:\w+ )?"
        r"(?:account|mailbox|password|identity|bank details|billing|credentials|e-?mail address)",
    ),
    sign(
        2,
        "mailbox_full",
        r"(?:brevlada|postlada|inkorg|mailbox|inbox|webbmail|webmail)\w*[^.?!]{0,40}"
        r"(?:ar (?:nastan )?full|overskrid|overstig|lagringsgrans|sparr|stangs|quota|almost full|"
        r"is full|exceeded|storage limit|suspended)",
    ),
    sign(
        2,
        "threat",
        r"(?:permanent )?(?:avstangning|stangs av|sparras|inaktiveras)",
        r"underlatenhet",
        r"(?:account|mailbox|access) (?:will be|has been|is) "
        r"(?:suspended|closed|deactivated|terminated|limited|locked)",
        r"failure to (?:do|comply|verify)",
    ),
    sign(
        1,
        "hours",
        r"inom (?:24|48|72|12) timmar",
        r"(?:within|in) (?:24|48|72|12) ?(?:hours|hrs)",
        r"hurry",
    ),
    sign(
        3,
        "parcel",
        r"(?:paket|forsandelse|leverans)\w*[^.?!]{0,80}(?:fraktavgift|tullavgift|porto|betala \d)",
        r"(?:parcel|package|shipment)[^.?!]{0,80}(?:fee|pay|customs|held|pending)",
    ),
    sign(
        3,
        "windfall",
        r"bitcoin",
        r"\d btc\b",
        r"crypto",
        r"krypto(?:valuta)?",
        r"lottery",
        r"lotteri",
        r"inheritance",
        r"next of kin",
        r"you have (?:won|earned|been selected)",
        r"(?:du|ni) har vunnit",
        r"million (?:usd|dollars|euro|eur)",
        r"release fee",
    ),
    sign(
        2,
        "chief",
        r"(?:ar du pa kontoret|are you (?:at|in) the office|ar du tillganglig|are you available)",
        r"(?:sitter i (?:ett )?mote|in a meeting)",
        r"(?:kan inte ta samtal|can ?not take calls|cannot talk)",
    ),
    sign(
        2,
        "transfer",
        r"(?:genomfor|gora|gor|make|process) (?:en|a|an) (?:\w+ )?"
        r"(?:overforing|utlandsbetalning|wire transfer|bank transfer|transfer)",
        r"(?:presentkort|gift cards?)\b",
    ),
    sign(1, "secret", r"konfidentiellt\.", r"confidential\.", r"strangt konfidentiell"),
    sign(
        3,
        "log_in",
        r"logga in med bankid",
        r"(?:log|sign) in (?:to|with|here)[^.?!]{0,40}(?:review|view|verify|document|invoice)",
        r"\b(?:ni|du) har (?:fatt )?\d{1,2} (?:ny|nya|olast|olasta) "
        r"(?:faktura|fakturor|dokument|meddelande)",
        r"you have \d{1,2} (?:new|unread|pending) (?:invoice|document|message|voicemail)",
    ),
    sign(
        1,
        "brand",
        r"office (?:secure|365)",
        r"microsoft (?:security|konto|account)",
        r"(?:webmail|webbmail|outlook) (?:admin|team|support)",
        r"it[- ]?(?:support|helpdesk)",
        r"system ?administrator",
    ),
    sign(
        1,
        "dear_user",
        r"(?:kara|basta) (?:anvandare|kontoinnehavare)",
        r"(?:dear|hello) (?:user|customer|dear)",
    ),
)
_AGAINST = Signs(
    sign(
        2,
        "own_matter",
        r"(?:min|mitt|mina|var|vart|vara) (?:\w+ )?"
        r"(?:faktura|rakning|hyra|avgift|betalning|arende)",
        r"my (?:\w+ )?(?:invoice|bill|fee|rent|payment|case)",
        r"jag (?:har fatt|fick|betalade|bestrider|undrar|onskar|ar god man)",
        r"i (?:received|got|paid|dispute|have paid)",
        r"(?:anstand|makulera|kreditera|avbetalningsplan|bestrid)",
    ),
    sign(1, "asks_us", r"kan (?:ni|nagon)", r"could you", r"can you", r"vi vill att ni"),
)
_BULK = frozenset({"bulk", "junk"})
_LINK = re.compile(r"https?://([^\s/<>\"')\]]{1,200})")
_ANCHOR = re.compile(
    r"<a\s[^<>]{0,400}?href\s?=\s?[\"']?https?://([^\s/<>\"']{1,200})[^<>]{0,600}>([^<]{1,200})<",
    re.IGNORECASE,
)
_HOST_LIKE = re.compile(
    r"(?:https?://)?((?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,12})(?![a-z0-9.@-])", re.IGNORECASE
)
_ODD_HOST = re.compile(
    r"verif|valid|secure|login|logga|account|konto|webmail|signin|update|bankid|wallet|paket|parcel"
)


def by_signs(reading: Reading) -> Authorship | None:
    """Recognise spam where enough signs come together."""
    if reading.forwarded:
        return None
    text = f"{reading.subject}. {reading.text}"
    starts = starts_of(text)
    for rule, signs in (
        ("phishing", _phishing(reading, text, starts)),
        ("advertising", _advertising(reading, text, starts)),
    ):
        found = list(signs)
        total = sum(weight for weight, _ in found)
        # Hardly any mail comes so far, and what speaks against costs most to look for.
        if total >= _ENOUGH and total - _against(text, starts) >= _ENOUGH:
            return Authorship(
                kind=Author.SPAM, rule=rule, words=", ".join(code for _, code in found)[:80]
            )
    return None


def _against(text: str, starts: frozenset[bytes]) -> int:
    return sum(found.weight for found in _AGAINST.seen(text, starts))


def _advertising(
    reading: Reading, text: str, starts: frozenset[bytes]
) -> Iterator[tuple[int, str]]:
    for found in _ADVERTISING.seen(text, starts):
        yield found.weight * min(len(set(found.wordings(text))), 2), found.code
    message = reading.message
    if message.header("list-unsubscribe") is not None:
        yield 2, "list-unsubscribe"
    if headers.precedences(message) & _BULK:
        yield 1, "precedence: bulk"


def _phishing(reading: Reading, text: str, starts: frozenset[bytes]) -> Iterator[tuple[int, str]]:
    found = _PHISHING.seen(text, starts)
    if not found:
        return
    yield from ((one.weight, one.code) for one in found)
    message = reading.message
    hosts = {match.lower() for match in _LINK.findall(message.body[:20_000])[:_MOST_LINKS]}
    domain = message.sender.domain if message.sender else ""
    if hosts:
        yield 1, "link"
    if any(_ODD_HOST.search(host) for host in (*hosts, domain)):
        yield 1, "odd_domain"
    if _has_false_link(message):
        yield 3, "false_link"


def _has_false_link(message: Message) -> bool:
    """Tell whether a link shows one domain and leads to another."""
    for match in list(_ANCHOR.finditer((message.html or "")[:100_000]))[:_MOST_LINKS]:
        shown = _HOST_LIKE.match(match[2].strip())
        if shown and _site(shown[1]) != _site(match[1]):
            return True
    return False


def _site(host: str) -> str:
    name = urlsplit(f"//{host}").hostname or ""
    return ".".join(name.lower().split(".")[-2:])
