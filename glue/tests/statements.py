"""Creates CSVs of expenses and budgets for tests."""

import csv
import io
from collections.abc import Sequence

HEADER = ("date", "merchant", "category", "account", "amount", "currency", "description")
BUDGET_HEADER = ("month", "category", "amount", "currency")
COFFEE = {
    "date": "2025-01-15",
    "merchant": "Café Central",
    "category": "Coffee",
    "account": "card",
    "amount": "3.50",
    "currency": "EUR",
    "description": "",
}


def expense(**cells: str) -> list[str]:
    """Returns the cells of an expense. The arguments replace default cells.

    Additional cells follow in the given order.
    """
    return list({**COFFEE, **cells}.values())


def csv_of(
    *rows: Sequence[str], header: Sequence[str] = HEADER, line_end: str = "\n", quote_all: bool = False
) -> bytes:
    """Returns a CSV in UTF-8 with these rows. Use `quote_all` if a cell may contain a lone CR."""
    buffer = io.StringIO()
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    csv.writer(buffer, lineterminator=line_end, quoting=quoting).writerows([header, *rows])
    return buffer.getvalue().encode()
