"""Rows that broke their contract, kept with all that is needed to mend them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

RAW_TEXT_MAX = 4096
MESSAGE_MAX = 500
NEEDS_QUOTES = '[",\r\n]'
# Bad rows as columns: the row number, the index of the reason, the text that its message is about, the row as CSV and
# its amount.
BAD_ROWS = pa.schema(
    {
        "row_no": pa.uint32(),
        "reason": pa.uint16(),
        "about": pa.string(),
        "raw_text": pa.string(),
        "amount": pa.decimal128(38, 4),
    }
)
# So many rows at a time get their words.
WORDED_ROWS = 1000


@dataclass(frozen=True)
class QuarantinedRow:
    """A row that broke its contract.

    Attributes:
        row_no: The row number.
        column: The header of the first column that is wrong; None where the row as a whole is.
        code: A stable word for programs.
        message: What is wrong and what to do.
        raw_text: The row as CSV.
        amount: Its amount, where that cell can be read, for the control sums.
    """

    row_no: int
    column: str | None
    code: str
    message: str
    raw_text: str
    amount: Decimal | None


@dataclass(frozen=True)
class Reason:
    """Why a row is bad.

    Attributes:
        column: The header of the column that is wrong; None where the row as a whole is.
        code: A stable word for programs.
        message: What is wrong and what to do, given the text that is wrong.
    """

    column: str | None
    code: str
    message: Callable[[str], str]


@dataclass(frozen=True)
class QuarantinedRows:
    """Bad rows in the order of their numbers, as columns.

    Words are made only for the rows that somebody iterates over. To word every row of an upload takes a hundred times
    as long as to read an honest one, and of a rejected upload only the first rows are kept.

    Attributes:
        reasons: Why rows are bad.
        columns: The rows, of the schema `BAD_ROWS`.
    """

    reasons: Sequence[Reason]
    columns: pa.RecordBatch

    def __len__(self) -> int:
        return int(self.columns.num_rows)

    def __iter__(self) -> Iterator[QuarantinedRow]:
        for start in range(0, len(self), WORDED_ROWS):
            some = self.columns.slice(start, WORDED_ROWS)
            for row_no, index, about, raw_text, amount in zip(*(column.to_pylist() for column in some), strict=True):
                reason = self.reasons[index]
                yield QuarantinedRow(row_no, reason.column, reason.code, reason.message(about), raw_text, amount)

    @property
    def amount(self) -> Decimal:
        """The sum of their amounts, where these can be read."""
        total: Decimal | None = pc.sum(self.columns["amount"]).as_py()
        return total or Decimal(0)


def row_texts(columns: Sequence[pa.StringArray]) -> pa.StringArray:
    """Each row as one CSV record without its line end (RFC 4180).

    A cell with a quote, a comma or a line end is quoted, and so is a single empty cell, which would be an empty line.
    The rule is our own, for that of Python's csv module differs between versions of Python.

    Args:
        columns: Every column of the file, of the same length, without nulls.
    """
    written = [_quoted_where_needed(column) for column in columns]
    if len(written) == 1:
        written = [pc.if_else(pc.equal(written[0], ""), '""', written[0])]
    return pc.binary_join_element_wise(*written, ",")


def _quoted_where_needed(column: pa.StringArray) -> pa.StringArray:
    needed = pc.match_substring_regex(column, NEEDS_QUOTES)
    if not pc.any(needed).as_py():
        return column
    doubled = pc.replace_substring(column, '"', '""')
    return pc.if_else(needed, pc.binary_join_element_wise('"', doubled, '"', ""), column)


def quoted_cell(cell: str) -> str:
    """A cell of a CSV in quotes."""
    return '"' + cell.replace('"', '""') + '"'
