"""Checks that a load stores bad rows in the database and fails with the right error."""

import csv
import io
import os
from decimal import Decimal
from typing import IO

import pyarrow as pa
import pytest

from centflow_glue.load.local_infile import LoadMismatchError, load_data_infile
from centflow_glue.load.quarantine_files import REJECTED_ROWS_KEPT, QuarantineFiles
from centflow_glue.rejection import UploadRejectedError
from centflow_glue.rows.quarantine import BAD_ROWS, QuarantinedRow, QuarantinedRows, Reason


def row(row_no: int, **other) -> QuarantinedRow:
    cells = {"column": None, "code": "ragged_row", "message": "m", "raw_text": "a,b", "amount": None, **other}
    return QuarantinedRow(row_no=row_no, **cells)


def batch(*rows: QuarantinedRow) -> QuarantinedRows:
    """Returns rows whose messages equal their details."""
    columns = [
        {
            "row_no": bad.row_no,
            "reason": index,
            "detail": bad.message,
            "raw_text": bad.raw_text,
            "amount": bad.amount,
        }
        for index, bad in enumerate(rows)
    ]
    reasons = [Reason(bad.column, bad.code, str) for bad in rows]
    return QuarantinedRows(reasons, pa.RecordBatch.from_pylist(columns, BAD_ROWS))


def copied(quarantine: QuarantineFiles, limit: int | None = None) -> list[list[str]]:
    out = io.BytesIO()
    quarantine.write_csv(out, limit)
    return list(csv.reader(io.StringIO(out.getvalue().decode(), newline="")))


def test_ragged_and_faulty_rows_are_written_in_the_order_of_their_numbers():
    numbers = range(2, 2 + 3 * REJECTED_ROWS_KEPT)
    with QuarantineFiles(7) as quarantine:
        for number in numbers[::3]:
            quarantine.ragged.write(batch(row(number)))
        for number in [*numbers[1::3], *numbers[2::3][-1:]]:
            quarantine.faulty.write(batch(row(number, amount=Decimal("1.5"))))
        assert quarantine.count == 2 * REJECTED_ROWS_KEPT + 1
        assert quarantine.amount == Decimal("1.5") * (REJECTED_ROWS_KEPT + 1)
        assert quarantine.first == row(2)
        kept = [int(cells[1]) for cells in copied(quarantine, REJECTED_ROWS_KEPT)]
        assert kept == [number for number in numbers if number % 3 != 1][:REJECTED_ROWS_KEPT]
        assert sorted(int(cells[1]) for cells in copied(quarantine)) == [
            *(number for number in numbers if number % 3 != 1),
            numbers[-1],
        ]


def test_the_first_quarantined_row_has_the_lowest_number():
    with QuarantineFiles(7) as quarantine:
        assert quarantine.first is None
        quarantine.ragged.write(batch(row(9)))
        quarantine.faulty.write(batch(row(4, code="bad_date")))
        assert quarantine.first == row(4, code="bad_date")


def test_any_text_in_a_quarantined_row_is_read_back_unchanged():
    text = 'NULL \\N "quoted",\r\nline\ttab\0☕'
    with QuarantineFiles(7) as quarantine:
        bad = row(2, column="amount", code="bad_number", message=text, raw_text=text * 1000)
        quarantine.faulty.write(batch(bad))
        assert copied(quarantine, REJECTED_ROWS_KEPT) == [
            ["7", "2", "amount", "bad_number", text, (text * 1000)[:4096]]
        ]


class _Database:
    """A fake connection and cursor. The cursor reads the pipe to its end and then reports a warning."""

    warning_count = 1

    def cursor(self) -> "_Database":
        return self

    def allow_file(self, _file: str) -> "_Database":
        return self

    def __enter__(self) -> "_Database":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def execute(self, statement: str) -> int:
        if not statement.startswith("SHOW"):
            with open(os.dup(int(statement.rpartition("/")[2])), "rb") as pipe:
                pipe.read()
        return 0

    def fetchall(self) -> tuple[str]:
        return ("Data truncated",)

    def rollback(self) -> None:
        pass


@pytest.mark.parametrize("attempt", range(20))
def test_a_rejection_is_raised_before_a_warning_of_mysql_about_earlier_rows(attempt: int):
    def reject(out: IO[bytes]) -> int:
        raise UploadRejectedError("not_utf8", "no")

    with pytest.raises(UploadRejectedError):
        load_data_infile(_Database(), "{pipe}", reject)  # type: ignore[arg-type]


def test_a_warning_of_mysql_fails_the_load():
    with pytest.raises(LoadMismatchError, match=r"MySQL warned 1 times while loading.*Data truncated"):
        load_data_infile(_Database(), "{pipe}", lambda out: 0)  # type: ignore[arg-type]
