"""Rows that break their contract, with all the details that a person needs to fix them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

RAW_TEXT_MAX = 4096
MESSAGE_MAX = 500
NEEDS_QUOTES = '[",\r\n]'
# Bad rows as columns: the row number, the index of the reason, the text that the message quotes, the row as CSV and the
# amount.
BAD_ROWS = pa.schema(
    {
        "row_no": pa.uint32(),
        "reason": pa.uint16(),
        "detail": pa.string(),
        "raw_text": pa.string(),
        "amount": pa.decimal128(38, 4),
    }
)
# The number of rows whose messages are formatted at a time.
FORMATTED_ROWS = 1000


@dataclass(frozen=True)
class QuarantinedRow:
    """A row that breaks its contract.

    Attributes:
        row_no: The row number.
        column: The header of the first wrong column; None if the row as a whole is wrong.
        code: A stable code for programs.
        message: What is wrong and what to do.
        raw_text: The row as CSV.
        amount: The row's amount for the control sums; None if its cell cannot be read.
    """

    row_no: int
    column: str | None
    code: str
    message: str
    raw_text: str
    amount: Decimal | None


@dataclass(frozen=True)
class Reason:
    """The reason why a row is bad.

    Attributes:
        column: The header of the wrong column; None if the row as a whole is wrong.
        code: A stable code for programs.
        message: A function that returns what is wrong and what to do, given the wrong text.
    """

    column: str | None
    code: str
    message: Callable[[str], str]


@dataclass(frozen=True)
class QuarantinedRows:
    """Bad rows as columns, sorted by row number.

    Messages are formatted only during iteration. Formatting every row of a bad upload would take a hundred times as
    long as reading a valid upload, and only the first bad rows of a rejected upload are stored.

    Attributes:
        reasons: The reasons that the column `reason` refers to.
        columns: The rows, with the schema `BAD_ROWS`.
    """

    reasons: Sequence[Reason]
    columns: pa.RecordBatch

    def __len__(self) -> int:
        return int(self.columns.num_rows)

    def __iter__(self) -> Iterator[QuarantinedRow]:
        for start in range(0, len(self), FORMATTED_ROWS):
            some = self.columns.slice(start, FORMATTED_ROWS)
            for row_no, index, detail, raw_text, amount in zip(*(column.to_pylist() for column in some), strict=True):
                reason = self.reasons[index]
                yield QuarantinedRow(row_no, reason.column, reason.code, reason.message(detail), raw_text, amount)

    @property
    def amount(self) -> Decimal:
        """The sum of the readable amounts of the rows."""
        total: Decimal | None = pc.sum(self.columns["amount"]).as_py()
        return total or Decimal(0)


def format_rows(columns: Sequence[pa.StringArray]) -> pa.StringArray:
    """Returns each row as one CSV record without its line end (RFC 4180).

    Cells that contain a quote, a comma or a line end are quoted. The empty cell of a row with one cell is also quoted,
    because the row would otherwise be an empty line. Python's csv module is not used, because its rule differs between
    versions of Python.

    Args:
        columns: All columns of the file, with the same length and without nulls.
    """
    written = [_quote_if_needed(column) for column in columns]
    if len(written) == 1:
        written = [pc.if_else(pc.equal(written[0], ""), '""', written[0])]
    return pc.binary_join_element_wise(*written, ",")


def _quote_if_needed(column: pa.StringArray) -> pa.StringArray:
    needed = pc.match_substring_regex(column, NEEDS_QUOTES)
    if not pc.any(needed).as_py():
        return column
    doubled = pc.replace_substring(column, '"', '""')
    return pc.if_else(needed, pc.binary_join_element_wise('"', doubled, '"', ""), column)


def quote_cell(cell: str) -> str:
    """Returns a cell of a CSV in quotes."""
    return '"' + cell.replace('"', '""') + '"'
