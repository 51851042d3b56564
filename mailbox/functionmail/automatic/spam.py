"""Bulk advertising and phishing, by weighing signs against each other.

A customer's matter taken for spam costs more than an advertisement that a person has to
close, so several signs must come together, and signs of a real matter count against.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from string import ascii_lowercase
from urllib.parse import urlsplit

from functionmail.automatic import headers
from functionmail.automatic.reading import Reading
from functionmail.automatic.verdicts import Author, Authorship
from functionmail.message import Message

_ENOUGH = 4
_MOST_LINKS = 20
_MOST_MATCHES = 20

_START = 4
_LETTERS = re.compile(r"[a-z]+")
_LETTERS_ALONE = bytes(code if chr(code) in ascii_lowercase else ord(" ") for code in range(256))
"""Makes a blank of every byte that is no letter."""
_OPTIONAL = re.compile(r"(?:\\[bd](?:\{[\d,]{1,5}\})?| \?|\(\?:[^()]*\)\?)*")
_LITERAL = re.compile(r"(?:[a-z0-9@ %-](?![?*{]))*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sign:
    """Wordings that speak for spam, or against it."""

    weight: int
    code: str
    patterns: tuple[str, ...]

    def wordings(self, text: str) -> Iterator[str]:
        """Yield what matches, with repeats, at most `_MOST_MATCHES`."""
        matches = _compiled("|".join(self.patterns)).finditer(text)
        return (match[0] for match in islice(matches, _MOST_MATCHES))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})")


class _Signs:
    """Signs, filed so that hardly any pattern is tried on a mail.

    Every match of a pattern holds a literal near its start, and that literal the start of a
    word: first the text is asked for the start, then for the literal, then for the pattern.
    """

    def __init__(self, *signs: _Sign) -> None:
        self.signs = signs
        self._filed: dict[bytes, list[tuple[str, str, _Sign]]] = {}
        for sign in signs:
            for pattern in sign.patterns:
                for literal in _beginnings(pattern):
                    self._filed.setdefault(_start(literal), []).append((literal, pattern, sign))
        self._starts = frozenset(self._filed)

    def seen(self, text: str, starts: Collection[bytes]) -> list[_Sign]:
        """Return the signs that are there, in order; `starts` as from `_starts`."""
        seen = {
            sign.code
            for start in self._starts.intersection(starts)
            for literal, pattern, sign in self._filed[start]
            if literal in text and _compiled(pattern).search(text)
        }
        return [sign for sign in self.signs if sign.code in seen] if seen else []


def _sign(weight: int, code: str, *patterns: str) -> _Sign:
    return _Sign(weight=weight, code=code, patterns=patterns)


def _starts(text: str) -> list[bytes]:
    """Return the first letters of each word of a folded text, and the empty start."""
    return [b"", *[word[:_START] for word in text.encode().translate(_LETTERS_ALONE).split()]]


def _start(literal: str) -> bytes:
    """Return the start of the first word of a literal; nothing where it may go on otherwise."""
    word = _LETTERS.search(literal)
    if word is None or (word.end() == len(literal) and len(word[0]) < _START):
        return b""
    return word[0][:_START].encode()


def _beginnings(pattern: str) -> Iterator[str]:
    """Yield literals of which every match holds one; the empty one where there is none."""
    pattern = pattern[_end(_OPTIONAL, pattern) :]
    choices, rest = _first_group(pattern)
    for choice in choices:
        literal = choice[: _end(_LITERAL, choice)]
        yield literal + rest[: _end(_LITERAL, rest)] if literal == choice else literal


def _first_group(pattern: str) -> tuple[list[str], str]:
    """Split a pattern that begins with a group into the group's choices and what follows."""
    if not pattern.startswith("(?:"):
        return [pattern], ""
    choices, depth, start = [], 0, 3
    for index, char in enumerate(pattern):
        depth += (char == "(") - (char == ")")
        if depth == 0 or (depth == 1 and char == "|"):
            choices.append(pattern[start:index])
            start = index + 1
        if depth == 0:
            break
    return choices, pattern[start:]


def _end(matcher: re.Pattern[str], text: str) -> int:
    found = matcher.match(text)
    return found.end() if found else 0


_ADVERTISING = _Signs(
    _sign(
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
    _sign(
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
    _sign(
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
    _sign(
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
    _sign(
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
    _sign(1, "newsletter", r"nyhetsbrev", r"newsletter", r"webbinari", r"webinar", r"seminari"),
    _sign(
        1, "greeting", r"hej (?:inkopsansvarig|inkopare|foretagare|chef)", r"kara (?:kund|foretag)"
    ),
)
_PHISHING = _Signs(
    _sign(
        3,
        "verify_account",
        r"(?:verifiera|bekrafta|validera|uppdatera|aterstall|aktivera) (?:om |igen )?"
        r"(?:ditt|dina|ert|era|din) (?:\w+ )?"
        r"(?:konto\b|kontouppgifter|brevlada|postlada|inloggning|losenord|bankid|kortuppgifter|"
        r"identitet)",
        r"(?:verify|confirm|validate|update|restore|reactivate) (?:your|the) (?:\w+ )?"
        r"(?:account|mailbox|password|identity|bank details|billing|credentials|e-?mail address)",
    ),
    _sign(
        2,
        "mailbox_full",
        r"(?:brevlada|postlada|inkorg|mailbox|inbox|webbmail|webmail)\w*[^.?!]{0,40}"
        r"(?:ar (?:nastan )?full|overskrid|overstig|lagringsgrans|sparr|stangs|quota|almost full|"
        r"is full|exceeded|storage limit|suspended)",
    ),
    _sign(
        2,
        "threat",
        r"(?:permanent )?(?:avstangning|stangs av|sparras|inaktiveras)",
        r"underlatenhet",
        r"(?:account|mailbox|access) (?:will be|has been|is) "
        r"(?:suspended|closed|deactivated|terminated|limited|locked)",
        r"failure to (?:do|comply|verify)",
    ),
    _sign(
        1,
        "hours",
        r"inom (?:24|48|72|12) timmar",
        r"(?:within|in) (?:24|48|72|12) ?(?:hours|hrs)",
        r"hurry",
    ),
    _sign(
        3,
        "parcel",
        r"(?:paket|forsandelse|leverans)\w*[^.?!]{0,80}(?:fraktavgift|tullavgift|porto|betala \d)",
        r"(?:parcel|package|shipment)[^.?!]{0,80}(?:fee|pay|customs|held|pending)",
    ),
    _sign(
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
    _sign(
        2,
        "chief",
        r"(?:ar du pa kontoret|are you (?:at|in) the office|ar du tillganglig|are you available)",
        r"(?:sitter i (?:ett )?mote|in a meeting)",
        r"(?:kan inte ta samtal|can ?not take calls|cannot talk)",
    ),
    _sign(
        2,
        "transfer",
        r"(?:genomfor|gora|gor|make|process) (?:en|a|an) (?:\w+ )?"
        r"(?:overforing|utlandsbetalning|wire transfer|bank transfer|transfer)",
        r"(?:presentkort|gift cards?)\b",
    ),
    _sign(1, "secret", r"konfidentiellt\.", r"confidential\.", r"strangt konfidentiell"),
    _sign(
        3,
        "log_in",
        r"logga in med bankid",
        r"(?:log|sign) in (?:to|with|here)[^.?!]{0,40}(?:review|view|verify|document|invoice)",
        r"\b(?:ni|du) har (?:fatt )?\d{1,2} (?:ny|nya|olast|olasta) "
        r"(?:faktura|fakturor|dokument|meddelande)",
        r"you have \d{1,2} (?:new|unread|pending) (?:invoice|document|message|voicemail)",
    ),
    _sign(
        1,
        "brand",
        r"office (?:secure|365)",
        r"microsoft (?:security|konto|account)",
        r"(?:webmail|webbmail|outlook) (?:admin|team|support)",
        r"it[- ]?(?:support|helpdesk)",
        r"system ?administrator",
    ),
    _sign(
        1,
        "dear_user",
        r"(?:kara|basta) (?:anvandare|kontoinnehavare)",
        r"(?:dear|hello) (?:user|customer|dear)",
    ),
)
_AGAINST = _Signs(
    _sign(
        2,
        "own_matter",
        r"(?:min|mitt|mina|var|vart|vara) (?:\w+ )?"
        r"(?:faktura|rakning|hyra|avgift|betalning|arende)",
        r"my (?:\w+ )?(?:invoice|bill|fee|rent|payment|case)",
        r"jag (?:har fatt|fick|betalade|bestrider|undrar|onskar|ar god man)",
        r"i (?:received|got|paid|dispute|have paid)",
        r"(?:anstand|makulera|kreditera|avbetalningsplan|bestrid)",
    ),
    _sign(1, "asks_us", r"kan (?:ni|nagon)", r"could you", r"can you", r"vi vill att ni"),
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
    starts = _starts(text)
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


def _against(text: str, starts: Collection[bytes]) -> int:
    return sum(sign.weight for sign in _AGAINST.seen(text, starts))


def _advertising(
    reading: Reading, text: str, starts: Collection[bytes]
) -> Iterator[tuple[int, str]]:
    for sign in _ADVERTISING.seen(text, starts):
        yield sign.weight * min(len(set(sign.wordings(text))), 2), sign.code
    message = reading.message
    if message.header("list-unsubscribe") is not None:
        yield 2, "list-unsubscribe"
    if headers.precedences(message) & _BULK:
        yield 1, "precedence: bulk"


def _phishing(reading: Reading, text: str, starts: Collection[bytes]) -> Iterator[tuple[int, str]]:
    found = _PHISHING.seen(text, starts)
    if not found:
        return
    yield from ((sign.weight, sign.code) for sign in found)
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
