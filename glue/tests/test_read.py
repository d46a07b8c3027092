import csv
import gzip
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from statements import HEADER, csv_of, expense

from centflow_glue.contract import load_contracts
from centflow_glue.limits import ReadLimits
from centflow_glue.rejection import UploadRejectedError
from centflow_glue.rows.quarantine import QuarantinedRow, QuarantinedRows
from centflow_glue.rows.read import BLOCK_BYTES, CsvReader, Header, RecordTooLongError, read_in_blocks

EXPENSES = load_contracts()["expenses"]
HEAD = ",".join(HEADER)
BOM = b"\xef\xbb\xbf"


@dataclass
class Read:
    """The result of reading a CSV.

    Attributes:
        header: The matched header.
        rows: Row number and cells of each row.
        ragged: The ragged rows, in the order in which they were reported.
    """

    header: Header
    rows: list[tuple[int, list[str]]]
    ragged: list[QuarantinedRow]

    @property
    def numbers(self) -> list[int]:
        """The row numbers of the rows that are not ragged."""
        return [number for number, _ in self.rows]


def read(
    body: bytes, *, compressed: bool = False, limits: ReadLimits | None = None, block_bytes: int = BLOCK_BYTES
) -> Read:
    return read_all(open_reader(body, compressed, limits, block_bytes))


def open_reader(body: bytes, compressed: bool, limits: ReadLimits | None, block_bytes: int) -> CsvReader:
    return CsvReader(io.BytesIO(body), EXPENSES, compressed, limits or ReadLimits(), block_bytes)


def read_all(reader: CsvReader) -> Read:
    found = Read(reader.header, [], [])
    for batch in reader.batches(found.ragged.extend):
        columns = [column.to_pylist() for column in batch.cells]
        found.rows += [
            (int(number), [column[position] for column in columns]) for position, number in enumerate(batch.row_numbers)
        ]
    return found


def rejection(body: bytes, **options) -> tuple[str, str]:
    with pytest.raises(UploadRejectedError) as rejected:
        read(body, **options)
    return rejected.value.code, rejected.value.reason


# Tests of accepted files.


@pytest.mark.parametrize("bom", [b"", BOM])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("final", [True, False])
@pytest.mark.parametrize("compressed", [False, True])
def test_a_byte_order_mark_and_the_kind_of_line_end_do_not_change_the_rows(
    bom: bytes, line_end: str, final: bool, compressed: bool
):
    rows = [expense(merchant="Büro ☕", amount=f"{number}.50") for number in range(3)]
    body = bom + csv_of(*rows, line_end=line_end)
    body = body if final else body.removesuffix(line_end.encode())
    found = read(gzip.compress(body) if compressed else body, compressed=compressed)
    assert found.rows == list(enumerate(rows, start=2))
    assert found.header.names == HEADER


def test_a_gzip_file_of_several_members_is_read_as_one_csv():
    first, second = csv_of(expense()), csv_of(expense(amount="4"))[len(HEAD) + 1 :]
    assert read(gzip.compress(first) + gzip.compress(second), compressed=True).numbers == [2, 3]


def test_quoted_cells_may_contain_commas_quotes_and_line_ends():
    text = 'two "big"\r\ncoffees,\nand\ra cake'
    found = read(csv_of(expense(description=text), expense()))
    assert found.rows == [(2, expense(description=text)), (3, expense())]


def test_quotes_within_an_unquoted_cell_are_text():
    line = '2025-01-15,27" screens,Office,card,3.50,EUR,"a ""b"""'
    assert read(f"{HEAD}\n{line}\n".encode()).rows == [
        (2, ["2025-01-15", '27" screens', "Office", "card", "3.50", "EUR", 'a "b"'])
    ]


def test_spaces_around_cells_are_unchanged():
    assert read(csv_of(expense(merchant="  Café  "))).rows[0][1][1] == "  Café  "


def test_a_file_with_only_a_header_has_no_rows():
    for body in (HEAD, f"{HEAD}\n", f"{HEAD}\r\n\r\n", f"{HEAD}\n,,,,,,\n"):
        found = read(body.encode())
        assert found.rows == []
        assert found.ragged == []


def test_rows_without_any_value_are_skipped_and_still_numbered():
    line = ",".join(expense())
    found = read(f"{HEAD}\n\n{line}\n,,,,,,\n\n{line}\r\n\r\n{line}\n\n\n".encode())
    assert found.numbers == [3, 6, 8]
    assert found.ragged == []


def test_empty_lines_and_comma_only_rows_may_precede_the_header():
    line = ",".join(expense())
    found = read(f"\n,,\n\n{HEAD}\n{line}\n".encode())
    assert found.header.row_number == 4
    assert found.numbers == [5]


# Tests of the header.


def test_headers_may_have_any_order_any_letter_case_and_surrounding_spaces():
    header = [" Currency", "AMOUNT ", "Date", "Merchant", "\tCategory", "Account", "Description", "CITY"]
    found = read(csv_of(["EUR", "1", "2025-01-15", "m", "c", "a", "", "Graz"], header=header))
    assert found.header.positions == {
        "currency": 0,
        "amount": 1,
        "date": 2,
        "merchant": 3,
        "category": 4,
        "account": 5,
        "description": 6,
        "city": 7,
    }
    assert found.header.ignored == ()


def test_a_quoted_header_is_recognised():
    body = ",".join(f'"{name}"' for name in HEADER) + "\n" + ",".join(expense()) + "\n"
    assert read(body.encode()).numbers == [2]


def test_unknown_columns_are_listed_as_in_the_file_even_if_they_are_repeated():
    header = [*HEADER, " Saldo ", "", "Notes", "Notes"]
    found = read(csv_of(expense(a="1", b="2", c="3", d="4"), header=header))
    assert found.header.ignored == ("Saldo", "Notes", "Notes")
    assert "saldo" not in found.header.positions


def test_missing_headers_are_reported_with_the_headers_that_were_found():
    assert rejection(b"date,payee,amount\n2025-01-15,x,1\n") == (
        "missing_header",
        "The header is missing merchant, category, account, currency, description, which a file of expenses needs. "
        "The header has date, payee, amount. Add the missing columns and upload the file again.",
    )


@pytest.mark.parametrize(("mark", "word"), [(";", "semicolons"), ("\t", "tabs")])
def test_a_separator_other_than_the_comma_is_recognised(mark: str, word: str):
    code, reason = rejection(HEAD.replace(",", mark).encode() + b"\n")
    assert code == "missing_header"
    assert reason.endswith(f"Save the file with commas instead of {word} between its columns.")


def test_repeated_headers_are_reported():
    assert rejection(b"Date,DATE, amount ,date," + HEAD.encode() + b"\n") == (
        "duplicate_header",
        "The header names amount, date more than once. Keep one column of each name.",
    )


def test_a_file_without_a_header_is_rejected_for_missing_headers():
    code, reason = rejection(",".join(expense()).encode())
    assert code == "missing_header"
    assert "The header has 2025-01-15, Café Central" in reason


# Tests of ragged rows.


def test_rows_with_too_few_or_too_many_cells_are_reported_with_their_number_and_text():
    short, long = "2025-01-15,x,1", ",".join(expense()) + ",more,and more"
    found = read(f"{HEAD}\n{','.join(expense())}\n{short}\n{long}\n{','.join(expense())}\n".encode())
    assert found.numbers == [2, 5]
    assert [(row.row_no, row.code, row.column, row.raw_text) for row in found.ragged] == [
        (3, "ragged_row", None, short),
        (4, "ragged_row", None, long),
    ]
    assert found.ragged[0].message == (
        "The row has 3 cells, but the header has 7. Check its commas, and quote cells that contain one."
    )


def test_a_file_of_ragged_rows_only_is_read_to_its_end():
    found = read(f"{HEAD}\n".encode() + b"a,b\n" * 5)
    assert [row.row_no for row in found.ragged] == [2, 3, 4, 5, 6]
    assert found.rows == []


def test_an_error_in_the_handler_of_ragged_rows_is_raised_unchanged():
    def fail(rows: QuarantinedRows) -> None:
        raise OSError("No space left on device")

    reader = CsvReader(io.BytesIO(csv_of() + b"a,b\n" * 1000), EXPENSES, False, ReadLimits())
    with pytest.raises(OSError, match="No space left"):
        list(reader.batches(fail))


@pytest.mark.parametrize("block_bytes", [150, 157, 200, 256, 1000])
def test_row_numbers_are_correct_across_blocks(block_bytes: int):
    chance = random.Random(block_bytes)
    lines, expected, ragged = [HEAD], [], []
    for number in range(2, 400):
        kind = chance.choice(["good", "good", "quoted", "ragged", "empty", "commas"])
        cells = expense(description=str(number))
        if kind == "ragged":
            lines.append(",".join(cells[: chance.randint(2, 6)]) if chance.random() < 0.5 else ",".join([*cells, "x"]))
            ragged.append(number)
        elif kind in ("empty", "commas"):
            lines.append("" if kind == "empty" else "," * 6)
        else:
            cells[6] = f"{number}\n" if kind == "quoted" else cells[6]
            lines.append(",".join(cells) if kind == "good" else ",".join(cells[:6]) + f',"{number}\n"')
            expected.append((number, cells))
    found = read("\n".join(lines).encode(), block_bytes=block_bytes)
    assert found.rows == expected
    assert [row.row_no for row in found.ragged] == ragged


SPECIAL = [
    "",
    '"',
    ",",
    "\n",
    "\r",
    "\r\n",
    '""',
    "\0",
    "\x10",
    "0",
    "1",
    "\x1a",
    "\\",
    "é",
    "☕",
    "😀",
    " ",
    "x",
    "long enough to skip",
]
CELLS = st.one_of(
    st.lists(st.sampled_from(SPECIAL), max_size=3).map("".join), st.text(st.characters(codec="utf-8"), max_size=3)
)


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, list[tuple[int, list[str]]], list[int]]:
    """Draws a CSV that Python's csv module writes, its rows by row number, and the row numbers of its ragged rows."""
    line_end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    quoting = draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator=line_end, quoting=quoting)
    writer.writerow(HEADER)
    rows, ragged = [], []
    for number in range(2, 2 + draw(st.integers(0, 12))):
        width = draw(st.sampled_from([7] * 6 + [2, 6, 8]))
        cells = draw(st.lists(CELLS, min_size=width, max_size=width))
        if quoting == csv.QUOTE_MINIMAL:  # the csv module quotes only its own line end
            cells = [cell.replace("\r", "").replace("\n", "") for cell in cells]
        writer.writerow(cells)
        if width != 7:
            ragged.append(number)
        elif any(cells):
            rows.append((number, cells))
    text = buffer.getvalue()
    return (text if draw(st.booleans()) else text.removesuffix(line_end)).encode(), rows, ragged


@given(files(), st.integers(0, 400), st.booleans())
def test_files_of_pythons_csv_module_are_read_back_with_any_block_size(file, more_bytes: int, bom: bool):
    body, rows, ragged = file
    longest = max(len(line) for line in [HEAD.encode(), *body.split(b'"\n"'), *body.split(b"\n")])
    found = read((BOM if bom else b"") + body, block_bytes=2 * longest + more_bytes + 8)
    assert found.rows == rows
    assert [row.row_no for row in found.ragged] == ragged


@pytest.mark.parametrize("offset", range(18))
@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
def test_a_nul_stays_in_its_cell(offset: int, quoting: int):
    """Checks NULs after long cells, because pyarrow then overlooks the commas and line ends that follow a NUL."""
    rows = [expense(merchant="m" * 40, category="c" * 40, description="d" * 40) for _ in range(1200)]
    for number in (0, 600, 1199):
        rows[number][6] = "d" * offset + "\0"
    rows[900][1] = "\0" + "m" * offset
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n", quoting=quoting).writerows([HEADER, *rows, ["\0", "ragged"]])
    found = read(buffer.getvalue().encode(), block_bytes=1 << 15)
    assert found.rows == list(enumerate(rows, start=2))
    assert [(row.row_no, row.raw_text.strip('"')[0]) for row in found.ragged] == [(1202, "\0")]


@pytest.mark.parametrize("block_bytes", range(200, 210))
def test_a_line_end_in_a_quoted_cell_between_two_blocks_is_unchanged(block_bytes: int):
    """Tests many sizes, because pyarrow treats a line feed at the start of a block as part of the last line end."""
    rows = [expense(description="\r\n" * 40), expense(description="\n" * 80), expense(description="\r" * 80)]
    assert read(csv_of(*rows, line_end="\r\n"), block_bytes=block_bytes).rows == list(enumerate(rows, start=2))


# Tests of rejected files.


@pytest.mark.parametrize("body", [b"", b" ", b"\n\n\r\n", BOM, BOM + b"\n", b",,,\n,,\n", b'""\n'])
def test_a_file_without_any_value_is_rejected_as_empty(body: bytes):
    code, reason = rejection(body)
    assert code == "empty_file"
    assert "Upload it again with a header and rows" in reason


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_recognised_with_and_without_a_byte_order_mark(encoding: str):
    code, reason = rejection(csv_of(expense()).decode().encode(encoding))
    assert code in ("not_utf8", "not_csv")
    assert "UTF-16" in reason
    assert "CSV UTF-8" in reason


def test_invalid_utf_8_is_reported_with_row_column_and_a_guess():
    body = csv_of(expense(), expense(), expense(merchant="X")).replace(b",X,", b",Caf\xe9,")
    assert rejection(body) == (
        "not_utf8",
        "Row 4, column merchant: the byte 0xE9 is not UTF-8 (Café if it is Latin-1). "
        "Save the file again as “CSV UTF-8”.",
    )


def test_invalid_utf_8_is_rejected_even_in_an_ignored_column():
    header, body = HEAD + ",note\n", ",".join(expense(note="X"))
    code, reason = rejection((header + body).encode().replace(b",X", b",\xff"))
    assert code == "not_utf8"
    assert "Row 2, column note" in reason


def test_invalid_utf_8_in_a_ragged_row_is_reported_with_the_row_and_the_column_if_known():
    body = f"{HEAD}\n{','.join(expense())}\n".encode()
    code, reason = rejection(body + b"Caf\xe9,1\n")
    assert code == "not_utf8"
    assert reason.startswith("Row 3, column date: the byte 0xE9 is not UTF-8 (Café if it is Latin-1)")
    code, reason = rejection(body + b"1,2,3,4,5,6,7,Caf\xe9,9\n")
    assert code == "not_utf8"
    assert reason.startswith("Row 3: the byte 0xE9 is not UTF-8 (Café if it is Latin-1)")


def test_invalid_utf_8_in_the_header_is_reported():
    code, reason = rejection(csv_of(header=[*HEADER, "X"]).replace(b",X", b",\xe9"))
    assert (code, reason) == ("not_utf8", "The header is not UTF-8. Save the file again as “CSV UTF-8”.")


@pytest.mark.parametrize(
    ("start", "word"),
    [
        (b"PK\x03\x04", "Excel workbook or a zip"),
        (b"\xd0\xcf\x11\xe0", "old Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b", "ends in .csv.gz"),
    ],
)
def test_files_of_other_programs_are_recognised(start: bytes, word: str):
    code, reason = rejection(start + b"\0\1\2")
    assert code == "not_csv"
    assert word in reason


def test_a_truncated_gzip_file_is_rejected_wherever_it_was_cut():
    whole = gzip.compress(csv_of(*[expense(amount=str(number)) for number in range(20_000)]))
    for length in (5, 20, len(whole) // 2, len(whole) - 1):
        assert rejection(whole[:length], compressed=True) == (
            "truncated_gzip",
            "The compressed file is cut off. Upload it again.",
        )


def test_a_gz_file_that_is_not_gzip_is_rejected():
    code, reason = rejection(csv_of(expense()), compressed=True)
    assert code == "not_gzip"
    assert "Compress it again" in reason


def test_a_gzip_file_with_a_changed_byte_is_rejected():
    body = bytearray(gzip.compress(csv_of(*[expense()] * 1000)))
    body[-6] ^= 0xFF  # its checksum
    code, _ = rejection(bytes(body), compressed=True)
    assert code == "not_gzip"


def test_an_empty_gzip_file_is_rejected_as_empty():
    assert rejection(gzip.compress(b""), compressed=True)[0] == "empty_file"
    assert rejection(b"", compressed=True)[0] in ("empty_file", "truncated_gzip")


def test_a_gzip_bomb_is_not_expanded_beyond_the_limit():
    line = ",".join(expense()).encode() + b"\n"

    class Counted(io.BytesIO):
        bytes_read = 0

        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            Counted.bytes_read += len(data)
            return data

    bomb = gzip.compress(HEAD.encode() + b"\n" + line * 1_200_000)
    # The compressed file is larger than any single read.
    assert len(bomb) > 128 << 10
    stream = Counted(bomb + gzip.compress(line * 400_000) * 20)
    reader = CsvReader(stream, EXPENSES, True, ReadLimits(expanded_bytes=6 << 20))
    with pytest.raises(UploadRejectedError) as rejected:
        for _ in reader.batches():
            pass
    assert rejected.value.code == "too_large"
    assert rejected.value.reason == "The CSV is larger than 6 MiB. Split it into several files."
    assert Counted.bytes_read < len(bomb)


def test_a_file_whose_size_equals_the_limit_is_read():
    body = csv_of(expense())
    assert read(body, limits=ReadLimits(expanded_bytes=len(body))).numbers == [2]
    assert rejection(body, limits=ReadLimits(expanded_bytes=len(body) - 1))[0] == "too_large"


def test_a_record_longer_than_the_block_is_reported():
    body = csv_of(expense(), expense(description="x" * 5000), expense())
    with pytest.raises(RecordTooLongError):
        read(body, block_bytes=1000)
    assert len(read(body, block_bytes=8000).rows) == 3


OPEN = f'{HEAD}\n2025-01-15,Café,Coffee,card,3.50,EUR,"never closed\n'


@pytest.mark.parametrize(
    ("body", "row_number"),
    [
        (OPEN + ",".join(expense()) + "\n", 2),
        (f'{HEAD}\n{",".join(expense())}\n2025-01-15,"Café,Coffee,card,3.50,EUR,\n' + ",".join(expense()) + "\n", 3),
        (OPEN + ("\n".join([",".join(expense())] * 50)), 2),
        (OPEN.replace("\n", "\r\n") + ",".join(expense()) + "\r\n", 2),
        (f'{HEAD}\n2025-01-15,27" screen,Office,card,3.50,EUR,"never closed\n' + ",".join(expense()) + "\n", 2),
    ],
)
def test_an_open_quote_is_reported_and_does_not_hide_later_rows(body: str, row_number: int):
    code, reason = rejection(body.encode())
    assert code == "open_quote"
    assert reason.startswith(f"Row {row_number} opens a quote that is never closed")


@pytest.mark.parametrize(
    "last",
    [
        '2025-01-15,Café,Coffee,card,3.50,EUR,"two\nlines"',
        '2025-01-15,"Ca\nfé",Coffee,card,3.50,EUR,x',
        '2025-01-15,Café,Coffee,card,3.50,EUR,"ends with a quote\n"""',
    ],
)
@pytest.mark.parametrize("screen", ['27" screen', "screen", '"27"" screen"'])
@pytest.mark.parametrize("final", ["", "\n"])
def test_a_closed_quote_is_never_reported_as_open(last: str, screen: str, final: str):
    body = f"{HEAD}\n2025-01-15,{screen},Office,card,3.50,EUR,\n{last}{final}"
    assert read(body.encode()).numbers == [2, 3]


# Tests of files with several faults.

LINE = ",".join(expense()).encode() + b"\n"
LATIN_1 = b"2025-01-15,Caf\xe9,c,a,1,EUR,\n"
LIMITED = ReadLimits(expanded_bytes=3000)
TOO_LARGE = "too_large"


def first_fault(body: bytes, compressed: bool = False, limits: ReadLimits | None = None) -> str:
    """Returns the code of the rejection. Checks that it is the same in blocks of any size."""
    found = set()
    for block_bytes in (200, 333, 4096, BLOCK_BYTES):
        with pytest.raises(UploadRejectedError) as rejected:
            read_in_blocks(partial(open_reader, body, compressed, limits), read_all, block_bytes)
        found.add((rejected.value.code, rejected.value.reason))
    ((code, _),) = found
    return code


@pytest.mark.parametrize("lines", [0, 1, 10, 40])
def test_invalid_utf_8_before_the_size_limit_is_reported_instead_of_the_limit(lines: int):
    head = HEAD.encode() + b"\n"
    assert first_fault(head + LATIN_1 + LINE * (lines + 80), limits=LIMITED) == "not_utf8"
    at = len(head + LINE * lines) + LATIN_1.index(b"\xe9")
    # The first byte alone could begin a character. Only the next byte shows that it does not.
    for limit, code in ((at + 2, "not_utf8"), (at + 1, TOO_LARGE), (at, TOO_LARGE), (at - 1, TOO_LARGE)):
        body = head + LINE * lines + LATIN_1
        assert first_fault(body, limits=ReadLimits(expanded_bytes=limit)) == code


def test_the_first_invalid_byte_is_reported_in_any_row_and_column():
    ragged, column_7 = b"\xe9,1\n", b"2025-01-15,m,c,a,1,EUR,\xe9\n"
    for rows, named in (
        (column_7 + LATIN_1, "Row 2, column description"),
        (LATIN_1 + column_7, "Row 2, column merchant"),
        (column_7 + ragged, "Row 2, column description"),
        (ragged + column_7, "Row 2, column date"),
        (LINE * 100 + column_7 + LINE * 100 + ragged, "Row 102, column description"),
    ):
        for block_bytes in (200, BLOCK_BYTES):
            _, reason = rejection(f"{HEAD}\n".encode() + rows, block_bytes=block_bytes)
            assert reason.startswith(f"{named}: the byte 0xE9")


@pytest.mark.parametrize("character", ["é", "☕", "😀"])
def test_a_cut_character_is_invalid_utf_8_only_at_the_end_of_the_file(character: str):
    body = f"{HEAD}\n2025-01-15,{character}".encode()
    for missing in range(1, len(character.encode())):
        cut = len(body) - missing
        assert first_fault(body, limits=ReadLimits(expanded_bytes=cut)) == TOO_LARGE
        assert first_fault(body[:cut]) == "not_utf8"


@pytest.mark.parametrize("block_bytes", range(200, 212))
def test_characters_on_the_border_of_two_blocks_are_valid(block_bytes: int):
    rows = [expense(description="é☕😀" * 10) for _ in range(20)]
    assert read(csv_of(*rows), block_bytes=block_bytes).rows == list(enumerate(rows, start=2))


@pytest.mark.parametrize("quoted", ["", '"', '"a""', '"a"', '"a\n'])
def test_invalid_utf_8_is_reported_inside_and_after_quotes(quoted: str):
    body = f"{HEAD}\n".encode() + LINE + f"2025-01-15,m,{quoted}".encode() + b"\xe9"
    for end in (b"", b"\n", b'",a,1,EUR,\n', b",a,1,EUR,\n" + LINE):
        code, reason = rejection(body + end)
        assert code == "not_utf8"
        assert reason.startswith("Row 3, column category: the byte 0xE9 is not UTF-8 (")


def test_the_message_about_an_invalid_byte_quotes_a_short_text_without_control_characters():
    body = f"{HEAD}\n2025-01-15,{'m' * 50}".encode() + b"\x80\x9b\xe9" + b"x" * 50
    assert f"({'m' * 20}\\x80\\x9bé{'x' * 18} if it is Latin-1)" in rejection(body)[1]
    body = f"{HEAD}\n2025-01-15,a\x1b".encode() + b"\xe9\0b"
    assert "(é if it is Latin-1)" in rejection(body)[1]
    # The quoted text is short even if the cell is long.
    body = f"{HEAD}\n2025-01-15,{'m' * (3 << 20)}".encode() + b"\xe9\n"
    assert f"({'m' * 20}é if it is Latin-1)" in rejection(body)[1]


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (HEAD.encode() + b"\n" + LATIN_1, b"", "not_utf8"),
        (b"date,merchant\n", b"", "missing_header"),
        (b"%PDF\n", b"", "not_csv"),
        (HEAD.encode() + b"\n", b'"', "open_quote"),
    ],
)
def test_gzip_damage_outranks_csv_faults_unless_the_csv_is_too_large(start: bytes, end: bytes, code: str):
    body = start + b"".join(b"%d,%d\n" % (number, number * number) for number in range(2000)) + end
    whole = gzip.compress(body)
    assert first_fault(whole, compressed=True) == code
    for fault, stored in (
        ("truncated_gzip", whole[:-9]),
        ("not_gzip", whole[:-8] + bytes(8)),
        ("not_gzip", whole + b"more"),
    ):
        assert first_fault(stored, compressed=True) == fault
        limited = first_fault(stored, compressed=True, limits=ReadLimits(expanded_bytes=len(body) - 1))
        assert limited == (TOO_LARGE if code == "open_quote" else code)


def test_a_header_fault_outranks_later_faults_but_not_a_limit_inside_the_header():
    header = b"date,merchant\n"
    assert first_fault(header + LATIN_1) == "missing_header"
    assert first_fault(header + LINE * 80, limits=LIMITED) == "missing_header"
    assert first_fault(header, limits=ReadLimits(expanded_bytes=len(header) - 1)) == TOO_LARGE
    assert first_fault(b"\n\n" + header, limits=ReadLimits(expanded_bytes=2)) == TOO_LARGE
    assert first_fault(b"date\xe9,merchant\n", limits=ReadLimits(expanded_bytes=8)) == "not_utf8"


def test_faults_inside_an_open_quote_are_reported_before_the_open_quote():
    body = f'{HEAD}\n2025-01-15,"never closed\n'.encode()
    assert first_fault(body + LINE * 10) == "open_quote"
    assert first_fault(body + LINE * 10 + LATIN_1) == "not_utf8"
    assert first_fault(body + LINE * 80, limits=LIMITED) == TOO_LARGE


@pytest.mark.parametrize(
    ("before", "within", "code"),
    [
        (b"", b"", "record_too_long"),
        (LATIN_1, b"", "not_utf8"),
        (b"", b"\xe9", "not_utf8"),
        (b"", b"x" * 9000 + b"\xe9", "record_too_long"),
        (LINE * 70, b"", TOO_LARGE),
    ],
)
def test_an_overlong_record_is_reported_only_if_the_block_contains_no_earlier_fault(
    before: bytes, within: bytes, code: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("centflow_glue.rows.read.LARGE_BLOCK_BYTES", 4096)
    body = f"{HEAD}\n".encode() + before + b'2025-01-15,"' + within + b"x" * 9000 + b'"\n' + LATIN_1
    limits = LIMITED if code == TOO_LARGE else None
    found = set()
    for block_bytes in (200, 1000, 4096):
        with pytest.raises(UploadRejectedError) as rejected:
            read_in_blocks(partial(open_reader, body, False, limits), read_all, block_bytes)
        found.add(rejected.value.code)
    assert found == {code}
    with pytest.raises(UploadRejectedError) as rejected:
        read_in_blocks(partial(open_reader, gzip.compress(body)[:-1], True, None), read_all, 200)
    assert rejected.value.code == "truncated_gzip"


def test_ragged_rows_are_reported_in_order_even_if_one_thread_is_faster():
    chance = random.Random(5)
    lines = [b"a,b\n" if chance.random() < 0.3 else LINE for _ in range(3000)]
    found = read(f"{HEAD}\n".encode() + b"".join(lines), block_bytes=1000)
    assert [row.row_no for row in found.ragged] == [row for row, line in enumerate(lines, start=2) if line != LINE]
    assert found.numbers == [row for row, line in enumerate(lines, start=2) if line == LINE]


def test_a_control_character_is_not_confused_with_a_later_nul():
    rows = [expense(merchant=text) for text in ("\x1a", "\x10", "\x100", "\0", "\x10\0", "\x001", "\x101")]
    for order in (rows, rows[::-1]):
        body = csv_of(*order) + b"\x1a\x10,ragged\n" + csv_of(expense(merchant="\0"))
        found = read(body, block_bytes=200)
        assert [cells for _, cells in found.rows[: len(rows)]] == order
        assert found.ragged[0].raw_text == "\x1a\x10,ragged"


@given(st.binary(max_size=300))
@example(b"\0" * 100)
@example(HEAD.encode() + b"\n\x1a")
def test_any_bytes_are_read_or_rejected_with_a_reason(rest: bytes):
    for body, compressed in ((rest, False), (f"{HEAD}\n".encode() + rest, False), (rest, True)):
        outcome = read_or_rejection(body, compressed)
        if isinstance(outcome, UploadRejectedError):
            assert outcome.code.isidentifier()
            assert outcome.reason.endswith((".", "”."))


def read_or_rejection(body: bytes, compressed: bool) -> Read | UploadRejectedError:
    try:
        return read(body, compressed=compressed)
    except UploadRejectedError as error:
        return error


def distinct(numbers: Sequence[int]) -> bool:
    return len(set(numbers)) == len(numbers)


@given(st.text(st.sampled_from('a,"\n\r☕'), max_size=60), st.integers(0, 40))
def test_every_row_number_occurs_once_in_a_file_with_any_quotes(rest: str, more_bytes: int):
    try:
        found = read(f"{HEAD}\n{rest}".encode(), block_bytes=300 + more_bytes)
    except UploadRejectedError:
        return
    assert distinct([*found.numbers, *(row.row_no for row in found.ragged)])
    assert found.numbers == sorted(found.numbers)
