"""Rows that broke their contract, kept with all that is needed to mend them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

RAW_TEXT_MAX = 4096
MESSAGE_MAX = 500
NEEDS_QUOTES = re.compile('[",\r\n]')


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


def row_text(cells: Sequence[str]) -> str:
    """Cells as one CSV record without its line end (RFC 4180).

    A cell with a quote, a comma or a line end is quoted, and so is a single empty cell, which would be an empty line.
    The rule is our own, for that of Python's csv module differs between versions of Python.
    """
    if len(cells) == 1 and not cells[0]:
        return '""'
    return ",".join(quoted_cell(cell) if NEEDS_QUOTES.search(cell) else cell for cell in cells)


def quoted_cell(cell: str) -> str:
    """A cell of a CSV in quotes."""
    return '"' + cell.replace('"', '""') + '"'
