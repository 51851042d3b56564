import base64
import binascii
import quopri

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functionmail import decode
from functionmail.message import Fault
from tests.swedish_text import swedish_lines, swedish_texts, swedish_words

CHARSETS = ["utf-8", "iso-8859-1", "windows-1252", "us-ascii", "unknown-8bit", "x-odd", "", None]

any_characters = st.text(st.characters(), max_size=200)  # lone surrogates included


def as_latin_1(text):
    return text.encode().decode("latin-1")


def as_windows_1252(text):
    """Garble as most programs do: the gaps of Windows-1252 become control characters."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())


def is_fit_to_store(text):
    return "\0" not in text and text == text.encode("utf-8").decode("utf-8")


class TestCharsets:
    @given(swedish_texts)
    @pytest.mark.parametrize("label", ["utf-8", "UTF8", "unknown-8bit", "us-ascii", "", None])
    def test_utf_8_survives_whatever_it_is_called(self, label, text):
        assert decode.text(text.encode(), label) == (text, ())

    @given(swedish_texts)
    @pytest.mark.parametrize("label", ["windows-1252", "cp1252", "iso-8859-1", "latin1"])
    def test_windows_1252_survives_also_when_called_latin_1(self, label, text):
        assert decode.text(text.encode("cp1252"), label) == (text, ())

    @given(swedish_words)
    @pytest.mark.parametrize("codec", ["iso8859_15", "cp850", "mac_roman", "utf-16", "utf-7"])
    def test_other_charsets_survive(self, codec, text):
        assert decode.text(text.encode(codec), codec)[0] == text

    def test_undeclared_windows_1252_is_recognised(self):
        raw = "Förfallodatum för räkningen – å".encode("cp1252")
        assert decode.text(raw, None) == ("Förfallodatum för räkningen – å", ())

    def test_one_line_of_latin_1_does_not_spoil_a_text_of_utf_8(self):
        raw = "åäö ÅÄÖ\n".encode() + "Hälsningar".encode("latin-1")
        assert decode.text(raw, "utf-8") == ("åäö ÅÄÖ\nHälsningar", (Fault.BAD_ENCODING,))

    @pytest.mark.parametrize("label", ["iso-2022-jp", "euc-jp", "gb2312", "utf-7"])
    def test_utf_8_under_a_charset_that_it_does_not_fit_is_recognised(self, label):
        text = "\u9001\u4fe1\u3067\u304d\u307e\u305b\u3093"
        assert decode.text(text.encode(), label) == (text, (Fault.BAD_ENCODING,))

    def test_utf_16_cut_in_the_middle_stays_utf_16(self):
        raw = "Hej".encode("utf-16-le")[:-1]
        assert decode.text(raw, "utf-16-le")[0].startswith("He")

    @pytest.mark.parametrize("label", ["idna", "punycode", "unicode_escape", "zlib", "x-frisinska"])
    def test_codecs_that_are_no_charsets_are_refused(self, label):
        assert decode.text("å".encode(), label) == ("å", (Fault.UNKNOWN_CHARSET,))

    def test_a_text_beyond_the_limit_is_cut(self):
        text, faults = decode.text(b"x" * (decode.MAX_TEXT + 1), "utf-8")
        assert (len(text), faults) == (decode.MAX_TEXT, (Fault.TEXT_TRUNCATED,))

    def test_cutting_does_not_split_a_character(self):
        text, faults = decode.text("€".encode() * 2 * decode.MAX_TEXT, "utf-8")
        assert set(text) == {"€"}
        assert faults == (Fault.TEXT_TRUNCATED,)

    @given(st.binary(max_size=300), st.one_of(st.sampled_from(CHARSETS), any_characters))
    def test_any_bytes_in_any_charset_give_text_that_can_be_stored(self, raw, label):
        assert is_fit_to_store(decode.text(raw, label)[0])


class TestMojibake:
    def test_one_step_is_repaired(self):
        assert decode.text("fÃ¶rfallodatum".encode(), "utf-8") == (
            "förfallodatum",
            (Fault.MOJIBAKE_REPAIRED,),
        )

    @given(swedish_texts)
    @example("HEJDÅ…")
    @example("Ö–vik")
    def test_correct_text_is_never_damaged(self, text):
        assert decode.repair_mojibake(text) == text

    @given(st.lists(st.sampled_from(["São", "JOÃO", "Pâques", "Ângela", "MAÇÃ", "ÂNGELA"])))
    def test_names_from_abroad_are_never_damaged(self, names):
        text = f"Hej på er {' '.join(names)} – ”å”"
        assert decode.repair_mojibake(text) == text

    @given(swedish_texts, st.sampled_from([as_latin_1, as_windows_1252]))
    def test_garbled_text_comes_back_where_it_holds_a_small_letter(self, text, garble):
        text += " för"
        assert decode.repair_mojibake(garble(text)) == text

    @pytest.mark.parametrize("word", ["ÅTERBETALNING", "Ändring", "FÖRFALLODATUM", "Öppet"])
    def test_a_garbled_capital_in_front_of_a_letter_is_repaired(self, word):
        assert decode.repair_mojibake(as_windows_1252(word)) == word

    def test_right_text_beside_garbled_text_stays(self):
        text = f"Jag förstår\n> {as_windows_1252('förfallodatum')}"
        assert decode.repair_mojibake(text) == "Jag förstår\n> förfallodatum"


class TestCleaning:
    @given(any_characters)
    def test_any_text_can_be_stored_afterwards(self, text):
        assert is_fit_to_store(decode.clean(text))

    @given(any_characters)
    def test_cleaning_twice_changes_nothing_more(self, text):
        assert decode.clean(decode.clean(text)) == decode.clean(text)

    @given(swedish_texts)
    def test_swedish_text_is_left_alone(self, text):
        assert decode.clean(text) == text

    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("a\r\nb\rc\r\r\nd", "a\nb\nc\nd"),
            ("4001\u200b23\u00ad45", "40012345"),
            ("40\u00a0012\u202f345", "40 012 345"),
            ("fo\u0308rfra\u030agan", "förfrågan"),
            ("faktura \u202e12\u202c", "faktura 12"),
            ("a\x00b\x1bc\x7fd\x85e", "abcd\ne"),
            ("tabb\toch rad\n", "tabb\toch rad\n"),
        ],
    )
    def test_invisible_characters_go_and_letters_are_composed(self, written, read):
        assert decode.clean(written) == read


class TestHeaders:
    @given(swedish_lines)
    def test_an_encoded_word_survives_in_both_encodings(self, line):
        in_base64 = f"=?utf-8?B?{base64.b64encode(line.encode()).decode()}?="
        in_q = quopri.encodestring(line.encode(), quotetabs=True, header=True).decode()
        in_q = in_q.replace("=\n", "").replace("?", "=3F")
        assert decode.header(in_base64) == line
        assert decode.header(f"=?utf-8?Q?{in_q}?=") == line

    @given(swedish_words, st.integers(1, 9))
    def test_words_cut_anywhere_are_joined(self, word, step):
        raw = word.encode()
        pieces = [raw[at : at + step] for at in range(0, len(raw), step)]
        words = [f"=?utf-8?B?{base64.b64encode(piece).decode()}?=" for piece in pieces]
        assert decode.header("\r\n ".join(words)) == word

    @given(swedish_lines)
    def test_raw_bytes_are_read_as_utf_8(self, line):
        assert decode.header(line.encode()) == line

    @given(swedish_words)
    def test_raw_bytes_that_are_no_utf_8_are_read_as_windows_1252(self, line):
        # A letter before two dashes, as in "ä––", is UTF-8 for a Chinese sign.
        assert decode.header(f"–åäö {line}".encode("cp1252")) == f"–åäö {line}".strip()

    @given(st.one_of(st.binary(max_size=300), any_characters))
    def test_any_value_becomes_one_line_that_can_be_stored(self, value):
        line = decode.header(value)
        assert is_fit_to_store(line)
        assert line.splitlines() in ([], [line])

    @given(st.text("=?utf-8qQbB_ \r\n", max_size=200))
    def test_any_ruin_of_encoded_words_becomes_one_line(self, value):
        assert "\n" not in decode.header(value)

    def test_a_line_break_in_an_encoded_word_cannot_start_a_header(self):
        assert decode.header("=?utf-8?q?Hej=0D=0ABcc:_alla?=") == "Hej Bcc: alla"

    def test_bare_japanese_is_read_although_no_encoded_word_says_so(self):
        raw = "\u30e1\u30fc\u30eb".encode("iso2022_jp")
        assert decode.examine_header(raw) == ("\u30e1\u30fc\u30eb", ())

    def test_the_faults_of_a_header_are_told(self):
        assert decode.examine_header("å".encode())[1] == (Fault.RAW_8BIT_HEADER,)
        assert decode.examine_header("=?x-odd?q?=C3=A5?=") == ("å", (Fault.UNKNOWN_CHARSET,))


class TestTransferEncodings:
    @given(st.binary(max_size=500))
    def test_base64_comes_back(self, raw):
        assert decode.transfer(base64.encodebytes(raw), "base64") == (raw, ())

    @given(st.binary(max_size=500).map(lambda raw: raw.replace(b"\r", b"")))
    def test_quoted_printable_comes_back(self, raw):
        encoded = binascii.b2a_qp(raw, istext=False)
        assert decode.transfer(encoded, "Quoted-Printable ") == (raw, ())

    @given(st.binary(min_size=1, max_size=100), st.integers(1, 2))
    def test_base64_survives_the_loss_of_its_padding(self, raw, lost):
        encoded = base64.b64encode(raw)
        assert decode.transfer(encoded.rstrip(b"="), "base64")[0] == raw

    def test_plain_text_called_base64_stays(self):
        assert decode.transfer(b"Hej, hur?", "base64") == (b"Hej, hur?", (Fault.BAD_ENCODING,))

    def test_a_plain_footer_below_base64_is_left_out(self):
        raw, faults = decode.transfer(base64.encodebytes(b"Hej") + b"-- \nListan!", "base64")
        assert (raw, faults) == (b"Hej", (Fault.BAD_ENCODING,))

    @given(st.binary(max_size=300), st.sampled_from(["base64", "quoted-printable", "x-uuencode"]))
    def test_any_bytes_are_taken(self, raw, encoding):
        assert isinstance(decode.transfer(raw, encoding)[0], bytes)


class TestFlowedText:
    @given(swedish_texts.filter(lambda text: ">" not in text))
    def test_text_whose_lines_do_not_flow_is_unchanged(self, text):
        assert decode.unflow(text, delete_space=False) == text

    @pytest.mark.parametrize(
        ("written", "delete_space", "read"),
        [
            ("en rad \nsom flyter\nslut", False, "en rad som flyter\nslut"),
            ("fak \ntura", True, "faktura"),
            ("> citat \n> vidare\nsvar", False, "> citat vidare\nsvar"),
            ("> citat \n>> djupare", False, "> citat \n>> djupare"),
            ("stycke \n\nnytt", False, "stycke \n\nnytt"),
            ("Hej \n-- \nEva", False, "Hej \n-- \nEva"),
            (" From en stad", False, "From en stad"),
        ],
    )
    def test_lines_that_flow_are_joined(self, written, delete_space, read):
        assert decode.unflow(written, delete_space=delete_space) == read
