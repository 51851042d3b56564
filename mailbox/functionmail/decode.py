"""From bytes to text: charsets, transfer encodings and encoded words, as mail really has them.

Nothing here raises, whatever the bytes. Every text that leaves this module can be encoded
as UTF-8 and holds no NUL, no other control character but line feed and tab, nothing
invisible that splits words, and no mark that reverses the direction of reading.
"""

from __future__ import annotations

import binascii
import re
import unicodedata
from collections.abc import Mapping
from encodings.aliases import aliases

from functionmail.message import Fault

MAX_TEXT = 1_000_000
"""Characters that are kept of one text."""

MAX_HEADER = 100_000
"""Bytes or characters that are read of one header."""

_SAY_NOTHING = frozenset(
    {"ascii", "us_ascii", "ansi_x3_4_1968", "unknown", "unknown_8bit", "x_unknown", "default"}
    | {"8bit", "none", "binary"}
)
"""Names that say nothing of the bytes above 127: those are UTF-8, else Windows-1252."""

_BROADER = {
    "latin_1": "cp1252",
    "iso8859_9": "cp1254",
    "iso8859_11": "cp874",
    "tis_620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
}
"""What senders mean by a charset: its superset (WHATWG Encoding, table of labels)."""

# A mail names its charset freely, and not every codec is fit for hostile bytes: idna and
# punycode take quadratic time, unicode_escape warns, and looking up an unknown name makes
# the interpreter remember it for ever. So only these are used, from a table of our own.
_FIT_CODECS = re.compile(
    r"utf_(?:7|8|16|16_[bl]e|32|32_[bl]e)|latin_1|iso8859_\d+|iso2022_(?:jp|kr)\w*|koi8_[ru]"
    r"|cp(?:125\d|437|7\d\d|8\d\d|9\d\d)|mac_\w+|big5|big5hkscs|gb2312|gbk|gb18030|hz|johab"
    r"|euc_\w+|shift_jis\w*|kz1048|ptcp154|hp_roman8|tis_620"
)
_FURTHER_ALIASES = {
    **{name: name for name in ("koi8_r", "koi8_u", "cp874", "hz", "utf_8")},
    "x_mac_roman": "mac_roman",
    "x_mac_swedish": "mac_roman",
    "unicode_1_1_utf_7": "utf_7",
    "x_sjis": "cp932",
    "x_gbk": "gb18030",
    "iso_8859_8_i": "iso8859_8",
    "ks_c_5601_1987": "cp949",
}


def _table_of_codecs() -> Mapping[str, str]:
    names = {codec: codec for codec in aliases.values()} | aliases | _FURTHER_ALIASES
    return {
        name: _BROADER.get(codec, codec)
        for name, codec in names.items()
        if _FIT_CODECS.fullmatch(codec)
    }


_CODECS = _table_of_codecs()
_SEVEN_BIT_CODECS = re.compile(r"utf_7|utf_16|utf_32|iso2022|hz")
"""Codecs in which ASCII bytes may mean something other than ASCII characters."""

_WIDE_CODECS = re.compile(r"utf_16|utf_32")
_JAPANESE_SHIFT = b"\x1b$"
"""Begins Japanese in ISO-2022-JP, which old servers write bare into headers."""

_NOT_A_NAME = re.compile(r"[^a-z0-9]+")
_NUMBERED = re.compile(r"_?(?:cp|ibm|win|windows|x_cp)_?(\d{3,4})\w*")

_WINDOWS_1252 = {
    0x80 + offset: char
    for offset, char in enumerate("€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ")
}
_ESCAPED = {0xDC00 + byte: _WINDOWS_1252.get(byte, chr(byte)) for byte in range(0x80, 0x100)}
_ASCII = bytes(range(0x80))


def _codec(charset: str | None) -> tuple[str | None, tuple[Fault, ...]]:
    """Return the codec for a charset as a mail names it, or None where it says nothing."""
    name = _NOT_A_NAME.sub("_", (charset or "")[:80].lower()).strip("_")
    if not charset or name in _SAY_NOTHING:
        return None, ()
    codec = _CODECS.get(name)
    if codec is None and (numbered := _NUMBERED.fullmatch(name)):
        codec = _CODECS.get(f"cp{numbered[1]}")
    return (codec, ()) if codec else (None, (Fault.UNKNOWN_CHARSET,))


def _windows(raw: bytes) -> str:
    """Read Windows-1252; its five gaps become the control characters of Latin-1."""
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1").translate(_WINDOWS_1252)


def _guess(raw: bytes) -> str:
    """Read bytes of no known charset: UTF-8, and what is not, as Windows-1252.

    Where more of the bytes above 127 are astray than not, none of them is UTF-8.
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        escaped = raw.decode("utf-8", "surrogateescape")
    astray = len(escaped) - len(raw.decode("utf-8", "ignore"))
    if 2 * astray > len(raw.translate(None, delete=_ASCII)):
        return _windows(raw)
    return escaped.translate(_ESCAPED)


def _characters(raw: bytes, charset: str | None) -> tuple[str, tuple[Fault, ...]]:
    """Return the characters of some bytes, before any cleaning."""
    codec, faults = _codec(charset)
    if raw.isascii() and not (codec and _SEVEN_BIT_CODECS.match(codec)):
        return raw.decode("ascii"), faults
    if codec is None:
        return _guess(raw), faults
    if codec == "cp1252":
        return _windows(raw), faults
    try:
        return raw.decode(codec), faults
    except UnicodeDecodeError:
        return _misnamed(raw, codec), (*faults, Fault.BAD_ENCODING)


def _misnamed(raw: bytes, codec: str) -> str:
    """Read bytes that their charset does not fit: as UTF-8 where they can be nothing else."""
    if codec == "utf_8":
        return _guess(raw)
    if not (raw.isascii() or _WIDE_CODECS.match(codec)):
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            pass
    return raw.decode(codec, "replace")


# Mojibake: UTF-8 that somebody read as Windows-1252 or Latin-1 and saved again. "Sure"
# characters have a garbled form that no correct text in a language we read contains; the
# others ("Â§", "Ã”") are repaired only beside a sure one, or, as capitals often begin a
# word, in front of a letter.
_SURE = "åäöéüæøñçóèáêíï–—‘’“”„…•€™"
_CAPITALS = "ÅÄÖÉÜÆØ"
_FURTHER = "ÀÁÂÃÇÈÊËÌÍÎÏÐÑÒÓÔÕÙÚÛÝÞßàâãëìîðòôõùúûýþÿ§°´½¼¾»«·£±²³µ¿¡©®º¨\xa0"


def _garbled(characters: str) -> Mapping[str, str]:
    forms = {}
    for character in characters:
        as_latin = character.encode().decode("latin-1")
        forms[as_latin] = forms[as_latin.translate(_WINDOWS_1252)] = character
    return forms


_SURE_FORMS, _CAPITAL_FORMS = _garbled(_SURE), _garbled(_CAPITALS)
_FORMS = {**_SURE_FORMS, **_CAPITAL_FORMS, **_garbled(_FURTHER)}
_FOLLOWING = f"[\x80-\xbf{''.join(_WINDOWS_1252.values())}]"
_FORM = re.compile(f"[ÂÃ]{_FOLLOWING}|â{_FOLLOWING}{{2}}")


def _is_sure(form: re.Match[str]) -> bool:
    next_character = form.string[form.end() : form.end() + 1]
    return form[0] in _SURE_FORMS or (form[0] in _CAPITAL_FORMS and next_character.isalpha())


def repair_mojibake(text: str) -> str:
    """Undo one step of UTF-8 read as Windows-1252 or Latin-1; leave correct text alone.

    "fÃ¶rfallodatum" becomes "förfallodatum". Text that is partly garbled is repaired in
    part, so a correct answer above a garbled quotation stays as it is.
    """
    if not ("Ã" in text or "â" in text) or not any(map(_is_sure, _FORM.finditer(text))):
        return text
    return _FORM.sub(lambda form: _FORMS.get(form[0], form[0]), text)


_LINE_BREAKS = dict.fromkeys("\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", "\n")
_SPACES = dict.fromkeys("\xa0\u2007\u2009\u202f", " ")
_REPLACED = {**_LINE_BREAKS, **_SPACES}
_ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\xa0\xad"
    "\u2007\u2009\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff0-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_MARK = re.compile("[\u0300-\u036f]")
_MARKED_LETTER = re.compile(f"[A-Za-z]{_MARK.pattern}")


def clean(text: str) -> str:
    """Take out what no database, log or reader should meet, and compose å, ä and ö.

    Line breaks become line feeds, spaces of other widths plain spaces. Only a letter and
    its first mark are composed: normalising a whole text takes quadratic time in marks.
    """
    if "\r" in text:
        text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    text = _ODD.sub(lambda match: _REPLACED.get(match[0], ""), text)
    if text.isascii() or not _MARK.search(text):
        return text
    return _MARKED_LETTER.sub(lambda match: unicodedata.normalize("NFC", match[0]), text)


def tidy(characters: str) -> tuple[str, tuple[Fault, ...]]:
    """Cut a text to `MAX_TEXT`, repair one step of mojibake, and clean it."""
    faults: list[Fault] = []
    if len(characters) > MAX_TEXT:
        characters = characters[:MAX_TEXT]
        faults.append(Fault.TEXT_TRUNCATED)
    repaired = repair_mojibake(characters)
    if repaired is not characters:
        faults.append(Fault.MOJIBAKE_REPAIRED)
    return clean(repaired), tuple(faults)


def text(raw: bytes, charset: str | None) -> tuple[str, tuple[Fault, ...]]:
    """Read the bytes of a body, after transfer decoding, as text; see `tidy`.

    The declared charset is believed where it fits; else UTF-8, else Windows-1252.
    """
    faults: list[Fault] = []
    if len(raw) > 4 * MAX_TEXT:
        raw = raw[: _between_characters(raw, 4 * MAX_TEXT)]
        faults.append(Fault.TEXT_TRUNCATED)
    characters, found = _characters(raw, charset)
    tidied, further = tidy(characters)
    return tidied, tuple(dict.fromkeys((*faults, *found, *further)))


def _between_characters(raw: bytes, near: int) -> int:
    """Return the last offset up to `near` that does not split a character of UTF-8."""
    steps_back = (near - step for step in range(4))
    return next((at for at in steps_back if not 0x80 <= raw[at] < 0xC0), near)


# An encoded word, RFC 2047, with what real senders add: a language (RFC 2231), spaces,
# and up to two bare question marks inside. Each part is bounded, so the time is linear.
_ENCODED_WORD = re.compile(
    r"=\?([^?*\s]{1,40})(?:\*[^?\s]{0,40})?\?([BbQq])\?([^?]*(?:\?(?!=)[^?]*){0,2})\?="
)


def _encoded_bytes(encoding: str, data: str) -> bytes:
    raw = data.encode("utf-8", "replace")
    if encoding in "Qq":
        return binascii.a2b_qp(raw, header=True)
    return _base64(raw)[0]


def _encoded_words(value: str) -> tuple[str, tuple[Fault, ...]]:
    """Decode encoded words; neighbours in one charset are joined before they are read.

    Senders cut words in the middle of a character, so decoding each alone would not do.
    """
    pieces: list[tuple[str, list[bytes]] | str] = []
    position = 0
    for word in _ENCODED_WORD.finditer(value):
        charset, encoding, data = word.groups()
        between = value[position : word.start()]
        if between.strip() or not pieces:
            pieces.append(between)
        last = pieces[-1]
        if isinstance(last, str) or last[0] != charset.lower():
            pieces.append(last := (charset.lower(), []))
        last[1].append(_encoded_bytes(encoding, data))
        position = word.end()
    decoded: list[str] = []
    faults: list[Fault] = []
    for piece in pieces:
        if isinstance(piece, str):
            decoded.append(piece)
        else:
            characters, found = _characters(b"".join(piece[1]), piece[0])
            decoded.append(characters)
            faults += found
    return "".join(decoded) + value[position:], tuple(faults)


def undecoded(value: str | bytes) -> tuple[str, tuple[Fault, ...]]:
    """Return the characters of a header value with its encoded words as they are.

    For structured headers, which must be taken apart before their words are decoded.
    """
    faults: tuple[Fault, ...] = ()
    if len(value) > MAX_HEADER:
        value, faults = value[:MAX_HEADER], (Fault.TEXT_TRUNCATED,)
    if isinstance(value, str):
        return value, faults
    if value.isascii():
        charset = "iso-2022-jp" if _JAPANESE_SHIFT in value else None
        characters, found = _characters(value, charset)
        return characters, (*faults, *found)
    return _guess(value), (*faults, Fault.RAW_8BIT_HEADER)


def examine_header(value: str | bytes) -> tuple[str, tuple[Fault, ...]]:
    """Read a header value as one line of text, and tell what was wrong with it.

    Args:
        value: As it stands in the mail, folded or not; raw bytes above 127 are read as
            UTF-8, else as Windows-1252.

    Returns:
        Text without line breaks, runs of white space made one space, and the faults.
    """
    if isinstance(value, bytes) and len(value) <= MAX_HEADER and value.isascii():
        plain = " ".join(value.decode("ascii").split())
        if plain.isprintable() and "=?" not in plain:
            return plain, ()
    characters, faults = undecoded(value)
    if "=?" in characters:
        characters, found = _encoded_words(characters)
        faults += found
    line = " ".join(characters.split())
    if line.isascii() and line.isprintable():
        return line, faults
    repaired = repair_mojibake(line)
    if repaired is not line:
        faults += (Fault.MOJIBAKE_REPAIRED,)
    return " ".join(clean(repaired).split()), faults


def header(value: str | bytes) -> str:
    """Read a header value as one line of text; see `examine_header`."""
    return examine_header(value)[0]


_BASE64_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]")


def _base64(raw: bytes) -> tuple[bytes, tuple[Fault, ...]]:
    """Decode base64 up to the first line that is none; text that never was stays as it is."""
    faults: tuple[Fault, ...] = ()
    if foreign := _NOT_BASE64.search(raw):
        faults = (Fault.BAD_ENCODING,)
        good = raw[: raw.rfind(b"\n", 0, foreign.start()) + 1]
        if not good.strip():
            return raw, faults
        raw = good
    try:
        return binascii.a2b_base64(raw), faults
    except binascii.Error:
        letters = raw.translate(None, delete=bytes(set(range(256)) - set(_BASE64_LETTERS)))
        whole = letters[: len(letters) - len(letters) % 4]
        rest = letters[len(whole) :]
        padded = rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""
        return binascii.a2b_base64(whole + padded), (Fault.BAD_ENCODING,)


_PADDED_BREAK = re.compile(rb"=[ \t]+(?=\r?\n)")
"""A soft line break with blanks that some server on the way has added."""


def transfer(raw: bytes, encoding: str) -> tuple[bytes, tuple[Fault, ...]]:
    """Undo a Content-Transfer-Encoding; what cannot be decoded is kept as it came."""
    match encoding.strip().lower():
        case "base64":
            return _base64(raw)
        case "quoted-printable":
            return binascii.a2b_qp(_PADDED_BREAK.sub(b"=", raw)), ()
        case "" | "7bit" | "8bit" | "binary":
            return raw, ()
        case _:
            return raw, (Fault.BAD_ENCODING,)


_QUOTE_MARKS = re.compile(">*")


def unflow(text: str, *, delete_space: bool) -> str:
    """Join the lines of format=flowed text; a space at a line's end means "go on".

    Args:
        delete_space: The DelSp parameter: that space is not part of the text.

    Source: RFC 3676, section 4.
    """
    lines: list[str] = []
    open_depth: int | None = None
    paragraph: list[str] = []

    def close() -> None:
        nonlocal open_depth
        if open_depth is not None:
            marks = ">" * open_depth + " " if open_depth else ""
            lines.append(marks + "".join(paragraph))
        paragraph.clear()
        open_depth = None

    for line in text.split("\n"):
        marks = _QUOTE_MARKS.match(line)
        depth = marks.end() if marks else 0
        content = line[depth:].removeprefix(" ")
        if depth != open_depth or content in ("", "-- "):
            close()
        open_depth = depth
        flows = content.endswith(" ") and content != "-- "
        paragraph.append(content[:-1] if flows and delete_space else content)
        if not flows:
            close()
    close()
    return "\n".join(lines)
