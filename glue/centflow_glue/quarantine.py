"""Rows that broke their contract, kept with all that is needed to mend them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

RAW_TEXT_MAX = 4096
MESSAGE_MAX = 500
NEEDS_QUOTES = '[",\r\n]'


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


def row_texts(columns: Sequence[pa.StringArray]) -> list[str]:
    """Each row as one CSV record without its line end (RFC 4180).

    A cell with a quote, a comma or a line end is quoted, and so is a single empty cell, which would be an empty line.
    The rule is our own, for that of Python's csv module differs between versions of Python.

    Args:
        columns: Every column of the file, of the same length, without nulls.
    """
    written = [_quoted_where_needed(column) for column in columns]
    if len(written) == 1:
        written = [pc.if_else(pc.equal(written[0], ""), '""', written[0])]
    texts: list[str] = pc.binary_join_element_wise(*written, ",").to_pylist()
    return texts


def _quoted_where_needed(column: pa.StringArray) -> pa.StringArray:
    needed = pc.match_substring_regex(column, NEEDS_QUOTES)
    if not pc.any(needed).as_py():
        return column
    doubled = pc.replace_substring(column, '"', '""')
    return pc.if_else(needed, pc.binary_join_element_wise('"', doubled, '"', ""), column)


def quoted_cell(cell: str) -> str:
    """A cell of a CSV in quotes."""
    return '"' + cell.replace('"', '""') + '"'
