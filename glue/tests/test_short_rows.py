"""Checks that a file gives the same result if its short rows are removed before pyarrow parses it."""

import io
import os
import time
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from statements import BUDGET_HEADER, HEADER, csv_of, expense

from centflow_glue.contract import load_contracts
from centflow_glue.limits import ReadLimits
from centflow_glue.rejection import UploadRejectedError
from centflow_glue.rows.read import BLOCK_BYTES, REPORTED_ROWS, CsvReader, read_in_blocks
from centflow_glue.rows.short_rows import BEFORE_CELL, advance_context, has_many_rows, remove_short_rows

CONTRACTS = load_contracts()
HEAD = ",".join(BUDGET_HEADER).encode()
BOM = b"\xef\xbb\xbf"
TOKENS = [
    *(b'"', b'"', b'""', b'"""', b",", b",", b"\n", b"\n", b"\r", b"\r\n", b"a", b"\0", b"\x10", b" ", "é".encode()),
    *(b",,,\n", b"a,b,c,d\n", b'"a\n,b",,,\n', b"\n" * 9, b"a\n" * 9, b'"\n"\n', b'",', b',"', b"x" * 40),
]


def read_file(body: bytes, block_bytes: int, feed: str = "budgets") -> object:
    """Returns the result of reading a file: rows and ragged rows with their numbers, or the rejection."""
    contract = CONTRACTS[feed]
    try:
        return read_in_blocks(
            lambda size: CsvReader(io.BytesIO(body), contract, False, ReadLimits(), size), everything, block_bytes
        )
    except UploadRejectedError as error:
        return error.code, error.reason, error.row_no, error.column


def everything(reader: CsvReader) -> object:
    rows, ragged = [], []
    for batch in reader.batches(ragged.extend):
        cells = [column.to_pylist() for column in batch.cells]
        rows += [(int(number), *row) for number, *row in zip(batch.row_numbers, *cells, strict=True)]
    return rows, ragged


def found_by_pyarrow(body: bytes, feed: str = "budgets") -> object:
    with (
        patch("centflow_glue.rows.source.has_many_rows", return_value=False),
        patch("centflow_glue.rows.read.REPORTED_ROWS", 1e9),
    ):
        return read_file(body, BLOCK_BYTES, feed)


@given(
    st.lists(st.sampled_from(TOKENS), max_size=40).map(b"".join),
    st.sampled_from([b"", BOM, b"\n\n", b",\n", BOM + b"\n"]),
    st.sampled_from([b"\n", b"\r\n", b"\r", b'\n"a"\n', b""]),
    st.integers(1, 60),
    st.sampled_from([200, 211, 1000, BLOCK_BYTES]),
)
@settings(max_examples=int(os.environ.get("CENTFLOW_FUZZ_FILES", "300")))
@example(b'"a\n""', b"", b"\n", 4, 200)
@example(b'""""\n"', b"", b"\n", 3, 200)
@example(b',\n\n\n\n\n\n\n\n\n"', b"\n\n", b"\r", 35, 200)
@example(b"\xc3", b"", b"\n", 1, 200)
@example(b"a\n\n\xc3\n", b"", b"\n", 7, 200)
def test_removing_short_rows_does_not_change_the_result_of_a_file(
    rows: bytes, start: bytes, line_end: bytes, piece_bytes: int, block_bytes: int
):
    body = start + HEAD + line_end + rows
    with (
        patch("centflow_glue.rows.source.has_many_rows", return_value=True),
        patch("centflow_glue.rows.source.PIECE_BYTES", piece_bytes),
    ):
        assert read_file(body, block_bytes) == found_by_pyarrow(body)


@given(st.lists(st.sampled_from([*b'"",\n\ra']), min_size=1, max_size=40).map(bytes), st.data())
def test_a_context_has_the_same_effect_on_later_bytes_as_the_whole_text(text: bytes, data: st.DataObject):
    """Compares the context with the whole text. Later bytes must be within quotes after both, or after neither."""
    position = data.draw(st.integers(0, len(text)))
    context = advance_context(advance_context(BEFORE_CELL, text[:position]), text[position:])
    for more in (b"a", b'"', b'""', b'"""'):
        ends = b"\n,\n\n\n"
        from_context, _ = remove_short_rows(context, more + ends, 2, b"mark\n")
        from_start, _ = remove_short_rows(BEFORE_CELL, text + more + ends, 2, b"mark\n")
        assert from_context.endswith(ends) == (from_start.endswith(ends))


def test_a_context_is_short_for_any_text():
    context = BEFORE_CELL
    for _ in range(1000):
        context = advance_context(context, b'"""')
        assert len(context) <= 5


@pytest.mark.parametrize("width", [len(HEADER), 512])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("short", [b"", b"a", b'"a\n"', b","])
def test_rows_after_many_short_rows_keep_their_numbers(width: int, line_end: bytes, short: bytes):
    header = [*HEADER, *[""] * (width - len(HEADER))]
    valid = ",".join(expense() + [""] * (width - len(HEADER))).encode() + line_end
    body = csv_of(header=header, line_end=line_end.decode())
    for _ in range(3):
        body += valid + (short + line_end) * 40_000
    rows, ragged = read_file(body + valid, BLOCK_BYTES, "expenses")
    assert [row[0] for row in rows] == [2, 40_003, 80_004, 120_005]
    numbers = [row.row_no for row in ragged]
    assert numbers == ([number for number in range(2, 120_005) if number not in (2, 40_003, 80_004)] if short else [])
    assert {row.raw_text for row in ragged} == ({short.decode()} if short else set())


def test_ragged_rows_of_any_length_are_removed_after_many_ragged_rows():
    valid, ragged = ",".join(expense()), ",".join(expense(description="x" * 200)) + ","
    body = csv_of() + f"{valid}\n".encode() + f"{ragged}\n".encode() * 6 * REPORTED_ROWS + f"{valid}\n".encode()

    class Waiting(io.BytesIO):
        """A stream that waits in the middle until pyarrow has reported the first rows.

        Otherwise pyarrow would read ahead.
        """

        def read(self, size: int | None = -1) -> bytes:
            while self.tell() > len(body) / 2 and not reader._source.has_many_ragged:
                time.sleep(0.001)
            return super().read(size)

    reader = CsvReader(Waiting(body), CONTRACTS["expenses"], False, ReadLimits(), 64 << 10)
    with patch("centflow_glue.rows.source.remove_short_rows", wraps=remove_short_rows) as taking_out:
        found_now = everything(reader)
    assert taking_out.called
    assert found_now == found_by_pyarrow(body, "expenses")


def test_a_normal_file_reaches_pyarrow_unchanged():
    rows = [expense(amount=f"{number}.50", description="") for number in range(20_000)]
    with patch("centflow_glue.rows.source.remove_short_rows") as taking_out:
        read_file(csv_of(*rows, line_end="\r\n"), BLOCK_BYTES, "expenses")
    assert not taking_out.called


def test_has_many_rows_compares_line_ends_with_the_columns_and_the_shortest_valid_row():
    assert has_many_rows(b"\n" * 10, 7)
    assert has_many_rows(b"2025-01-15,x\r" * 10, 7)
    assert not has_many_rows(b"2025-01-15,x,y,z\r\n" * 10, 7)
    assert has_many_rows(b"2025-01-15,x,y,z\r\n" * 10, 20)
