from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.ledger_file import (
    Column,
    Fault,
    FaultKind,
    Invoice,
    LedgerFormat,
    LedgerRefused,
    Row,
    detect_encoding,
    read_rows,
    to_day,
    to_ore,
)
from bot.vocabulary import InvoiceStage
from tests.ledger_files import HEADER, row


def read(*lines, header=HEADER, form=None, end="\n"):
    text = "".join(f"{line}{end}" for line in (header, *lines))
    return list(read_rows(io.StringIO(text, newline=None), form or LedgerFormat()))


def fault_of(line):
    (found,) = read(line)
    assert isinstance(found, Fault)
    assert found.line == 2
    return found.kind


def invoice_of(line, **more):
    (found,) = read(line, **more)
    assert isinstance(found, Row)
    return found.invoice


def test_a_row_is_read_whole():
    line = row(40012345, ocr="4001 23459", due="2026-02-28", stage="betald", paid_on="2026-03-02")
    assert invoice_of(line) == Invoice(
        number="40012345",
        ocr="400123459",
        customer_no="1001",
        customer="Bolaget AB",
        due=date(2026, 2, 28),
        amount_ore=123450,
        stage=InvoiceStage.PAID,
        paid_on=date(2026, 3, 2),
    )


@pytest.mark.parametrize(
    ("word", "stage"),
    [
        ("öppen", InvoiceStage.OPEN),
        ("Påmind", InvoiceStage.REMINDED),
        ("INKASSO", InvoiceStage.COLLECTION),
        (" betald ", InvoiceStage.PAID),
        ("krediterad", InvoiceStage.CREDITED),
    ],
)
def test_each_stage_has_its_word(word, stage):
    assert invoice_of(row(stage=word)).stage is stage


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (row(due="2026-02-30"), FaultKind.DUE),
        (row(due="imorgon"), FaultKind.DUE),
        (row(due="0026-02-03"), FaultKind.DUE),
        (row(paid_on="2026-13-01"), FaultKind.PAID_ON),
        (row(amount="tusen"), FaultKind.AMOUNT),
        (row(amount=""), FaultKind.AMOUNT),
        (row(amount="12,345"), FaultKind.AMOUNT),
        (row(""), FaultKind.NUMBER),
        (row("4O012345"), FaultKind.NUMBER),
        (row("4001 2345"), FaultKind.NUMBER),
        (row("9" * 31), FaultKind.NUMBER),
        (row("٤٠٠١٢٣٤٥"), FaultKind.NUMBER),
        (row(stage="borta"), FaultKind.STAGE),
        (row(customer_no="7" * 31), FaultKind.CUSTOMER_NO),
        (row() + ";", FaultKind.FIELDS),
        ("40012345;1", FaultKind.FIELDS),
        (row(customer="x" * 70_000), FaultKind.TOO_LONG),
    ],
)
def test_a_faulty_row_is_named_by_its_kind(line, kind):
    assert fault_of(line) is kind


def test_a_faulty_row_leaves_the_rows_around_it_alone():
    found = read(row(1), row(""), row(3))
    assert [(each.line, isinstance(each, Row)) for each in found] == [
        (2, True),
        (3, False),
        (4, True),
    ]


def test_a_due_date_may_be_absent():
    assert invoice_of(row(due="")).due is None


def test_a_row_with_a_malformed_ocr_number_is_named_and_kept_without_it():
    fault, kept = read(row(40012345, ocr="se bilaga"))
    assert fault == Fault(2, FaultKind.OCR)
    assert kept.invoice.ocr is None


def test_a_negative_amount_is_kept():
    assert invoice_of(row(amount="-12,00")).amount_ore == -1200


def test_a_formula_in_a_name_stays_as_it_is():
    assert invoice_of(row(customer='=HYPERLINK("x")')).customer == '=HYPERLINK("x")'


def test_control_characters_do_not_reach_the_database():
    assert invoice_of(row(customer="Bo\0la\x07get")).customer == "Bo la get"


def test_a_name_that_is_too_long_is_clipped():
    assert len(invoice_of(row(customer="x" * 5000)).customer) == 200


def test_a_separator_within_quotation_marks_is_part_of_the_name():
    assert invoice_of(row(customer='"Ek; Alm ""& co"""')).customer == 'Ek; Alm "& co"'


def test_a_name_may_stretch_over_lines_within_quotation_marks():
    found = read(row(1, customer='"Ek\noch Alm"'), row(2))
    assert [(each.line, each.invoice.customer) for each in found] == [
        (2, "Ek och Alm"),
        (4, "Bolaget AB"),
    ]


def test_a_lone_quotation_mark_costs_its_own_row_only():
    found = read(row(1, customer='"Ek'), *[row(n) for n in range(2, 20)])
    assert found[0] == Fault(2, FaultKind.FIELDS)
    assert [each.invoice.number for each in found[1:]] == [str(n) for n in range(2, 20)]


def test_quotation_marks_within_a_name_are_part_of_it():
    assert invoice_of(row(customer='AB "Ek" i Väst')).customer == 'AB "Ek" i Väst'


def test_empty_lines_are_passed_over():
    assert len(read("", row(1), "  ", row(2), "")) == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(end):
    assert [each.line for each in read(row(1), row(2), end=end)] == [2, 3]


def test_columns_may_stand_in_any_order_beside_others():
    found = invoice_of(
        "x,40012345,open,7.50,2026-03-31",
        header="Other, INVOICE no ,State,Sum,Due",
        form=LedgerFormat(
            header={
                Column.NUMBER: "Invoice no",
                Column.STAGE: "state",
                Column.AMOUNT: "sum",
                Column.DUE: "due",
            },
            separator=",",
            decimal_mark=".",
            stages={"open": InvoiceStage.OPEN},
        ),
    )
    assert (found.number, found.amount_ore, found.ocr) == ("40012345", 750, None)


def test_a_missing_column_refuses_the_file_and_is_named():
    with pytest.raises(LedgerRefused, match="förfallodatum, status"):
        read(header="fakturanr;ocr;kundnr;kund;belopp;betaldatum")


def test_an_empty_file_is_refused():
    with pytest.raises(LedgerRefused, match="fakturanr"):
        list(read_rows(io.StringIO(""), LedgerFormat()))


@pytest.mark.parametrize(
    ("text", "mark", "ore"),
    [
        ("1 234,50", ",", 123450),
        ("1\u00a0234\u00a0567,5", ",", 123456750),
        ("1.234,50", ",", 123450),
        ("-12,00", ",", -1200),
        ("\u221212,00", ",", -1200),
        ("12,00-", ",", -1200),
        ("12", ",", 1200),
        ("12,5000", ",", 1250),
        ("1,234.50", ".", 123450),
        ("1 234.50", ".", 123450),
        ("0,10", ",", 10),
    ],
)
def test_an_amount_is_read_to_the_ore(text, mark, ore):
    assert to_ore(text, mark) == ore


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        ",50",
        "12,",
        "1.23",
        "12.345.6",
        "1 2345",
        "--1",
        "-1-",
        "1e5",
        "NaN",
        "١٢",
        "9" * 16,
    ],
)
def test_what_is_no_amount_is_never_guessed(text):
    assert to_ore(text, ",") is None


@given(st.integers(-(10**13), 10**13), st.sampled_from([",", "."]), st.sampled_from([" ", "x"]))
def test_every_amount_comes_back_as_it_was_written(ore, mark, grouping):
    kronor, rest = divmod(abs(ore), 100)
    other = "," if mark == "." else "."
    separator = {" ": " ", "x": other}[grouping]
    whole = f"{kronor:,}".replace(",", separator)
    assert to_ore(f"{'-' if ore < 0 else ''}{whole}{mark}{rest:02}", mark) == ore


@given(st.dates(date(1900, 1, 1), date(2999, 12, 31)))
def test_every_day_comes_back_as_it_was_written(day):
    assert to_day(day.isoformat()) == to_day(day.strftime("%Y%m%d")) == day


@given(st.text(alphabet='";\n\r\0 x1,-=\ufeff', max_size=300))
@example('"\n"\n";;;;;;;\n')
def test_no_text_can_make_the_reader_raise_or_lose_a_line(text):
    lines = [HEADER, text, row(40000009)]
    found = list(read_rows(io.StringIO("\n".join(lines), newline=None), LedgerFormat()))
    numbers = [each.line for each in found]
    assert numbers == sorted(numbers)
    assert found[-1].line <= 3 + text.count("\n") + text.count("\r")
    assert isinstance(found[-1], Row) or '"' in text


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=40)))
def test_names_of_all_kinds_leave_the_other_columns_in_place(names):
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    found = read(*[row(n, customer=name) for n, name in enumerate(quoted, start=1)])
    assert [each.invoice.number for each in found] == [str(n) for n in range(1, len(names) + 1)]
    assert {each.invoice.due for each in found} <= {date(2026, 3, 31)}


def encoding_of(content, size=7):
    chunks = [content[start : start + size] for start in range(0, len(content), size)]
    return detect_encoding(chunks)[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("text", [f"{HEADER}\n{row(customer='Åkes Läder AB')}\n", "a;b\n"])
def test_the_text_comes_back_whatever_its_encoding_and_wherever_it_is_cut(encoding, text):
    content = text.encode(encoding)
    found = {encoding_of(content, size) for size in range(1, 20)}
    assert {content.decode(name) for name in found} == {text}


@pytest.mark.parametrize(
    "content",
    [
        b"kund;\x81\x8d",
        HEADER.encode() + b"\n\xff",
        HEADER.encode()[:-12] + "ö".encode()[:1],
        HEADER.encode("utf-16"),
        b"\xef\xbb\xbffakturanr\xe5",
    ],
    ids=["neither", "damaged utf-8", "cut utf-8", "utf-16", "damaged after a mark"],
)
def test_what_is_neither_utf8_nor_cp1252_is_refused(content):
    with pytest.raises(LedgerRefused, match="cp1252"):
        encoding_of(content)


def test_the_lines_are_counted_for_the_progress_bar():
    assert detect_encoding([b"a\nb\r\nc\rd"])[1] == 4


def test_a_day_after_the_last_of_a_month_is_no_day():
    last = date(2026, 3, 1) - timedelta(days=1)
    assert to_day(f"2026-02-{last.day + 1}") is None
