import string
from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functionmail.message import Address, Fault
from functionmail.parse import fields
from tests.swedish_text import swedish_lines, swedish_words

EARLIEST = datetime(1990, 1, 1)  # noqa: DTZ001 - Hypothesis adds the zone

locals_ = st.text(string.ascii_lowercase + string.digits + "-_+", min_size=1, max_size=20)
domains = st.text(string.ascii_lowercase + "-", min_size=1, max_size=20).map("{}.example".format)
spelled = st.tuples(locals_, domains).map("@".join)
names = st.lists(swedish_words, min_size=1, max_size=3).map(" ".join)
boxes = st.builds(Address, name=names, address=spelled)


class TestAddresses:
    @given(st.lists(boxes, max_size=8))
    def test_what_the_standard_library_writes_is_read_back(self, people):
        value = ", ".join(formataddr((one.name, one.address)) for one in people)
        assert fields.addresses(value) == (tuple(people), ())

    @given(st.lists(boxes, min_size=1, max_size=8), st.sampled_from([",", ", ", " ,\r\n\t", ";"]))
    def test_raw_swedish_names_are_read(self, people, separator):
        value = separator.join(f'"{one.name}" <{one.address}>' for one in people)
        assert fields.addresses(value.encode())[0] == tuple(people)

    @given(st.one_of(st.text(st.characters(), max_size=200), st.binary(max_size=200)))
    def test_any_value_is_taken(self, value):
        for one in fields.addresses(value)[0]:
            assert one.address.count("@") == 1
            assert (one.name + one.address).encode()

    @given(st.text('"<>(),;:@\\ a=?', max_size=200))
    def test_any_ruin_of_the_grammar_is_taken(self, value):
        assert all(one.local and one.domain for one in fields.addresses(value)[0])

    @pytest.mark.parametrize(
        ("written", "name", "address"),
        [
            ("Eva Ek <Eva.EK@Stad.Example>", "Eva Ek", "eva.ek@stad.example"),
            ("eva@stad.example", "", "eva@stad.example"),
            ("eva@stad.example (Eva Ek)", "Eva Ek", "eva@stad.example"),
            ("Eva Ek eva@stad.example", "Eva Ek", "eva@stad.example"),
            ("Ek, Eva <eva@stad.example>", "Ek, Eva", "eva@stad.example"),
            ('"Ek, Eva" <eva@stad.example>', "Ek, Eva", "eva@stad.example"),
            ('"Eva \\"E\\" Ek" <eva@stad.example>', 'Eva "E" Ek', "eva@stad.example"),
            ("'Eva' <eva@stad.example>", "Eva", "eva@stad.example"),
            ("=?utf-8?Q?Ek,_=C3=85sa?= <asa@stad.example>", "Ek, Åsa", "asa@stad.example"),
            ("Ekonomi: eva@stad.example;", "", "eva@stad.example"),
            ("Eva < eva @ stad.example >", "Eva", "eva@stad.example"),
            ("<mailto:eva@stad.example>", "", "eva@stad.example"),
            ("=?utf-8?q?Eva_=3Ceva=40stad.example=3E?=", "", "eva@stad.example"),
            ('"Eva <eva@stad.example>', "", "eva@stad.example"),
            ("a..b@stad.example", "", "a..b@stad.example"),
            ('"chef@stad.example" <x@y.example>', "chef@stad.example", "x@y.example"),
            ("=?utf-8?q?a=2C_b=40c.example?= <x@y.example>", "a, b@c.example", "x@y.example"),
        ],
    )
    def test_one_address_is_read_with_its_name(self, written, name, address):
        assert fields.addresses(written)[0] == (Address(name=name, address=address),)

    @pytest.mark.parametrize("written", ["a..b@", "<>", "Eva Ek", "<a@b@c>", "@", "<a b>"])
    def test_what_is_no_address_is_left_out_and_told(self, written):
        assert fields.addresses(written) == ((), (Fault.BAD_ADDRESS,))

    @pytest.mark.parametrize("written", ["", " , ,, ", "undisclosed-recipients:;"])
    def test_an_empty_list_is_no_fault(self, written):
        assert fields.addresses(written) == ((), ())

    def test_only_the_first_two_hundred_are_kept(self):
        value = ", ".join(f"a{number}@stad.example" for number in range(300))
        found, faults = fields.addresses(value)
        assert len(found) == fields.MAX_ADDRESSES
        assert faults == (Fault.TOO_MANY_ADDRESSES,)

    @pytest.mark.parametrize("unit", ['"', '"\\', "\\", "(", "((", "<", "a,", "a;", ",", "@", "a@"])
    def test_no_repetition_takes_more_than_linear_time(self, unit, seconds_for):
        small, large = (unit * (length // len(unit)) for length in (8_000, 80_000))
        limit = 40 * seconds_for(fields.addresses, small) + 0.05
        assert seconds_for(fields.addresses, large) < limit


class TestIds:
    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("<a@b.example> <C@d.example>", ("a@b.example", "C@d.example")),
            ("<a@b.example><a@b.example>", ("a@b.example",)),
            ("<[x]4711@b.example>", ("[x]4711@b.example",)),
            ("<lång rad@b.example>", ("långrad@b.example",)),
            (" utan.hakar@b.example ", ("utan.hakar@b.example",)),
            ("Ert brev av den 3 maj", ()),
            ("<>", ()),
            ("", ()),
        ],
    )
    def test_ids_are_read_without_brackets(self, written, read):
        assert fields.ids(written) == read

    def test_of_very_many_the_last_are_kept(self):
        found = fields.ids(" ".join(f"<{number}@b.example>" for number in range(500)))
        assert len(found) == fields.MAX_IDS
        assert found[-1] == "499@b.example"


class TestInstants:
    @given(st.datetimes(min_value=EARLIEST, timezones=st.timezones()))
    def test_a_date_that_was_written_by_the_rules_is_read_back(self, moment):
        moment = moment.replace(microsecond=0)
        offset = moment.utcoffset()
        if offset is not None and offset.seconds % 60 == 0:
            assert fields.instant(format_datetime(moment)) == moment.astimezone(UTC)

    @given(st.text(st.characters(), max_size=60))
    def test_any_text_is_a_moment_in_utc_or_none(self, value):
        moment = fields.instant(value)
        assert moment is None or moment.tzinfo is UTC

    def test_a_date_without_zone_is_utc(self):
        assert fields.instant("17 Jan 2018 09:14:00 -0000") == datetime(
            2018, 1, 17, 9, 14, tzinfo=UTC
        )


class TestParameters:
    @given(swedish_lines.filter(bool))
    def test_a_name_that_the_standard_library_writes_is_read_back(self, name):
        mail = EmailMessage()
        mail.add_header("Content-Disposition", "attachment", filename=name)
        raw = mail.as_bytes().partition(b": ")[2].strip()
        main, parameters = fields.parameters(raw)
        assert main == "attachment"
        assert parameters["filename"] == name

    @given(swedish_words)
    def test_a_name_as_an_encoded_word_is_read(self, name):
        word = Header(name, "utf-8").encode()
        assert fields.parameters(f'attachment; filename="{word}"'.encode())[1]["filename"] == name

    def test_what_is_remembered_cannot_be_changed(self):
        assert not hasattr(fields.parameters(b"text/plain; charset=utf-8")[1], "__setitem__")

    @given(st.binary(max_size=200))
    def test_any_value_is_taken(self, value):
        main, parameters = fields.parameters(value)
        texts = "".join((main, *parameters, *parameters.values()))
        assert texts.encode().decode() == texts

    @pytest.mark.parametrize(
        ("written", "read"),
        [
            (b"text/plain", ("text/plain", {})),
            (b" TEXT / Plain ; Charset=UTF-8", ("text / plain", {"charset": "UTF-8"})),
            (b'a; b="c;d"; e=f', ("a", {"b": "c;d", "e": "f"})),
            (b'a; b="c\\"d"', ("a", {"b": 'c"d'})),
            (b'a; b="never closed; c=d', ("a", {"b": "never closed; c=d"})),
            (b"a; b=first; b=second", ("a", {"b": "first"})),
            (b"a; b*1=tura.pdf; b*0=fak", ("a", {"b": "faktura.pdf"})),
            (b"a; b*=iso-8859-1'sv'r%E4kning", ("a", {"b": "räkning"})),
            (b"a; b*0*=utf-8''r%C3; b*1*=%A4k; b*2=ning", ("a", {"b": "räkning"})),
            (b"a; b=plain; b*=utf-8''better", ("a", {"b": "better"})),
        ],
    )
    def test_parameters_are_taken_apart(self, written, read):
        assert fields.parameters(written) == read
